//! `cargo xtask ci`: every check that a change must pass, each also by name, then the tests.

mod arrows;
mod licences;
mod sizes;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::system::{self, Purpose};
use crate::{build, gen_types, process, test, ui};

/// What to check.
#[derive(Args)]
pub struct Options {
    /// Only this check (can be repeated); without it every check and then every test.
    #[arg(long)]
    only: Vec<Check>,
}

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// The layout of the Rust code.
    Fmt,
    /// Lints and compiler warnings.
    Clippy,
    /// Which package may use which.
    Arrows,
    /// Files that have grown too long.
    Sizes,
    /// Licences, sources and known faults of what we use.
    Deny,
    /// Whether the generated files fit the Rust types.
    Gen,
}

/// How a check is run.
type Work = fn() -> Result<()>;

const CHECKS: &[(Check, Work)] = &[
    (Check::Fmt, fmt),
    (Check::Sizes, sizes::check),
    (Check::Arrows, arrows::check),
    (Check::Clippy, clippy),
    (Check::Deny, licences::check),
    (Check::Gen, gen_types::check),
];

/// Runs the checks; every one runs even when an earlier one has failed.
///
/// # Errors
/// When a check or a test failed.
pub fn run(options: &Options) -> Result<()> {
    system::ensure(&[Purpose::Build, Purpose::Window])?;
    ui::build()?;
    let mut failed = Vec::new();
    for (check, work) in CHECKS.iter().filter(|(check, _)| options.only.is_empty() || options.only.contains(check)) {
        let name = check.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        println!("\n== {name}");
        if let Err(error) = work() {
            eprintln!("{name}: {error:#}");
            failed.push(name);
        }
    }
    let tests = if options.only.is_empty() { test::run(&test::Options::default()) } else { Ok(()) };
    if !failed.is_empty() {
        bail!("these checks failed: {}", failed.join(", "));
    }
    tests
}

fn fmt() -> Result<()> {
    process::run("cargo fmt", &mut build::cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    process::run("cargo clippy", &mut build::cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}
