//! The signed header of an event (`docs/sync.md` §3.1).

use crate::id::{AnchorId, BlobId, EntityId, EventId, Hash32, PersonId, RootId, ScopeId, SessionId, StreamId};
use crate::time::{Hlc, Mono, Wall};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Header fields 2–21 in the order of their keys; key 1 (`v`) is always 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// 2: one key and one database lifetime of a device.
    pub stream: StreamId,
    /// 3: dense from 1 in the stream.
    pub seq: u64,
    /// 4: the event before in the stream; for `seq` 1 the hash of the enrolment record.
    pub prev: Hash32,
    /// 5: unit of replication and permission.
    pub scope: ScopeId,
    /// 6: dense from 1 in (stream, scope).
    pub sseq: u64,
    /// 7: the event before of this stream in this scope; zeros for the first.
    pub sprev: Hash32,
    /// 8: hybrid logical clock.
    pub hlc: Hlc,
    /// 9: wall clock, uncorrected.
    pub wall: Wall,
    /// 10: clock that counts sleep.
    pub mono: Mono,
    /// 11: newest verified server time anchor.
    pub anchor: Option<AnchorId>,
    /// 12: who was unlocked.
    pub actor: PersonId,
    /// 13: which unlock.
    pub session: SessionId,
    /// 14: type, for example `answer.set`.
    pub kind: String,
    /// 15: version of the type.
    pub tv: u32,
    /// 16: entity that the event is about.
    pub ent: EntityId,
    /// 17: aggregate that it belongs to.
    pub root: RootId,
    /// 18: heads of the aggregate as the author saw them, sorted, at most 16.
    pub deps: Vec<EventId>,
    /// 19: a reader that does not know (type, tv) must show the aggregate read-only.
    pub crit: bool,
    /// 20: SHA-256 of the body bytes.
    pub bh: Hash32,
    /// 21: blobs that the event names.
    pub blobs: Vec<BlobRef>,
}

/// A blob named by an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct BlobRef {
    /// SHA-256 of the original bytes.
    pub sha256: BlobId,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Media type, for example `image/jpeg`.
    pub media_type: String,
    /// What it is for.
    pub role: BlobRole,
}

/// What a blob is for; decides its place in the upload order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "core.ts")]
pub enum BlobRole {
    /// 320 px, derived.
    Thumbnail,
    /// 1600 px, derived.
    Preview,
    /// A drawn signature, PNG.
    Signature,
    /// The bytes as the camera or the file gave them.
    Original,
    /// A checklist's published bytes.
    Checklist,
    /// A role that a newer version writes; kept as it is.
    Other(u8),
}

impl BlobRole {
    /// Number in the header.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Thumbnail => 1,
            Self::Preview => 2,
            Self::Signature => 3,
            Self::Original => 4,
            Self::Checklist => 5,
            Self::Other(code) => code,
        }
    }

    /// From the number in the header.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Thumbnail,
            2 => Self::Preview,
            3 => Self::Signature,
            4 => Self::Original,
            5 => Self::Checklist,
            other => Self::Other(other),
        }
    }
}
