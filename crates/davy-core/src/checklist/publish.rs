//! Freezes a version: the bytes that every device gets and every record refers to by hash.

use super::compile::{CompileError, Compiled, Fault, Place};
use super::model::{Checklist, Clause, Standard};
use crate::event::ChecklistRef;
use crate::id::BlobId;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A frozen version.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The checklist with the standards that it names.
    pub checklist: Checklist,
    /// JSON bytes; their SHA-256 is the hash.
    pub bytes: Vec<u8>,
    /// Id, version and hash.
    pub reference: ChecklistRef,
}

/// Why a checklist cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Faults in it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<CompileError>),
    /// It could not be written as JSON.
    #[error("the checklist cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// What checklists refer to: every standard once, and what its clauses say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Library {
    /// Standards, laws, orders.
    pub standards: Vec<Standard>,
    /// The clause library.
    pub clauses: Vec<Clause>,
}

/// Freezes a checklist with the standards that its items name and the clauses of these standards.
///
/// # Errors
/// Faults in the checklist, or a `basis` that names a standard that is not listed.
pub fn publish(mut checklist: Checklist, library: &Library) -> Result<Published, PublishError> {
    let listed: BTreeMap<&str, &Standard> = library.standards.iter().map(|standard| (standard.id.as_str(), standard)).collect();
    let mut named = BTreeMap::new();
    let mut faults = Vec::new();
    for (s, section) in checklist.sections.iter().enumerate() {
        for (i, item) in section.items.iter().enumerate() {
            for basis in &item.basis {
                match listed.get(basis.standard.as_str()) {
                    Some(standard) => drop(named.insert(basis.standard.clone(), (*standard).clone())),
                    None => faults.push(CompileError { place: Place::Item(s, i), fault: Fault::UnknownStandard(basis.standard.clone()) }),
                }
            }
        }
    }
    if !faults.is_empty() {
        return Err(PublishError::Faults(faults));
    }
    checklist.clauses = library.clauses.iter().filter(|clause| named.contains_key(&clause.standard)).cloned().collect();
    checklist.standards = named.into_values().collect();
    let compiled = Compiled::new(checklist).map_err(PublishError::Faults)?;
    let checklist = compiled.checklist().clone();
    let bytes = serde_json::to_vec(&checklist)?;
    let hash = BlobId(Sha256::digest(&bytes).into());
    let reference = ChecklistRef { id: checklist.id.clone(), version: checklist.version.clone(), hash };
    Ok(Published { checklist, bytes, reference })
}
