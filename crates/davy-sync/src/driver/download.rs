//! One missing checklist or picture of another device: its bytes count only under their own hash.

use super::Driver;
use super::contact::{note_refusal, token};
use super::failure::Failure;
use crate::error::ErrorKind;
use crate::machine::{Progress, Tick};
use crate::remote::Remote;
use davy_core::event::BlobRole;
use davy_core::id::BlobId;
use davy_store::{BlobJob, StoreError};

/// Most bytes of a published checklist.
const CHECKLIST_LIMIT: u64 = 16 * 1024 * 1024;
/// Pictures looked at in one step; those that cannot be had now wait among them.
const PICTURES: u32 = 64;
/// Others' pictures wait this long for own thumbnails and signatures that are about to be sent, in milliseconds.
const OWN_FIRST_MS: u64 = 5_000;

/// What to fetch.
struct Wanted {
    hash: BlobId,
    role: BlobRole,
    media_type: &'static str,
    limit: u64,
}

pub(super) async fn run<R: Remote>(driver: &mut Driver<R>) -> Result<Progress, Failure> {
    let checklists = driver.blocking(|store| store.missing_checklists()).await?;
    let checklists: Vec<Wanted> = checklists
        .into_iter()
        .map(|reference| Wanted { hash: reference.hash, role: BlobRole::Checklist, media_type: "application/json", limit: CHECKLIST_LIMIT })
        .collect();
    let pictures = driver.blocking(|store| store.missing_pictures(PICTURES)).await?;
    let own = driver.blocking(|store| store.blob_queue(1)).await?;
    let pictures: Vec<Wanted> = pictures
        .into_iter()
        .map(|picture| Wanted { hash: picture.sha256, role: picture.role, media_type: media_type(picture.role), limit: picture.size })
        .collect();
    let waits = &mut driver.session.download_waits;
    waits.retain(|hash, _| checklists.iter().chain(&pictures).any(|wanted| wanted.hash == *hash));
    match first(driver, checklists).await? {
        // What others photographed does not delay the first sight of what this device photographed.
        Progress::Complete if own_goes_first(own.first()) && !pictures.is_empty() => Ok(Progress::Later(OWN_FIRST_MS)),
        Progress::Complete => first(driver, pictures).await,
        busy => Ok(busy),
    }
}

/// Whether others' pictures let the first of the own queue pass. An original may take hours on a weak link, and what has
/// failed waits for its own next attempt: neither may keep everything else away (I-17).
fn own_goes_first(next: Option<&BlobJob>) -> bool {
    next.is_some_and(|job| job.urgency == 0 && job.tries == 0)
}

const fn media_type(role: BlobRole) -> &'static str {
    match role {
        BlobRole::Signature => "image/png",
        BlobRole::Original | BlobRole::Checklist | BlobRole::Other(_) => "application/octet-stream",
        BlobRole::Thumbnail | BlobRole::Preview => "image/jpeg",
    }
}

/// Fetches the first one that is due.
async fn first<R: Remote>(driver: &mut Driver<R>, wanted: Vec<Wanted>) -> Result<Progress, Failure> {
    let now = driver.now();
    let due_at = |hash: BlobId| driver.session.download_waits.get(&hash).map_or(0, |(_, at)| *at);
    // The first of the earliest: the order given counts among those that wait equally long.
    let Some(next) = wanted.into_iter().min_by_key(|wanted| due_at(wanted.hash).max(now)) else { return Ok(Progress::Complete) };
    let wait = due_at(next.hash).saturating_sub(now);
    if wait > 0 {
        return Ok(Progress::Later(wait));
    }
    let held = token(driver).await?;
    match driver.remote.get_blob(&held, next.hash, next.limit).await {
        Ok(bytes) => keep(driver, next, bytes).await,
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Answer) => {
            note_refusal(driver, &error);
            set_aside(driver, next.hash, now);
            Ok(Progress::More)
        }
        Err(error) => {
            note_refusal(driver, &error);
            Err(error.into())
        }
    }
}

async fn keep<R: Remote>(driver: &mut Driver<R>, wanted: Wanted, bytes: Vec<u8>) -> Result<Progress, Failure> {
    let Wanted { hash, role, media_type, .. } = wanted;
    let kept = driver
        .blocking(move |store| match store.put_blob(hash, &bytes, role, media_type) {
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
    let failures = driver.session.download_waits.get(&hash).map_or(0, |(failures, _)| *failures).saturating_add(1);
    let wait = driver.config.machine.backoff.jittered(failures, dice);
    driver.session.download_waits.insert(hash, (failures, now.saturating_add(wait)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use davy_core::id::ScopeId;
    use davy_core::time::Millis;

    #[test]
    fn pictures_of_others_wait_only_for_small_ones_that_have_not_failed() {
        let job = |urgency, tries| BlobJob {
            sha256: BlobId([1; 32]),
            size: 1,
            role: BlobRole::Thumbnail,
            media_type: String::new(),
            scope: ScopeId([1; 16]),
            seq: 1,
            urgency,
            upload_url: None,
            offset: 0,
            tries,
            next_at: Millis(0),
            reason: None,
        };
        assert!(!own_goes_first(None));
        for (urgency, tries, expected) in [(0, 0, true), (0, 1, false), (1, 0, false), (2, 0, false)] {
            assert_eq!(own_goes_first(Some(&job(urgency, tries))), expected, "{urgency} {tries}");
        }
    }
}
