//! `cargo xtask webdriver`: the tests of `tests/webdriver`, which drive the real window on a display of their own.

use std::process::Command;

use anyhow::{Result, bail};

use crate::demo::Demo;
use crate::e2e;
use crate::services::Stop;
use crate::system::{self, Purpose};
use crate::tally::Tally;
use crate::{build, paths, process, ui};

/// Sets itself up and runs the window's tests.
///
/// # Errors
/// When a test failed or could not run.
pub fn run() -> Result<()> {
    system::ensure(&[Purpose::Build, Purpose::Window, Purpose::Test])?;
    ui::build()?;
    build::everything()?;
    let tally = drive()?;
    println!("{tally}");
    if tally.failed > 0 {
        bail!("{} window tests failed", tally.failed);
    }
    Ok(())
}

/// Runs the window's tests with the programs that are built.
///
/// # Errors
/// They could not run.
pub fn drive() -> Result<Tally> {
    for (program, package) in [("WebKitWebDriver", "webkit2gtk-driver"), ("xvfb-run", "xvfb"), ("dbus-run-session", "dbus")] {
        if paths::find_program(program).is_none() {
            bail!("{program} was not found; install the package `{package}`");
        }
    }
    let stop = Stop::listen()?;
    let mut demo = Demo::fresh("webdriver")?;
    demo.seed()?;
    let server = demo.start_server(&stop)?;
    demo.enrol()?;
    // The display comes first, so that what the session bus starts can use it too.
    let mut command = Command::new("xvfb-run");
    command.args(["--auto-servernum", "--server-args=-screen 0 1400x1000x24", "dbus-run-session", "--"]);
    command.args(["node", "--test", "--test-reporter=spec", "tests/webdriver/"]).current_dir(paths::root());
    e2e::describe(&mut command, &demo);
    command.env("DAVY_WINDOW", paths::program("davy-field")).env("DAVY_DEVICE", demo.device());
    let mut tally = Tally::default();
    let status = process::run_watched(&mut command, |line| tally.read_node(line))?;
    drop(server);
    Ok(tally.closed(status.success()))
}
