//! `cargo xtask bench [-- names… --quick]`: runs the measurements, prints one table, writes `target/bench.json`.

use anyhow::{Context, Result};
use clap::Parser;
use davy_bench::machine::Machine;
use davy_bench::table::{self, Row};
use davy_bench::{Bench, child, rows};
use std::path::PathBuf;
use std::time::Instant;

/// Measures Davy, with baselines from the same run.
#[derive(Parser)]
#[command(name = "davy-bench")]
struct Arguments {
    /// Which measurements; all without names.
    #[arg(value_parser = rows::names())]
    names: Vec<String>,
    /// Small counts: shows that everything runs; the figures mean nothing.
    #[arg(long)]
    quick: bool,
    /// Folder for the data, on the disk to be measured. Emptied afterwards.
    #[arg(long, default_value = "target/bench-data")]
    folder: PathBuf,
    /// Where the figures are written.
    #[arg(long, default_value = "target/bench.json")]
    output: PathBuf,
    /// Runs one step in a process of its own: used by the program itself.
    #[arg(long, hide = true, value_name = "REQUEST")]
    child: Option<String>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(request) = arguments.child {
        println!("{}", child::run(&request)?);
        return Ok(());
    }
    std::fs::create_dir_all(&arguments.folder).with_context(|| format!("{} cannot be made", arguments.folder.display()))?;
    let program = std::env::current_exe()?;
    let machine = Machine::look(&arguments.folder)?;
    println!("{}\n", machine.line());
    let mut all: Vec<Row> = Vec::new();
    for (name, measure) in rows::ALL.iter().filter(|(name, _)| arguments.names.is_empty() || arguments.names.iter().any(|n| n == name)) {
        let folder = tempfile::tempdir_in(&arguments.folder)?;
        let bench = Bench { quick: arguments.quick, folder: std::path::absolute(folder.path())?, program: program.clone() };
        let started = Instant::now();
        eprintln!("→ {name}");
        let measured = measure(&bench).with_context(|| format!("{name} could not be measured"))?;
        eprintln!("  {:.1} s\n{}", started.elapsed().as_secs_f64(), table::markdown(&measured));
        all.extend(measured);
    }
    println!("{}", table::markdown(&all));
    let report = serde_json::json!({ "machine": machine, "quick": arguments.quick, "rows": all });
    std::fs::write(&arguments.output, serde_json::to_vec_pretty(&report)?)
        .with_context(|| format!("{} cannot be written", arguments.output.display()))?;
    println!("Figures: {}", arguments.output.display());
    Ok(())
}
