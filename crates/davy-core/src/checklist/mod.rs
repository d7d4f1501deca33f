//! Checklists: what is asked, how answers are judged, which items are shown.

pub mod model;

pub use model::*;
