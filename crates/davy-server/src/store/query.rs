//! Questions that lists ask. Every list takes a [`ScopeFilter`]: only `access` makes one.

use crate::store::rows::{FindingIndex, InspectionIndex};
use davy_core::id::{BlobId, InspectionId, OrgId, ScopeId};
use davy_core::time::Millis;
use std::sync::Arc;

/// Which scopes a question may touch. Made by [`crate::access`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeFilter {
    /// Every scope of the organisation.
    All,
    /// One scope.
    One(ScopeId),
    /// These, sorted.
    Some(Arc<[ScopeId]>),
}

impl ScopeFilter {
    /// Whether a scope is inside.
    #[must_use]
    pub fn contains(&self, scope: ScopeId) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => *one == scope,
            Self::Some(some) => some.binary_search(&scope).is_ok(),
        }
    }
}

/// A place in a list sorted by (value, row number).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyset {
    /// Value of the sort column of the last row.
    pub value: String,
    /// Number of the last row.
    pub row: i64,
}

/// Order of the findings list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FindingSort {
    /// Newest received first.
    #[default]
    Received,
    /// Nearest deadline first; those without one last.
    Deadline,
}

/// Which findings.
#[derive(Debug, Clone)]
pub struct FindingQuery {
    /// Organisation.
    pub org: OrgId,
    /// Scopes.
    pub scopes: ScopeFilter,
    /// Grade.
    pub grade: Option<String>,
    /// Stage.
    pub stage: Option<String>,
    /// Raised at or after.
    pub from: Option<Millis>,
    /// Raised before.
    pub to: Option<Millis>,
    /// Words in description, area or responsible person.
    pub text: Option<String>,
    /// Of one inspection.
    pub inspection: Option<InspectionId>,
    /// Only those with contested values.
    pub contested: bool,
    /// Only those that name original photographs which are not here.
    pub awaiting: bool,
    /// Order.
    pub sort: FindingSort,
    /// Rows after this one.
    pub after: Option<Keyset>,
    /// At most this many rows.
    pub limit: u32,
}

impl FindingQuery {
    /// All findings within scopes, newest first.
    #[must_use]
    pub const fn new(org: OrgId, scopes: ScopeFilter, limit: u32) -> Self {
        Self {
            org,
            scopes,
            grade: None,
            stage: None,
            from: None,
            to: None,
            text: None,
            inspection: None,
            contested: false,
            awaiting: false,
            sort: FindingSort::Received,
            after: None,
            limit,
        }
    }
}

/// Which inspections, newest received first.
#[derive(Debug, Clone)]
pub struct InspectionQuery {
    /// Organisation.
    pub org: OrgId,
    /// Scopes.
    pub scopes: ScopeFilter,
    /// Stage.
    pub stage: Option<String>,
    /// Only those that were submitted at some time.
    pub submitted: bool,
    /// Only those with contested answers.
    pub contested: bool,
    /// Only those that name, or whose findings name, original photographs which are not here.
    pub awaiting: bool,
    /// Only those whose counts were not computed since the last change.
    pub uncounted: bool,
    /// Rows after this one.
    pub after: Option<Keyset>,
    /// At most this many rows.
    pub limit: u32,
}

impl InspectionQuery {
    /// All inspections within scopes.
    #[must_use]
    pub const fn new(org: OrgId, scopes: ScopeFilter, limit: u32) -> Self {
        Self { org, scopes, stage: None, submitted: false, contested: false, awaiting: false, uncounted: false, after: None, limit }
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    /// Rows.
    pub rows: Vec<T>,
    /// Where the next page starts.
    pub next: Option<Keyset>,
    /// Rows in the whole list.
    pub total: u64,
}

/// A page of findings.
pub type FindingRows = Rows<FindingIndex>;
/// A page of inspections.
pub type InspectionRows = Rows<InspectionIndex>;

/// Findings of one scope, grade and stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingCount {
    /// Scope.
    pub scope: ScopeId,
    /// Grade.
    pub grade: String,
    /// Stage.
    pub stage: String,
    /// How many.
    pub count: u64,
}

/// Inspections of one scope and stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageCount {
    /// Scope.
    pub scope: ScopeId,
    /// Stage.
    pub stage: String,
    /// How many.
    pub count: u64,
}

/// Totals for the system page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BlobTotals {
    /// Blobs here.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A blob that the list of an inspection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobPresence {
    /// Hash.
    pub sha256: BlobId,
    /// Whole and checked.
    pub here: bool,
}
