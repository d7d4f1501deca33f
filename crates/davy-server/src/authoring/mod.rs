//! Writing checklists: a file is read with every fault at its place, tried out, frozen and published.
//!
//! `read` is the one door for files of every kind; `fault` puts what was found into codes that screens have words for;
//! `library` knows the standards of what is published; `preview` answers a checklist with the judge of the devices.

pub mod fault;
pub mod library;
pub mod preview;
pub mod read;

pub use read::{Upload, read_upload};
