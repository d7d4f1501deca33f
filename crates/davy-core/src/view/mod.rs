//! What screens are given, computed from documents: the same on device and server.

pub mod finding;
pub mod inspection;
pub mod names;

pub use finding::*;
pub use inspection::*;
pub use names::Names;
