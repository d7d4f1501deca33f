//! The field app without its window: one file per command, request in, view out.
//!
//! `registry` lists every command once for the window, the bridge and the terminal. `session` is an open vault;
//! `app` its life: enrol, unlock, lock. `sync` runs the exchange in the background and says how it stands.

mod app;
mod command;
mod error;
mod reason;
pub mod registry;
mod session;
mod sync;
pub mod typescript;
pub mod view;

pub use app::{App, AppConfig, PhotoBytes};
pub use error::AppError;
pub use reason::Reason;
pub use sync::DeviceToken;
