//! One page of each scope that has news. The store checks and applies; a page counts only at its own cursor.

use super::Driver;
use super::contact::{note_refusal, token};
use super::failure::Failure;
use crate::error::{Cause, ErrorKind, RemoteError, RetryKind};
use crate::machine::Progress;
use crate::remote::{Remote, Token};
use davy_core::id::ScopeId;
use davy_protocol::message::{PullRequest, PullResponse, ScopeCursor};
use davy_store::{Applied, Cursor, PageError};
use std::sync::Arc;

pub(super) async fn run<R: Remote>(driver: &mut Driver<R>) -> Result<Progress, Failure> {
    if driver.session.revoked {
        return Err(Failure::new(
            Cause::Revoked,
            RetryKind::Permanent,
            "the server has revoked this device: it may not read; what it sends is kept for review",
        ));
    }
    let (epoch, cursors) = driver.blocking(|store| Ok((store.epoch()?, store.cursors()?))).await?;
    let is_here =
        |asked: &ScopeCursor| cursors.iter().find(|cursor| cursor.scope == asked.scope).map_or(0, |cursor| cursor.pos) == asked.after;
    let ahead = driver.session.ahead.take().filter(|ahead| ahead.request.epoch == epoch && ahead.request.scopes.iter().all(is_here));
    let (request, read) = match ahead {
        Some(Ahead { request, answer }) => (request, Some(answer)),
        None => (PullRequest { epoch, scopes: to_ask(driver, &cursors).await?, limit: driver.session.page }, None),
    };
    if request.scopes.is_empty() {
        return Ok(Progress::Complete);
    }
    let held = token(driver).await?;
    let answer = match read {
        Some(answer) => Ok(answer),
        None => driver.remote.pull(&held, &request).await,
    };
    match answer {
        Ok(response) => {
            let following = following(&request, &response);
            let remote = Arc::clone(&driver.remote);
            let (progress, ahead) = tokio::join!(apply(driver, response), read_ahead(&*remote, &held, following));
            driver.session.ahead = ahead.filter(|_| matches!(progress, Ok(Progress::More)));
            progress
        }
        Err(error) => refused(driver, error).await,
    }
}

/// The pages after those that are being applied, asked for meanwhile. They count only at the cursors that are reached then.
pub(super) struct Ahead {
    request: PullRequest,
    answer: PullResponse,
}

/// What to ask for once an answer is applied; nothing when it was the last one.
fn following(request: &PullRequest, answer: &PullResponse) -> Option<PullRequest> {
    answer.pages.iter().any(|page| page.more).then(|| {
        let next = |asked: &ScopeCursor| answer.pages.iter().find(|page| page.scope == asked.scope).map_or(asked.after, |page| page.next);
        let scopes = request.scopes.iter().map(|asked| ScopeCursor { scope: asked.scope, after: next(asked) }).collect();
        PullRequest { epoch: request.epoch, scopes, limit: request.limit }
    })
}

/// A failure here is no failure of the run: the same is asked for again, and then it counts.
async fn read_ahead<R: Remote>(remote: &R, held: &Token, request: Option<PullRequest>) -> Option<Ahead> {
    let request = request?;
    let answer = remote.pull(held, &request).await.ok()?;
    Some(Ahead { request, answer })
}

/// Cursors of the scopes to ask for: all granted ones, but directly after a contact only those that are not level with it.
async fn to_ask<R: Remote>(driver: &mut Driver<R>, cursors: &[Cursor]) -> Result<Vec<ScopeCursor>, Failure> {
    let fresh = std::mem::take(&mut driver.session.fresh);
    let at = |scope: ScopeId| cursors.iter().find(|cursor| cursor.scope == scope);
    let mut ask = Vec::new();
    let mut disagree = None;
    for told in &driver.session.scopes {
        let here = at(told.scope);
        let after = here.map_or(0, |cursor| cursor.pos);
        if here.is_some_and(|here| fresh && here.pos == told.pos && here.acc != told.acc) {
            disagree = Some(told.scope);
        }
        if !fresh || after != told.pos {
            ask.push(ScopeCursor { scope: told.scope, after });
        }
    }
    match disagree {
        None => Ok(ask),
        Some(scope) => recount(driver, scope)
            .await
            .map(|()| driver.session.scopes.iter().map(|told| ScopeCursor { scope: told.scope, after: 0 }).collect()),
    }
}

/// At the same position the two ends must have counted the same events. If not, one of them lost or invented some: read all
/// anew once, which changes no event here, and complain if that does not settle it.
async fn recount<R: Remote>(driver: &mut Driver<R>, scope: ScopeId) -> Result<(), Failure> {
    let detail = format!("the server's feed of {scope} is not the one that was read before");
    let noted = detail.clone();
    driver.blocking(move |store| store.set_issue(&issue(scope), "disagree", &noted, None)).await?;
    driver.session.scope_issues.insert(scope);
    if std::mem::replace(&mut driver.session.recounted, true) {
        return Err(Failure::new(Cause::Internal, RetryKind::Permanent, detail));
    }
    driver.blocking(|store| store.reset_cursors()).await
}

async fn apply<R: Remote>(driver: &mut Driver<R>, response: PullResponse) -> Result<Progress, Failure> {
    let told = response.epoch;
    let applied = driver
        .blocking(move |store| match store.apply_pull(&response) {
            Err(davy_store::StoreError::Page(error)) => Ok(Err(error)),
            other => other.map(Ok),
        })
        .await?;
    match applied {
        Ok(applied) => {
            note_scopes(driver, &applied).await?;
            outcome(&applied)
        }
        Err(PageError::OtherEpoch { known, .. }) if told > known => new_epoch(driver, told).await,
        Err(error) => Err(Failure::answer(format!("the server's answer was refused: {error}"))),
    }
}

/// Goes on while pages move the cursors. Pages that only were late or doubled are asked for again; others are a fault.
fn outcome(applied: &Applied) -> Result<Progress, Failure> {
    let faulty = applied.refused.iter().find(|(_, error)| !matches!(error, PageError::NotAtCursor { .. }));
    if applied.more.iter().any(|scope| applied.moved.contains(scope)) {
        return Ok(Progress::More);
    }
    match (faulty, applied.refused.first().or(None)) {
        (Some((scope, error)), _) => Err(Failure::answer(format!("a page of {scope} was refused: {error}"))),
        (None, Some((scope, error))) => {
            let retry = RetryKind::Transient { after: None };
            Err(Failure::new(Cause::Internal, retry, format!("a page of {scope} came late: {error}")))
        }
        (None, None) => Ok(Progress::Complete),
    }
}

async fn note_scopes<R: Remote>(driver: &mut Driver<R>, applied: &Applied) -> Result<(), Failure> {
    for (scope, error) in &applied.refused {
        let (scope, detail) = (*scope, error.to_string());
        driver.session.scope_issues.insert(scope);
        driver.blocking(move |store| store.set_issue(&issue(scope), "page", &detail, None)).await?;
    }
    for scope in &applied.moved {
        if driver.session.scope_issues.remove(scope) {
            let scope = *scope;
            driver.blocking(move |store| store.clear_issue(&issue(scope)).map(drop)).await?;
        }
    }
    Ok(())
}

async fn refused<R: Remote>(driver: &mut Driver<R>, error: RemoteError) -> Result<Progress, Failure> {
    note_refusal(driver, &error);
    let told = error.problem.as_ref().and_then(|problem| problem.epoch);
    match (&error.kind, told) {
        (ErrorKind::Conflict, Some(epoch)) => new_epoch(driver, epoch).await,
        _ => Err(error.into()),
    }
}

/// The server's log was opened anew: positions start over, events stay.
async fn new_epoch<R: Remote>(driver: &mut Driver<R>, epoch: u64) -> Result<Progress, Failure> {
    if driver.blocking(move |store| store.set_epoch(epoch)).await? {
        return Ok(Progress::More);
    }
    Err(Failure::answer(format!("the server answered for epoch {epoch}, which is not newer than what was seen")))
}

fn issue(scope: ScopeId) -> String {
    format!("scope:{scope}")
}
