//! The server's own secret: keyed hashes for upload ids and device tokens. Random, made at the first start.

use crate::store::{Store, StoreError};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The secret.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<[u8; 32]>>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Reads the secret, or makes it.
    ///
    /// # Errors
    /// The store fails.
    pub async fn load(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        store
            .transact(|tx| {
                if let Some(known) = tx.setting("secret")?.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
                    return Ok(Self(Arc::new(Zeroizing::new(known))));
                }
                let fresh: [u8; 32] = rand::random();
                tx.put_setting("secret", &fresh)?;
                Ok(Self(Arc::new(Zeroizing::new(fresh))))
            })
            .await
    }

    /// Keyed hash of parts; each part is bound with its length.
    #[must_use]
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes keys of any length, so this cannot fail; an empty key would only be weaker, never wrong.
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.as_slice()) else {
            return [0; 32];
        };
        mac.update(purpose.as_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}
