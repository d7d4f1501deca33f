//! One chunk of a blob, in the store's order: thumbnails and signatures, previews, originals (`docs/sync.md` §7).
//!
//! The server's offset is the truth. What fails for one blob alone sets that blob aside with a reason and a time; what fails
//! for the connection fails the lane.

use super::contact::{note_refusal, token};
use super::failure::Failure;
use super::{Driver, Transfer, tick};
use crate::error::{ErrorKind, RemoteError};
use crate::machine::Progress;
use crate::remote::{Remote, UploadRequest, UploadState};
use davy_core::time::Millis;
use davy_store::{BlobJob, StoreError};
use std::time::Duration;

/// Jobs looked at in one step; those set aside must not hide the others.
const LOOK_AT: u32 = 500;

/// What a step did to its blob, told by the server.
enum Sent {
    State(UploadState),
    /// Ask for the offset before going on.
    Ask,
    /// The upload is gone: open it again.
    Reopen,
    /// The chunk was too large: the next one is smaller.
    Smaller,
    /// This blob alone waits.
    Aside(String),
}

pub(super) async fn run<R: Remote>(driver: &mut Driver<R>) -> Result<Progress, Failure> {
    let (acked, queue) = driver.blocking(|store| Ok((store.stream_heads()?.acked_seq, store.blob_queue(LOOK_AT)?))).await?;
    // The server takes a blob only when it has the event that names it.
    let ready: Vec<BlobJob> = queue.into_iter().filter(|job| job.seq <= acked).collect();
    let now = driver.store.clock().wall().ms;
    let Some(job) = ready.iter().find(|job| wait_of(driver, job, now) == 0) else {
        return Ok(ready.iter().map(|job| wait_of(driver, job, now)).min().map_or(Progress::Complete, Progress::Later));
    };
    let sent = match &job.upload_url {
        Some(url) if job.offset < job.size => send_chunk(driver, job, url).await?,
        _ => open(driver, job).await?,
    };
    let sent = match (sent, &job.upload_url) {
        (Sent::Ask, Some(url)) => ask(driver, url).await?,
        (sent, _) => sent,
    };
    keep(driver, job, sent).await?;
    Ok(Progress::More)
}

/// Milliseconds until a blob may be tried. The wall clock may have been set back since the time was noted: nothing waits
/// longer than the longest back-off.
fn wait_of<R: Remote>(driver: &Driver<R>, job: &BlobJob, now: Millis) -> u64 {
    let wait = u64::try_from(job.next_at.0.saturating_sub(now.0)).unwrap_or(0);
    if wait > driver.config.machine.backoff.cap_ms { 0 } else { wait }
}

async fn open<R: Remote>(driver: &mut Driver<R>, job: &BlobJob) -> Result<Sent, Failure> {
    let request = UploadRequest { sha256: job.sha256, size: job.size, scope: job.scope, media_type: job.media_type.clone() };
    // Asked for again only to learn whether it is complete: its bytes are there already.
    let known = job.upload_url.is_some();
    let whole = if !known && job.size > 0 && job.size <= driver.session.chunk.bytes() {
        match read(driver, job, job.size).await? {
            Ok(whole) => Some(whole),
            Err(reason) => return Ok(Sent::Aside(reason)),
        }
    } else {
        None
    };
    let with_body = whole.is_some();
    let held = token(driver).await?;
    match driver.remote.upload_create(&held, &request, whole).await {
        Ok(state) => Ok(Sent::State(state)),
        // Without a body it is the file that is too large, not the chunk.
        Err(error) if error.kind == ErrorKind::TooLarge && !with_body => Ok(Sent::Aside(error.detail)),
        Err(error) => refused(driver, error),
    }
}

async fn ask<R: Remote>(driver: &mut Driver<R>, url: &str) -> Result<Sent, Failure> {
    let held = token(driver).await?;
    match driver.remote.upload_head(&held, url).await {
        Ok(state) => Ok(Sent::State(state)),
        Err(error) => match refused(driver, error)? {
            Sent::Ask => Ok(Sent::Aside("the server does not say how much of it arrived".to_owned())),
            sent => Ok(sent),
        },
    }
}

async fn send_chunk<R: Remote>(driver: &mut Driver<R>, job: &BlobJob, url: &str) -> Result<Sent, Failure> {
    let offset = job.offset;
    let length = driver.session.chunk.bytes().min(job.size - offset);
    let chunk = match read(driver, job, length).await? {
        Ok(chunk) => chunk,
        Err(reason) => return Ok(Sent::Aside(reason)),
    };
    let held = token(driver).await?;
    let began = tick(&driver.store);
    match driver.remote.upload_patch(&held, url, offset, chunk).await {
        Ok(state) => {
            driver.session.chunk.passed(Duration::from_millis(tick(&driver.store).saturating_sub(began)));
            Ok(Sent::State(state))
        }
        Err(error) => refused(driver, error),
    }
}

/// The next bytes of a blob, or why this device does not have them.
async fn read<R: Remote>(driver: &Driver<R>, job: &BlobJob, length: u64) -> Result<Result<Vec<u8>, String>, Failure> {
    let (sha256, offset) = (job.sha256, job.offset);
    let read = driver
        .blocking(move |store| match store.read_blob_range(sha256, offset, length) {
            Err(error @ (StoreError::BlobDamaged { .. } | StoreError::BlobMissing { .. })) => Ok(Err(error.to_string())),
            other => other.map(|chunk| chunk.ok_or_else(|| format!("photo {sha256} is not on this device any more"))),
        })
        .await?;
    Ok(match read {
        Ok(chunk) if chunk.len() as u64 != length => Err(format!("photo {sha256} is shorter on this device than its record says")),
        read => read,
    })
}

/// What a refusal means for the blob; `Err` when it is not about the blob.
fn refused<R: Remote>(driver: &mut Driver<R>, error: RemoteError) -> Result<Sent, Failure> {
    note_refusal(driver, &error);
    match error.kind {
        ErrorKind::Conflict => Ok(Sent::Ask),
        ErrorKind::NotFound | ErrorKind::Gone => Ok(Sent::Reopen),
        ErrorKind::TooLarge if driver.session.chunk.refused() => Ok(Sent::Smaller),
        ErrorKind::Locked | ErrorKind::Checksum | ErrorKind::Refused | ErrorKind::Forbidden | ErrorKind::TooLarge => {
            Ok(Sent::Aside(error.detail))
        }
        ErrorKind::Interrupted | ErrorKind::Stalled => {
            driver.session.chunk.broke();
            Err(error.into())
        }
        _ => Err(error.into()),
    }
}

async fn keep<R: Remote>(driver: &mut Driver<R>, job: &BlobJob, sent: Sent) -> Result<(), Failure> {
    let (sha256, size) = (job.sha256, job.size);
    match sent {
        Sent::State(UploadState::Complete { receipt }) => {
            driver.session.reopened.remove(&sha256);
            // A receipt that does not hold is this blob's trouble alone (I-17); it counts for nothing.
            let done = driver
                .blocking(move |store| match store.blob_done(sha256, &receipt) {
                    Err(error @ StoreError::Receipt { .. }) => Ok(Err(error.to_string())),
                    other => other.map(|_| Ok(())),
                })
                .await?;
            match done {
                Ok(()) => moved(driver, job, size),
                Err(reason) => aside(driver, job, None, reason).await?,
            }
        }
        Sent::State(UploadState::Open { url, offset }) if offset <= size => {
            if offset > job.offset {
                driver.session.reopened.remove(&sha256);
            } else if job.upload_url.is_some() && offset == job.offset {
                // An answer that moves nothing must not become a spin.
                return aside(driver, job, Some((url, offset)), "the server took nothing of it".to_owned()).await;
            }
            driver.blocking(move |store| store.blob_progress(sha256, Some(&url), offset)).await?;
            moved(driver, job, offset);
        }
        Sent::State(UploadState::Open { offset, .. }) => {
            let reason = format!("the server claims {offset} of {size} bytes");
            aside(driver, job, None, reason).await?;
        }
        Sent::Reopen if driver.session.reopened.insert(sha256) => {
            driver.blocking(move |store| store.blob_progress(sha256, None, 0)).await?;
        }
        Sent::Reopen => aside(driver, job, None, "the server does not find the upload it opened".to_owned()).await?,
        Sent::Smaller => {}
        Sent::Ask => aside(driver, job, None, "the server is in conflict about an upload that was not begun".to_owned()).await?,
        Sent::Aside(reason) => {
            let at = job.upload_url.clone().map(|url| (url, job.offset));
            aside(driver, job, at, reason).await?;
        }
    }
    Ok(())
}

/// This blob alone waits, with its reason; the others go on (I-17).
async fn aside<R: Remote>(driver: &mut Driver<R>, job: &BlobJob, at: Option<(String, u64)>, reason: String) -> Result<(), Failure> {
    let (sha256, had_url) = (job.sha256, job.upload_url.is_some());
    let wait = driver.config.machine.backoff.jittered(job.tries.saturating_add(1), (driver.dice)());
    let next_at = driver.store.clock().wall().ms.plus(i64::try_from(wait).unwrap_or(i64::MAX));
    driver
        .blocking(move |store| {
            if at.is_none() && had_url {
                store.blob_progress(sha256, None, 0)?;
            }
            store.blob_failed(sha256, &reason, next_at)
        })
        .await
}

fn moved<R: Remote>(driver: &mut Driver<R>, job: &BlobJob, sent: u64) {
    driver.status.transfer = Some(Transfer { blob: job.sha256, sent, size: job.size });
    driver.tell();
}
