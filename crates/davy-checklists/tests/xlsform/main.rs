//! Forms in and out: the shipped packs, the forms that pyxform was tested with, and pyxform itself as the judge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod build;
mod corpus;
mod hostile;
mod mapping;
mod packs;
mod pyxform;
