//! `cargo xtask gen`: the files that are made from the Rust types, written or (`--check`) compared.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{build, paths, process};

/// What is generated: its name in the generator's folder and its place in the repository.
const FILES: &[(&str, &str)] = &[
    ("core.ts", "ui/src/shared/generated/core.ts"),
    ("app.ts", "ui/src/shared/generated/app.ts"),
    ("commands.ts", "ui/src/shared/generated/commands.ts"),
    ("console.ts", "ui/src/shared/generated/console.ts"),
    ("checklist.schema.json", "checklists/checklist.schema.json"),
    ("openapi.json", "docs/openapi.json"),
    ("checklists.md", "docs/checklists.md"),
];

/// Most lines of a difference that are shown.
const SHOWN: usize = 40;

/// How to generate.
#[derive(Args)]
pub struct Options {
    /// Change nothing; fail when a file does not fit the types.
    #[arg(long)]
    check: bool,
}

/// Writes or compares.
pub fn run(options: &Options) -> Result<()> {
    if options.check { check() } else { write() }
}

/// Fails with a summary of the differences when a committed file is not what the types say.
pub fn check() -> Result<()> {
    let made = generate()?;
    let mut stale = Vec::new();
    for (name, place) in FILES {
        let ours = paths::root().join(place);
        let same = fs::read(&ours).is_ok_and(|text| fs::read(made.join(name)).is_ok_and(|new| new == text));
        if !same {
            println!("{}", difference(&ours, &made.join(name)));
            stale.push(*place);
        }
    }
    if stale.is_empty() {
        println!("{} generated files fit the types", FILES.len());
        return Ok(());
    }
    bail!("{} not what the Rust types say; run `cargo xtask gen` and commit", stale.join(", "))
}

fn write() -> Result<()> {
    let made = generate()?;
    for (name, place) in FILES {
        let new = fs::read(made.join(name)).with_context(|| format!("the generator made no {name}"))?;
        let file = paths::root().join(place);
        if fs::read(&file).is_ok_and(|old| old == new) {
            continue;
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        fs::write(&file, new).with_context(|| format!("{place} cannot be written"))?;
        println!("  {place} changed");
    }
    Ok(())
}

/// Runs the generator into an empty folder.
fn generate() -> Result<std::path::PathBuf> {
    let folder = paths::notes().join("generated");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{} cannot be emptied", folder.display()));
        }
        _ => {}
    }
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    build::everything()?;
    process::run("generate", Command::new(paths::program("davy-gen")).arg(&folder).current_dir(paths::root()))?;
    Ok(folder)
}

fn difference(ours: &Path, new: &Path) -> String {
    let mut command = Command::new("git");
    command.args(["diff", "--no-index", "--no-color", "--unified=1", "--"]).arg(ours).arg(new);
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let shown = lines.iter().take(SHOWN).copied().collect::<Vec<_>>().join("\n");
    let more = lines.len().saturating_sub(SHOWN);
    if more == 0 { shown } else { format!("{shown}\n… and {more} more lines") }
}
