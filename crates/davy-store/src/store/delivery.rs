//! How far each record got on its way to the server.

use super::Store;
use crate::error::Result;
use crate::evidence::blob;
use crate::evidence::sql::{Sql, int, uint};
use davy_core::id::RootId;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// Stages of a record's delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryStage {
    /// Durable on this device, not yet sealed for sending.
    Saved,
    /// Sealed; waits for its turn or a network.
    Waiting,
    /// The server has a part of it under receipt.
    Sent,
    /// Every event and blob is under a verified receipt. Also what others wrote: it came from there.
    Delivered,
}

/// Counts behind a record's stage; only what this device wrote counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Own events.
    pub events: u32,
    /// Of these, under a seal.
    pub events_sealed: u32,
    /// Of these, under a verified receipt.
    pub events_delivered: u32,
    /// Blobs that they name.
    pub blobs: u32,
    /// Of these, under a verified receipt.
    pub blobs_delivered: u32,
    /// Bytes of the blobs that wait.
    pub bytes_waiting: u64,
    /// Why a blob of this record did not go through.
    pub problem: Option<String>,
}

impl Delivery {
    /// The stage that the counts amount to.
    #[must_use]
    pub const fn stage(&self) -> DeliveryStage {
        if self.events_delivered == self.events && self.blobs_delivered == self.blobs {
            DeliveryStage::Delivered
        } else if self.events_delivered > 0 || self.blobs_delivered > 0 {
            DeliveryStage::Sent
        } else if self.events_sealed == self.events {
            DeliveryStage::Waiting
        } else {
            DeliveryStage::Saved
        }
    }
}

/// Totals over everything this device wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncCounters {
    /// Events not under a receipt.
    pub events_waiting: u64,
    /// Blobs not under a receipt.
    pub blobs_waiting: u64,
    /// Their bytes.
    pub bytes_waiting: u64,
    /// Bytes of these that the server has.
    pub bytes_sent: u64,
    /// Records by stage.
    pub saved: u32,
    /// See [`DeliveryStage::Waiting`].
    pub waiting: u32,
    /// See [`DeliveryStage::Sent`].
    pub sent: u32,
    /// See [`DeliveryStage::Delivered`].
    pub delivered: u32,
}

/// Where the own stream stands, in local numbers.
struct Edge {
    newest_n: u64,
    sealed_n: u64,
    acked_n: u64,
}

impl Store {
    /// How far one record got.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn delivery(&self, root: RootId) -> Result<Delivery> {
        self.read(|db| of_root(db, &self.edge(db)?, root))
    }

    /// Records with something still to deliver, and how far they got.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn undelivered(&self) -> Result<Vec<(RootId, Delivery)>> {
        self.read(|db| {
            let edge = self.edge(db)?;
            open_roots(db, &edge)?.into_iter().map(|root| Ok((root, of_root(db, &edge, root)?))).collect()
        })
    }

    /// Totals, for the line that is always on screen.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn sync_counters(&self) -> Result<SyncCounters> {
        self.read(|db| {
            let edge = self.edge(db)?;
            let (blobs_waiting, bytes_waiting, bytes_sent) = blob::totals(db)?;
            let mut counters = SyncCounters {
                events_waiting: edge.newest_n.saturating_sub(edge.acked_n),
                blobs_waiting,
                bytes_waiting,
                bytes_sent,
                ..SyncCounters::default()
            };
            let open = open_roots(db, &edge)?;
            for root in &open {
                match of_root(db, &edge, *root)?.stage() {
                    DeliveryStage::Saved => counters.saved += 1,
                    DeliveryStage::Waiting => counters.waiting += 1,
                    DeliveryStage::Sent => counters.sent += 1,
                    DeliveryStage::Delivered => {}
                }
            }
            let all: u32 = db.prepare_cached("SELECT count(DISTINCT root) FROM event")?.query_row([], |row| row.get(0))?;
            counters.delivered = all.saturating_sub(counters.saved + counters.waiting + counters.sent);
            Ok(counters)
        })
    }

    fn edge(&self, db: &Connection) -> Result<Edge> {
        let row = self.inner.stream_row(db)?;
        let (newest, sealed): (i64, i64) = db
            .prepare_cached("SELECT (SELECT coalesce(max(n), 0) FROM event), (SELECT coalesce(max(to_n), 0) FROM seal)")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Edge { newest_n: uint(newest), sealed_n: uint(sealed), acked_n: row.base + row.acked_seq })
    }
}

/// Records with events or blobs that are not under a receipt.
fn open_roots(db: &Connection, edge: &Edge) -> Result<BTreeSet<RootId>> {
    let mut statement = db.prepare_cached(
        "SELECT root FROM event WHERE n > ?1
         UNION SELECT event.root FROM blob JOIN event USING (n) WHERE done = 0",
    )?;
    let rows = statement.query_map([int(edge.acked_n)], |row| row.get::<_, Sql<RootId>>(0).map(|id| id.0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn of_root(db: &Connection, edge: &Edge, root: RootId) -> Result<Delivery> {
    let mut statement =
        db.prepare_cached("SELECT count(*), coalesce(sum(n <= ?2), 0), coalesce(sum(n <= ?3), 0) FROM event WHERE root = ?1")?;
    let (events, events_sealed, events_delivered) = statement
        .query_row(params![Sql(root), int(edge.sealed_n), int(edge.acked_n)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let (blobs, blobs_delivered, bytes_waiting, problem) = blob::of_root(db, root)?;
    Ok(Delivery { events, events_sealed, events_delivered, blobs, blobs_delivered, bytes_waiting, problem })
}
