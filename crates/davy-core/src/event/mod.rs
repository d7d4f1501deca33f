//! What happened: every act of a person is one event. Headers and payloads are final (`docs/sync.md` §3):
//! numbers of fields are never reused, new optional fields get new numbers, a changed meaning gets a new `tv`.

mod directory;
mod finding;
pub mod header;
mod inspection;
mod payload;
mod value;
mod wire;

pub use directory::*;
pub use finding::*;
pub use header::{BlobRef, BlobRole, Header};
pub use inspection::*;
pub use payload::*;
pub use value::*;

use crate::id::EventId;

/// An event as the folds see it: identity, header and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// SHA-256 over the header.
    pub eid: EventId,
    /// The signed header.
    pub header: Header,
    /// The body, if its type and version are known here.
    pub payload: Payload,
}

/// Whether only the server may author this type: the directory, and what a supervisor decides in the console.
/// A device that sends one has it held, not shown (`docs/sync.md` §4).
#[must_use]
pub fn authored_by_server(kind: &str) -> bool {
    const KINDS: [&str; 8] = [
        "region.set",
        "person.set",
        "site.set",
        "assignment.set",
        "checklist.published",
        "checklist.retired",
        "inspection.reviewed",
        "finding.graded",
    ];
    KINDS.contains(&kind)
}
