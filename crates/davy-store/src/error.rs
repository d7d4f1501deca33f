//! What can go wrong with the device's files, in words a person can act on.

use davy_core::id::{BlobId, RootId};
use std::path::PathBuf;

/// Failure of a store operation. Unless a variant says otherwise nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The files were written by a newer program; they are not touched.
    #[error(
        "these records were written by a newer version of the app (format {found}, this app knows {known}); nothing was changed: update the app"
    )]
    NewerDatabase {
        /// Format found.
        found: u32,
        /// Newest format known here.
        known: u32,
    },
    /// Another process holds the data folder.
    #[error("the app is already running with this data folder; nothing was changed: use the open window or close it")]
    OtherInstance,
    /// No space: the action failed as a whole, nothing is half-done.
    #[error("the device has no free space; this step was not saved, everything saved before is safe: free some space and try again")]
    DiskFull,
    /// A file cannot be read as what it must be.
    #[error("the data folder cannot be read ({detail}); nothing was changed: keep the folder and contact support")]
    Damaged {
        /// What was found, for support.
        detail: String,
    },
    /// The linked SQLite is too old to be safe with a write-ahead log.
    #[error("SQLite {found} is too old; at least {needed} is required")]
    SqliteTooOld {
        /// Version number linked.
        found: i32,
        /// Lowest version number accepted.
        needed: i32,
    },
    /// An event names a blob whose file is not in the store (I-05).
    #[error("photo {blob} is not stored on this device; the record was not changed: take or choose it again")]
    BlobMissing {
        /// Its SHA-256.
        blob: BlobId,
    },
    /// A stored blob does not decrypt to what its name says.
    #[error("photo {blob} is damaged on this device; its record is safe")]
    BlobDamaged {
        /// Its SHA-256.
        blob: BlobId,
    },
    /// Bytes offered under a name that is not their SHA-256.
    #[error("the bytes received are not those of {expected}; they were not kept")]
    BlobMismatch {
        /// Name expected.
        expected: BlobId,
    },
    /// A photo without bytes.
    #[error("the photo is empty; nothing was saved: take or choose it again")]
    PhotoEmpty,
    /// A photo beyond the size that is accepted.
    #[error("the photo has {size} bytes, at most {limit} are accepted; nothing was saved")]
    PhotoTooBig {
        /// Bytes.
        size: u64,
        /// Limit in bytes.
        limit: u64,
    },
    /// No known event creates the aggregate.
    #[error("record {root} is not on this device")]
    UnknownRecord {
        /// Aggregate.
        root: RootId,
    },
    /// The event cannot be authored: unknown type, or larger than the protocol allows.
    #[error("the change cannot be recorded ({detail}); nothing was saved")]
    CannotAuthor {
        /// Why.
        detail: String,
    },
    /// A page of the server's feed was refused as a whole.
    #[error("the server's page was refused: {0}")]
    Page(#[from] PageError),
    /// A receipt was refused; what it would have vouched for stays as it was.
    #[error("the server's receipt was refused: {detail}")]
    Receipt {
        /// Why.
        detail: String,
    },
    /// A file operation failed.
    #[error("{operation} {path}: {source}")]
    File {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// The database failed for another reason.
    #[error("database: {0}")]
    Database(#[source] rusqlite::Error),
}

/// Why a page of the feed was refused; the cursor did not move (I-10).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It does not start at the stored cursor: late, doubled, or from another state.
    #[error("it starts at {after}, the cursor stands at {cursor}")]
    NotAtCursor {
        /// Where the page starts.
        after: u64,
        /// Where we stand.
        cursor: u64,
    },
    /// It belongs to another epoch of the server's log.
    #[error("it is of epoch {page}, known is {known}")]
    OtherEpoch {
        /// Page's epoch.
        page: u64,
        /// Epoch known here.
        known: u64,
    },
    /// It says there is more and moves nothing (protocol error, F-15).
    #[error("it is empty but promises more")]
    EmptyWithMore,
    /// Its contents contradict each other or what is known.
    #[error("{detail}")]
    Inconsistent {
        /// What does not fit.
        detail: String,
    },
}

impl PageError {
    pub(crate) fn inconsistent(detail: impl Into<String>) -> Self {
        Self::Inconsistent { detail: detail.into() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged { detail: error.to_string() },
            Some(ErrorCode::SystemIoFailure) if last_os_error_is_full() => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}

/// SQLite reports some full disks (write-ahead log, shared memory) as an I/O error; the cause is in `errno`.
fn last_os_error_is_full() -> bool {
    is_full(&std::io::Error::last_os_error())
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge)
}

impl StoreError {
    /// Wraps a file error; a full disk is told apart.
    pub(crate) fn file(operation: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| {
            if is_full(&source) { Self::DiskFull } else { Self::File { operation, path, source } }
        }
    }

    pub(crate) fn damaged(detail: impl std::fmt::Display) -> Self {
        Self::Damaged { detail: detail.to_string() }
    }
}

/// Result of a store operation.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
