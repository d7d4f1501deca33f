//! What the synchronisation keeps between attempts: epoch, cursors, receipts, anchors, the upload queue, issues, leases.

use super::Store;
use crate::changes::Changes;
use crate::clock::AnchorFix;
use crate::error::{Result, StoreError};
use crate::evidence::blob::{self, BlobJob};
use crate::evidence::feed::{self, Cursor, StreamName};
use crate::evidence::setting::{self, Issue};
use crate::evidence::{anchor, event, seal, stream};
use davy_core::id::{BlobId, EventId, Hash32};
use davy_core::time::Millis;
use davy_protocol::Chain;
use davy_protocol::event::event_id;
use davy_protocol::receipt::{Anchor, BlobReceipt, Receipt};

pub(super) const EPOCH_KEY: &str = "epoch";

/// Where the own stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHeads {
    /// Newest event.
    pub chain: Chain,
    /// Last seq under a seal: up to here it can be sent.
    pub sealed_seq: u64,
    /// Last seq under a verified receipt.
    pub acked_seq: u64,
    /// Last seq that the server keeps on a second machine.
    pub durable_seq: u64,
    /// Epoch of the newest receipt.
    pub epoch: u64,
}

impl Store {
    /// Where the own stream stands.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stream_heads(&self) -> Result<StreamHeads> {
        let inner = &*self.inner;
        let mut writer = self.writer();
        let head = writer.take_head(inner)?;
        let row = inner.stream_row(&writer.db)?;
        let heads = StreamHeads {
            chain: head.heads.chain,
            sealed_seq: head.heads.sealed_n - inner.base,
            acked_seq: row.acked_seq,
            durable_seq: row.durable_seq,
            epoch: row.ack_epoch,
        };
        writer.head = Some(head);
        Ok(heads)
    }

    /// Takes over a receipt: verifies the server's signature and that it names an event of ours, then moves the
    /// acknowledged head. A receipt of an older epoch changes nothing; a newer epoch may lower the head (I-13).
    ///
    /// # Errors
    /// [`StoreError::Receipt`]: it is not the server's, of another stream, or names what we never wrote.
    pub fn accept_receipt(&self, raw: &[u8]) -> Result<Receipt> {
        let inner = &*self.inner;
        let refuse = |detail: String| StoreError::Receipt { detail };
        let receipt = Receipt::verify(raw, &inner.server_key, inner.enrolment.org).map_err(|e| refuse(e.to_string()))?;
        if receipt.stream != inner.enrolment.stream {
            return Err(refuse("it is for another device".to_owned()));
        }
        let moved = self.write(|tx| {
            let row = stream::get(tx, receipt.stream)?;
            if own_event_id(tx, row.base, receipt.head_seq, inner.genesis)? != Some(receipt.head_eid) {
                return Err(refuse(format!("it names an event {} that this device did not write", receipt.head_seq)));
            }
            let stale = receipt.epoch < row.ack_epoch || (receipt.epoch == row.ack_epoch && receipt.head_seq < row.acked_seq);
            if stale {
                return Ok(false);
            }
            let unchanged = (receipt.epoch, receipt.head_seq, receipt.durable_seq) == (row.ack_epoch, row.acked_seq, row.durable_seq);
            for classed in &receipt.classed {
                anchor::put_class(tx, row.base + classed.seq, classed.class)?;
            }
            if unchanged {
                return Ok(false);
            }
            stream::acknowledge(tx, receipt.stream, receipt.epoch, receipt.head_seq, receipt.durable_seq, receipt.recv_ms.0)?;
            anchor::put_receipt(tx, receipt.epoch, receipt.head_seq, receipt.recv_ms.0, raw)?;
            Ok(true)
        })?;
        if moved {
            self.tell_deliveries();
        }
        Ok(receipt)
    }

    /// Epoch of the server's log as last told; 0 before the first contact.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn epoch(&self) -> Result<u64> {
        self.read(|db| setting::number(db, EPOCH_KEY))
    }

    /// Takes over the log's epoch. A newer one forgets every position and puts every blob back into the queue: the
    /// server was put back to an older state. An older one is ignored. Returns whether anything changed.
    ///
    /// # Errors
    /// The database cannot be written; nothing changed.
    pub fn set_epoch(&self, epoch: u64) -> Result<bool> {
        let changed = self.write(|tx| {
            let known = setting::number(tx, EPOCH_KEY)?;
            if epoch <= known {
                return Ok(false);
            }
            if known > 0 {
                feed::reset(tx)?;
                blob::reset(tx)?;
            }
            setting::set_number(tx, EPOCH_KEY, epoch)?;
            Ok(true)
        })?;
        if changed {
            self.tell_deliveries();
        }
        Ok(changed)
    }

    /// Forgets every position, so that all scopes are pulled anew; events stay and are recognised.
    ///
    /// # Errors
    /// The database cannot be written; nothing changed.
    pub fn reset_cursors(&self) -> Result<()> {
        self.write(feed::reset)
    }

    /// Positions in the feeds of the current epoch.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn cursors(&self) -> Result<Vec<Cursor>> {
        self.read(|db| feed::all(db, setting::number(db, EPOCH_KEY)?))
    }

    /// Names of all streams known, for showing on whose device something was done.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stream_names(&self) -> Result<Vec<StreamName>> {
        self.read(feed::streams)
    }

    /// Takes over a time anchor with the monotonic clock (of this boot) around the question.
    ///
    /// # Errors
    /// [`StoreError::Receipt`] when it is not signed by the server.
    pub fn put_anchor(&self, raw: &[u8], mono_send: u64, mono_recv: u64) -> Result<Anchor> {
        let inner = &*self.inner;
        let refuse = |e: davy_protocol::cose::CoseError| StoreError::Receipt { detail: format!("time anchor: {e}") };
        let signed = Anchor::verify(raw, &inner.server_key, inner.enrolment.org).map_err(refuse)?;
        let fix = AnchorFix { server_ms: signed.server_ms, mono_send, mono_recv, boot: inner.clock.mono().boot };
        let mut writer = self.writer();
        let tx = writer.begin()?;
        anchor::put(&tx, signed.id, &fix, raw)?;
        tx.commit()?;
        if let Some(head) = &mut writer.head {
            head.anchor = Some((signed.id, fix));
        }
        Ok(signed)
    }

    /// Best estimate of the true time.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn now_estimate(&self) -> Result<Millis> {
        let newest = self.read(anchor::newest)?;
        Ok(self.inner.clock.now_estimate(newest.as_ref().map(|(_, fix)| fix)))
    }

    /// Blobs not yet under a receipt, in the order of sending: thumbnails and signatures, previews, originals, each
    /// oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn blob_queue(&self, most: u32) -> Result<Vec<BlobJob>> {
        let base = self.inner.base;
        self.read(|db| blob::waiting(db, base, most))
    }

    /// Notes where an upload stands, as the server told.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn blob_progress(&self, sha256: BlobId, upload_url: Option<&str>, offset: u64) -> Result<()> {
        self.write(|tx| blob::progress(tx, sha256, upload_url, offset))
    }

    /// Notes a failed attempt, why, and when the next one is due (device's clock).
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn blob_failed(&self, sha256: BlobId, reason: &str, next_at: Millis) -> Result<()> {
        self.write(|tx| blob::failed(tx, sha256, reason, next_at))?;
        self.tell_deliveries();
        Ok(())
    }

    /// Takes over a blob's receipt: only this makes a blob delivered (I-05).
    ///
    /// # Errors
    /// [`StoreError::Receipt`]: it is not the server's, or not for these bytes.
    pub fn blob_done(&self, sha256: BlobId, raw: &[u8]) -> Result<BlobReceipt> {
        let inner = &*self.inner;
        let refuse = |detail: String| StoreError::Receipt { detail };
        let receipt = BlobReceipt::verify(raw, &inner.server_key, inner.enrolment.org).map_err(|e| refuse(e.to_string()))?;
        if receipt.sha256 != sha256 {
            return Err(refuse("it is for another photo".to_owned()));
        }
        if self.write(|tx| blob::done(tx, sha256, raw))? {
            self.tell_deliveries();
        }
        Ok(receipt)
    }

    /// The receipt of a delivered blob, as signed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn blob_receipt(&self, sha256: BlobId) -> Result<Option<Vec<u8>>> {
        self.read(|db| blob::receipt(db, sha256))
    }

    /// Takes or renews the lease of a loop. `false`: another owner works. A lease ends with the boot.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn lease(&self, name: &str, owner: &[u8; 16], seconds: u64) -> Result<bool> {
        let now = self.inner.clock.mono();
        self.write(|tx| setting::lease(tx, name, owner, now, seconds))
    }

    /// Gives a lease back.
    ///
    /// # Errors
    /// The database cannot be written; the lease ends by itself.
    pub fn release_lease(&self, name: &str, owner: &[u8; 16]) -> Result<()> {
        self.write(|tx| setting::release(tx, name, owner))
    }

    /// Notes what stands in the way; the same reason again keeps its `since`.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn set_issue(&self, key: &str, reason: &str, detail: &str, next_at: Option<Millis>) -> Result<()> {
        let since = self.inner.clock.wall().ms;
        let issue = Issue { key: key.to_owned(), reason: reason.to_owned(), detail: detail.to_owned(), since, next_at };
        self.write(|tx| setting::put_issue(tx, &issue))
    }

    /// What stood in the way is gone.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn clear_issue(&self, key: &str) -> Result<bool> {
        self.write(|tx| setting::clear_issue(tx, key))
    }

    /// All that stands in the way, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn issues(&self) -> Result<Vec<Issue>> {
        self.read(setting::issues)
    }

    /// A small value by key.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.read(|db| setting::get(db, &user_key(key)))
    }

    /// Sets a small value, or removes it.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn set_setting(&self, key: &str, value: Option<&[u8]>) -> Result<()> {
        self.write(|tx| setting::set(tx, &user_key(key), value))
    }

    fn tell_deliveries(&self) {
        self.inner.listeners.tell(&Changes { deliveries: true, ..Changes::default() });
    }

    /// The seal that covers an own event, as signed; `None` while it is not sealed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn seal_of(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        let n = self.inner.base + seq;
        self.read(|db| Ok(seal::after(db, n - 1, 1)?.pop().filter(|seal| seal.from_n <= n).map(|seal| seal.raw)))
    }
}

/// Callers' keys live beside the store's own.
fn user_key(key: &str) -> String {
    format!("user/{key}")
}

/// Id of an own event; for seq 0 the genesis.
fn own_event_id(db: &rusqlite::Connection, base: u64, seq: u64, genesis: Hash32) -> Result<Option<EventId>> {
    if seq == 0 {
        return Ok(Some(EventId(genesis.0)));
    }
    Ok(event::get(db, base + seq)?.map(|raw| event_id(&raw.header)))
}
