//! Checklists: what is asked, how answers are judged, which items are shown.
//!
//! `model` is the file format; `load` reads a file and names every fault by line; `compile` prepares the
//! conditions; `judge` says what an answer means; `publish` freezes a version.

pub mod compile;
pub mod expression;
pub mod judge;
pub mod load;
pub mod model;
pub mod publish;

pub use compile::{Compiled, CompiledItem};
pub use judge::{Answers, Judgement};
pub use load::{ChecklistError, load_standards, load_yaml};
pub use model::*;
pub use publish::{PublishError, Published, publish};
