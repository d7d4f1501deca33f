//! Wrapping of keys: by a PIN through Argon2id, by another key through XChaCha20-Poly1305.

use super::UnlockError;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What one guess of the PIN costs. Stored beside the seal, so that it can be raised later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
}

impl Default for PinCost {
    /// 64 MiB, three passes: about a quarter of a second on a tablet.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3 }
    }
}

impl PinCost {
    /// The lowest cost there is, for tests of other things.
    pub const LOWEST: Self = Self { memory_kib: 8, passes: 1 };
    /// Beyond this a vault file is not honest: opening it must not exhaust the device.
    const MOST_KIB: u32 = 1024 * 1024;
    const MOST_PASSES: u32 = 64;
}

/// Bytes sealed by a key.
#[derive(Serialize, Deserialize)]
pub struct Wrapped {
    #[serde(with = "hex_bytes")]
    nonce: Vec<u8>,
    #[serde(with = "hex_bytes")]
    sealed: Vec<u8>,
}

impl Wrapped {
    pub fn seal(key: &[u8; 32], purpose: &[u8], plain: &[u8]) -> Result<Self, UnlockError> {
        let nonce: [u8; 24] = rand::random();
        let sealed = XChaCha20Poly1305::new(key.into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: purpose })
            .map_err(|_| UnlockError::Damaged { detail: "encryption failed".to_owned() })?;
        Ok(Self { nonce: nonce.to_vec(), sealed })
    }

    pub fn open(&self, key: &[u8; 32], purpose: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; 24] = self.nonce.as_slice().try_into().ok()?;
        let plain = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), Payload { msg: &self.sealed, aad: purpose }).ok()?;
        Some(Zeroizing::new(plain))
    }
}

/// The vault key sealed by a PIN.
#[derive(Serialize, Deserialize)]
pub struct PinSeal {
    cost: PinCost,
    #[serde(with = "hex_bytes")]
    salt: Vec<u8>,
    key: Wrapped,
}

impl PinSeal {
    pub fn new(pin: &str, vault_key: &[u8; 32], cost: PinCost) -> Result<Self, UnlockError> {
        let salt: [u8; 16] = rand::random();
        let pin_key = stretch(pin, &salt, cost)?;
        Ok(Self { cost, salt: salt.to_vec(), key: Wrapped::seal(&pin_key, b"davy1/vault/pin", vault_key)? })
    }

    /// The vault key, or `None` for a wrong PIN.
    pub fn open(&self, pin: &str) -> Result<Option<Zeroizing<[u8; 32]>>, UnlockError> {
        let pin_key = stretch(pin, &self.salt, self.cost)?;
        let plain = self.key.open(&pin_key, b"davy1/vault/pin");
        Ok(plain.and_then(|bytes| bytes[..].try_into().ok()).map(Zeroizing::new))
    }
}

fn stretch(pin: &str, salt: &[u8], cost: PinCost) -> Result<Zeroizing<[u8; 32]>, UnlockError> {
    let damaged = |e: argon2::Error| UnlockError::Damaged { detail: format!("PIN seal: {e}") };
    if cost.memory_kib > PinCost::MOST_KIB || cost.passes > PinCost::MOST_PASSES {
        return Err(UnlockError::Damaged { detail: "PIN seal: cost out of bounds".to_owned() });
    }
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(pin.as_bytes(), salt, &mut key[..]).map_err(damaged)?;
    Ok(key)
}

pub(super) mod hex_bytes {
    //! Bytes as hex text in JSON.
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}
