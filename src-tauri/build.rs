//! Bakes the configuration, the permissions and the built pages into the shell.
//!
//! Only the two commands named here can be called by the page, and only with the permission that
//! `capabilities/` gives: a new command without both fails at run time, not silently.

use tauri_build::{AppManifest, Attributes};

/// The commands of `src/command.rs`.
const COMMANDS: &[&str] = &["command", "attach_photo"];

fn main() {
    println!("cargo:rerun-if-changed=../ui/dist/field");
    let built = std::path::Path::new("../ui/dist/field/index.html");
    if !built.exists() {
        println!("cargo:warning=ui/dist/field is not built: run `cargo xtask build-ui` first");
    }
    let manifest = AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(Attributes::new().app_manifest(manifest)) {
        println!("cargo:warning=the shell's configuration is not usable: {error:#}");
        std::process::exit(1);
    }
}
