//! The central server: takes signed records and photographs in, gives them a place in a log, serves the console.

pub mod clock;
pub mod config;
pub mod store;

pub use config::Config;
