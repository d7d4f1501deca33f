//! The next event of a stream: chain positions and draft in, signed-form bytes out. Pure; the caller supplies
//! clocks, salt and ids.

use crate::event::{EncodeError, MAX_BLOBS, MAX_DEPS, MAX_MEDIA_TYPE, RawEvent, body_hash, encode_body, encode_header, event_id};
use davy_core::event::{BlobRef, Event, Header, Payload};
use davy_core::id::{AnchorId, EntityId, EventId, Hash32, PersonId, RootId, ScopeId, SessionId, StreamId};
use davy_core::time::{Hlc, Mono, Wall};

/// Where a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// Stream.
    pub stream: StreamId,
    /// Last seq; 0 before the first event.
    pub seq: u64,
    /// Id of the last event, or the hash of the enrolment record.
    pub head: Hash32,
}

/// Where a stream stands in one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeChain {
    /// Last scope seq; 0 before the first.
    pub sseq: u64,
    /// Id of the last event in the scope; zeros before the first.
    pub head: Hash32,
}

impl Chain {
    /// A stream without events: its first event points at the hash of the enrolment record.
    #[must_use]
    pub const fn start(stream: StreamId, genesis: Hash32) -> Self {
        Self { stream, seq: 0, head: genesis }
    }
}

impl Default for ScopeChain {
    fn default() -> Self {
        Self { sseq: 0, head: Hash32([0; 32]) }
    }
}

/// What a person did, ready to be chained.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Scope.
    pub scope: ScopeId,
    /// Entity.
    pub ent: EntityId,
    /// Aggregate.
    pub root: RootId,
    /// Heads of the aggregate as seen; sorted and cut to 16 here.
    pub deps: Vec<EventId>,
    /// What is said.
    pub payload: Payload,
    /// Blobs named.
    pub blobs: Vec<BlobRef>,
    /// Who.
    pub actor: PersonId,
    /// Which unlock.
    pub session: SessionId,
    /// Clocks.
    pub hlc: Hlc,
    /// Wall clock.
    pub wall: Wall,
    /// Clock that counts sleep.
    pub mono: Mono,
    /// Newest verified anchor.
    pub anchor: Option<AnchorId>,
    /// Random salt of the body.
    pub salt: [u8; 16],
}

/// Chains a draft: returns the event with its bytes and moves both chains on. The caller commits event and chains in
/// one transaction before anybody is told that the record is saved (`docs/sync.md` §3.3).
///
/// # Errors
/// The body is over 16 KiB, of a type that cannot be authored, or names too many blobs. The chains are then unchanged.
pub fn append(chain: &mut Chain, scope_chain: &mut ScopeChain, draft: Draft) -> Result<(Event, RawEvent), EncodeError> {
    let Some((kind, tv, crit)) = draft.payload.tag() else { return Err(EncodeError::UnknownPayload) };
    if draft.blobs.len() > MAX_BLOBS || draft.blobs.iter().any(|blob| blob.media_type.len() > MAX_MEDIA_TYPE) {
        return Err(EncodeError::Blobs);
    }
    let (Some(seq), Some(sseq)) = (chain.seq.checked_add(1), scope_chain.sseq.checked_add(1)) else {
        return Err(EncodeError::StreamFull);
    };
    let body = encode_body(&draft.salt, &draft.payload)?;
    let mut deps = draft.deps;
    deps.sort_unstable();
    deps.dedup();
    deps.truncate(MAX_DEPS);
    let header = Header {
        stream: chain.stream,
        seq,
        prev: chain.head,
        scope: draft.scope,
        sseq,
        sprev: scope_chain.head,
        hlc: draft.hlc,
        wall: draft.wall,
        mono: draft.mono,
        anchor: draft.anchor,
        actor: draft.actor,
        session: draft.session,
        kind: kind.to_owned(),
        tv,
        ent: draft.ent,
        root: draft.root,
        deps,
        crit,
        bh: body_hash(&body),
        blobs: draft.blobs,
    };
    let bytes = encode_header(&header);
    let eid = event_id(&bytes);
    *chain = Chain { stream: chain.stream, seq: header.seq, head: Hash32(eid.0) };
    *scope_chain = ScopeChain { sseq: header.sseq, head: Hash32(eid.0) };
    Ok((Event { eid, header, payload: draft.payload }, RawEvent { header: bytes, body: Some(body) }))
}
