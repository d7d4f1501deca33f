//! `POST /challenge`, `POST /token`: the device key opens the door, no login.

use crate::app::App;
use crate::auth::device;
use crate::sync::codec::{self, SyncError};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use davy_core::id::OrgId;
use davy_protocol::VerifyingKey;
use davy_protocol::message::{Challenge, TokenRequest, TokenResponse, token_bytes};
use ed25519_dalek::Signature;
use std::sync::Arc;

/// Something to sign.
pub async fn challenge(State(app): State<Arc<App>>, Path(org): Path<OrgId>) -> Result<Response, SyncError> {
    app.org(org).await?;
    let now = app.clock.now();
    Ok(codec::answer(&Challenge { nonce: device::challenge(&app.secret, org, now), server_ms: now }, false))
}

fn refused() -> SyncError {
    SyncError::new(StatusCode::UNAUTHORIZED, "key", "The device key was not accepted. Ask for a new challenge, or enrol the device again.")
}

/// The signature for a token. A revoked device gets one too: what it still holds must be able to come (I-37).
pub async fn token(State(app): State<Arc<App>>, Path(org): Path<OrgId>, request: Request) -> Result<Response, SyncError> {
    let asked: TokenRequest = codec::read(request).await?;
    let now = app.clock.now();
    if !device::is_own_challenge(&app.secret, org, &asked.nonce, now) {
        return Err(refused());
    }
    let stream = asked.stream;
    let row = app.store.query(move |tx| tx.stream(stream)).await?;
    let row = row.filter(|row| row.org == org && row.person.is_some()).ok_or_else(refused)?;
    let key = VerifyingKey::from_bytes(&row.key).map_err(|_| refused())?;
    let signature = Signature::from_slice(&asked.signature).map_err(|_| refused())?;
    key.verify_strict(&token_bytes(stream, &asked.nonce), &signature).map_err(|_| refused())?;
    let expires_in = u32::try_from(device::LIFETIME_MS / 1000).unwrap_or(u32::MAX);
    Ok(codec::answer(&TokenResponse { token: device::issue(&app.secret, org, stream, now), expires_in }, false))
}
