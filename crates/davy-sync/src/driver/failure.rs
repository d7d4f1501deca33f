//! Why a step of a lane did not succeed, with the words for the person and for support.

use crate::error::{Cause, ErrorKind, RemoteError, RetryKind};
use davy_store::StoreError;

/// A failed step.
#[derive(Debug)]
pub(super) struct Failure {
    pub cause: Cause,
    pub retry: RetryKind,
    pub detail: String,
}

impl Failure {
    pub fn new(cause: Cause, retry: RetryKind, detail: impl Into<String>) -> Self {
        Self { cause, retry, detail: detail.into() }
    }

    /// The server said something that cannot be right.
    pub fn answer(detail: impl Into<String>) -> Self {
        RemoteError::new(ErrorKind::Answer, detail).into()
    }
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        Self { cause: error.cause(), retry: error.retry, detail: error.detail }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let cause = match error {
            StoreError::DiskFull => Cause::DiskFull,
            _ => Cause::Internal,
        };
        Self { cause, retry: RetryKind::Transient { after: None }, detail: error.to_string() }
    }
}
