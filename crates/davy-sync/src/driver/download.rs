//! One missing checklist: its bytes count only under their own hash.

use super::Driver;
use super::contact::{note_refusal, token};
use super::failure::Failure;
use crate::error::ErrorKind;
use crate::machine::{Progress, Tick};
use crate::remote::Remote;
use davy_core::event::{BlobRole, ChecklistRef};
use davy_core::id::BlobId;
use davy_store::StoreError;

/// Most bytes of a published checklist.
const LIMIT: u64 = 16 * 1024 * 1024;

pub(super) async fn run<R: Remote>(driver: &mut Driver<R>) -> Result<Progress, Failure> {
    let missing = driver.blocking(|store| store.missing_checklists()).await?;
    let now = driver.now();
    let waits = &mut driver.session.checklist_waits;
    waits.retain(|hash, _| missing.iter().any(|reference| reference.hash == *hash));
    let due_at = |reference: &ChecklistRef| waits.get(&reference.hash).map_or(0, |(_, at)| *at);
    let Some(next) = missing.iter().min_by_key(|reference| due_at(reference)) else { return Ok(Progress::Complete) };
    let wait = due_at(next).saturating_sub(now);
    if wait > 0 {
        return Ok(Progress::Later(wait));
    }
    let hash = next.hash;
    let held = token(driver).await?;
    match driver.remote.get_blob(&held, hash, LIMIT).await {
        Ok(bytes) => keep(driver, hash, bytes).await,
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Answer) => {
            note_refusal(driver, &error);
            set_aside(driver, hash, now);
            Ok(Progress::More)
        }
        Err(error) => {
            note_refusal(driver, &error);
            Err(error.into())
        }
    }
}

async fn keep<R: Remote>(driver: &mut Driver<R>, hash: BlobId, bytes: Vec<u8>) -> Result<Progress, Failure> {
    let kept = driver
        .blocking(move |store| match store.put_blob(hash, &bytes, BlobRole::Checklist, "application/json") {
            Err(StoreError::BlobMismatch { .. }) => Ok(false),
            other => other.map(|_| true),
        })
        .await?;
    if !kept {
        let now = driver.now();
        set_aside(driver, hash, now);
    }
    Ok(Progress::More)
}

/// One that cannot be had waits alone and does not stop the others (I-17).
fn set_aside<R: Remote>(driver: &mut Driver<R>, hash: BlobId, now: Tick) {
    let dice = (driver.dice)();
    let failures = driver.session.checklist_waits.get(&hash).map_or(0, |(failures, _)| *failures).saturating_add(1);
    let wait = driver.config.machine.backoff.jittered(failures, dice);
    driver.session.checklist_waits.insert(hash, (failures, now.saturating_add(wait)));
}
