//! What a command answers when it cannot do its work: a stable code for the screen, words for people.

use crate::reason::Reason;
use davy_store::StoreError;
use davy_store::vault::UnlockError;
use serde::Serialize;
use serde_json::{Value, json};

/// Error of a command. Screens branch on `code` alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AppError {
    code: &'static str,
    message: String,
    details: Option<Value>,
}

impl AppError {
    /// An error with a code and words that say what happened, what is safe and what to do.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None }
    }

    /// The same with details for the screen, beside those that are there.
    #[must_use]
    pub fn with(mut self, more: Value) -> Self {
        match (&mut self.details, more) {
            (Some(Value::Object(details)), Value::Object(more)) => details.extend(more),
            (details, more) => *details = Some(more),
        }
        self
    }

    /// A field of the request does not fit.
    #[must_use]
    pub fn invalid(field: &str, reason: Reason) -> Self {
        let details = json!({ "field": field, "reason": reason.code(), "values": reason.values() });
        Self::new("invalid", format!("{field}: {reason}")).with(details)
    }

    /// The record is not on this device.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new("not_found", format!("this {what} is not on this device; synchronise and try again"))
    }

    /// The step is not allowed now.
    #[must_use]
    pub fn not_allowed(reason: Reason) -> Self {
        let details = json!({ "reason": reason.code(), "values": reason.values() });
        Self::new("not_allowed", reason.to_string()).with(details)
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NewerDatabase { .. } => "newer_database",
            StoreError::OtherInstance => "other_instance",
            StoreError::DiskFull => "disk_full",
            StoreError::PhotoEmpty => "photo_empty",
            StoreError::PhotoTooBig { .. } => "photo_too_large",
            StoreError::UnknownRecord { .. } | StoreError::BlobMissing { .. } => "not_found",
            _ => "internal",
        };
        if code == "internal" {
            tracing::error!(%error, "a command failed in the store");
        }
        Self::new(code, error.to_string())
    }
}

impl From<UnlockError> for AppError {
    fn from(error: UnlockError) -> Self {
        let message = error.to_string();
        match error {
            UnlockError::Wrong { failed, wait_seconds } | UnlockError::Throttled { failed, wait_seconds } => {
                Self::new("wrong_pin", message).with(json!({ "wait_seconds": wait_seconds, "failed": failed }))
            }
            UnlockError::Absent => Self::new("not_enrolled", message),
            UnlockError::Newer { .. } => Self::new("newer_database", message),
            UnlockError::Keychain => Self::new("locked", message),
            UnlockError::Store(store) => store.into(),
            UnlockError::Damaged { .. } => Self::new("internal", message),
        }
    }
}
