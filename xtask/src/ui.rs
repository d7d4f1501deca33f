//! The pages: installs their packages and builds them, each only when its sources have changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{paths, process, system};

/// Everything in `ui/` that the built pages are made of.
const SOURCES: &[&str] = &[
    "src",
    "build",
    "index.html",
    "console.html",
    "package.json",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.field.config.ts",
    "vite.console.config.ts",
];

/// The pages' folder.
pub fn folder() -> PathBuf {
    paths::root().join("ui")
}

/// `npm` in a folder.
pub fn npm(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(folder);
    command
}

/// `cargo xtask build-ui`.
pub fn build_alone() -> Result<()> {
    system::ensure(&[])?;
    build()
}

/// Installs and builds both pages where needed.
pub fn build() -> Result<()> {
    let ui = folder();
    install(&ui)?;
    let built = [ui.join("dist/field/index.html"), ui.join("dist/console/index.html")];
    let sources: Vec<PathBuf> = SOURCES.iter().map(|name| ui.join(name)).collect();
    when_changed("ui-build", &sources, &built, || {
        for app in ["field", "console"] {
            let script = format!("build:{app}");
            let mut command = npm(&ui, &["run", "--silent", &script, "--", "--logLevel", "error"]);
            process::run(&format!("build the pages of {app}"), &mut command)?;
        }
        Ok(())
    })
}

/// Installs the packages that a folder's lock file names, where they are not installed yet.
pub fn install(folder: &Path) -> Result<()> {
    let sources = [folder.join("package.json"), folder.join("package-lock.json")];
    let name = folder.strip_prefix(paths::root()).unwrap_or(folder).to_string_lossy().replace('/', "-");
    when_changed(&format!("npm-{name}"), &sources, &[folder.join("node_modules/.package-lock.json")], || {
        let title = format!("npm ci in {name}");
        process::run(&title, &mut npm(folder, &["ci", "--no-audit", "--no-fund"]))
            .with_context(|| format!("the packages of {name} could not be installed; is the npm registry reachable?"))
    })
}

/// Does the work unless the results are there and the sources are those of the last time.
fn when_changed(name: &str, sources: &[PathBuf], results: &[PathBuf], work: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = paths::notes().join(format!("{name}.stamp"));
    let now = fingerprint(sources)?;
    if results.iter().all(|file| file.exists()) && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(());
    }
    let _ = fs::remove_file(&stamp);
    work()?;
    fs::create_dir_all(paths::notes()).context("target/xtask cannot be made")?;
    fs::write(&stamp, now).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// A number over the names and contents of files and folders.
fn fingerprint(sources: &[PathBuf]) -> Result<String> {
    let mut files = Vec::new();
    for source in sources {
        collect(source, &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_a_name_or_a_byte_and_not_otherwise() {
        let folder = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(folder.join("deep")).unwrap();
        fs::write(folder.join("deep/a"), "1").unwrap();
        let sources = [folder.clone(), folder.join("absent")];
        let first = fingerprint(&sources).unwrap();
        assert_eq!(first, fingerprint(&sources).unwrap());
        fs::write(folder.join("deep/a"), "2").unwrap();
        let second = fingerprint(&sources).unwrap();
        fs::rename(folder.join("deep/a"), folder.join("deep/b")).unwrap();
        let third = fingerprint(&sources).unwrap();
        assert!(first != second && second != third);
        fs::remove_dir_all(folder).unwrap();
    }
}
