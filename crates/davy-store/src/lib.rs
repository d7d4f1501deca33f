//! The device's files: encrypted evidence, disposable views, photographs, the vault.
//!
//! * `vault` – the keys, sealed by PIN and keychain.
//! * `store` – the one door: recording, documents, lists, photographs, and what the synchronisation needs.
//! * `evidence` – `evidence.db`: own events, others' events, seals, receipts, cursors, the upload queue. The truth.
//! * `view` – `view.db`: list columns and words to search. Disposable, rebuilt from evidence.
//! * `blob`, `photo` – encrypted files by SHA-256; one decode makes thumbnail and preview.
//!
//! Invariants: what a call reports as done is on disk (I-01); a cursor or a "delivered" changes only in the same
//! transaction as what it vouches for (P3); every step may be killed and repeated (P4); nothing unencrypted touches
//! the disk (I-42). All calls block; asynchronous callers use a blocking thread.

mod blob;
mod changes;
pub mod clock;
mod error;
mod evidence;
mod files;
pub mod photo;
mod store;
pub mod vault;
mod view;

pub use changes::Changes;
pub use clock::{AnchorFix, Clock, FakeClock, SystemClock};
pub use error::{PageError, Result, StoreError};
pub use evidence::blob::BlobJob;
pub use evidence::feed::{Cursor, StreamName};
pub use evidence::setting::Issue;
pub use photo::Intake;
pub use store::{
    Applied, Delivery, DeliveryStage, NewEvent, OrphanPhoto, PendingCapture, SegmentOut, Store, StoreNames, StreamHeads, SyncCounters,
    as_finding, as_inspection,
};
pub use vault::{Enrolment, Keys, PinCost, Secrets, UnlockError, Vault, VaultState};
pub use view::directory::Directory;
pub use view::lists::{FindingFilter, InspectionFilter};
pub use view::pictures::Picture;
pub use view::rows::{FindingRow, InspectionRow};
pub use view::search::SearchHit;
