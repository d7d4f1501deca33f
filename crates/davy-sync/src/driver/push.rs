//! One batch of own events: seal what is recorded, send what the server lacks, verify the receipt.

use super::contact::{note_refusal, token};
use super::failure::Failure;
use super::{Driver, tick};
use crate::error::{Cause, ErrorKind, RemoteError, RetryKind};
use crate::machine::Progress;
use crate::remote::Remote;
use davy_protocol::seal::SealReason;
use davy_store::SegmentOut;
use std::time::Duration;

pub(super) async fn run<R: Remote>(driver: &mut Driver<R>) -> Result<Progress, Failure> {
    let most = usize::try_from(driver.session.batch.bytes()).unwrap_or(usize::MAX);
    let resend_from = driver.session.resend_from;
    let singly = driver.session.singly;
    let (heads, mut segments) = driver
        .blocking(move |store| {
            store.seal(SealReason::Push, None)?;
            let heads = store.stream_heads()?;
            let segments = store.segments_to_send(resend_from.unwrap_or(heads.acked_seq), most)?;
            Ok((heads, segments))
        })
        .await?;
    if singly {
        segments.truncate(1);
    }
    let Some(last) = segments.last().map(|segment| segment.to_seq) else {
        driver.session.resend_from = None;
        return Ok(Progress::Complete);
    };
    let held = token(driver).await?;
    let began = tick(&driver.store);
    let bodies: Vec<Vec<u8>> = segments.iter_mut().map(|segment| std::mem::take(&mut segment.bytes)).collect();
    match driver.remote.push(&held, &bodies).await {
        Ok(response) => {
            driver.session.batch.passed(Duration::from_millis(tick(&driver.store).saturating_sub(began)));
            taken(driver, response.receipt, last).await?;
            driver.session.resend_from = None;
            Ok(if last < heads.sealed_seq { Progress::More } else { Progress::Complete })
        }
        Err(error) => refused(driver, error, &segments, heads.chain.seq),
    }
}

/// The receipt must be the server's, for our stream, and name our event at or after the last one sent.
async fn taken<R: Remote>(driver: &mut Driver<R>, raw: Vec<u8>, last: u64) -> Result<(), Failure> {
    driver
        .blocking(move |store| {
            let receipt = store.accept_receipt(&raw)?;
            store.set_epoch(receipt.epoch)?;
            Ok(receipt)
        })
        .await
        .and_then(|receipt| {
            if receipt.head_seq >= last {
                Ok(())
            } else {
                Err(Failure::answer(format!("events up to {last} were sent, but the receipt ends at {}", receipt.head_seq)))
            }
        })
}

fn refused<R: Remote>(driver: &mut Driver<R>, error: RemoteError, segments: &[SegmentOut], newest: u64) -> Result<Progress, Failure> {
    note_refusal(driver, &error);
    let session = &mut driver.session;
    match error.kind {
        ErrorKind::Conflict if error.has_code("gap") => gap(driver, error, segments, newest),
        // Both events stay at the server as exhibits. Sending more would not help, and nothing here is lost.
        ErrorKind::Conflict => Err(Failure::new(Cause::Refused, RetryKind::Permanent, error.detail)),
        ErrorKind::TooLarge if session.batch.refused() && segments.len() > 1 => Ok(Progress::More),
        ErrorKind::Refused | ErrorKind::TooLarge if segments.len() > 1 => {
            session.singly = true;
            Ok(Progress::More)
        }
        ErrorKind::Server if segments.len() > 1 => {
            // If one segment makes the server fail, those before it still go through next time.
            session.singly = true;
            Err(error.into())
        }
        ErrorKind::Interrupted | ErrorKind::Stalled => {
            session.batch.broke();
            Err(error.into())
        }
        _ => Err(error.into()),
    }
}

/// The server lacks events before those sent: go on from its head.
fn gap<R: Remote>(driver: &mut Driver<R>, error: RemoteError, segments: &[SegmentOut], newest: u64) -> Result<Progress, Failure> {
    let head = error.problem.as_ref().and_then(|problem| problem.head_seq);
    let first = segments.first().map_or(0, |segment| segment.from_seq);
    match head {
        Some(head) if head > newest => Err(Failure::new(
            Cause::Refused,
            RetryKind::Permanent,
            format!("the server has events up to {head} of this device, which has only {newest}: its data were put back to an older state"),
        )),
        Some(head) if head + 1 < first => {
            driver.session.resend_from = Some(head);
            Ok(Progress::More)
        }
        _ => Err(error.into()),
    }
}
