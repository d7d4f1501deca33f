//! The bytes: events, seals, segments, receipts and sync messages, and the rules by which a server accepts
//! them. Pure: no clock, disk, socket or randomness. Specified in `docs/sync.md`.
//!
//! `cbor` is the strict check that every signed byte passes; `event` and `author` are one event; `seal` and
//! `segment` a signed run; `accept` its place in the log; `feed` what readers get; `receipt`, `enrol`, `message`
//! what travels.

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
