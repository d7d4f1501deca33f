//! The vault: the keys of this device, sealed by the person's PIN and, where there is one, by the system keychain.
//!
//! `vault.json` holds in the clear only what the lock screen shows. A random vault key wraps everything else;
//! the PIN (Argon2id) and the keychain each wrap the vault key. Wrong PINs are counted on disk before they are
//! tried and answered with growing waits; nothing is ever wiped. Called by the app's enrol and unlock commands.

mod attempts;
mod keychain;
mod keys;
mod seal;

pub use attempts::Wait;
pub use keychain::{Keychain, SystemKeychain};
pub use keys::{Enrolment, Keys, Secrets};
pub use seal::PinCost;

use crate::clock::Clock;
use crate::error::StoreError;
use crate::files;
use attempts::Attempts;
use seal::{PinSeal, Wrapped};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const FORMAT: u32 = 1;

/// What the lock screen may show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockScreen {
    /// Organisation's name.
    pub organisation: String,
    /// Person's name.
    pub person: String,
    /// Server's address.
    pub server: String,
}

/// State of the vault in a data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultState {
    /// No vault: the device is not enrolled.
    Absent,
    /// Closed.
    Locked {
        /// What may be shown.
        screen: LockScreen,
        /// Failed attempts since the last success.
        failed: u32,
        /// Seconds until the next PIN is looked at; 0 = now.
        wait_seconds: u64,
        /// A keychain entry can open it without the PIN.
        keychain: bool,
    },
}

/// Why the vault stays closed.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// No vault here.
    #[error("this device is not enrolled")]
    Absent,
    /// Not the PIN.
    #[error("wrong PIN; nothing is lost: try again in {wait_seconds} s")]
    Wrong {
        /// Failed attempts since the last success.
        failed: u32,
        /// Seconds until the next PIN is looked at.
        wait_seconds: u64,
    },
    /// Too early: the PIN was not looked at and does not count.
    #[error("too many wrong PINs; nothing is lost: try again in {wait_seconds} s")]
    Throttled {
        /// Failed attempts since the last success.
        failed: u32,
        /// Seconds until the next PIN is looked at.
        wait_seconds: u64,
    },
    /// The keychain has no usable entry; the PIN still opens the vault.
    #[error("the system keychain did not open the vault; use the PIN")]
    Keychain,
    /// The vault was written by a newer program.
    #[error("the vault was written by a newer version of the app (format {found}, this app knows {known}): update the app")]
    Newer {
        /// Format found.
        found: u32,
        /// Newest format known here.
        known: u32,
    },
    /// The file cannot be read as a vault.
    #[error("the vault cannot be read ({detail}); nothing was changed: keep the folder and contact support")]
    Damaged {
        /// What was found, for support.
        detail: String,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct VaultFile {
    format: u32,
    screen: LockScreen,
    pin: PinSeal,
    keychain: Option<Wrapped>,
    keys: Wrapped,
}

/// The vault of a data folder.
pub struct Vault;

impl Vault {
    /// Creates the vault; durable when this returns. With a keychain that works, it will open the vault too.
    ///
    /// # Errors
    /// The folder already has a vault, or cannot be written.
    pub fn create(
        dir: &Path,
        pin: &str,
        secrets: &Secrets,
        enrolment: Enrolment,
        cost: PinCost,
        keychain: Option<&dyn Keychain>,
    ) -> Result<Keys, UnlockError> {
        let path = vault_path(dir);
        if path.exists() {
            return Err(UnlockError::Damaged { detail: "the folder already has a vault".to_owned() });
        }
        files::create_dir(dir)?;
        let vault_key = Zeroizing::new(rand::random::<[u8; 32]>());
        let screen = LockScreen {
            organisation: enrolment.org_name.clone(),
            person: enrolment.person_name.clone(),
            server: enrolment.server.clone(),
        };
        let keys = Keys::new(secrets, enrolment);
        let plain = keys.to_json().map_err(|e| UnlockError::Damaged { detail: e.to_string() })?;
        let file = VaultFile {
            format: FORMAT,
            screen,
            pin: PinSeal::new(pin, &vault_key, cost)?,
            keychain: keychain.and_then(|chain| seal_by_keychain(chain, &vault_key)),
            keys: Wrapped::seal(&vault_key, b"davy1/vault/keys", &plain)?,
        };
        write(dir, &file)?;
        Ok(keys)
    }

    /// What is in the folder, without opening anything.
    ///
    /// # Errors
    /// The file exists but is not a vault that this program knows.
    pub fn state(dir: &Path, clock: &dyn Clock) -> Result<VaultState, UnlockError> {
        let Some(file) = read(dir)? else {
            return Ok(VaultState::Absent);
        };
        let attempts = Attempts::read(dir);
        Ok(VaultState::Locked {
            screen: file.screen,
            failed: attempts.failed,
            wait_seconds: attempts.wait(clock).seconds(),
            keychain: file.keychain.is_some(),
        })
    }

    /// Opens the vault by the PIN. The attempt is on disk before the PIN is looked at, so that cutting the
    /// power does not give free attempts.
    ///
    /// # Errors
    /// Wrong PIN or too early (with the wait), or a damaged vault.
    pub fn open_with_pin(dir: &Path, pin: &str, clock: &dyn Clock) -> Result<Keys, UnlockError> {
        let file = read(dir)?.ok_or(UnlockError::Absent)?;
        let mut attempts = Attempts::read(dir);
        let wait = attempts.wait(clock);
        if !wait.is_over() {
            return Err(UnlockError::Throttled { failed: attempts.failed, wait_seconds: wait.seconds() });
        }
        attempts.count(clock);
        attempts.write(dir)?;
        let Some(vault_key) = file.pin.open(pin)? else {
            return Err(UnlockError::Wrong { failed: attempts.failed, wait_seconds: attempts.wait(clock).seconds() });
        };
        Attempts::clear(dir)?;
        open_keys(&file, &vault_key)
    }

    /// Opens the vault by the system keychain.
    ///
    /// # Errors
    /// [`UnlockError::Keychain`] when it has no usable entry; the PIN still works.
    pub fn open_with_keychain(dir: &Path, keychain: &dyn Keychain) -> Result<Keys, UnlockError> {
        let file = read(dir)?.ok_or(UnlockError::Absent)?;
        let vault_key = key_from_keychain(&file, keychain).ok_or(UnlockError::Keychain)?;
        open_keys(&file, &vault_key)
    }

    /// Replaces the PIN. The old one is required and throttled like any other attempt.
    ///
    /// # Errors
    /// As for [`Vault::open_with_pin`].
    pub fn change_pin(dir: &Path, old: &str, new: &str, cost: PinCost, clock: &dyn Clock) -> Result<(), UnlockError> {
        Self::open_with_pin(dir, old, clock)?;
        let mut file = read(dir)?.ok_or(UnlockError::Absent)?;
        let vault_key = file.pin.open(old)?.ok_or(UnlockError::Wrong { failed: 1, wait_seconds: 0 })?;
        file.pin = PinSeal::new(new, &vault_key, cost)?;
        write(dir, &file)
    }
}

fn open_keys(file: &VaultFile, vault_key: &[u8; 32]) -> Result<Keys, UnlockError> {
    let damaged = |detail: &str| UnlockError::Damaged { detail: detail.to_owned() };
    let plain = file.keys.open(vault_key, b"davy1/vault/keys").ok_or_else(|| damaged("the wrapped keys do not open"))?;
    Keys::from_json(&plain).map_err(|e| damaged(&e.to_string()))
}

fn seal_by_keychain(keychain: &dyn Keychain, vault_key: &[u8; 32]) -> Option<Wrapped> {
    let secret = Zeroizing::new(rand::random::<[u8; 32]>());
    keychain.set(&secret[..]).ok()?;
    // Some keychains accept an entry and forget it: only one that gives it back is relied on.
    let back = keychain.get().ok()??;
    if back[..] != secret[..] {
        return None;
    }
    Wrapped::seal(&secret, b"davy1/vault/keychain", vault_key).ok()
}

fn key_from_keychain(file: &VaultFile, keychain: &dyn Keychain) -> Option<Zeroizing<[u8; 32]>> {
    let wrapped = file.keychain.as_ref()?;
    let secret = keychain.get().ok()??;
    let secret: [u8; 32] = secret[..].try_into().ok()?;
    let key = wrapped.open(&secret, b"davy1/vault/keychain")?;
    Some(Zeroizing::new(key[..].try_into().ok()?))
}

fn vault_path(dir: &Path) -> PathBuf {
    dir.join("vault.json")
}

fn read(dir: &Path) -> Result<Option<VaultFile>, UnlockError> {
    let path = vault_path(dir);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::file("reading", &path)(error).into()),
    };
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let damaged = |e: serde_json::Error| UnlockError::Damaged { detail: format!("vault.json: {e}") };
    let Format { format } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if format > FORMAT {
        return Err(UnlockError::Newer { found: format, known: FORMAT });
    }
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

fn write(dir: &Path, file: &VaultFile) -> Result<(), UnlockError> {
    let bytes = serde_json::to_vec_pretty(file).map_err(|e| UnlockError::Damaged { detail: e.to_string() })?;
    Ok(files::replace(&vault_path(dir), &bytes)?)
}

#[cfg(test)]
mod tests;
