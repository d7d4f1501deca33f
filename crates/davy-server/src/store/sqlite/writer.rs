//! The one thread that writes. Units of work that arrive while a commit runs share the next one, each in its
//! own savepoint; nobody is answered before the commit that holds their work has reached the disk.

use super::{SqliteTx, findings};
use crate::store::{StoreError, WriteWork};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A commit waits for at most this many units of work …
const GROUP: usize = 64;
/// … or this long.
const GROUP_TIME: Duration = Duration::from_millis(20);
/// The text index is brought up to date when nothing was written for this long …
const QUIET: Duration = Duration::from_millis(50);
/// … or after this many units of work, so that searches never have much to read outside of it.
const MOST_UNITS: usize = 5 * GROUP;
/// Findings brought in by one commit: a busy unit of work has three of them.
const TEXTS: usize = 3 * MOST_UNITS;

struct Job {
    work: WriteWork,
    done: oneshot::Sender<Result<(), StoreError>>,
}

/// Handle of the writer thread; dropping it finishes what was submitted and joins.
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, inbox) = channel();
        let thread = std::thread::Builder::new()
            .name("davy-writer".into())
            .spawn(move || run(&connection, &inbox))
            .map_err(|source| StoreError::Backend { during: "started the writer", source: Box::new(source) })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) fn submit(&self, work: WriteWork) -> oneshot::Receiver<Result<(), StoreError>> {
        let (done, receiver) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            // A failed send drops `done`; the receiver then reads "stopped".
            let _ = jobs.send(Job { work, done });
        }
        receiver
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers that wait for the commit.
#[derive(Default)]
struct Group {
    waiting: Vec<oneshot::Sender<Result<(), StoreError>>>,
}

impl Group {
    fn answer(self, outcome: impl Fn() -> Result<(), StoreError>) {
        for done in self.waiting {
            let _ = done.send(outcome());
        }
    }
}

fn run(connection: &Connection, inbox: &Receiver<Job>) {
    // The last run may have left something.
    let mut units = MOST_UNITS;
    loop {
        let job = if units == 0 { inbox.recv().map_err(|_| RecvTimeoutError::Disconnected) } else { inbox.recv_timeout(QUIET) };
        let first = match job {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                units = usize::from(catch_up(connection));
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            let _ = first.done.send(Err(error.into()));
            continue;
        }
        let mut group = Group::default();
        let began = Instant::now();
        let mut next = Some(first);
        while let Some(job) = next {
            if !perform(connection, job, &mut group) {
                break;
            }
            let room = group.waiting.len() < GROUP && began.elapsed() < GROUP_TIME;
            next = if room { inbox.try_recv().ok() } else { None };
        }
        units += group.waiting.len();
        finish(connection, group);
        if units > MOST_UNITS {
            units = usize::from(catch_up(connection));
        }
    }
}

/// Brings a part of the waiting texts into the index. Returns whether others wait still.
fn catch_up(connection: &Connection) -> bool {
    let work = || {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let more = findings::index_texts(connection, TEXTS)?;
        connection.execute_batch("COMMIT").map(|()| more)
    };
    work().unwrap_or_else(|error: rusqlite::Error| {
        // Nothing is lost: searches read the texts themselves, and the next commit leads here again.
        tracing::warn!(%error, "the text index could not be brought up to date");
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
        false
    })
}

/// Runs one job in its savepoint. False when the failure ended the whole transaction (a full disk does that).
fn perform(connection: &Connection, job: Job, group: &mut Group) -> bool {
    let Job { work, done } = job;
    if let Err(error) = connection.execute_batch("SAVEPOINT job") {
        let _ = done.send(Err(error.into()));
        return !connection.is_autocommit();
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut SqliteTx { c: connection })));
    let outcome = match outcome {
        Ok(Ok(())) => connection.execute_batch("RELEASE job").map_err(StoreError::from),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(StoreError::Panicked),
    };
    match outcome {
        Ok(()) => group.waiting.push(done),
        Err(error) => {
            if !connection.is_autocommit()
                && let Err(rollback) = connection.execute_batch("ROLLBACK TO job; RELEASE job")
            {
                tracing::error!(%rollback, "a failed step could not be taken back alone; the whole group is");
                let _ = connection.execute_batch("ROLLBACK");
            }
            let _ = done.send(Err(error));
        }
    }
    !connection.is_autocommit()
}

fn finish(connection: &Connection, group: Group) {
    if connection.is_autocommit() {
        // The transaction is gone with everything in it: nobody may be told otherwise.
        return group.answer(|| Err(StoreError::DiskFull));
    }
    match connection.execute_batch("COMMIT") {
        Ok(()) => group.answer(|| Ok(())),
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            let full = matches!(StoreError::from(error), StoreError::DiskFull);
            tracing::error!(full, "a commit failed; all of its steps were taken back");
            group.answer(|| Err(if full { StoreError::DiskFull } else { StoreError::Stopped }));
        }
    }
}
