//! Names for ids, supplied by whoever has the directory at hand.

use crate::id::{PersonId, StreamId};

/// Looks names up; an unknown id is shown as an unknown person or device, never an error.
pub trait Names {
    /// A person's name.
    fn person(&self, id: PersonId) -> Option<String>;
    /// Name of the device whose stream this is.
    fn device(&self, stream: StreamId) -> Option<String>;
}

/// Knows no names; for tests and places that show none.
pub struct NoNames;

impl Names for NoNames {
    fn person(&self, _: PersonId) -> Option<String> {
        None
    }
    fn device(&self, _: StreamId) -> Option<String> {
        None
    }
}
