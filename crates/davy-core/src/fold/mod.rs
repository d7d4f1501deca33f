//! Folds: what screens show is a pure function of the set of known events (I-21).
//!
//! `cell` holds concurrent values, `clock` decides what supersedes what, one file an aggregate folds its events.
//! A document applies an event at once when it extends what is known and says `NeedsRefold` otherwise.

pub mod aggregate;
pub mod cell;
pub mod clock;
pub mod directory;
pub mod evidence;
pub mod finding;
pub mod frontier;
pub mod inspection;

pub use aggregate::{Aggregate, Applied};
pub use cell::{Cell, Held, Stamp};
pub use clock::{Ancestry, Clock};
pub use directory::{AssignmentDoc, ChecklistDoc, PersonDoc, RegionDoc, Retirement, SiteDoc, region_chain, version_rank};
pub use evidence::{Evidence, EvidenceSet};
pub use finding::{FindingDoc, FindingState};
pub use inspection::{InspectionDoc, InspectionState, Instance, Refusal, Review, Signature};
