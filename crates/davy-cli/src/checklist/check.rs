//! `davy checklist check`: schema, languages, ids, standards, clauses, criteria, conditions.

use anyhow::{Context, Result, bail};
use davy_checklists::{Folder, check, coverage, ids};
use std::path::PathBuf;

/// What to check.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of packs: `<industry>/checklist.yaml`, `standards/`, `clauses/`, `ids.txt`.
    #[arg(default_value = "checklists", value_name = "FOLDER")]
    folder: PathBuf,
    /// Only this pack's faults and counts.
    #[arg(long, value_name = "INDUSTRY")]
    only: Option<String>,
    /// Add the ids of the packs to the record of released ids; do this when a version is published.
    #[arg(long)]
    record: bool,
}

/// Checks, prints the faults or the table of coverage.
pub fn run(arguments: &Arguments) -> Result<()> {
    if !arguments.folder.is_dir() {
        bail!("{} is not a folder; name the folder that holds the packs", arguments.folder.display());
    }
    let (folder, mut faults) = Folder::read(&arguments.folder);
    if folder.packs.is_empty() && faults.is_empty() {
        bail!("{} holds no pack; a pack is a folder with a checklist.yaml", arguments.folder.display());
    }
    faults.extend(check(&folder));
    let wanted = |text: &str| arguments.only.as_ref().is_none_or(|only| text.contains(only.as_str()));
    faults.retain(|fault| wanted(&fault.to_string()));
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} faults; nothing was recorded", faults.len());
    }
    let rows: Vec<_> = coverage(&folder).into_iter().filter(|row| wanted(&row.industry)).collect();
    print!("{}", coverage::table(&rows));
    if arguments.record {
        let new = ids::record(&folder).with_context(|| format!("{} cannot be written", folder.ids_file.display()))?;
        println!("{new} new ids recorded in {}", folder.ids_file.display());
    }
    Ok(())
}
