//! The server as an author: the directory, and what people decide in the console. Its events are chained,
//! sealed with the organisation's server key and accepted by the same code as any device's.

use crate::app::Org;
use crate::directory::Directories;
use crate::ingest::commit::{self, Ended};
use crate::ingest::prepare::Prepared;
use crate::ingest::{Change, document, envelope};
use crate::store::{StoreError, Tx};
use davy_core::event::{BlobRef, Payload};
use davy_core::fold::Aggregate;
use davy_core::id::{EntityId, EventId, Hash32, PersonId, RootId, ScopeId, SessionId};
use davy_core::time::{Hlc, Millis, Mono, Wall};
use davy_protocol::accept::check_segment;
use davy_protocol::author::{Chain, Draft, ScopeChain, append};
use davy_protocol::seal::{self, Seal, SealClock, SealReason, SealedScope, scope_tag};
use davy_protocol::segment::Segment;
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

/// The person that the server itself acts as, before anybody signed in.
pub const NOBODY: PersonId = PersonId([0; 16]);
/// A segment holds at most this many events; longer lists of acts take several.
const SEGMENT_EVENTS: usize = 256;

/// Something the server says.
#[derive(Debug, Clone)]
pub struct Act {
    /// Scope.
    pub scope: ScopeId,
    /// Entity.
    pub ent: EntityId,
    /// Aggregate.
    pub root: RootId,
    /// What.
    pub payload: Payload,
    /// Blobs named.
    pub blobs: Vec<BlobRef>,
    /// On whose behalf.
    pub actor: PersonId,
    /// In which session.
    pub session: SessionId,
}

/// Which boot of the server this is, and how long it runs: the server's monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct Boot {
    id: [u8; 8],
    since: Instant,
}

impl Boot {
    /// A new boot.
    #[must_use]
    pub fn now() -> Self {
        Self { id: rand::random(), since: Instant::now() }
    }

    fn mono(&self) -> Mono {
        Mono { boot: self.id, ns: u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX) }
    }
}

/// Writes acts as events. Must run in the unit of work that decided them.
///
/// # Errors
/// The store fails, or a text is too long for an event.
pub fn write(
    tx: &mut dyn Tx,
    directories: &Directories,
    org: &Org,
    boot: Boot,
    acts: &[Act],
    now: Millis,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    for acts in acts.chunks(SEGMENT_EVENTS) {
        let prepared = seal_acts(tx, org, boot, acts, now)?;
        let outcome = commit::push(tx, directories, org.stream, vec![prepared], None, now)?;
        if !matches!(outcome.ended, Ended::Whole) || !outcome.classed.is_empty() {
            tracing::error!(?outcome, "the server's own events were not accepted");
            return Err(StoreError::damaged("stream of the server"));
        }
        changes.extend(outcome.changes);
    }
    Ok(changes)
}

/// Heads and clock of an aggregate as this unit of work sees it.
fn seen(tx: &dyn Tx, root: RootId) -> Result<(Vec<EventId>, Hlc), StoreError> {
    let Some(row) = tx.aggregate(root)? else {
        return Ok((Vec::new(), Hlc::default()));
    };
    let aggregate = document::unpack(&row.doc)?;
    let newest = match &aggregate {
        Aggregate::Inspection(doc) => doc.changed.hlc,
        Aggregate::Finding(doc) => doc.changed.hlc,
        Aggregate::Region(doc) => doc.stamp.hlc,
        Aggregate::Person(doc) => doc.stamp.hlc,
        Aggregate::Site(doc) => doc.stamp.hlc,
        Aggregate::Assignment(doc) => doc.stamp.hlc,
        Aggregate::Checklist(doc) => doc.newest().hlc,
    };
    Ok((aggregate.heads(), newest))
}

/// Heads of the scopes that a segment touches, as its seal names them.
fn touched(org: &Org, scopes: &BTreeMap<ScopeId, ScopeChain>) -> Vec<SealedScope> {
    let sealed = |(scope, chain): (&ScopeId, &ScopeChain)| SealedScope {
        tag: scope_tag(org.stream, *scope),
        sseq: chain.sseq,
        eid: EventId(chain.head.0),
    };
    let mut touched: Vec<SealedScope> = scopes.iter().map(sealed).collect();
    touched.sort_unstable_by_key(|scope| scope.tag);
    touched
}

fn seal_acts(tx: &dyn Tx, org: &Org, boot: Boot, acts: &[Act], now: Millis) -> Result<Prepared, StoreError> {
    let row = tx.stream(org.stream)?.ok_or(StoreError::damaged("stream"))?;
    let wall = Wall { ms: now, offset_minutes: 0, source: 1 };
    let mut chain = Chain { stream: org.stream, seq: row.head_seq, head: row.head_eid };
    let mut scopes: BTreeMap<ScopeId, ScopeChain> = BTreeMap::new();
    let mut heads: HashMap<RootId, Vec<EventId>> = HashMap::new();
    let mut hlc = Hlc { ms: now, counter: 0 };
    let mut raws = Vec::with_capacity(acts.len());
    for act in acts {
        let mut scope_chain = match scopes.get(&act.scope) {
            Some(known) => *known,
            None => {
                let head = tx.scope_head(org.stream, act.scope)?;
                head.map_or_else(ScopeChain::default, |(sseq, eid)| ScopeChain { sseq, head: Hash32(eid.0) })
            }
        };
        let deps = match heads.get(&act.root) {
            Some(known) => known.clone(),
            None => {
                let (deps, newest) = seen(tx, act.root)?;
                // Never behind what it answers, and never more than ten minutes ahead of the server's time (I-34).
                hlc = hlc.merge(newest, now);
                deps
            }
        };
        hlc = hlc.tick(now);
        let draft = Draft {
            scope: act.scope,
            ent: act.ent,
            root: act.root,
            deps,
            payload: act.payload.clone(),
            blobs: act.blobs.clone(),
            actor: act.actor,
            session: act.session,
            hlc,
            wall,
            mono: boot.mono(),
            anchor: None,
            salt: rand::random(),
        };
        let (event, raw) = append(&mut chain, &mut scope_chain, draft).map_err(|error| {
            tracing::warn!(%error, "an event of the server could not be written");
            StoreError::damaged("text (too long for one record)")
        })?;
        scopes.insert(act.scope, scope_chain);
        heads.insert(act.root, vec![event.eid]);
        raws.push(raw);
    }
    let content = Seal {
        version: 1,
        stream: org.stream,
        from_seq: row.head_seq + 1,
        to_seq: chain.seq,
        to_eid: EventId(chain.head.0),
        scopes: touched(org, &scopes),
        prev_seal: row.last_seal,
        clock: SealClock::new(wall, boot.mono()),
        anchor: None,
        reason: SealReason::Push,
        actor: None,
    };
    let segment = Segment { events: raws, seal: seal::sign(&org.key, org.id, &content) };
    let borrowed = segment.as_ref();
    let checked = check_segment(&borrowed, &org.key.verifying_key(), org.id).map_err(|bad| {
        tracing::error!(%bad, "the server's own segment is not sound");
        StoreError::damaged("stream of the server")
    })?;
    let packed = envelope::pack(&borrowed, scopes.len() == 1)?;
    Ok(Prepared { checked, packed, begun: HashMap::new() })
}
