//! Recording what a person did: one transaction, durable when it returns (I-01).

use super::sealing::SealContext;
use super::{Head, Inner, Store, project};
use crate::changes::Changes;
use crate::error::{Result, StoreError};
use crate::evidence::{blob, event};
use davy_core::event::{BlobRef, Event, Payload};
use davy_core::fold::{Aggregate, Applied};
use davy_core::id::{EntityId, PersonId, RootId, ScopeId, SessionId};
use davy_core::time::{Mono, Wall};
use davy_protocol::author::{Draft, append as chain};
use davy_protocol::seal::SealReason;
use davy_protocol::segment::{MAX_BYTES, MAX_EVENTS};
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::Arc;

/// Something a person did, to be recorded.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Scope of the record.
    pub scope: ScopeId,
    /// What it is about: the record itself, or a photograph or instance in it.
    pub ent: EntityId,
    /// Record.
    pub root: RootId,
    /// What happened.
    pub payload: Payload,
    /// Blobs that it names; each must be in the store already.
    pub blobs: Vec<BlobRef>,
}

/// Room for the framing of an event and for the seal.
const SEGMENT_RESERVE: usize = 16 * 1024;

/// What all events of one call share.
struct Now {
    actor: PersonId,
    session: SessionId,
    wall: Wall,
    mono: Mono,
}

type Documents = HashMap<RootId, Option<Arc<Aggregate>>>;

impl Store {
    /// Records events in one transaction: all or none. Each names as its `deps` the heads of its record as known
    /// here. Durable when this returns; listeners are told afterwards.
    ///
    /// # Errors
    /// [`StoreError::BlobMissing`], [`StoreError::UnknownRecord`], [`StoreError::CannotAuthor`],
    /// [`StoreError::DiskFull`]; nothing was recorded.
    pub fn append(&self, actor: PersonId, session: SessionId, events: Vec<NewEvent>) -> Result<Vec<Event>> {
        let inner = &*self.inner;
        for blob in events.iter().flat_map(|event| &event.blobs) {
            if !inner.blobs.has(blob.sha256) {
                return Err(StoreError::BlobMissing { blob: blob.sha256 });
            }
        }
        let roots: Vec<RootId> = events.iter().map(|event| event.root).collect();
        let now = Now { actor, session, wall: inner.clock.wall(), mono: inner.clock.mono() };
        let mut writer = self.writer();
        // Marked before the commit and after: a flush in between may have taken the first mark too early.
        inner.view.mark(roots.iter().copied());
        let mut head = writer.take_head(inner)?;
        let mut documents = Documents::new();
        let tx = writer.begin()?;
        let recorded =
            events.into_iter().map(|new| record(inner, &tx, &mut head, &now, &mut documents, new)).collect::<Result<Vec<_>>>()?;
        tx.commit()?;
        inner.note_own(inner.base + head.heads.chain.seq);
        let mut changes = Changes { deliveries: true, ..Changes::default() };
        for (root, document) in documents {
            changes.record(document.as_ref().map(|document| document.kind()), root);
            if let Some(document) = document {
                inner.folds.put(document);
            }
        }
        writer.head = Some(head);
        drop(writer);
        inner.view.mark(roots);
        inner.listeners.tell(&changes);
        Ok(recorded)
    }
}

fn record(inner: &Inner, tx: &Connection, head: &mut Head, now: &Now, documents: &mut Documents, new: NewEvent) -> Result<Event> {
    let NewEvent { scope, ent, root, payload, blobs } = new;
    let mut document = match documents.remove(&root) {
        Some(known) => known,
        None => match inner.folds.take(root) {
            Some(cached) => Some(cached),
            None => project::fold(tx, root)?,
        },
    };
    let now_ms = inner.clock.now_estimate(head.anchor.as_ref().map(|(_, fix)| fix));
    let heads = &mut head.heads;
    heads.hlc = heads.hlc.tick(now_ms);
    let draft = Draft {
        scope,
        ent,
        root,
        deps: document.as_ref().map(|document| document.heads()).unwrap_or_default(),
        payload,
        blobs,
        actor: now.actor,
        session: now.session,
        hlc: heads.hlc,
        wall: now.wall,
        mono: now.mono,
        anchor: head.anchor.map(|(id, _)| id),
        salt: rand::random(),
    };
    let mut chain_after = heads.chain;
    let mut scope_after = heads.scopes.get(&scope).copied().unwrap_or_default();
    let (authored, raw) =
        chain(&mut chain_after, &mut scope_after, draft).map_err(|e| StoreError::CannotAuthor { detail: e.to_string() })?;
    let size = raw.header.len() + raw.body.as_ref().map_or(0, Vec::len) + 16;
    let sealing = SealContext { inner, wall: now.wall, mono: now.mono };
    if head.heads.unsealed_bytes + size + SEGMENT_RESERVE > MAX_BYTES {
        sealing.seal(tx, head, SealReason::Interval, None)?;
    }
    let n = inner.base + chain_after.seq;
    event::insert(tx, n, root, &raw)?;
    for named in &authored.header.blobs {
        blob::insert(tx, n, root, scope, named)?;
    }
    let heads = &mut head.heads;
    heads.chain = chain_after;
    heads.scopes.insert(scope, scope_after);
    heads.unsealed_bytes += size;
    if !heads.touched.contains(&scope) {
        heads.touched.push(scope);
    }
    if n - heads.sealed_n >= MAX_EVENTS as u64 {
        sealing.seal(tx, head, SealReason::Interval, None)?;
    }
    document = extended(tx, document, &authored)?;
    documents.insert(root, document);
    Ok(authored)
}

/// The document with the event in it. Runs inside the transaction, before the commit.
fn extended(tx: &Connection, document: Option<Arc<Aggregate>>, event: &Event) -> Result<Option<Arc<Aggregate>>> {
    let root = event.header.root;
    let Some(mut document) = document else {
        return match Aggregate::create(event) {
            Some(created) => Ok(Some(Arc::new(created))),
            None => Err(StoreError::UnknownRecord { root }),
        };
    };
    match Arc::make_mut(&mut document).apply(event) {
        Applied::Extended => Ok(Some(document)),
        Applied::NeedsRefold => project::fold(tx, root),
    }
}
