//! The table of answers and what each of them is called.

use super::*;
use crate::error::{Cause, RetryKind};

fn named(seen: &Seen<'_>) -> Option<(ErrorKind, Cause)> {
    check(seen).err().map(|error| (error.kind.clone(), error.cause()))
}

#[test]
fn answers_of_our_server_are_named_by_status_and_code() {
    let problem = |code: &str| {
        minicbor::to_vec(Problem {
            code: code.to_owned(),
            message: "words".to_owned(),
            head_seq: Some(7),
            head_eid: None,
            index: Some(2),
            retry_after: None,
            epoch: Some(3),
        })
        .unwrap()
    };
    let table = [
        (200, "", None),
        (204, "", None),
        (401, "token", Some((ErrorKind::Unauthorised, Cause::Internal))),
        (403, "revoked", Some((ErrorKind::Revoked, Cause::Revoked))),
        (403, "scope_revoked", Some((ErrorKind::Forbidden, Cause::Refused))),
        (404, "not_found", Some((ErrorKind::NotFound, Cause::Internal))),
        (409, "gap", Some((ErrorKind::Conflict, Cause::Refused))),
        (410, "gone", Some((ErrorKind::Gone, Cause::Internal))),
        (413, "too_large", Some((ErrorKind::TooLarge, Cause::Refused))),
        (422, "bad", Some((ErrorKind::Refused, Cause::Refused))),
        (400, "bad", Some((ErrorKind::Refused, Cause::Refused))),
        (423, "locked", Some((ErrorKind::Locked, Cause::ServerError))),
        (426, "version", Some((ErrorKind::Version, Cause::Version))),
        (429, "throttled", Some((ErrorKind::Throttled, Cause::Throttled))),
        (460, "checksum", Some((ErrorKind::Checksum, Cause::Refused))),
        (500, "internal", Some((ErrorKind::Server, Cause::ServerError))),
        (503, "busy", Some((ErrorKind::Server, Cause::ServerError))),
        (507, "full", Some((ErrorKind::ServerFull, Cause::ServerFull))),
    ];
    for (status, code, expected) in table {
        let body = problem(code);
        let seen = Seen { status, davy_version: Some("1"), content_type: Some("application/cbor"), body: &body, ..Seen::default() };
        assert_eq!(named(&seen), expected, "{status} {code}");
        if let Err(error) = check(&seen) {
            assert!(error.has_code(code));
            let detail = error.problem.unwrap();
            assert_eq!((detail.head_seq, detail.epoch, detail.index), (Some(7), Some(3), Some(2)));
        }
    }
}

#[test]
fn answers_of_something_in_between_are_told_from_a_server_that_is_down() {
    let login: &[u8] = b"<!DOCTYPE html><title>Guest WiFi</title>";
    type Row<'a> = (u16, Option<&'a str>, Option<&'a str>, &'a [u8], ErrorKind);
    let table: [Row<'_>; 12] = [
        (200, Some("text/html"), None, login, ErrorKind::NotDavy),
        (200, None, None, b"", ErrorKind::NotDavy),
        (200, Some("application/cbor"), None, b"\xa0", ErrorKind::NotDavy),
        (302, None, Some("http://10.0.0.1/login"), b"", ErrorKind::NotDavy),
        (307, Some("text/html"), Some("http://portal/"), login, ErrorKind::NotDavy),
        (404, Some("text/html"), None, login, ErrorKind::NotDavy),
        (407, None, None, b"", ErrorKind::NotDavy),
        (511, Some("text/html"), None, login, ErrorKind::NotDavy),
        (502, Some("text/html"), None, b"<h1>Bad Gateway</h1>", ErrorKind::Server),
        (504, None, None, b"", ErrorKind::Server),
        (413, Some("text/html"), None, b"", ErrorKind::TooLarge),
        (429, None, None, b"", ErrorKind::Throttled),
    ];
    for (status, content_type, location, body, expected) in table {
        let seen = Seen { status, content_type, location, body, ..Seen::default() };
        assert_eq!(check(&seen).unwrap_err().kind, expected, "{status} {content_type:?}");
    }
}

#[test]
fn a_server_of_another_version_is_named_so() {
    let seen = Seen { status: 200, davy_version: Some("2"), ..Seen::default() };
    assert_eq!(named(&seen), Some((ErrorKind::Version, Cause::Version)));
}

#[test]
fn a_pause_in_the_header_is_kept_and_nonsense_in_it_ignored() {
    for (header, expected) in
        [(Some("17"), Some(17)), (Some(" 3 "), Some(3)), (Some("-1"), None), (Some("Wed, 21 Oct 2099 07:28:00 GMT"), None), (None, None)]
    {
        let seen = Seen { status: 503, davy_version: Some("1"), retry_after: header, ..Seen::default() };
        let retry = check(&seen).unwrap_err().retry;
        assert_eq!(retry, RetryKind::Transient { after: expected.map(Duration::from_secs) }, "{header:?}");
    }
}

#[test]
fn what_a_foreign_body_says_is_quoted_short_and_without_control_characters() {
    let body = [b"<html>\x1b[31m".as_slice(), &[b'x'; 10_000]].concat();
    let seen = Seen { status: 200, content_type: Some("text/html"), body: &body, ..Seen::default() };
    let detail = check(&seen).unwrap_err().detail;
    assert!(detail.len() < 400 && !detail.contains('\x1b'), "{detail}");
}

#[test]
fn tls_faults_are_a_certificate_a_clock_or_something_else_in_between() {
    use rustls::pki_types::UnixTime;
    use rustls::{CertificateError as C, Error as E};
    let at = |days: u64| UnixTime::since_unix_epoch(Duration::from_secs(days * 86_400));
    let table = [
        (E::InvalidCertificate(C::UnknownIssuer), ErrorKind::Certificate),
        (E::InvalidCertificate(C::NotValidForName), ErrorKind::Certificate),
        (E::InvalidCertificate(C::Expired), ErrorKind::Certificate),
        (E::InvalidCertificate(C::ExpiredContext { time: at(20_100), not_after: at(20_000) }), ErrorKind::Certificate),
        (E::InvalidCertificate(C::ExpiredContext { time: at(20_400), not_after: at(20_000) }), ErrorKind::Clock),
        (E::InvalidCertificate(C::NotValidYet), ErrorKind::Clock),
        (E::InvalidCertificate(C::NotValidYetContext { time: at(1), not_before: at(20_000) }), ErrorKind::Clock),
        (E::InvalidMessage(rustls::InvalidMessage::InvalidContentType), ErrorKind::NotDavy),
        (E::HandshakeNotComplete, ErrorKind::Unreachable),
    ];
    for (error, expected) in table {
        let io = std::io::Error::new(std::io::ErrorKind::InvalidData, error.clone());
        assert_eq!(cause_of(&io, true, false).0, expected, "{error}");
        let wrapped = std::io::Error::other(io);
        assert_eq!(cause_of(&wrapped, true, false).0, expected, "wrapped twice: {error}");
    }
}

#[test]
fn transport_faults_without_a_better_name_go_by_when_they_happened() {
    let io = |kind| std::io::Error::new(kind, "x");
    assert_eq!(cause_of(&io(std::io::ErrorKind::ConnectionRefused), true, false).0, ErrorKind::Unreachable);
    assert_eq!(cause_of(&io(std::io::ErrorKind::NetworkUnreachable), true, false).0, ErrorKind::NoRoute);
    assert_eq!(cause_of(&io(std::io::ErrorKind::ConnectionReset), false, false).0, ErrorKind::Interrupted);
    assert_eq!(cause_of(&io(std::io::ErrorKind::TimedOut), false, true).0, ErrorKind::Stalled);
    assert_eq!(
        cause_of(&crate::http::resolve::NameNotFound { name: "x".into(), source: io(std::io::ErrorKind::Other) }, true, false).0,
        ErrorKind::NoRoute
    );
}

#[test]
fn a_refusal_in_json_is_understood_too() {
    let body = br#"{"code":"hash_mismatch","message":"words","details":null}"#;
    let seen = Seen { status: 460, davy_version: Some("1"), content_type: Some("application/json"), body, ..Seen::default() };
    let error = check(&seen).unwrap_err();
    assert!(error.has_code("hash_mismatch") && error.kind == ErrorKind::Checksum);
}
