//! Bytes of one request into the file of an upload: written, flushed, then counted.

use crate::error::{ApiError, ApiResult};
use crate::uploads::protocol::{Checksum, mismatch, refuse};
use crate::uploads::slot::Held;
use axum::body::Body;
use axum::http::StatusCode;
use bytes::Bytes;
use futures::StreamExt;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A chunk with a checksum is kept in memory until it matched; this bounds it.
const CHECKED_CHUNK: usize = 16 * 1024 * 1024;
/// Without a checksum, bytes go to the file in pieces of this size.
const PIECE: usize = 1024 * 1024;
/// No byte for this long: the connection is dead.
const STALL: Duration = Duration::from_secs(30);

/// Receives the body of a request at the upload's offset. Returns the new offset; what was flushed counts even
/// when the body broke off.
///
/// # Errors
/// More bytes than announced (413), a checksum that does not match (460), a body that broke off under a
/// checksum (408), a newer request (423), the disk.
pub async fn receive(held: &mut Held, file: PathBuf, size: u64, body: Body, checksum: Option<Checksum>) -> ApiResult<u64> {
    let Some((start, hasher)) = held.progress.flushed.clone() else {
        return Err(ApiError::internal());
    };
    let mut intake = Intake { file, offset: start, hasher, pieces: Vec::new(), held_bytes: 0 };
    let room = size - start;
    let ended = read_body(held, body, room, checksum.is_some(), &mut intake).await;
    match (ended, checksum) {
        (Ended::Failed(error), _) => {
            settle(held, intake.offset, intake.hasher);
            Err(error)
        }
        (Ended::Cut | Ended::TakenOver, Some(_)) => {
            Err(refuse(StatusCode::REQUEST_TIMEOUT, "cut", "the chunk broke off; nothing of it counts"))
        }
        (Ended::Whole, Some(expected)) => {
            if !matches(&expected, &intake.pieces) {
                return Err(refuse(mismatch(), "checksum_mismatch", "the chunk was altered on the way; send it again"));
            }
            finish(held, intake).await
        }
        (Ended::Whole | Ended::Cut, None) => finish(held, intake).await,
        (Ended::TakenOver, None) => {
            finish(held, intake).await?;
            Err(refuse(StatusCode::LOCKED, "locked", "a newer request continues this upload"))
        }
    }
}

enum Ended {
    Whole,
    Cut,
    TakenOver,
    Failed(ApiError),
}

struct Intake {
    file: PathBuf,
    offset: u64,
    hasher: Sha256,
    pieces: Vec<Bytes>,
    held_bytes: usize,
}

fn settle(held: &mut Held, offset: u64, hasher: Sha256) {
    held.progress.flushed = Some((offset, hasher));
}

async fn read_body(held: &Held, body: Body, room: u64, checked: bool, intake: &mut Intake) -> Ended {
    let mut stream = body.into_data_stream();
    let mut seen: u64 = 0;
    loop {
        let next = tokio::select! {
            next = tokio::time::timeout(STALL, stream.next()) => next,
            () = held.stop.cancelled() => return Ended::TakenOver,
        };
        let bytes = match next {
            Ok(None) => return Ended::Whole,
            Ok(Some(Ok(bytes))) => bytes,
            Ok(Some(Err(_))) | Err(_) => return Ended::Cut,
        };
        seen += bytes.len() as u64;
        if seen > room {
            return Ended::Failed(refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_long", "more bytes than Upload-Length announced"));
        }
        intake.held_bytes += bytes.len();
        intake.pieces.push(bytes);
        if checked && intake.held_bytes > CHECKED_CHUNK {
            let words = "a chunk with a checksum may have 16 MiB at most; send smaller chunks";
            return Ended::Failed(refuse(StatusCode::PAYLOAD_TOO_LARGE, "chunk_too_long", words));
        }
        if !checked
            && intake.held_bytes >= PIECE
            && let Err(error) = write_pieces(intake, false).await
        {
            return Ended::Failed(error.into());
        }
    }
}

fn matches(expected: &Checksum, pieces: &[Bytes]) -> bool {
    fn digest<D: Digest>(pieces: &[Bytes]) -> Vec<u8> {
        let mut hasher = D::new();
        pieces.iter().for_each(|piece| hasher.update(piece));
        hasher.finalize().to_vec()
    }
    match expected {
        Checksum::Sha256(expected) => digest::<Sha256>(pieces) == *expected,
        Checksum::Sha1(expected) => digest::<Sha1>(pieces) == *expected,
    }
}

async fn finish(held: &mut Held, mut intake: Intake) -> ApiResult<u64> {
    if let Err(error) = write_pieces(&mut intake, true).await {
        // How far it is, only the file knows.
        held.progress.flushed = None;
        return Err(error.into());
    }
    let offset = intake.offset;
    settle(held, offset, intake.hasher);
    Ok(offset)
}

/// Writes what is in memory at the offset and, at the end, flushes the file. One trip to a blocking thread.
async fn write_pieces(intake: &mut Intake, flush: bool) -> io::Result<()> {
    let pieces = std::mem::take(&mut intake.pieces);
    let (file, offset, mut hasher) = (intake.file.clone(), intake.offset, intake.hasher.clone());
    let work = move || -> io::Result<(u64, Sha256)> {
        let mut end = offset;
        write_at(&file, offset, &pieces, flush)?;
        for piece in &pieces {
            hasher.update(piece);
            end += piece.len() as u64;
        }
        Ok((end, hasher))
    };
    let (end, hasher) = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??;
    (intake.offset, intake.hasher, intake.held_bytes) = (end, hasher, 0);
    Ok(())
}

fn write_at(file: &Path, offset: u64, pieces: &[Bytes], flush: bool) -> io::Result<()> {
    // A file that was begun must be there with all that was counted; zeros must never stand for it.
    let mut file = std::fs::OpenOptions::new().write(true).create(offset == 0).truncate(false).open(file)?;
    match file.metadata()?.len() {
        length if length < offset => return Err(io::Error::other("the file of the upload is shorter than what was counted")),
        // Bytes beyond the counted offset were never acknowledged: a crash or a failed write left them.
        length if length > offset => file.set_len(offset)?,
        _ => {}
    }
    file.seek(SeekFrom::Start(offset))?;
    for piece in pieces {
        file.write_all(piece)?;
    }
    if flush { file.sync_data() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_never_stand_for_bytes_that_were_counted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.part");
        let bytes = [Bytes::from_static(b"more")];
        assert!(write_at(&file, 4, &bytes, true).is_err(), "the file has moved");
        assert!(!file.exists());
        write_at(&file, 0, &bytes, true).unwrap();
        assert!(write_at(&file, 5, &bytes, true).is_err(), "the file is shorter than what was counted");
        write_at(&file, 2, &bytes, true).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"momore", "what was not counted is dropped");
    }
}
