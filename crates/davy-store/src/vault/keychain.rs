//! The operating system's keychain, where there is one.

use zeroize::Zeroizing;

/// One secret in a keychain.
pub trait Keychain: Send + Sync {
    /// Stores the secret.
    ///
    /// # Errors
    /// There is no keychain or it refuses; the vault then opens by PIN alone.
    fn set(&self, secret: &[u8]) -> Result<(), KeychainError>;
    /// The secret, or `None` when there is no entry.
    ///
    /// # Errors
    /// There is no keychain or it refuses.
    fn get(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;
}

/// The keychain is absent, closed or refuses.
#[derive(Debug, thiserror::Error)]
#[error("keychain: {0}")]
pub struct KeychainError(#[from] keyring::Error);

/// The system's keychain (Keychain on Apple, Credential Manager on Windows, Secret Service on Linux desktops).
pub struct SystemKeychain {
    account: String,
}

impl SystemKeychain {
    const SERVICE: &str = "davy";

    /// An entry of this name; use one name per data folder.
    #[must_use]
    pub fn new(account: impl Into<String>) -> Self {
        Self { account: account.into() }
    }

    fn entry(&self) -> Result<keyring::Entry, KeychainError> {
        Ok(keyring::Entry::new(Self::SERVICE, &self.account)?)
    }
}

impl Keychain for SystemKeychain {
    fn set(&self, secret: &[u8]) -> Result<(), KeychainError> {
        Ok(self.entry()?.set_secret(secret)?)
    }

    fn get(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match self.entry()?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
