//! `davy checklist …`: work on checklists as files.

mod check;
mod export;
mod import;

use anyhow::Result;
use clap::Subcommand;

/// What to do.
#[derive(Subcommand)]
pub enum Step {
    /// Prove what must hold across a folder of packs; every fault with file, line and what is expected.
    Check(check::Arguments),
    /// Make a checklist of a form in XLSForm (.xlsx or .xls); every fault with its cell and what to write instead.
    Import(import::Arguments),
    /// Make a form in XLSForm of a checklist; it imports back to the same checklist.
    Export(export::Arguments),
    /// Write an example form to start from.
    Template(export::TemplateArguments),
}

/// Carries the step out.
///
/// # Errors
/// The files have faults, or cannot be read or written.
pub fn run(step: Step) -> Result<()> {
    match step {
        Step::Check(arguments) => check::run(&arguments),
        Step::Import(arguments) => import::run(&arguments),
        Step::Export(arguments) => export::run(&arguments),
        Step::Template(arguments) => export::run_template(&arguments),
    }
}
