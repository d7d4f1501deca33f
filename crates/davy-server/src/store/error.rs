//! What can go wrong in a store, without naming a database.

/// A store error. Work that returns one has changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full; nothing was changed.
    #[error("the disk of the server is full; nothing was changed")]
    DiskFull,
    /// The database was written by a newer program.
    #[error("the database has version {found}, this program knows up to {known}; start the newer program")]
    NewerDatabase {
        /// Version in the file.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
    /// A value that must be unique is taken.
    #[error("{what} is already in use")]
    Taken {
        /// What.
        what: &'static str,
    },
    /// Stored bytes do not have the form they were written in.
    #[error("stored {what} is damaged")]
    Damaged {
        /// What.
        what: &'static str,
    },
    /// A unit of work panicked; it was taken back.
    #[error("an internal error stopped this step; nothing was changed")]
    Panicked,
    /// The store is shutting down.
    #[error("the server is stopping")]
    Stopped,
    /// The database driver failed.
    #[error("the database failed while it {during}")]
    Backend {
        /// What it was doing.
        during: &'static str,
        /// Cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Stored bytes that cannot be read.
    #[must_use]
    pub const fn damaged(what: &'static str) -> Self {
        Self::Damaged { what }
    }
}
