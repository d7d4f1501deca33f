//! `davy checklist …`: work on checklists as files.

mod check;

use anyhow::Result;
use clap::Subcommand;

/// What to do.
#[derive(Subcommand)]
pub enum Step {
    /// Prove what must hold across a folder of packs; every fault with file, line and what is expected.
    Check(check::Arguments),
}

/// Carries the step out.
///
/// # Errors
/// The files have faults, or cannot be read or written.
pub fn run(step: Step) -> Result<()> {
    match step {
        Step::Check(arguments) => check::run(&arguments),
    }
}
