//! Checklists: what is asked, how answers are judged, which items are shown.
//!
//! `model` is the file format; `load` reads a file and names every fault by line; `compile` prepares the
//! conditions; `judge` says what an answer means; `publish` freezes a version.

pub mod compile;
pub mod expression;
mod fit;
pub mod judge;
pub mod load;
pub mod model;
pub mod publish;
mod wording;

pub use compile::{CompileError, Compiled, CompiledItem, Fault, Place};
pub use fit::Misfit;
pub use judge::{Answers, Judgement};
pub use load::{ChecklistError, TextFault, TextFaultKind, load_clauses, load_standards, load_yaml, locate, read_yaml};
pub use model::*;
pub use publish::{Library, PublishError, Published, publish};
