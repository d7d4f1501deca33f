//! Checklists that somebody uploaded and nobody published yet. They are the server's own, not part of the record.

use davy_core::id::{BlobId, OrgId, PersonId};
use davy_core::time::Millis;
use uuid::Uuid;

/// An uploaded file without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistDraftRow {
    /// Id.
    pub id: Uuid,
    /// Organisation.
    pub org: OrgId,
    /// Name of the file.
    pub name: String,
    /// Bytes of the file.
    pub size: u64,
    /// Who uploaded it.
    pub person: PersonId,
    /// When.
    pub uploaded: Millis,
    /// What was found in it, as JSON.
    pub report: String,
    /// The version that was published from it.
    pub published: Option<BlobId>,
}
