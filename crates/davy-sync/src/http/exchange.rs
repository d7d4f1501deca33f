//! One HTTP exchange: send with a stall timer, read the answer within bounds, name what went wrong.

use super::classify::{self, Seen};
use super::stall::Activity;
use crate::error::{ErrorKind, RemoteError};
use crate::remote::Token;
use bytes::{Bytes, BytesMut};
use davy_protocol::message::{MEDIA_TYPE, VERSION};
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION,
    RETRY_AFTER,
};
use reqwest::{Client, Method, Url};
use std::io::Read;
use std::time::Duration;

/// Bodies above this are compressed.
const WORTH_COMPRESSING: usize = 512;
/// zstd window: 8 MiB (2^23).
const WINDOW_LOG: u32 = 23;
/// Most of a refusal's body that is read.
const REFUSAL_LIMIT: u64 = 64 * 1024;

/// A request.
pub struct Outgoing {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    limit: u64,
}

/// An answer that came from our server and says yes.
pub struct Incoming {
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed.
    pub body: Vec<u8>,
}

impl Incoming {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Outgoing {
    /// A request without a body whose answer has at most `limit` bytes.
    pub fn new(method: Method, url: Url, limit: u64) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("davy-version"), HeaderValue::from_static(VERSION));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("zstd"));
        Self { method, url, headers, body: Bytes::new(), limit }
    }

    /// With the proof of the device key.
    pub fn token(mut self, token: &Token) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.0)) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// With a header whose value is plain ASCII.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// With a CBOR body, compressed where that is worth it.
    pub fn cbor(mut self, body: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        let packed = (body.len() >= WORTH_COMPRESSING).then(|| zstd::bulk::compress(&body, 3).ok()).flatten();
        self.body = match packed {
            Some(packed) if packed.len() < body.len() => {
                self.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("zstd"));
                packed.into()
            }
            _ => body.into(),
        };
        self
    }

    /// With raw bytes.
    pub fn bytes(mut self, media_type: &'static str, body: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = body.into();
        self
    }

    /// Sends it and reads the answer.
    ///
    /// # Errors
    /// No answer, an answer of somebody else, or a refusal: typed, with the time of the next attempt.
    pub async fn send(self, client: &Client, patience: Duration) -> Result<Incoming, RemoteError> {
        let activity = Activity::start();
        tokio::select! {
            answer = self.exchange(client, &activity) => answer,
            () = activity.stalled(patience) => {
                Err(RemoteError::new(ErrorKind::Stalled, format!("no byte moved for {} seconds", patience.as_secs())))
            }
        }
    }

    async fn exchange(self, client: &Client, activity: &Activity) -> Result<Incoming, RemoteError> {
        let mut request = client.request(self.method.clone(), self.url).headers(self.headers);
        if !self.body.is_empty() {
            request = request.header(CONTENT_LENGTH, self.body.len()).body(activity.body(self.body));
        } else if self.method == Method::POST || self.method == Method::PATCH {
            request = request.header(CONTENT_LENGTH, 0);
        }
        let mut response = request.send().await.map_err(|error| classify::transport(&error))?;
        activity.answered();
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let limit = if response.status().is_success() { self.limit } else { REFUSAL_LIMIT };
        let raw = read_body(&mut response, limit, activity).await;
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let body = raw.and_then(|raw| match text(CONTENT_ENCODING) {
            Some("zstd") => decompress(&raw, limit),
            _ => Ok(raw),
        });
        let seen = Seen {
            status,
            davy_version: text(HeaderName::from_static("davy-version")),
            content_type: text(CONTENT_TYPE),
            location: text(LOCATION),
            retry_after: text(RETRY_AFTER),
            body: body.as_deref().unwrap_or_default(),
        };
        // What kind of answer it is matters more than a body that broke off.
        classify::check(&seen)?;
        Ok(Incoming { body: body?, headers })
    }
}

/// Reads a body of at most `limit` bytes.
async fn read_body(response: &mut reqwest::Response, limit: u64, activity: &Activity) -> Result<Vec<u8>, RemoteError> {
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|error| classify::transport(&error))? {
        activity.touch();
        if (body.len() + piece.len()) as u64 > limit {
            return Err(RemoteError::answer(format!("the answer has more than {limit} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.into())
}

/// Longest silence on the wake channel: the server sends a ping every 20 seconds.
const WAKE_PATIENCE: Duration = Duration::from_secs(60);

/// Waits for the first event of a stream of server-sent events. Comments and pings only show that the connection lives.
///
/// # Errors
/// The connection ended, stood still, or was refused.
pub async fn first_event(client: &Client, outgoing: Outgoing) -> Result<(), RemoteError> {
    let activity = Activity::start();
    let listen = async {
        let request = client.request(outgoing.method, outgoing.url).headers(outgoing.headers).header("accept", "text/event-stream");
        let mut response = request.send().await.map_err(|error| classify::transport(&error))?;
        activity.touch();
        let headers = response.headers().clone();
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let seen = Seen {
            status: response.status().as_u16(),
            davy_version: text(HeaderName::from_static("davy-version")),
            content_type: text(CONTENT_TYPE),
            location: text(LOCATION),
            retry_after: text(RETRY_AFTER),
            body: &[],
        };
        classify::check(&seen)?;
        let mut lines = EventLines::default();
        while let Some(piece) = response.chunk().await.map_err(|error| classify::transport(&error))? {
            activity.touch();
            if lines.feed(&piece) {
                return Ok(());
            }
        }
        Err(RemoteError::new(ErrorKind::Interrupted, "the server ended the wake channel"))
    };
    tokio::select! {
        heard = listen => heard,
        () = activity.stalled(WAKE_PATIENCE) => Err(RemoteError::new(ErrorKind::Stalled, "the wake channel is silent")),
    }
}

/// Finds events in pieces of a stream: lines `data:` other than those of an event named `ping`.
#[derive(Default)]
struct EventLines {
    rest: Vec<u8>,
    ping: bool,
}

impl EventLines {
    /// Whether an event ended in what has come so far.
    fn feed(&mut self, piece: &[u8]) -> bool {
        self.rest.extend_from_slice(piece);
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = line.trim_ascii_end();
            if let Some(name) = line.strip_prefix(b"event:") {
                self.ping = name.trim_ascii() == b"ping";
            } else if line.starts_with(b"data:") && !self.ping {
                return true;
            } else if line.is_empty() {
                self.ping = false;
            }
        }
        // A line of this length is no event of ours; keep memory bounded.
        if self.rest.len() > 64 * 1024 {
            self.rest.clear();
        }
        false
    }
}

/// Decompresses at most `limit` bytes (I-40).
fn decompress(packed: &[u8], limit: u64) -> Result<Vec<u8>, RemoteError> {
    let wrong = |error: std::io::Error| RemoteError::answer(format!("the answer cannot be decompressed: {error}"));
    let mut decoder = zstd::stream::read::Decoder::new(packed).map_err(wrong)?;
    decoder.window_log_max(WINDOW_LOG).map_err(wrong)?;
    let mut plain = Vec::new();
    decoder.take(limit + 1).read_to_end(&mut plain).map_err(wrong)?;
    if plain.len() as u64 > limit {
        return Err(RemoteError::answer(format!("the answer has more than {limit} bytes")));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_found_however_the_stream_is_cut_and_pings_are_none() {
        let stream = b": hello\n\nevent: ping\ndata: {}\n\n:\n\nevent: feed\r\ndata: {\"pos\":3}\r\n\r\n";
        for size in 1..stream.len() {
            let mut lines = EventLines::default();
            let heard: Vec<bool> = stream.chunks(size).map(|piece| lines.feed(piece)).collect();
            assert!(heard.iter().any(|heard| *heard), "pieces of {size}");
        }
        assert!(!EventLines::default().feed(b": hello\n\nevent: ping\ndata: {}\n\n"));
    }

    #[test]
    fn a_compressed_answer_is_bounded_and_damage_is_an_error() {
        let bomb = zstd::bulk::compress(&vec![0; 10_000_000], 3).unwrap();
        assert!(bomb.len() < 10_000);
        assert_eq!(decompress(&bomb, 1_000_000).unwrap_err().kind, ErrorKind::Answer);
        assert_eq!(decompress(&bomb, 10_000_000).unwrap().len(), 10_000_000);
        assert_eq!(decompress(&bomb[..bomb.len() / 2], 10_000_000).unwrap_err().kind, ErrorKind::Answer);
        assert_eq!(decompress(b"not zstd", 100).unwrap_err().kind, ErrorKind::Answer);
    }
}
