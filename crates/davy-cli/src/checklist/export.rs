//! `davy checklist export` and `template`: a checklist as a form in XLSForm.

use anyhow::{Context, Result, bail};
use davy_checklists::xlsform::{export, template};
use davy_core::checklist::load_yaml;
use std::path::{Path, PathBuf};

/// What to export.
#[derive(clap::Args)]
pub struct Arguments {
    /// The checklist: its file, or the folder that holds a checklist.yaml.
    #[arg(value_name = "CHECKLIST")]
    checklist: PathBuf,
    /// The form to write.
    #[arg(long, value_name = "FORM.xlsx")]
    out: PathBuf,
}

/// Where to put the template.
#[derive(clap::Args)]
pub struct TemplateArguments {
    /// The form to write.
    #[arg(long, value_name = "FORM.xlsx")]
    out: PathBuf,
}

/// Exports a checklist that has no fault.
pub fn run(arguments: &Arguments) -> Result<()> {
    let file = if arguments.checklist.is_dir() { arguments.checklist.join("checklist.yaml") } else { arguments.checklist.clone() };
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let checklist = match load_yaml(&file.display().to_string(), &text) {
        Ok(checklist) => checklist,
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            bail!("{} faults; nothing was written", faults.len());
        }
    };
    write(&arguments.out, &export(&checklist)?)
}

/// Writes the template that docs/checklist-authoring.md explains.
pub fn run_template(arguments: &TemplateArguments) -> Result<()> {
    write(&arguments.out, &template()?)
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{} written", file.display());
    Ok(())
}
