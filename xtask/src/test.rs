//! `cargo xtask test`: sets itself up and runs everything. The last line is `N passed, M failed` and nothing else.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::system::{self, Purpose};
use crate::tally::Tally;
use crate::{build, paths, process, pyxform, ui};

/// What to test.
#[derive(Args, Default)]
pub struct Options {
    /// Only this step.
    #[arg(long)]
    only: Option<Step>,
}

/// A part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// ESLint on the pages.
    UiLint,
    /// Types of the pages and components.
    UiCheck,
    /// Unit tests of the pages.
    UiUnit,
    /// Every Rust test, the whole-system ones too.
    Rust,
    /// The story in a browser, on the real server and the real field app.
    E2e,
    /// The story in the real window.
    Webdriver,
}

/// How a step is run.
type Work = fn() -> Result<Tally>;

/// Every step in the order in which a fault is found soonest.
const STEPS: &[(Step, Work)] = &[
    (Step::UiLint, ui_lint),
    (Step::UiCheck, ui_check),
    (Step::UiUnit, ui_unit),
    (Step::Rust, rust),
    (Step::E2e, e2e),
    (Step::Webdriver, webdriver),
];

/// Runs the steps; every one runs even when an earlier one has failed.
///
/// # Errors
/// When anything failed.
pub fn run(options: &Options) -> Result<()> {
    let mut rows = Vec::new();
    let mut total = Tally::default();
    if let Err(error) = timed("set up", &mut rows, || set_up().map(|()| Tally::default())) {
        eprintln!("\n{error:#}");
        report(&rows, &Tally::of_check(false));
        bail!("the tests could not be set up");
    }
    for (step, tests) in STEPS.iter().filter(|(step, _)| options.only.is_none_or(|only| only == *step)) {
        let name = step.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        println!("\n== {name}");
        match timed(&name, &mut rows, tests) {
            Ok(tally) => total += tally,
            Err(error) => {
                total += Tally { failed: 1, faults: vec![format!("{name} broke: {error:#}")], ..Tally::default() };
            }
        }
    }
    report(&rows, &total);
    if total.failed > 0 {
        bail!("{} of {} tests failed", total.failed, total.passed + total.failed);
    }
    Ok(())
}

fn set_up() -> Result<()> {
    system::ensure(&[Purpose::Build, Purpose::Window, Purpose::Test])?;
    ui::build()
}

/// Runs a step and remembers its result and its time for the table.
fn timed(name: &str, rows: &mut Vec<String>, work: impl FnOnce() -> Result<Tally>) -> Result<Tally> {
    let started = Instant::now();
    let outcome = work();
    let result = outcome.as_ref().map_or_else(|_| "broke".to_owned(), Tally::to_string);
    rows.push(format!("{name:<12} {:>12}  {result}", process::seconds(started.elapsed())));
    outcome
}

fn report(rows: &[String], total: &Tally) {
    if !total.faults.is_empty() {
        println!("\nFailed:\n  {}", total.faults.join("\n  "));
    }
    println!("\n{}\n{total}", rows.join("\n"));
}

fn ui_lint() -> Result<Tally> {
    check("lint")
}

fn ui_check() -> Result<Tally> {
    check("check")
}

/// A script of the pages that succeeds or not.
fn check(script: &str) -> Result<Tally> {
    let status = process::run_status(&format!("npm run {script}"), &mut ui::npm(&ui::folder(), &["run", "--silent", script]))?;
    let faults = if status.success() { Vec::new() } else { vec![format!("npm run {script}, in ui")] };
    Ok(Tally { faults, ..Tally::of_check(status.success()) })
}

fn ui_unit() -> Result<Tally> {
    let report = report_file("vitest.json")?;
    let output = format!("--outputFile.json={}", report.display());
    let arguments = ["exec", "--", "vitest", "run", "--reporter=dot", "--reporter=json", output.as_str()];
    let status = process::run_status("unit tests of the pages", &mut ui::npm(&ui::folder(), &arguments))?;
    Ok(Tally::of_vitest(&read_report(&report)?).closed(status.success()))
}

fn rust() -> Result<Tally> {
    build::everything()?;
    let mut tally = Tally::default();
    let mut command = build::cargo(&["test", "--workspace", "--exclude", "davy-bench", "--no-fail-fast"]);
    command.envs(pyxform::variables()?);
    let status = process::run_watched(&mut command, |line| tally.read_cargo(line))?;
    Ok(tally.closed(status.success()))
}

/// The programs come from the selection that the Rust tests were built with, so that nothing is compiled twice.
fn e2e() -> Result<Tally> {
    build::everything()?;
    crate::e2e::play(&[])
}

fn webdriver() -> Result<Tally> {
    build::everything()?;
    crate::webdriver::drive()
}

/// A place for a runner's report, empty before it runs so that an old report is never counted.
pub fn report_file(name: &str) -> Result<std::path::PathBuf> {
    fs::create_dir_all(paths::notes()).context("target/xtask cannot be made")?;
    let file = paths::notes().join(name);
    match fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", file.display()))
        }
        _ => Ok(file),
    }
}

/// Reads a runner's JSON report.
pub fn read_report(file: &std::path::Path) -> Result<Value> {
    let text = fs::read(file).with_context(|| format!("the runner left no report in {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()))
}
