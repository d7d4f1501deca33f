//! The device's side of the synchronisation (`docs/sync.md` §5–§7): events go to the server and come back, photographs follow.

pub mod backoff;
pub mod error;
pub mod machine;

pub use error::{Cause, ErrorKind, ProblemDetail, RemoteError, RetryKind};
