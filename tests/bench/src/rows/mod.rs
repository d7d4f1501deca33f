//! One file a measurement.

mod append;
mod cold;
mod findings;
mod ingest;
mod intake;
mod open;
mod photos;
mod pull;
mod refold;
mod upload;

use crate::Bench;
use crate::table::Row;
use anyhow::Result;

/// How a measurement is made.
pub type Measure = fn(&Bench) -> Result<Vec<Row>>;

/// Every measurement, in the order of the table.
pub const ALL: &[(&str, Measure)] = &[
    ("append", append::measure),
    ("ingest", ingest::measure),
    ("photos", photos::measure),
    ("pull", pull::measure),
    ("upload", upload::measure),
    ("intake", intake::measure),
    ("open", open::measure),
    ("findings", findings::measure),
    ("cold", cold::measure),
    ("refold", refold::measure),
];

/// Their names.
#[must_use]
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|(name, _)| *name).collect()
}
