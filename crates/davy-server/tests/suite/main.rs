//! The server over real HTTP: each story starts a server on a free port, with a clock that it sets itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod access;
mod backup;
mod checklists;
mod console;
mod demo;
mod desk;
mod device;
mod enrolment;
mod preview;
mod pull;
mod push;
mod session;
mod support;
mod tus;
mod tus_many;
