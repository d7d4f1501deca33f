//! Writes into a folder what is made from the Rust types: the TypeScript of both apps, the JSON Schema of a checklist
//! and the console's OpenAPI. `cargo xtask gen` runs it and puts the files in their places.
//!
//! One process writes everything: the TypeScript of a type that both the app and the server name lands once in the
//! file of its own package.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use davy_core::checklist::Checklist;
use serde_json::Value;

fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("usage: davy-gen FOLDER")?.into();
    davy_app::typescript::export(&folder).map_err(|error| anyhow!("the field app's types: {error}"))?;
    davy_server::typescript::export(&folder).map_err(|error| anyhow!("the console's types: {error}"))?;
    let schema = serde_json::to_value(schemars::schema_for!(Checklist))?;
    write(&folder.join("checklist.schema.json"), &schema)?;
    write(&folder.join("openapi.json"), &serde_json::to_value(davy_server::api::openapi())?)
}

/// Writes JSON as it is committed: two spaces, a newline at the end.
fn write(file: &Path, value: &Value) -> Result<()> {
    fs::write(file, format!("{value:#}\n")).with_context(|| format!("{} cannot be written", file.display()))
}
