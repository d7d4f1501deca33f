//! Measurements of the real crates, each beside a baseline that is measured in the same run on the same disk.
//!
//! * `rows` — one file a row of the table; each answers with [`table::Row`]s.
//! * `province` starts a real server in this process; `author` makes signed inspections; `content` says what is in them.
//! * `baseline` does the same work without us: bare inserts, bare files. `child` is what runs in a process of its own,
//!   where a fresh start or the peak of memory is measured.
//!
//! Invariants: nothing is measured that was not also checked (receipts are verified, counts compared); no time is
//! asserted; `--quick` runs the same code with small counts.

pub mod author;
pub mod baseline;
pub mod child;
pub mod content;
pub mod machine;
pub mod measure;
pub mod photo;
pub mod province;
pub mod rows;
pub mod table;

use std::path::PathBuf;

/// What a row gets to work with.
#[derive(Debug, Clone)]
pub struct Bench {
    /// Small counts: the way through the code, not the figures.
    pub quick: bool,
    /// An empty folder on the disk that is measured; the row may fill it.
    pub folder: PathBuf,
    /// The measuring program, for what needs a process of its own.
    pub program: PathBuf,
}

impl Bench {
    /// The count for a full run, or the one for a quick one.
    #[must_use]
    pub const fn count(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}
