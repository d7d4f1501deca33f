//! `cargo xtask bench`: the measurements with their baselines, from the package `davy-bench` in release mode.

use anyhow::Result;
use clap::Args;

use crate::system::{self, Purpose};
use crate::{build, process};

/// What is passed on to the measuring program.
#[derive(Args)]
pub struct Options {
    /// Arguments of the measuring program; `-- --help` lists them.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds and runs the measurements.
pub fn run(options: &Options) -> Result<()> {
    system::ensure(&[Purpose::Build, Purpose::Bench])?;
    let mut command = build::cargo(&["run", "--release", "-p", "davy-bench", "--"]);
    process::run("measure", command.args(&options.arguments))
}
