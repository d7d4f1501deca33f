//! Licences, sources and known faults of the libraries we use, by `cargo deny` and the rules in `deny.toml`.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::{build, paths, process};

/// Checks with `cargo deny`, which is compiled into the build folder at the first use.
pub fn check() -> Result<()> {
    let deny = installed()?;
    let mut command = Command::new(&deny);
    command.args(["--workspace", "check", "licenses", "bans", "sources"]).current_dir(paths::root());
    process::run("licences, bans, sources", &mut command)?;
    let mut fetch = Command::new(&deny);
    fetch.args(["fetch", "db"]).current_dir(paths::root()).stdout(Stdio::null()).stderr(Stdio::null());
    println!("→ fetch the list of known faults");
    if !process::works(&mut fetch) {
        println!("  The list of known faults could not be fetched, so known faults were NOT checked. It needs access to github.com.");
        return Ok(());
    }
    let mut command = Command::new(&deny);
    command.args(["--workspace", "check", "advisories"]).current_dir(paths::root());
    process::run("known faults", &mut command)
}

fn installed() -> Result<std::path::PathBuf> {
    if let Some(program) = paths::find_program("cargo-deny") {
        return Ok(program);
    }
    let root = paths::target().join("tools");
    let program = root.join("bin/cargo-deny");
    if !program.exists() {
        let mut command = build::cargo(&["install", "--quiet", "--locked", "cargo-deny", "--root"]);
        process::run("install cargo-deny (once, some minutes)", command.arg(&root))
            .context("cargo-deny could not be installed; is crates.io reachable?")?;
    }
    Ok(program)
}
