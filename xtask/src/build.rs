//! Compiles the programs. Running and testing share one profile and one build folder.

use std::process::Command;

use anyhow::Result;

use crate::{paths, process};

/// `cargo` in the repository: the one that started this tool.
pub fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(paths::root());
    // What `cargo run` sets for this tool would look like a change to the build scripts of others.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" || text == "OUT_DIR" {
            command.env_remove(&name);
        }
    }
    command
}

/// The server and the command line, and the window where one can be shown.
pub fn programs(window: bool) -> Result<()> {
    let mut command = cargo(&["build", "--quiet", "--bins", "-p", "davy-server", "-p", "davy-cli"]);
    if window {
        command.args(["-p", "davy-field"]);
    }
    process::run("compile the programs", &mut command)
}

/// Everything with its tests: the selection that `cargo test` uses. Every command of a developer takes it: another selection
/// would resolve other features, and half of the dependencies would be compiled once more.
pub fn everything() -> Result<()> {
    process::run("compile everything", &mut cargo(&["build", "--workspace", "--all-targets"]))
}
