//! Passwords: Argon2id, with the parameters kept beside each hash, and few checks at once so that a wave of
//! logins cannot take the memory away.

use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// Shortest password that is accepted for a new account.
pub const SHORTEST: usize = 8;
const PASSES: u32 = 2;
const AT_ONCE: usize = 2;

/// Makes and checks password hashes.
#[derive(Clone)]
pub struct Passwords {
    memory_kib: u32,
    permits: Arc<Semaphore>,
}

impl Passwords {
    /// With this much memory for a new hash.
    #[must_use]
    pub fn new(memory_kib: u32) -> Self {
        Self { memory_kib, permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Hashes a new password. `None` only when the parameters are unusable.
    pub async fn hash(&self, password: String) -> Option<String> {
        let (memory, salt) = (self.memory_kib, rand::random::<[u8; 16]>());
        self.run(move || {
            let hash = derive(&password, &salt, memory, PASSES)?;
            Some(format!("argon2id${memory}${PASSES}${}${}", hex::encode(salt), hex::encode(hash)))
        })
        .await
        .flatten()
    }

    /// Whether a password fits. Without a record it takes as long and says no, so that time does not tell
    /// which logins exist.
    pub async fn verify(&self, password: String, record: Option<String>) -> bool {
        let memory = self.memory_kib;
        self.run(move || match record.as_deref().and_then(parse) {
            Some((memory, passes, salt, expected)) => {
                derive(&password, &salt, memory, passes).is_some_and(|hash| bool::from(hash.ct_eq(&expected)))
            }
            None => {
                let _ = derive(&password, &[0; 16], memory, PASSES);
                false
            }
        })
        .await
        .unwrap_or(false)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _permit = self.permits.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

fn derive(password: &str, salt: &[u8; 16], memory: u32, passes: u32) -> Option<[u8; 32]> {
    let params = Params::new(memory, passes, 1, Some(32)).ok()?;
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(password.as_bytes(), salt, &mut hash).ok()?;
    Some(hash)
}

fn parse(record: &str) -> Option<(u32, u32, [u8; 16], [u8; 32])> {
    let mut parts = record.strip_prefix("argon2id$")?.split('$');
    let (memory, passes) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (mut salt, mut hash) = ([0; 16], [0; 32]);
    hex::decode_to_slice(parts.next()?, &mut salt).ok()?;
    hex::decode_to_slice(parts.next()?, &mut hash).ok()?;
    Some((memory, passes, salt, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_and_no_other_and_never_repeats() {
        let passwords = Passwords::new(64);
        let one = passwords.hash("矿灯-2026".into()).await.unwrap();
        let two = passwords.hash("矿灯-2026".into()).await.unwrap();
        assert_ne!(one, two, "salts differ");
        assert!(passwords.verify("矿灯-2026".into(), Some(one.clone())).await);
        assert!(!passwords.verify("矿灯-2025".into(), Some(one)).await);
        assert!(!passwords.verify("矿灯-2026".into(), None).await);
        assert!(!passwords.verify("x".into(), Some("argon2id$x".into())).await);
    }
}
