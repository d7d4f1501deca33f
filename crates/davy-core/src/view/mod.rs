//! What screens are given, computed from documents: the same on device and server.

mod build_finding;
mod build_inspection;
pub mod finding;
pub mod inspection;
pub mod names;
mod passable;

pub use build_finding::{author, finding_view};
pub use build_inspection::{
    InspectionContext, accepts, inspection_change, inspection_summary, inspection_view, required_signatures, stale_readings,
};
pub use finding::*;
pub use inspection::*;
pub use names::Names;
pub use passable::passable;
