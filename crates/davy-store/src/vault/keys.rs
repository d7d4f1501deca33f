//! What the vault protects.

use super::seal::hex_bytes;
use davy_core::event::Role;
use davy_core::id::{DeviceId, OrgId, PersonId, StreamId};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// Fresh keys of a device, made before enrolment because the request is signed by one of them.
pub struct Secrets {
    /// Key of `evidence.db` and `view.db`.
    db: Zeroizing<[u8; 32]>,
    /// Key of the blob files.
    blob: Zeroizing<[u8; 32]>,
    /// The device key: signs the enrolment request and the seals.
    pub signing: SigningKey,
}

impl Secrets {
    /// Draws all keys from the system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        let seed = Zeroizing::new(rand::random::<[u8; 32]>());
        Self { db: Zeroizing::new(rand::random()), blob: Zeroizing::new(rand::random()), signing: SigningKey::from_bytes(&seed) }
    }
}

/// What the server told at enrolment. Kept inside the vault: only names and address are shown while locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Server's address.
    pub server: String,
    /// Organisation.
    pub org: OrgId,
    /// Its name.
    pub org_name: String,
    /// The stream that this enrolment opened.
    pub stream: StreamId,
    /// Device.
    pub device: DeviceId,
    /// Its name.
    pub device_name: String,
    /// The signed enrolment record, exactly as received; its hash is the stream's genesis.
    #[serde(with = "hex_bytes")]
    pub record: Vec<u8>,
    /// Key that receipts, anchors and enrolment records are checked with.
    pub server_key: [u8; 32],
    /// Person that the device is bound to.
    pub person: PersonId,
    /// Their name.
    pub person_name: String,
    /// Their role at enrolment.
    pub role: Role,
}

/// The opened vault: hand it to [`crate::Store::open`].
pub struct Keys {
    pub(crate) db: Zeroizing<[u8; 32]>,
    pub(crate) blob: Zeroizing<[u8; 32]>,
    /// The device key.
    pub signing: SigningKey,
    /// Who and where this device is.
    pub enrolment: Enrolment,
}

#[derive(Serialize, Deserialize)]
struct KeysJson {
    db: [u8; 32],
    blob: [u8; 32],
    signing: [u8; 32],
    enrolment: Enrolment,
}

impl Drop for KeysJson {
    fn drop(&mut self) {
        self.db.zeroize();
        self.blob.zeroize();
        self.signing.zeroize();
    }
}

impl Keys {
    /// Keys without a vault around them: for tests and tools that hold the secrets themselves.
    #[must_use]
    pub fn new(secrets: &Secrets, enrolment: Enrolment) -> Self {
        Self { db: secrets.db.clone(), blob: secrets.blob.clone(), signing: secrets.signing.clone(), enrolment }
    }

    pub(super) fn to_json(&self) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        let plain = KeysJson { db: *self.db, blob: *self.blob, signing: self.signing.to_bytes(), enrolment: self.enrolment.clone() };
        serde_json::to_vec(&plain).map(Zeroizing::new)
    }

    pub(super) fn from_json(bytes: &[u8]) -> serde_json::Result<Self> {
        let plain: KeysJson = serde_json::from_slice(bytes)?;
        Ok(Self {
            db: Zeroizing::new(plain.db),
            blob: Zeroizing::new(plain.blob),
            signing: SigningKey::from_bytes(&plain.signing),
            enrolment: plain.enrolment.clone(),
        })
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("enrolment", &self.enrolment).finish_non_exhaustive()
    }
}
