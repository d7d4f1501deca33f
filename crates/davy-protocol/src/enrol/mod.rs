//! Enrolment: a one-time code is exchanged for a registered device key (`docs/sync.md` §13).
//! The QR holds the server's address and the code, nothing else that is secret.

mod code;

pub use code::{CodeError, EnrolmentCode, parse_link};

use crate::cose::{self, CoseError, Purpose};
use crate::receipt::signed;
use davy_core::event::Role;
use davy_core::id::{DeviceId, Hash32, OrgId, PersonId, StreamId};
use davy_core::time::Millis;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

/// What a device asks with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolRequest {
    /// Code as typed.
    #[n(1)]
    pub code: String,
    /// Ed25519 public key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Name of the device, for people.
    #[n(3)]
    pub device_name: String,
    /// Operating system.
    #[n(4)]
    pub platform: String,
    /// Version of the app.
    #[n(5)]
    pub app_version: String,
    /// Random; makes a repeated request recognisable.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// Signature of the device key over `signed_bytes`: proves possession.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

impl EnrolRequest {
    fn signed_bytes(&self) -> Vec<u8> {
        let code = Sha256::digest(self.code.as_bytes());
        [b"davy1/enrol".as_slice(), &code, &self.key, &self.nonce].concat()
    }

    /// Signs the request with the device's key.
    pub fn sign(&mut self, key: &SigningKey) {
        self.key = key.verifying_key().to_bytes();
        self.signature = key.sign(&self.signed_bytes()).to_bytes().to_vec();
    }

    /// The device's key, if the request is signed by it.
    #[must_use]
    pub fn verified_key(&self) -> Option<VerifyingKey> {
        let key = VerifyingKey::from_bytes(&self.key).ok()?;
        let signature = Signature::from_slice(&self.signature).ok()?;
        key.verify_strict(&self.signed_bytes(), &signature).ok().map(|()| key)
    }
}

/// The server's registration of a device. Its signed bytes are the stream's genesis.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolmentRecord {
    /// Organisation.
    #[n(1)]
    pub org: OrgId,
    /// Device.
    #[n(2)]
    pub device: DeviceId,
    /// Ed25519 public key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Person it is enrolled for.
    #[n(4)]
    pub person: PersonId,
    /// Server's time.
    #[n(5)]
    pub issued_ms: Millis,
    /// 0 = key sealed by software; 1 = key in a secure element.
    #[n(6)]
    pub assurance: u8,
    /// Random.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
}
signed!(EnrolmentRecord: Enrolment);

/// Stream id: the first half of SHA-256("davy1/stream" ‖ signed enrolment record).
#[must_use]
pub fn stream_id(record: &[u8]) -> StreamId {
    let hash: [u8; 32] = Sha256::new().chain_update(b"davy1/stream").chain_update(record).finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    StreamId(id)
}

/// Genesis of the stream: SHA-256 of the signed enrolment record; `prev` of its first event.
#[must_use]
pub fn genesis(record: &[u8]) -> Hash32 {
    Hash32(Sha256::digest(record).into())
}

/// The answer to an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolResponse {
    /// Signed enrolment record.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub record: Vec<u8>,
    /// The server's Ed25519 public key: what receipts are checked with from now on.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub server_key: [u8; 32],
    /// Organisation.
    #[n(3)]
    pub org: OrgId,
    /// Its name.
    #[n(4)]
    pub org_name: String,
    /// Person.
    #[n(5)]
    pub person: PersonId,
    /// Their name.
    #[n(6)]
    pub person_name: String,
    /// Their role.
    #[n(7)]
    pub role: Role,
}
