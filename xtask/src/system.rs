//! What the system must have: Debian packages by purpose, Node.js, Cargo. Finds what is missing and installs it.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{paths, process};

/// What a package is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Compiling the server and the command line.
    Build,
    /// Compiling and showing the window.
    Window,
    /// Browser and window tests.
    Test,
    /// The baselines of the measurements.
    Bench,
}

/// Debian's and Ubuntu's names.
const PACKAGES: &[(Purpose, &[&str])] = &[
    (Purpose::Build, &["build-essential", "pkg-config", "cmake", "nasm", "libssl-dev", "libdbus-1-dev", "ca-certificates"]),
    (
        Purpose::Window,
        &[
            "libwebkit2gtk-4.1-dev",
            "libxdo-dev",
            "libayatana-appindicator3-dev",
            "librsvg2-dev",
            "gstreamer1.0-plugins-good",
            "fonts-noto-cjk",
        ],
    ),
    (Purpose::Test, &["xvfb", "xauth", "webkit2gtk-driver", "dbus-x11", "fonts-noto-cjk", "curl", "python3-venv"]),
    (Purpose::Bench, &["libvips-tools"]),
];

/// The oldest Node.js that the pages are built with.
const NODE: (u32, u32) = (20, 19);

/// Makes sure that everything for these purposes is installed.
///
/// # Errors
/// When something is missing and cannot be installed; the message says what to run.
pub fn ensure(purposes: &[Purpose]) -> Result<()> {
    ensure_node()?;
    if !process::works(Command::new("dpkg-query").arg("--version")) {
        let names = wanted(purposes).into_iter().collect::<Vec<_>>().join(" ");
        println!("This is not Debian or Ubuntu, so nothing is installed. Needed, by Debian's names: {names}");
        return Ok(());
    }
    let missing = missing(purposes)?;
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

fn wanted(purposes: &[Purpose]) -> BTreeSet<&'static str> {
    let chosen = PACKAGES.iter().filter(|(purpose, _)| purposes.contains(purpose));
    let mut names: BTreeSet<_> = chosen.flat_map(|(_, names)| names.iter().copied()).collect();
    // Ubuntu's `chromium` is only a pointer to another package system; there the tests use a browser of their own.
    if purposes.contains(&Purpose::Test) && !is_ubuntu() {
        names.insert("chromium");
    }
    names
}

fn missing(purposes: &[Purpose]) -> Result<Vec<&'static str>> {
    let wanted = wanted(purposes);
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n"])
        .args(&wanted)
        .stderr(Stdio::null())
        .output()
        .context("dpkg-query cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(not_installed(&wanted, &text))
}

fn not_installed(wanted: &BTreeSet<&'static str>, listing: &str) -> Vec<&'static str> {
    let installed: BTreeSet<&str> = listing.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().copied().filter(|name| !installed.contains(name)).collect()
}

fn install(missing: &[&str]) -> Result<()> {
    let names = missing.join(" ");
    let root = is_root();
    let by_hand = format!("sudo apt-get update && sudo apt-get install --no-install-recommends {names}");
    println!("These system packages are missing: {names}");
    if !root && !is_ci() && !agreed()? {
        bail!("nothing was installed. Install them yourself and run this again:\n    {by_hand}");
    }
    let apt = |arguments: &[&str]| {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.args(["--", "apt-get"]);
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        command
    };
    process::run("apt-get update", &mut apt(&["update", "-q"]))
        .with_context(|| format!("the list of packages could not be read; by hand:\n    {by_hand}"))?;
    let mut arguments = vec!["install", "-q", "-y", "--no-install-recommends"];
    arguments.extend(missing);
    process::run("apt-get install", &mut apt(&arguments)).with_context(|| format!("by hand:\n    {by_hand}"))
}

/// Asks the person at the terminal; without one the answer is no.
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("Install them now with sudo apt-get? [Y/n] ");
    std::io::stdout().flush().context("the terminal cannot be written to")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("the terminal cannot be read")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// Whether this runs on a build machine, where nobody can be asked.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Whether the person is root; also decides if Chromium can use its sandbox.
pub fn is_root() -> bool {
    process::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Whether the system is Ubuntu.
pub fn is_ubuntu() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"))
}

/// Whether a window can be opened here.
pub fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var(name).is_ok_and(|value| !value.is_empty()))
}

fn ensure_node() -> Result<()> {
    let needed = format!("Node.js {}.{} or newer with npm is needed (https://nodejs.org or your system's packages)", NODE.0, NODE.1);
    if paths::find_program("npm").is_none() {
        bail!("npm was not found. {needed}");
    }
    let version = process::read(Command::new("node").arg("--version")).with_context(|| format!("node was not found. {needed}"))?;
    match parse_version(version.trim()) {
        Some(found) if found >= NODE => Ok(()),
        _ => bail!("node is {}. {needed}", version.trim()),
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fully_installed_packages_count() {
        let wanted = BTreeSet::from(["cmake", "nasm", "xvfb"]);
        let listing = "cmake installed\nnasm config-files\n";
        assert_eq!(not_installed(&wanted, listing), ["nasm", "xvfb"]);
    }

    #[test]
    fn node_versions_are_compared_by_number() {
        let cases = [("v20.20.2", Some((20, 20))), ("v8.9.0", Some((8, 9))), ("24.1.0", Some((24, 1))), ("what", None)];
        for (text, expected) in cases {
            assert_eq!(parse_version(text), expected, "{text}");
        }
        assert!(parse_version("v20.9.0") < Some(NODE));
    }
}
