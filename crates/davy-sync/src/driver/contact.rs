//! `hello`: proves the device key, tells where we stand, learns where the server stands and what time it is.

use super::failure::Failure;
use super::{CLOCK_ISSUE, Driver, LAST_CONTACT};
use crate::error::{ErrorKind, RemoteError};
use crate::machine::{Progress, Tick};
use crate::remote::{Answer, Prover, Remote, Token};
use davy_core::time::Millis;
use davy_protocol::message::{HelloRequest, HelloResponse, ScopePosition};

/// A token is renewed this long before it ends.
const RENEW_BEFORE_MS: u64 = 30_000;
/// A wall clock that is off by more than this is worth a word to the person.
const SKEW_MS: i64 = 2 * 60 * 1000;

pub(super) async fn run<R: Remote>(driver: &mut Driver<R>) -> Result<Progress, Failure> {
    let request = request(driver).await?;
    let mono_send = driver.store.clock().mono().ns;
    let response = hello(driver, &request).await?;
    let mono_recv = driver.store.clock().mono().ns;
    take_over(driver, response, mono_send, mono_recv).await?;
    Ok(Progress::Complete)
}

async fn request<R: Remote>(driver: &Driver<R>) -> Result<HelloRequest, Failure> {
    let app_version = driver.config.app_version.clone();
    driver
        .blocking(move |store| {
            let heads = store.stream_heads()?;
            let counters = store.sync_counters()?;
            let cursors = store.cursors()?;
            let wall = store.clock().wall();
            Ok(HelloRequest {
                app_version,
                head_seq: heads.chain.seq,
                head: heads.chain.head,
                scopes: cursors.into_iter().map(|at| ScopePosition { scope: at.scope, pos: at.pos, acc: at.acc }).collect(),
                wall_ms: wall.ms,
                offset_minutes: wall.offset_minutes,
                mono_ns: store.clock().mono().ns,
                free_bytes: store.free_bytes(),
                pending_events: counters.events_waiting,
                pending_blobs: counters.blobs_waiting,
                pending_bytes: counters.bytes_waiting,
            })
        })
        .await
}

async fn hello<R: Remote>(driver: &mut Driver<R>, request: &HelloRequest) -> Answer<HelloResponse> {
    let held = token(driver).await?;
    match driver.remote.hello(&held, request).await {
        // The server was restarted, or gave the token up: prove the key once more.
        Err(error) if error.kind == ErrorKind::Unauthorised => {
            driver.session.token = None;
            let renewed = token(driver).await?;
            driver.remote.hello(&renewed, request).await
        }
        answer => answer,
    }
}

/// A valid token, asked for if need be.
pub(super) async fn token<R: Remote>(driver: &mut Driver<R>) -> Answer<Token> {
    let now = driver.now();
    if let Some((token, _)) = driver.session.token.as_ref().filter(|(_, ends)| *ends > now) {
        return Ok(token.clone());
    }
    let prover = Prover { stream: driver.store.enrolment().stream, key: driver.store.signing_key().clone() };
    let (token, lasts) = driver.remote.token(&prover).await?;
    let lasts = u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX).saturating_sub(RENEW_BEFORE_MS);
    let ends: Tick = now.saturating_add(lasts);
    driver.session.token = Some((token.clone(), ends));
    driver.tokens.send_replace(Some(token.clone()));
    Ok(token)
}

/// Gives up the token when a request says that it is not valid; the next attempt proves the key anew.
pub(super) fn note_refusal<R: Remote>(driver: &mut Driver<R>, error: &RemoteError) {
    if error.kind == ErrorKind::Unauthorised {
        driver.session.token = None;
    }
    if error.kind == ErrorKind::Revoked {
        driver.session.revoked = true;
    }
}

async fn take_over<R: Remote>(driver: &mut Driver<R>, response: HelloResponse, mono_send: u64, mono_recv: u64) -> Result<(), Failure> {
    let HelloResponse { epoch, receipt, scopes, anchor, limits, revoked } = response;
    let server_ms = driver
        .blocking(move |store| {
            let known = store.epoch()?;
            if epoch < known {
                return Ok(Err(format!("the server's log is of epoch {epoch}, but epoch {known} was seen before")));
            }
            let anchor = store.put_anchor(&anchor, mono_send, mono_recv)?;
            store.set_epoch(epoch)?;
            store.accept_receipt(&receipt)?;
            note_clock(store, anchor.server_ms)?;
            store.set_setting(LAST_CONTACT, Some(&anchor.server_ms.0.to_be_bytes()))?;
            Ok(Ok(anchor.server_ms))
        })
        .await?
        .map_err(Failure::answer)?;
    let session = &mut driver.session;
    session.scopes = scopes;
    session.fresh = true;
    session.ahead = None;
    session.revoked = revoked;
    session.batch.limit(limits.push_bytes.into());
    session.chunk.limit(limits.chunk_bytes.into());
    if limits.pull_events > 0 {
        session.page = driver.config.page.min(limits.pull_events);
    }
    driver.status.last_contact = Some(server_ms);
    driver.tell();
    Ok(())
}

fn note_clock(store: &davy_store::Store, server: Millis) -> Result<(), davy_store::StoreError> {
    let off = store.clock().wall().ms.0.saturating_sub(server.0);
    if off.saturating_abs() > SKEW_MS {
        let minutes = off / 60_000;
        store.set_issue(
            CLOCK_ISSUE,
            "clock",
            &format!("this device's clock is {minutes} minutes off the server's; records carry both times"),
            None,
        )
    } else {
        store.clear_issue(CLOCK_ISSUE).map(drop)
    }
}
