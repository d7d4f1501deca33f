//! The device's side of the synchronisation (`docs/sync.md` §5–§7): events go to the server and come back, photographs follow.

pub mod backoff;
pub mod chunk;
pub mod driver;
pub mod error;
pub mod http;
pub mod machine;
pub mod remote;

pub use driver::{Config, Driver, Handle, Outcome, Status};
pub use error::{Cause, ErrorKind, ProblemDetail, RemoteError, RetryKind};
pub use http::{Enrolled, HttpConfig, HttpRemote, enrol};
pub use machine::Wake;
pub use remote::Remote;
