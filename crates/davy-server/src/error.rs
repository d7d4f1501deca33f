//! One error for every route: a status, a code that programs branch on, words for people. Internals are logged
//! where they happen and never answered.

use crate::reason::Reason;
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

/// An answer that is not a success.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable word.
    pub code: &'static str,
    /// What happened, what is safe, what to do next.
    pub message: String,
    /// More for programs.
    pub details: Option<Value>,
    /// Seconds to wait before the next attempt.
    pub retry_after: Option<u32>,
}

/// Result of a route.
pub type ApiResult<T> = Result<T, ApiError>;

/// The envelope of an error in JSON; see [`crate::api::dto::Problem`] for its documented form.
#[derive(Debug, Serialize)]
struct ErrorBody {
    code: &'static str,
    message: String,
    details: Option<Value>,
}

impl ApiError {
    /// An error of a status, code and words.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: None, retry_after: None }
    }

    /// Adds something for programs.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    /// Adds when to try again.
    #[must_use]
    pub const fn retry(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Not there, or not for this person: the same answer, so that ids of other regions tell nothing.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here that you may see.")
    }

    /// No session.
    #[must_use]
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Sign in to go on; nothing you saved is lost.")
    }

    /// Visible, but not for this role to change.
    #[must_use]
    pub fn not_allowed() -> Self {
        Self::new(StatusCode::FORBIDDEN, "not_allowed", "Your role may look at this but not change it.")
    }

    /// A field is wrong. The message is for API users; screens have their own words for the reason's code.
    #[must_use]
    pub fn invalid(field: &str, reason: &Reason) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", format!("{field}: {reason}"))
            .with(json!({ "field": field, "reason": reason.code(), "values": reason.values() }))
    }

    /// The record changed since it was looked at.
    #[must_use]
    pub fn stale() -> Self {
        let words = "Something came in after this page was loaded. Look at the new state and decide again; nothing was changed.";
        Self::new(StatusCode::CONFLICT, "stale", words)
    }

    /// A file that is larger than is taken.
    #[must_use]
    pub fn too_large(most: usize) -> Self {
        let words = format!("The file is too large; at most {} MB are taken.", most / (1024 * 1024));
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words).with(json!({ "most_bytes": most }))
    }

    /// The request broke off.
    #[must_use]
    pub fn cut() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "cut", "The request broke off; send it again.")
    }

    /// Too many attempts.
    #[must_use]
    pub fn throttled(seconds: u32) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", format!("Too many attempts. Try again in {seconds} seconds."))
            .with(json!({ "retry_after_seconds": seconds }))
            .retry(seconds)
    }

    /// The server's disk is full.
    #[must_use]
    pub fn server_full() -> Self {
        let words = "The server's disk is full. Nothing was changed; what is on the device stays there and is sent later.";
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "server_full", words).retry(300)
    }

    /// Something that should not happen; details are in the log.
    #[must_use]
    pub fn internal() -> Self {
        let words = "The server could not do this. Nothing was changed; try again, and tell the administrator if it stays so.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", words)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::server_full(),
            StoreError::Taken { what } => Self::invalid(what, &Reason::Taken),
            StoreError::Stopped => Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "The server is restarting; try again.").retry(2),
            other => {
                let source = std::error::Error::source(&other).map(ToString::to_string);
                tracing::error!(error = %other, source, "a request failed in the store");
                Self::internal()
            }
        }
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Self::server_full();
        }
        tracing::error!(%error, "a request failed on a file");
        Self::internal()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody { code: self.code, message: self.message, details: self.details };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
