//! A world of devices, a server and a network that fails: the harness of the whole-system tests.
//!
//! Everything in it is real but the network's faults and the clocks: device stores on disk, the server in this process on a port
//! of its own, HTTP between them. `faults` wraps a remote and drops, doubles and delays; `proxy` cuts real connections at a
//! byte; `portal` answers in the server's place. All chance that the tests draw comes from a seed that a
//! failing test prints.
//!
//! This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod console;
pub mod device;
pub mod faults;
pub mod history;
pub mod portal;
pub mod process;
pub mod proxy;
pub mod seed;
pub mod work;
pub mod world;

pub use device::Device;
pub use history::History;
pub use seed::Seed;
pub use world::World;
