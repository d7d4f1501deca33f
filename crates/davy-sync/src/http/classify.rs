//! What a failed request means: the one place that reads statuses, headers and transport errors.
//!
//! Our server marks every answer with `Davy-Version`. An answer without it comes from something in between: a captive portal
//! (200, 302, 511 or a login page), or the reverse proxy in front of the server, which answers 502–504 while the server is
//! down, 413 or 429 by its own limits. The two need different remedies, so they are told apart.

use crate::error::{ErrorKind, ProblemDetail, RemoteError};
use davy_protocol::message::{Problem, VERSION};
use std::time::Duration;

/// The parts of an answer that say what it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen<'a> {
    /// HTTP status.
    pub status: u16,
    /// Header `Davy-Version`.
    pub davy_version: Option<&'a str>,
    /// Header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// Header `Location`.
    pub location: Option<&'a str>,
    /// Header `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// The body, or its beginning.
    pub body: &'a [u8],
}

/// Whether an answer is a success of our server; otherwise what it is.
///
/// # Errors
/// Every answer that is not a 2xx of a Davy server of our version.
pub fn check(seen: &Seen<'_>) -> Result<(), RemoteError> {
    let Some(version) = seen.davy_version else { return Err(foreign(seen)) };
    let status = seen.status;
    if (200..300).contains(&status) {
        if version != VERSION {
            return Err(RemoteError::new(
                ErrorKind::Version,
                format!("the server speaks Davy version {version:?}, this app speaks {VERSION:?}"),
            ));
        }
        return Ok(());
    }
    let problem = problem_in(seen);
    let kind = match status {
        401 => ErrorKind::Unauthorised,
        403 if problem.as_ref().is_some_and(|problem| problem.code == "revoked") => ErrorKind::Revoked,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        410 => ErrorKind::Gone,
        413 => ErrorKind::TooLarge,
        423 => ErrorKind::Locked,
        426 => ErrorKind::Version,
        429 => ErrorKind::Throttled,
        460 => ErrorKind::Checksum,
        507 => ErrorKind::ServerFull,
        500..=599 => ErrorKind::Server,
        300..=399 => ErrorKind::Answer,
        _ => ErrorKind::Refused,
    };
    let said = problem.as_ref().map_or_else(|| beginning(seen.body), |problem| format!("{}: {}", problem.code, problem.message));
    let after = problem.as_ref().and_then(|problem| problem.retry_after).or_else(|| seconds(seen.retry_after));
    let mut error = RemoteError::new(kind, format!("the server answered {status} ({said})")).after(after.map(Duration::from_secs));
    error.problem = problem.map(Box::new);
    Err(error)
}

/// A refusal's description: CBOR on the sync endpoints, JSON on those that other clients share (uploads).
fn problem_in(seen: &Seen<'_>) -> Option<ProblemDetail> {
    #[derive(serde::Deserialize)]
    struct Envelope {
        code: String,
        message: String,
    }
    if seen.content_type.is_some_and(|kind| kind.starts_with("application/json")) {
        let Envelope { code, message } = serde_json::from_slice(seen.body).ok()?;
        return Some(ProblemDetail { code, message, ..ProblemDetail::default() });
    }
    let problem: Problem = minicbor::decode(seen.body).ok()?;
    Some(ProblemDetail {
        code: problem.code,
        message: problem.message,
        head_seq: problem.head_seq,
        epoch: problem.epoch,
        index: problem.index.map(u64::from),
        retry_after: problem.retry_after.map(u64::from),
    })
}

/// An answer that does not come from our server.
fn foreign(seen: &Seen<'_>) -> RemoteError {
    let status = seen.status;
    let what = match (seen.location, seen.content_type) {
        (Some(location), _) => format!("a redirect to {}", shortened(location)),
        (None, Some(content_type)) => format!("{} ({})", shortened(content_type), beginning(seen.body)),
        (None, None) => beginning(seen.body),
    };
    let after = seconds(seen.retry_after).map(Duration::from_secs);
    let (kind, detail) = match status {
        413 => (ErrorKind::TooLarge, format!("something before the server refused the size of a request: {status}, {what}")),
        429 => (ErrorKind::Throttled, format!("something before the server asks to wait: {status}, {what}")),
        500..=510 | 512..=599 => (ErrorKind::Server, format!("the server's front answered {status}: {what}")),
        _ => (ErrorKind::NotDavy, format!("not the Davy server answered, but something in between: {status}, {what}")),
    };
    RemoteError::new(kind, detail).after(after)
}

/// `Retry-After` in seconds. Its other form, a date, would need a trusted clock and is not used by our server.
fn seconds(header: Option<&str>) -> Option<u64> {
    header?.trim().parse().ok()
}

/// The first words of a body, for support.
fn beginning(body: &[u8]) -> String {
    if body.is_empty() {
        return "no text".to_owned();
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(400)]);
    format!("“{}”", shortened(text.trim()))
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// Why a request got no answer at all.
#[must_use]
pub fn transport(error: &reqwest::Error) -> RemoteError {
    let (kind, what) = cause_of(error, error.is_connect(), error.is_timeout());
    RemoteError::new(kind, format!("{what}: {}", chain_of(error)))
}

/// Finds the meaningful error in a chain of wrappers.
fn cause_of(error: &(dyn std::error::Error + 'static), connecting: bool, timeout: bool) -> (ErrorKind, &'static str) {
    let mut link = Some(error);
    while let Some(current) = link {
        if current.downcast_ref::<super::resolve::NameNotFound>().is_some() {
            return (ErrorKind::NoRoute, "the server's name was not found");
        }
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return certificate(tls);
        }
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            if matches!(
                io.kind(),
                std::io::ErrorKind::NetworkUnreachable | std::io::ErrorKind::NetworkDown | std::io::ErrorKind::HostUnreachable
            ) {
                return (ErrorKind::NoRoute, "there is no way to the server");
            }
            // `source` of an I/O error steps over the error that it wraps.
            if let Some(inner) = io.get_ref() {
                link = Some(inner);
                continue;
            }
        }
        link = current.source();
    }
    match (connecting, timeout) {
        (true, _) => (ErrorKind::Unreachable, "the server does not answer"),
        (false, true) => (ErrorKind::Stalled, "the transfer stalled"),
        (false, false) => (ErrorKind::Interrupted, "the connection broke off"),
    }
}

/// A year beyond a certificate's end, the clock is the likelier fault: certificates live for about a year.
const CLOCK_IS_LIKELIER: Duration = Duration::from_secs(366 * 24 * 3600);

fn certificate(error: &rustls::Error) -> (ErrorKind, &'static str) {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => {
            (ErrorKind::Clock, "by this device's clock the server's certificate is not valid yet")
        }
        rustls::Error::InvalidCertificate(C::ExpiredContext { time, not_after })
            if time.as_secs() > not_after.as_secs().saturating_add(CLOCK_IS_LIKELIER.as_secs()) =>
        {
            (ErrorKind::Clock, "by this device's clock the server's certificate ended more than a year ago")
        }
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            (ErrorKind::Certificate, "the server's certificate is not trusted")
        }
        // A portal that answers in plain text on the TLS port, or a broken middlebox.
        rustls::Error::InvalidMessage(_) => (ErrorKind::NotDavy, "something that does not speak TLS answered in the server's place"),
        _ => (ErrorKind::Unreachable, "the secure connection could not be made"),
    }
}

/// All messages of a chain, for support.
fn chain_of(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut link = error.source();
    while let Some(current) = link {
        let more = current.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        link = current.source();
    }
    text
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
