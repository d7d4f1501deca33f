//! The central server: takes signed records and photographs in, gives them a place in a log, serves the console.
//!
//! * [`Server`] starts it, [`Config`] says how, [`Admin`] administers it; [`demo`] makes a demo organisation.
//! * `sync` and `uploads` are the devices' endpoints, `api` the console's; `access` decides what anybody may see.
//! * `ingest` turns signed bytes into log, documents and list columns; `store` keeps them behind a trait.
//!
//! Invariants: what was acknowledged is on the disk; signed bytes are stored and relayed as they came; every read is
//! limited to what `access` grants.

pub mod access;
pub mod admin;
pub mod api;
pub mod app;
pub mod auth;
pub mod authoring;
pub mod blobs;
pub mod checklists;
pub mod clock;
pub mod config;
pub mod demo;
pub mod directory;
pub mod error;
pub mod health;
pub mod ingest;
mod packing;
pub mod reason;
mod router;
pub mod server;
pub mod store;
pub mod sync;
pub mod typescript;
pub mod ui;
pub mod uploads;

pub use admin::Admin;
pub use config::Config;
pub use server::{RunningServer, Server, StartError};
