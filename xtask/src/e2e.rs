//! `cargo xtask e2e`: the browser tests of `tests/e2e`, against a fresh server; the tests start their devices themselves.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::demo::{Demo, PIN};
use crate::services::Stop;
use crate::system::{self, Purpose};
use crate::tally::Tally;
use crate::{build, paths, process, test, ui};

/// How to run the browser tests.
#[derive(Args)]
pub struct Options {
    /// Arguments of Playwright, for example `-- --grep enrol`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Sets itself up and runs the browser tests.
///
/// # Errors
/// When a test failed or could not run.
pub fn run(options: &Options) -> Result<()> {
    system::ensure(&[Purpose::Build, Purpose::Test])?;
    ui::build()?;
    build::everything()?;
    let tally = play(&options.arguments)?;
    println!("{tally}");
    if tally.failed > 0 {
        bail!("{} browser tests failed", tally.failed);
    }
    Ok(())
}

/// Runs the browser tests with the programs that are built.
///
/// # Errors
/// They could not run.
pub fn play(arguments: &[String]) -> Result<Tally> {
    let folder = paths::root().join("tests/e2e");
    if !folder.join("package.json").exists() {
        bail!("tests/e2e has no package.json, so there are no browser tests to run");
    }
    ui::install(&folder)?;
    process::run("types of the browser tests", &mut ui::npm(&folder, &["run", "--silent", "check"]))?;
    let browser = browser(&folder)?;
    let stop = Stop::listen()?;
    let mut demo = Demo::fresh("e2e")?;
    demo.seed()?;
    let server = demo.start_server(&stop)?;
    let report = test::report_file("playwright.json")?;
    let mut command = ui::npm(&folder, &["exec", "--", "playwright", "test", "--reporter=list,json"]);
    command.args(arguments).env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    describe(&mut command, &demo);
    if let Some(browser) = browser {
        command.env("DAVY_CHROMIUM", browser);
    }
    let status = process::run_status("browser tests", &mut command)?;
    drop(server);
    Ok(Tally::of_playwright(&test::read_report(&report)?).closed(status.success()))
}

/// What every test of the whole learns about its surroundings.
pub fn describe(command: &mut Command, demo: &Demo) {
    command
        .env("DAVY_CONSOLE", demo.server_url())
        .env("DAVY_PIN", PIN)
        .env("DAVY_ORGANISATION", demo.organisation().to_string())
        .env("DAVY_PROGRAM", paths::program("davy"))
        .env("DAVY_FOLDER", demo.folder());
}

/// The system's Chromium, or `None` when Playwright brought its own (where the system has none to install).
fn browser(folder: &std::path::Path) -> Result<Option<PathBuf>> {
    if let Some(chosen) = std::env::var_os("DAVY_CHROMIUM") {
        return Ok(Some(chosen.into()));
    }
    let names = ["chromium", "google-chrome", "google-chrome-stable"];
    let found = names.iter().filter_map(|name| paths::find_program(name));
    if let Some(program) = found.into_iter().find(|program| process::works(Command::new(program).arg("--version"))) {
        return Ok(Some(program));
    }
    process::run("fetch Playwright's Chromium", &mut ui::npm(folder, &["exec", "--", "playwright", "install", "chromium"]))
        .context("no Chromium was found; install the package `chromium`, or name one in DAVY_CHROMIUM")?;
    Ok(None)
}
