//! COSE_Sign1 with Ed25519 in the one form that Davy writes (`docs/sync.md` §3.2).
//!
//! A signed object is named by the hash of its bytes, so there must be exactly one byte form of it: untagged, protected
//! header `{1: -19, 3: content type}`, empty unprotected header, attached payload. Anything else is refused, above all an
//! unsigned addition in the unprotected header.

use crate::cbor::{self, ReadError, Reader};
use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, iana};
use davy_core::id::OrgId;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::Encoder;

/// What a signature is for. Each purpose has its own content type and context, so that no signed object can pass as
/// one of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A device's seal.
    Seal,
    /// A receipt for events.
    Receipt,
    /// A receipt for a blob.
    BlobReceipt,
    /// The server's time.
    Anchor,
    /// An enrolment record.
    Enrolment,
    /// The end of a scope's feed.
    ScopeHead,
}

impl Purpose {
    const fn context(self) -> &'static str {
        match self {
            Self::Seal => "davy1/seal",
            Self::Receipt => "davy1/receipt",
            Self::BlobReceipt => "davy1/blob-receipt",
            Self::Anchor => "davy1/anchor",
            Self::Enrolment => "davy1/enrolment",
            Self::ScopeHead => "davy1/scope-head",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Seal => "application/davy-seal+cbor; v=1",
            Self::Receipt => "application/davy-receipt+cbor; v=1",
            Self::BlobReceipt => "application/davy-blob-receipt+cbor; v=1",
            Self::Anchor => "application/davy-anchor+cbor; v=1",
            Self::Enrolment => "application/davy-enrolment+cbor; v=1",
            Self::ScopeHead => "application/davy-scope-head+cbor; v=1",
        }
    }
}

/// Why a signed object is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// Not the one byte form.
    #[error("not a signed object: {source}")]
    Form {
        /// Where and what.
        #[from]
        source: ReadError,
    },
    /// Signed for something else, or with another algorithm.
    #[error("the signed object is of another kind or uses an unknown algorithm")]
    Header,
    /// The signature does not fit bytes, organisation and key.
    #[error("the signature is not valid for this organisation and key")]
    Signature,
    /// The payload is not what its kind requires.
    #[error("the signed content is not valid: {reason}")]
    Payload {
        /// What.
        reason: String,
    },
}

/// External data: the context and the organisation; a signature is worthless in another organisation (I-31).
fn aad(purpose: Purpose, org: OrgId) -> Vec<u8> {
    [purpose.context().as_bytes(), org.as_bytes()].concat()
}

fn protected(purpose: Purpose) -> coset::Header {
    HeaderBuilder::new().algorithm(iana::Algorithm::Ed25519).content_type(purpose.content_type().to_owned()).build()
}

/// Signs a payload.
#[must_use]
pub(crate) fn sign(key: &SigningKey, purpose: Purpose, org: OrgId, payload: Vec<u8>) -> Vec<u8> {
    CoseSign1Builder::new()
        .protected(protected(purpose))
        .payload(payload)
        .create_signature(&aad(purpose, org), |message| key.sign(message).to_bytes().to_vec())
        .build()
        .to_vec()
        // The builder made the value, so that it can always be written.
        .unwrap_or_default()
}

/// Checks form and signature; returns the payload within `bytes`.
pub(crate) fn open<'a>(bytes: &'a [u8], key: &VerifyingKey, purpose: Purpose, org: OrgId) -> Result<&'a [u8], CoseError> {
    let mut r = Reader::new(bytes, cbor::SIGNED.bytes)?;
    r.array(4, "a COSE_Sign1 array")?;
    let header = r.bytes("a protected header")?;
    r.map(0, "an empty unprotected header")?;
    let payload = r.bytes("a payload")?;
    let signature = Signature::from_bytes(&r.fixed("a signature of 64 bytes")?);
    r.end()?;
    if !is_header(header, purpose.content_type()) {
        return Err(CoseError::Header);
    }
    let message = to_be_signed(header, &aad(purpose, org), payload);
    key.verify_strict(&message, &signature).map_err(|_| CoseError::Signature)?;
    Ok(payload)
}

fn is_header(bytes: &[u8], content_type: &str) -> bool {
    let read = || -> Result<bool, ReadError> {
        let mut r = Reader::new(bytes, 256)?;
        r.map(2, "algorithm and content type")?;
        r.key(1, "algorithm")?;
        let algorithm = r.int("an algorithm")?;
        r.key(3, "content type")?;
        let found = r.text(128, "a content type")?;
        r.end()?;
        Ok(algorithm == iana::Algorithm::Ed25519 as i64 && found == content_type)
    };
    read() == Ok(true)
}

/// `Sig_structure` of RFC 9052 §4.4.
fn to_be_signed(protected: &[u8], aad: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(protected.len() + aad.len() + payload.len() + 24);
    let mut e = Encoder::new(&mut bytes);
    let _: Result<_, minicbor::encode::Error<std::convert::Infallible>> = (|| {
        e.array(4)?.str("Signature1")?.bytes(protected)?.bytes(aad)?.bytes(payload)?;
        Ok(())
    })();
    bytes
}

/// Signs a payload that is one map with integer keys. Derived encoders write these in order, which is deterministic.
#[must_use]
pub(crate) fn sign_value<T: minicbor::Encode<()>>(key: &SigningKey, purpose: Purpose, org: OrgId, value: &T) -> Vec<u8> {
    let mut payload = Vec::with_capacity(192);
    // Writing into memory cannot fail.
    let _: Result<(), _> = minicbor::encode(value, &mut payload);
    sign(key, purpose, org, payload)
}

/// Opens an object whose payload is one map with integer keys; keys of newer versions are passed over.
pub(crate) fn verify_value<T: for<'b> minicbor::Decode<'b, ()>>(
    bytes: &[u8],
    key: &VerifyingKey,
    purpose: Purpose,
    org: OrgId,
) -> Result<T, CoseError> {
    let payload = open(bytes, key, purpose, org)?;
    cbor::check(payload, cbor::SIGNED).map_err(ReadError::from)?;
    minicbor::decode(payload).map_err(|error| CoseError::Payload { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSE: Purpose = Purpose::Seal;
    const ORG: OrgId = OrgId([7; 16]);

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    #[test]
    fn what_is_written_here_a_general_cose_reader_verifies() {
        let bytes = sign(&key(), PURPOSE, ORG, b"hello".to_vec());
        let general = coset::CoseSign1::from_slice(&bytes).unwrap();
        assert_eq!(general.payload.as_deref(), Some(&b"hello"[..]));
        let verified = general.verify_signature(&aad(PURPOSE, ORG), |signature, message| {
            key().verifying_key().verify_strict(message, &Signature::from_slice(signature).unwrap())
        });
        assert!(verified.is_ok());
        assert_eq!(open(&bytes, &key().verifying_key(), PURPOSE, ORG), Ok(&b"hello"[..]));
    }

    #[test]
    fn the_same_object_in_another_form_is_refused() {
        let bytes = sign(&key(), PURPOSE, ORG, b"hello".to_vec());
        let mut other = coset::CoseSign1::from_slice(&bytes).unwrap();
        other.unprotected = HeaderBuilder::new().key_id(b"me".to_vec()).build();
        let with_key_id = other.to_vec().unwrap();
        let tagged = [&[0xd2][..], &bytes].concat();
        let trailing = [&bytes[..], &[0]].concat();
        for (name, form) in [("unprotected header", with_key_id), ("tag", tagged), ("trailing", trailing)] {
            assert!(matches!(open(&form, &key().verifying_key(), PURPOSE, ORG), Err(CoseError::Form { .. })), "{name}");
        }
    }

    #[test]
    fn another_organisation_kind_key_or_algorithm_is_refused() {
        let bytes = sign(&key(), PURPOSE, ORG, b"hello".to_vec());
        let own = key().verifying_key();
        let stranger = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(open(&bytes, &own, PURPOSE, OrgId([8; 16])), Err(CoseError::Signature));
        assert_eq!(open(&bytes, &stranger, PURPOSE, ORG), Err(CoseError::Signature));
        assert_eq!(open(&bytes, &own, Purpose::Receipt, ORG), Err(CoseError::Header));
        let header = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).content_type(PURPOSE.content_type().into()).build();
        let generic = CoseSign1Builder::new()
            .protected(header)
            .payload(b"hello".to_vec())
            .create_signature(&aad(PURPOSE, ORG), |message| key().sign(message).to_bytes().to_vec())
            .build();
        assert_eq!(open(&generic.to_vec().unwrap(), &own, PURPOSE, ORG), Err(CoseError::Header));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let bytes = sign(&key(), PURPOSE, ORG, b"hello".to_vec());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&flipped, &key().verifying_key(), PURPOSE, ORG).is_err(), "bit {bit}");
        }
    }
}
