//! Writes into a folder what is made from the Rust types: the TypeScript of both apps, the JSON Schema of a checklist
//! and the console's OpenAPI; and the table of the packs, which is counted. `cargo xtask gen` runs it and puts the files in their places.
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
    write(&folder.join("openapi.json"), &serde_json::to_value(davy_server::api::openapi())?)?;
    coverage(&folder.join("checklists.md"))
}

/// The page about the packs with its table counted anew; the words around it are written by people.
fn coverage(file: &Path) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = root.join("docs/checklists.md");
    let text = fs::read_to_string(&page).with_context(|| format!("{} cannot be read", page.display()))?;
    let (packs, faults) = davy_checklists::Folder::read(&root.join("checklists"));
    if let Some(fault) = faults.first() {
        return Err(anyhow!("the packs have faults; run `davy checklist check`. The first: {fault}"));
    }
    let table = davy_checklists::coverage::table(&davy_checklists::coverage(&packs));
    let (before, rest) = text.split_once(BEGIN).with_context(|| format!("{} has no line {BEGIN}", page.display()))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{} has no line {END}", page.display()))?;
    fs::write(file, format!("{before}{BEGIN}\n{table}{END}{after}")).with_context(|| format!("{} cannot be written", file.display()))
}

/// Lines around the generated table.
const BEGIN: &str = "<!-- counted by cargo xtask gen -->";
const END: &str = "<!-- end of the counted table -->";

/// Writes JSON as it is committed: two spaces, a newline at the end.
fn write(file: &Path, value: &Value) -> Result<()> {
    fs::write(file, format!("{value:#}\n")).with_context(|| format!("{} cannot be written", file.display()))
}
