//! What can go wrong between a device and its server, and what may be done about it.
//!
//! The decision "try again, and when" is made once, where an answer is read ([`RemoteError::retry`]); nobody further
//! up guesses from a text. Causes are those a person can do something about; the app shows them with their remedy.

use std::time::Duration;

/// Why nothing moves, in a form that names the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// No network at all: the server's name or the way to it is not found.
    NoNetwork,
    /// There is a network, but the server does not answer.
    ServerUnreachable,
    /// The server answers with an error of its own.
    ServerError,
    /// Something else answers in the server's place: a captive portal, a proxy, a wrong address.
    CaptivePortal,
    /// The server's certificate is not trusted.
    Certificate,
    /// This device was revoked: what it sends is kept for review, it may read nothing.
    Revoked,
    /// The server asks to wait.
    Throttled,
    /// The server has no space.
    ServerFull,
    /// This device has no space.
    DiskFull,
    /// This device's clock is so wrong that certificates or tokens fail.
    Clock,
    /// The server refuses a record; the others go on.
    Refused,
    /// This program is too old or too new for the server.
    Version,
    /// Anything else; the detail says what.
    Internal,
}

impl Cause {
    /// Whether every other request would fail in the same way, so that a run ends here.
    /// A cut or stalled transfer is not: a small request may pass where a large one stalls.
    #[must_use]
    pub const fn is_connection_wide(self) -> bool {
        matches!(self, Self::NoNetwork | Self::CaptivePortal | Self::Certificate | Self::Clock | Self::Throttled)
    }
}

/// When an attempt may be repeated. Each of them is repeated some time: there is no passive state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryKind {
    /// The way to the server failed: soon, again at once when the network changes.
    Network,
    /// The server could not do it now.
    Transient {
        /// It asked for this pause (`Retry-After`).
        after: Option<Duration>,
    },
    /// The same request will fail again until something else changes: rarely.
    Permanent,
}

/// What exactly was seen. Protocol code branches on this, the screen on [`RemoteError::cause`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// The name was not found, or there is no route.
    NoRoute,
    /// Connecting was refused or took too long.
    Unreachable,
    /// The connection broke off; the request may or may not have been carried out.
    Interrupted,
    /// No byte moved for the stall time; the request may or may not have been carried out.
    Stalled,
    /// The TLS handshake failed on the server's certificate.
    Certificate,
    /// The certificate is outside its dates by this device's clock, and the clock is the likelier fault.
    Clock,
    /// The answer does not come from a Davy server.
    NotDavy,
    /// 5xx without a better meaning.
    Server,
    /// 401: the token is missing, too old or unknown.
    Unauthorised,
    /// 403: this device was revoked.
    Revoked,
    /// 403: this device may not read that scope (any more), or may not do that.
    Forbidden,
    /// 404.
    NotFound,
    /// 409: the server knows another state; the problem says which.
    Conflict,
    /// 410: an upload expired.
    Gone,
    /// 413: too many bytes in one request.
    TooLarge,
    /// 422 or another 4xx: the request as such is refused.
    Refused,
    /// 423: another connection still holds the upload.
    Locked,
    /// 426: this program is too old to read.
    Version,
    /// 429.
    Throttled,
    /// 460: the chunk's checksum did not match.
    Checksum,
    /// 507.
    ServerFull,
    /// A Davy server answered something that this program cannot read or verify.
    Answer,
}

/// A request that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct RemoteError {
    /// What was seen.
    pub kind: ErrorKind,
    /// When to try again.
    pub retry: RetryKind,
    /// For support: what exactly happened, in words.
    pub detail: String,
    /// The server's own description, when it gave one.
    pub problem: Option<Box<ProblemDetail>>,
}

/// What a server said about a refused request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProblemDetail {
    /// Machine-readable code: `gap`, `fork`, `epoch`, `revoked`, …
    pub code: String,
    /// Words.
    pub message: String,
    /// The server's head of our stream, with `gap` and `fork`.
    pub head_seq: Option<u64>,
    /// The log's epoch, when given.
    pub epoch: Option<u64>,
    /// Index of the refused segment, with 422.
    pub index: Option<u64>,
    /// Seconds to wait.
    pub retry_after: Option<u64>,
}

impl RemoteError {
    /// An error without a server's description.
    #[must_use]
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        let retry = default_retry(&kind);
        Self { kind, retry, detail: detail.into(), problem: None }
    }

    /// A Davy server answered something that cannot be right.
    #[must_use]
    pub fn answer(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Answer, detail)
    }

    /// The same error with the pause that the server asked for.
    #[must_use]
    pub fn after(mut self, after: Option<Duration>) -> Self {
        if let RetryKind::Transient { .. } = self.retry {
            self.retry = RetryKind::Transient { after };
        }
        self
    }

    /// The cause that a person is told.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        match self.kind {
            ErrorKind::NoRoute => Cause::NoNetwork,
            ErrorKind::Unreachable | ErrorKind::Interrupted | ErrorKind::Stalled => Cause::ServerUnreachable,
            ErrorKind::Certificate => Cause::Certificate,
            ErrorKind::Clock => Cause::Clock,
            ErrorKind::NotDavy => Cause::CaptivePortal,
            ErrorKind::Server | ErrorKind::Locked => Cause::ServerError,
            ErrorKind::Revoked => Cause::Revoked,
            ErrorKind::Throttled => Cause::Throttled,
            ErrorKind::ServerFull => Cause::ServerFull,
            ErrorKind::Version => Cause::Version,
            ErrorKind::Forbidden | ErrorKind::Conflict | ErrorKind::TooLarge | ErrorKind::Refused | ErrorKind::Checksum => Cause::Refused,
            ErrorKind::Unauthorised | ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::Answer => Cause::Internal,
        }
    }

    /// Whether the server's description carries this code.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.code == code)
    }
}

/// The retry decision by kind; a `Retry-After` is added where the answer is read.
const fn default_retry(kind: &ErrorKind) -> RetryKind {
    match kind {
        ErrorKind::NoRoute
        | ErrorKind::Unreachable
        | ErrorKind::Interrupted
        | ErrorKind::Stalled
        | ErrorKind::Certificate
        | ErrorKind::Clock
        | ErrorKind::NotDavy => RetryKind::Network,
        ErrorKind::Server
        | ErrorKind::Unauthorised
        | ErrorKind::Conflict
        | ErrorKind::Gone
        | ErrorKind::Locked
        | ErrorKind::Throttled
        | ErrorKind::Checksum
        | ErrorKind::ServerFull
        | ErrorKind::Answer => RetryKind::Transient { after: None },
        ErrorKind::Revoked | ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::TooLarge | ErrorKind::Refused | ErrorKind::Version => {
            RetryKind::Permanent
        }
    }
}
