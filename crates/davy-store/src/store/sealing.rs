//! Seals and segments: what has been signed and can be sent.

use super::{Head, Inner, Store};
use crate::changes::Changes;
use crate::error::Result;
use crate::evidence::{event, seal, stream};
use davy_core::id::{EventId, PersonId};
use davy_core::time::{Mono, Wall};
use davy_protocol::Segment;
use davy_protocol::seal::{Seal, SealClock, SealReason, SealedScope, scope_tag, seal_hash, sign};
use rusqlite::Connection;

/// A sealed run, encoded for a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentOut {
    /// First seq.
    pub from_seq: u64,
    /// Last seq.
    pub to_seq: u64,
    /// The encoded segment.
    pub bytes: Vec<u8>,
}

/// Most segments read for one push.
const MOST_SEGMENTS: u32 = 64;

pub(super) struct SealContext<'a> {
    pub inner: &'a Inner,
    pub wall: Wall,
    pub mono: Mono,
}

impl SealContext<'_> {
    /// Seals everything after the last seal. Returns whether there was anything.
    pub fn seal(&self, tx: &Connection, head: &mut Head, reason: SealReason, actor: Option<PersonId>) -> Result<bool> {
        let base = self.inner.base;
        let heads = &mut head.heads;
        let (from_n, to_n) = (heads.sealed_n + 1, base + heads.chain.seq);
        if from_n > to_n {
            return Ok(false);
        }
        let stream = heads.chain.stream;
        let mut scopes = Vec::with_capacity(heads.touched.len());
        for scope in heads.touched.drain(..) {
            let chain = heads.scopes.get(&scope).copied().unwrap_or_default();
            stream::put_scope(tx, scope, &chain)?;
            scopes.push(SealedScope { tag: scope_tag(stream, scope), sseq: chain.sseq, eid: EventId(chain.head.0) });
        }
        scopes.sort_unstable_by_key(|scope| scope.tag);
        let content = Seal {
            version: 1,
            stream,
            from_seq: from_n - base,
            to_seq: heads.chain.seq,
            to_eid: EventId(heads.chain.head.0),
            scopes,
            prev_seal: head.last_seal,
            clock: SealClock::new(self.wall, self.mono),
            anchor: head.anchor.map(|(id, _)| id),
            reason,
            actor,
        };
        let raw = sign(&self.inner.signing, self.inner.enrolment.org, &content);
        head.last_seal = seal_hash(&raw);
        let bytes = (heads.unsealed_bytes + raw.len() + 16) as u64;
        seal::insert(tx, &seal::SealRow { from_n, to_n, bytes, raw })?;
        heads.sealed_n = to_n;
        heads.unsealed_bytes = 0;
        Ok(true)
    }
}

impl Store {
    /// Signs everything recorded since the last seal, so that it can be sent. Returns whether there was anything.
    ///
    /// # Errors
    /// The database cannot be written; nothing was sealed.
    pub fn seal(&self, reason: SealReason, actor: Option<PersonId>) -> Result<bool> {
        let inner = &*self.inner;
        let context = SealContext { inner, wall: inner.clock.wall(), mono: inner.clock.mono() };
        let mut writer = self.writer();
        let mut head = writer.take_head(inner)?;
        let tx = writer.begin()?;
        let sealed = context.seal(&tx, &mut head, reason, actor)?;
        tx.commit()?;
        writer.head = Some(head);
        drop(writer);
        if sealed {
            inner.listeners.tell(&Changes { deliveries: true, ..Changes::default() });
        }
        Ok(sealed)
    }

    /// Sealed segments with events after `seq` of the own stream, oldest first: at least one if there is any, then as
    /// many as fit into `max_bytes`. The first may begin before `seq` when the server's head lies inside it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn segments_to_send(&self, after_seq: u64, max_bytes: usize) -> Result<Vec<SegmentOut>> {
        let base = self.inner.base;
        self.read(|db| {
            let mut segments = Vec::new();
            let mut total = 0;
            for sealed in seal::after(db, base + after_seq, MOST_SEGMENTS)? {
                if !segments.is_empty() && total + usize::try_from(sealed.bytes).unwrap_or(usize::MAX) > max_bytes {
                    break;
                }
                let events = event::range(db, sealed.from_n, sealed.to_n)?;
                let bytes = davy_protocol::segment::encode(&Segment { events, seal: sealed.raw });
                if !segments.is_empty() && total + bytes.len() > max_bytes {
                    break;
                }
                total += bytes.len();
                segments.push(SegmentOut { from_seq: sealed.from_n - base, to_seq: sealed.to_n - base, bytes });
            }
            Ok(segments)
        })
    }
}
