//! Enrolment: a one-time code is exchanged for a registered device key (`docs/sync.md` §13).
//! The QR holds the server's address and the code, nothing else that is secret.

use crate::cose::{self, CoseError, Purpose};
use crate::receipt::signed;
use davy_core::event::Role;
use davy_core::id::{DeviceId, Hash32, OrgId, PersonId, StreamId};
use davy_core::time::Millis;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use std::fmt;

/// Crockford's base 32 without I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters that carry the secret (55 bits); one more checks them.
const SECRET: usize = 11;

/// A one-time code: eleven random characters and one check character, shown as `XXXX-XXXX-XXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode([u8; SECRET + 1]);

/// A text that cannot be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Wrong number of characters.
    #[error("a code has twelve letters and digits; this one has {0}")]
    Length(usize),
    /// A character that codes do not use.
    #[error("`{0}` does not occur in codes")]
    Character(char),
    /// A typing error.
    #[error("the code was mistyped: its last character does not fit the others")]
    Mistyped,
}

impl EnrolmentCode {
    /// A code from random bytes.
    #[must_use]
    pub fn from_random(random: [u8; SECRET]) -> Self {
        let mut code = [0; SECRET + 1];
        for (symbol, byte) in code.iter_mut().zip(random) {
            *symbol = byte & 31;
        }
        code[SECRET] = check(&code[..SECRET]);
        Self(code)
    }

    /// Reads a code as people type it: any case, blanks and dashes anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// Wrong length, a foreign character, or a check character that does not fit.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut code = Vec::with_capacity(SECRET + 1);
        for c in text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '_' | '.'))
        {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let symbol = ALPHABET
                .iter()
                .position(|known| char::from(*known) == c)
                .ok_or(CodeError::Character(c))?;
            code.push(symbol as u8);
        }
        let code: [u8; SECRET + 1] = code
            .try_into()
            .map_err(|code: Vec<u8>| CodeError::Length(code.len()))?;
        if check(&code[..SECRET]) == code[SECRET] {
            Ok(Self(code))
        } else {
            Err(CodeError::Mistyped)
        }
    }

    /// What the server stores: SHA-256("davy1/code" ‖ symbols).
    #[must_use]
    pub fn hash(&self) -> Hash32 {
        Hash32(
            Sha256::new()
                .chain_update(b"davy1/code")
                .chain_update(self.0)
                .finalize()
                .into(),
        )
    }

    /// The link in the QR: `davy://enrol?server=…&code=…`.
    #[must_use]
    pub fn link(&self, server: &str) -> String {
        let mut escaped = String::with_capacity(server.len() + 8);
        for byte in server.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    escaped.push(char::from(byte))
                }
                other => escaped.push_str(&format!("%{other:02X}")),
            }
        }
        format!("davy://enrol?server={escaped}&code={self}")
    }
}

/// Position-weighted sum modulo 31: finds every single wrong character and every swap of neighbours but
/// those of symbols 0 and 31.
fn check(symbols: &[u8]) -> u8 {
    let sum: u32 = symbols
        .iter()
        .zip(1_u32..)
        .map(|(symbol, weight)| u32::from(*symbol) * weight)
        .sum();
    (sum % 31) as u8
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, symbol) in self.0.iter().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(*symbol)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentCode(…)")
    }
}

/// Server and code from a link; `None` if the text is not such a link.
#[must_use]
pub fn parse_link(text: &str) -> Option<(String, String)> {
    let query = text.trim().strip_prefix("davy://enrol?")?;
    let field = |name: &str| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    };
    Some((unescape(field("server")?)?, unescape(field("code")?)?))
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let pair = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(pair, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

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
        key.verify_strict(&self.signed_bytes(), &signature)
            .ok()
            .map(|()| key)
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
    let hash: [u8; 32] = Sha256::new()
        .chain_update(b"davy1/stream")
        .chain_update(record)
        .finalize()
        .into();
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
