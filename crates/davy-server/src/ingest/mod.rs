//! From signed bytes to a place in the log, folded documents and list columns.
//!
//! `prepare` is stateless and runs in parallel; `commit` runs inside one unit of work; `fold` keeps documents and
//! columns in step; `envelope` is how segments lie in the store; `author` lets the server write events of its
//! own, by the same way as everybody else.

pub mod author;
pub mod commit;
pub mod document;
pub mod envelope;
pub mod fold;
pub mod index;
pub mod prepare;

use davy_core::fold::Aggregate;
use davy_core::id::{OrgId, RootId, ScopeId};

/// Something a committed unit of work changed; consoles and devices are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// Organisation.
    pub org: OrgId,
    /// Scope.
    pub scope: ScopeId,
    /// Kind, see [`crate::store::tx::kind_code`]; 0 when only the log grew.
    pub kind: u8,
    /// Aggregate.
    pub root: RootId,
}

/// Word of a kind in messages to the console.
#[must_use]
pub const fn kind_word(kind: u8) -> &'static str {
    use crate::store::tx::{KIND_ASSIGNMENT, KIND_CHECKLIST, KIND_FINDING, KIND_INSPECTION, KIND_PERSON, KIND_REGION, KIND_SITE};
    match kind {
        KIND_INSPECTION => "inspections",
        KIND_FINDING => "findings",
        KIND_REGION => "regions",
        KIND_PERSON => "people",
        KIND_SITE => "sites",
        KIND_ASSIGNMENT => "assignments",
        KIND_CHECKLIST => "checklists",
        _ => "log",
    }
}

/// Whether a document belongs to the directory.
#[must_use]
pub const fn is_directory(aggregate: &Aggregate) -> bool {
    !matches!(aggregate, Aggregate::Inspection(_) | Aggregate::Finding(_))
}
