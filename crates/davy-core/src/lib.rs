//! Decisions only. This crate reads no clock, disk, socket or randomness (see its `clippy.toml`):
//! functions take state and input and return new state, so that device and server compute the same.

pub mod checklist;
pub mod event;
pub mod fold;
pub mod id;
pub mod time;
pub mod view;
