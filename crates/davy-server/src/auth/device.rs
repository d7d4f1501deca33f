//! Device tokens: short-lived, obtained with the device's key, without a login (`docs/sync.md` §6, P9).
//! The server keeps none: a token is its own content with a keyed hash.

use crate::auth::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use davy_core::id::{OrgId, StreamId};
use davy_core::time::Millis;
use subtle::ConstantTimeEq;

/// A token lives this long.
pub const LIFETIME_MS: i64 = 60 * 60 * 1000;
/// A challenge must be answered within this time.
pub const CHALLENGE_MS: i64 = 2 * 60 * 1000;

fn seal(secret: &Secret, purpose: &str, org: OrgId, stream: StreamId, expires: Millis) -> Vec<u8> {
    let body = [stream.as_bytes().as_slice(), &expires.0.to_be_bytes()].concat();
    let mac = secret.mac(purpose, &[org.as_bytes(), &body]);
    [body, mac.to_vec()].concat()
}

fn open(secret: &Secret, purpose: &str, org: OrgId, bytes: &[u8], now: Millis) -> Option<StreamId> {
    let stream = StreamId::from_slice(bytes.get(..16)?)?;
    let expires = Millis(i64::from_be_bytes(bytes.get(16..24)?.try_into().ok()?));
    let genuine = bool::from(seal(secret, purpose, org, stream, expires).as_slice().ct_eq(bytes));
    (genuine && expires > now).then_some(stream)
}

/// A token for a stream.
#[must_use]
pub fn issue(secret: &Secret, org: OrgId, stream: StreamId, now: Millis) -> String {
    URL_SAFE_NO_PAD.encode(seal(secret, "device-token", org, stream, now.plus(LIFETIME_MS)))
}

/// The stream of a token that is genuine, of this organisation and not over.
#[must_use]
pub fn check(secret: &Secret, org: OrgId, token: &str, now: Millis) -> Option<StreamId> {
    open(secret, "device-token", org, &URL_SAFE_NO_PAD.decode(token).ok()?, now)
}

/// Something for the device to sign: its own end of validity and a keyed hash over it. Not stored.
#[must_use]
pub fn challenge(secret: &Secret, org: OrgId, now: Millis) -> [u8; 32] {
    nonce(secret, org, now.plus(CHALLENGE_MS))
}

fn nonce(secret: &Secret, org: OrgId, expires: Millis) -> [u8; 32] {
    let mut nonce = [0; 32];
    let (time, mac) = nonce.split_at_mut(8);
    time.copy_from_slice(&expires.0.to_be_bytes());
    mac.copy_from_slice(&secret.mac("challenge", &[org.as_bytes(), time])[..24]);
    nonce
}

/// Whether a challenge is ours and not over.
#[must_use]
pub fn is_own_challenge(secret: &Secret, org: OrgId, given: &[u8; 32], now: Millis) -> bool {
    let mut time = [0; 8];
    time.copy_from_slice(&given[..8]);
    let expires = Millis(i64::from_be_bytes(time));
    let genuine = bool::from(nonce(secret, org, expires).ct_eq(given));
    genuine && expires > now && expires <= now.plus(CHALLENGE_MS)
}
