//! COSE_Sign1 (RFC 9052) with Ed25519 by its fully specified algorithm id (−19, RFC 9864). The external data binds
//! a signature to its purpose and organisation: a seal of one organisation is invalid in another (I-31).

use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, RegisteredLabelWithPrivate, iana,
};
use davy_core::id::OrgId;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A device seals a run of its events.
    Seal,
    /// The server acknowledges a stream's head.
    Receipt,
    /// The server acknowledges a blob.
    BlobReceipt,
    /// The server states its time.
    Anchor,
    /// The server registers a device.
    Enrolment,
    /// The server states a scope's position and accumulator.
    ScopeHead,
}

impl Purpose {
    const fn label(self) -> &'static str {
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

    fn external_data(self, org: OrgId) -> Vec<u8> {
        [self.label().as_bytes(), org.as_bytes()].concat()
    }
}

/// Why signed bytes were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// Not a COSE_Sign1.
    #[error("not a COSE_Sign1 message: {0}")]
    Form(String),
    /// Another algorithm or content type than this purpose has.
    #[error("signed for another purpose or with another algorithm")]
    Purpose,
    /// The signature does not verify with this key in this organisation.
    #[error("the signature does not verify")]
    Signature,
    /// The payload does not fit its form.
    #[error("the signed content has the wrong form: {0}")]
    Payload(String),
}

/// Signs a payload.
#[must_use]
pub fn sign(key: &SigningKey, purpose: Purpose, org: OrgId, payload: Vec<u8>) -> Vec<u8> {
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::Ed25519)
        .content_type(purpose.content_type().to_owned())
        .build();
    let message = CoseSign1Builder::new()
        .protected(protected)
        .payload(payload)
        .create_signature(&purpose.external_data(org), |bytes| {
            key.sign(bytes).to_bytes().to_vec()
        })
        .build();
    // Serialising an owned message into memory has no failing path.
    message.to_vec().unwrap_or_default()
}

/// Verifies signed bytes and returns their payload.
///
/// # Errors
/// Not COSE_Sign1, another purpose, a signature that does not verify.
pub fn verify(
    bytes: &[u8],
    key: &VerifyingKey,
    purpose: Purpose,
    org: OrgId,
) -> Result<Vec<u8>, CoseError> {
    let message =
        CoseSign1::from_slice(bytes).map_err(|error| CoseError::Form(error.to_string()))?;
    let header = &message.protected.header;
    let algorithm = RegisteredLabelWithPrivate::Assigned(iana::Algorithm::Ed25519);
    let content_type = coset::ContentType::Text(purpose.content_type().to_owned());
    if header.alg != Some(algorithm) || header.content_type != Some(content_type) {
        return Err(CoseError::Purpose);
    }
    message.verify_signature(&purpose.external_data(org), |signature, data| {
        let signature = Signature::from_slice(signature).map_err(|_| CoseError::Signature)?;
        key.verify_strict(data, &signature)
            .map_err(|_| CoseError::Signature)
    })?;
    message
        .payload
        .ok_or_else(|| CoseError::Form("no payload".to_owned()))
}

/// Signs a CBOR-encodable payload.
#[must_use]
pub fn sign_value<T: minicbor::Encode<()>>(
    key: &SigningKey,
    purpose: Purpose,
    org: OrgId,
    value: &T,
) -> Vec<u8> {
    // Encoding into memory has no failing path for derived types.
    sign(
        key,
        purpose,
        org,
        minicbor::to_vec(value).unwrap_or_default(),
    )
}

/// Verifies and decodes a payload.
///
/// # Errors
/// See `verify`; a payload that is not deterministic CBOR or does not fit.
pub fn verify_value<T: for<'b> minicbor::Decode<'b, ()>>(
    bytes: &[u8],
    key: &VerifyingKey,
    purpose: Purpose,
    org: OrgId,
) -> Result<T, CoseError> {
    let payload = verify(bytes, key, purpose, org)?;
    let limits = crate::cbor::Limits {
        bytes: 64 * 1024,
        depth: 8,
    };
    crate::cbor::check(&payload, limits).map_err(|error| CoseError::Payload(error.to_string()))?;
    minicbor::decode(&payload).map_err(|error| CoseError::Payload(error.to_string()))
}
