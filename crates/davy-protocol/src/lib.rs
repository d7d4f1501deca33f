//! The bytes of Davy Sync 1 and the rules about them (`docs/sync.md`). Pure: no clock, disk, socket or randomness.
//!
//! * [`cbor`] — the one encoding: strict deterministic CBOR, checked on every signed byte that comes in.
//! * [`event`], [`author`], [`seal`], [`segment`] — what a device signs. These bytes are final; golden vectors hold them.
//! * [`accept`] — what the server makes of a segment, as pure functions.
//! * [`receipt`], [`feed`] — what the server signs, and what readers get.
//! * [`enrol`], [`message`] — the session around it. [`cose`] is the one form of every signature but those.
//!
//! Invariant: bytes that were signed are hashed, stored and relayed as received. No function here encodes a received
//! event, seal or receipt again.

pub mod accept;
pub mod author;
pub mod cbor;
pub mod cose;
pub mod enrol;
pub mod event;
pub mod feed;
pub mod message;
pub mod receipt;
pub mod seal;
pub mod segment;

pub use author::{Chain, Draft, ScopeChain};
pub use ed25519_dalek::{SigningKey, VerifyingKey};
pub use event::RawEvent;
pub use segment::Segment;
