//! Messages of a session (`docs/sync.md` §5, §6). CBOR maps with numbered keys; a reader ignores keys that it does
//! not know, so that either side may be newer.

use crate::event::RawEvent;
use crate::feed::AcceptanceRecord;
use davy_core::id::{EventId, Hash32, PersonId, ScopeId, StreamId};
use davy_core::time::Millis;
use minicbor::{Decode, Encode};

/// Value of the `Davy-Version` header.
pub const VERSION: &str = "1";
/// Media type of requests and answers.
pub const MEDIA_TYPE: &str = "application/cbor";
/// Most events of a pull page.
pub const MAX_PULL_EVENTS: u32 = 500;
/// Most bytes of a pull page before compression.
pub const MAX_PULL_BYTES: usize = 1024 * 1024;
/// Most bytes of any request after decompression: 4 MiB.
pub const MAX_REQUEST: usize = 4 * 1024 * 1024;

/// No header is shorter: its ids and hashes alone have 230 bytes. Bounds the memory that a list of tiny events would take.
const SHORTEST_HEADER: usize = 200;

/// A challenge to prove possession of the device key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Challenge {
    /// To be signed.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// Server's time.
    #[n(2)]
    pub server_ms: Millis,
}

/// Asks for a token.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TokenRequest {
    /// Stream.
    #[n(1)]
    pub stream: StreamId,
    /// The challenge.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// Signature over `token_bytes`.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// What a device signs for a token: "davy1/token" ‖ stream ‖ nonce.
#[must_use]
pub fn token_bytes(stream: StreamId, nonce: &[u8; 32]) -> Vec<u8> {
    [b"davy1/token".as_slice(), stream.as_bytes(), nonce].concat()
}

/// A bearer token for hello, push, pull and blobs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TokenResponse {
    /// Opaque.
    #[n(1)]
    pub token: String,
    /// Seconds that it lasts.
    #[n(2)]
    pub expires_in: u32,
}

/// Position in a scope's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScopePosition {
    /// Scope.
    #[n(1)]
    pub scope: ScopeId,
    /// Position of the last event; 0 before the first.
    #[n(2)]
    pub pos: u64,
    /// Accumulator there.
    #[n(3)]
    pub acc: Hash32,
}

/// Sent at every contact, also when nothing is pending.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HelloRequest {
    /// Version of the app.
    #[n(1)]
    pub app_version: String,
    /// Last seq of the own stream; 0 before the first event.
    #[n(2)]
    pub head_seq: u64,
    /// Last event of the own stream, or the genesis hash.
    #[n(3)]
    pub head: Hash32,
    /// Where the replicas stand.
    #[n(4)]
    pub scopes: Vec<ScopePosition>,
    /// Wall clock, milliseconds.
    #[n(5)]
    pub wall_ms: Millis,
    /// Offset from UTC in minutes.
    #[n(6)]
    pub offset_minutes: i16,
    /// Monotonic clock, nanoseconds.
    #[n(7)]
    pub mono_ns: u64,
    /// Free bytes on the device, when known.
    #[n(8)]
    pub free_bytes: Option<u64>,
    /// Events not yet receipted.
    #[n(9)]
    pub pending_events: u64,
    /// Blobs not yet receipted.
    #[n(10)]
    pub pending_blobs: u64,
    /// Their bytes.
    #[n(11)]
    pub pending_bytes: u64,
}

/// What the server advertises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Limits {
    /// Most bytes of a push.
    #[n(1)]
    pub push_bytes: u32,
    /// Most events of a pull page.
    #[n(2)]
    pub pull_events: u32,
    /// Most bytes of a chunk of an upload.
    #[n(3)]
    pub chunk_bytes: u32,
}

/// Where we stand.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HelloResponse {
    /// Epoch of the log.
    #[n(1)]
    pub epoch: u64,
    /// Signed receipt for the own stream's head at the server.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub receipt: Vec<u8>,
    /// Scopes granted, with their ends.
    #[n(3)]
    pub scopes: Vec<ScopePosition>,
    /// Signed time anchor.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub anchor: Vec<u8>,
    /// Limits.
    #[n(5)]
    pub limits: Limits,
    /// The stream was revoked: pushes are still taken, and held.
    #[n(6)]
    pub revoked: bool,
}

/// Answer to a push.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PushResponse {
    /// Signed receipt.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub receipt: Vec<u8>,
}

/// One scope's cursor. The client only sends back what it received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScopeCursor {
    /// Scope.
    #[n(1)]
    pub scope: ScopeId,
    /// Position up to which events are stored.
    #[n(2)]
    pub after: u64,
}

/// Asks for the next pages.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PullRequest {
    /// Epoch that the cursors belong to.
    #[n(1)]
    pub epoch: u64,
    /// Cursors.
    #[n(2)]
    pub scopes: Vec<ScopeCursor>,
    /// Most events wanted.
    #[n(3)]
    pub limit: u32,
}

/// Pages of several scopes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PullResponse {
    /// Epoch.
    #[n(1)]
    pub epoch: u64,
    /// Pages.
    #[n(2)]
    pub pages: Vec<ScopePage>,
    /// Streams that occur in the pages.
    #[n(3)]
    pub streams: Vec<StreamInfo>,
}

/// One page of a scope's feed. Applies only at its own `after`; `more` with no events is a protocol error.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScopePage {
    /// Scope.
    #[n(1)]
    pub scope: ScopeId,
    /// The cursor that it follows.
    #[n(2)]
    pub after: u64,
    /// Runs of events in feed order.
    #[n(3)]
    pub runs: Vec<FeedRun>,
    /// The cursor after it.
    #[n(4)]
    pub next: u64,
    /// There is more.
    #[n(5)]
    pub more: bool,
    /// Signed `ScopeHead`, when there is no more.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub head: Option<Vec<u8>>,
}

/// Consecutive events of one stream in the feed, with how they were taken and the seal that covers them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedRun {
    /// Stream.
    #[n(1)]
    pub stream: StreamId,
    /// Events; a held one without its body.
    #[n(2)]
    pub events: Vec<RawEvent>,
    /// One record an event.
    #[n(3)]
    pub records: Vec<AcceptanceRecord>,
    /// Seal that covers them.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub seal: Vec<u8>,
}

impl<C> Encode<C> for RawEvent {
    fn encode<W: minicbor::encode::Write>(&self, e: &mut minicbor::Encoder<W>, _: &mut C) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(2)?.bytes(&self.header)?;
        match &self.body {
            Some(body) => e.bytes(body)?.ok(),
            None => e.null()?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for RawEvent {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.array()? != Some(2) {
            return Err(minicbor::decode::Error::message("header and body expected"));
        }
        let header = d.bytes()?.to_vec();
        if header.len() < SHORTEST_HEADER {
            return Err(minicbor::decode::Error::message("too short for a header"));
        }
        let body = if d.datatype()? == minicbor::data::Type::Null {
            d.null()?;
            None
        } else {
            Some(d.bytes()?.to_vec())
        };
        Ok(Self { header, body })
    }
}

/// Whose stream it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StreamInfo {
    /// Stream.
    #[n(1)]
    pub stream: StreamId,
    /// Device's name.
    #[n(2)]
    pub device_name: String,
    /// Person it was enrolled for; absent for the server.
    #[n(3)]
    pub person: Option<PersonId>,
    /// Ed25519 public key.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Signed enrolment record: its genesis.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub record: Vec<u8>,
}

/// An error answer, as CBOR on the sync endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Problem {
    /// Stable code: `gap`, `fork`, `bad`, `epoch`, `revoked`, `code_unknown`, `code_expired`, `code_used`, `throttled`, `full`, …
    #[n(1)]
    pub code: String,
    /// Words for people.
    #[n(2)]
    pub message: String,
    /// For `gap` and `fork`: the stream's head.
    #[n(3)]
    pub head_seq: Option<u64>,
    /// For `gap` and `fork`: its last event.
    #[n(4)]
    pub head_eid: Option<EventId>,
    /// For `bad`: index of the segment and of the event.
    #[n(5)]
    pub index: Option<u32>,
    /// Seconds to wait.
    #[n(6)]
    pub retry_after: Option<u32>,
    /// For `epoch`: the log's epoch.
    #[n(7)]
    pub epoch: Option<u64>,
}
