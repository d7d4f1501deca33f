//! The dependency rule: arrows between packages point down only, and what is particular stays where it belongs.
//!
//! Development dependencies are free: a test may look at everything.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{build, process};

/// Which packages of the workspace a package may use. A package that is not here may use all of them (tests, tools).
const MAY_USE: &[(&str, &[&str])] = &[
    ("davy-core", &[]),
    ("davy-protocol", &["davy-core"]),
    ("davy-checklists", &["davy-core"]),
    ("davy-store", &["davy-protocol", "davy-core"]),
    ("davy-sync", &["davy-store", "davy-protocol", "davy-core"]),
    ("davy-documents", &["davy-protocol", "davy-core"]),
    ("davy-app", &["davy-sync", "davy-store", "davy-documents", "davy-protocol", "davy-core"]),
    ("davy-server", &["davy-checklists", "davy-documents", "davy-protocol", "davy-core"]),
    ("davy-cli", &["davy-app", "davy-checklists", "davy-sync", "davy-store", "davy-documents", "davy-protocol", "davy-core"]),
    ("davy-field", &["davy-app"]),
    ("xtask", &[]),
];

/// Libraries that only these packages may name. A name with `*` stands for every name that begins so.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("tauri*", &["davy-field"]),
    ("wry", &["davy-field"]),
    ("webkit2gtk", &["davy-field"]),
    ("axum*", &["davy-server", "davy-cli"]),
    ("reqwest", &["davy-sync", "davy-cli"]),
    ("rusqlite", &["davy-store", "davy-server"]),
];

/// What decides and what encodes does no input or output.
const PURE: &[&str] = &["davy-core", "davy-protocol"];

/// Libraries that read clocks, disks, sockets or randomness.
const EFFECTS: &[&str] = &["tokio", "rusqlite", "reqwest", "axum", "object_store", "rand", "getrandom", "tempfile", "fs4", "keyring"];

/// Tests and measurements: they may use everything.
fn is_free(package: &str) -> bool {
    MAY_USE.iter().all(|(name, _)| *name != package)
}

/// Checks the packages as Cargo sees them.
pub fn check() -> Result<()> {
    let text = process::read(&mut build::cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let faults = faults(&uses(&metadata));
    if faults.is_empty() {
        println!("every arrow points down");
        return Ok(());
    }
    bail!("\n  {}", faults.join("\n  "))
}

/// Package → what it uses outside of tests.
fn uses(metadata: &Value) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    list(metadata, "packages")
        .iter()
        .map(|package| {
            let used = list(package, "dependencies");
            let used = used.iter().filter(|dependency| text(dependency, "kind") != "dev");
            (text(package, "name"), used.map(|dependency| text(dependency, "name")).collect())
        })
        .collect()
}

fn faults(uses: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    for (package, used) in uses.iter().filter(|(package, _)| !is_free(package)) {
        let allowed = MAY_USE.iter().find(|(name, _)| name == package).map_or(&[][..], |(_, allowed)| allowed);
        for name in used {
            if uses.contains_key(name) && !allowed.contains(&name.as_str()) {
                faults.push(format!("{package} must not use {name}: see ARCHITECTURE.md"));
            }
            if PURE.contains(&package.as_str()) && EFFECTS.contains(&name.as_str()) {
                faults.push(format!("{package} must not use {name}: it decides or encodes only, without input and output"));
            }
            if let Some((_, homes)) = ONLY_IN.iter().find(|(pattern, _)| matches(pattern, name))
                && !homes.contains(&package.as_str())
            {
                faults.push(format!("{package} must not use {name}: only {} may", homes.join(", ")));
            }
        }
    }
    faults
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Uses = [(&'static str, &'static [&'static str])];

    fn faults_of(pairs: &Uses) -> usize {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        faults(&pairs.iter().map(|(name, used)| ((*name).to_owned(), owned(used))).collect()).len()
    }

    #[test]
    fn arrows_that_point_up_or_sideways_are_named() {
        let base: [(&str, &[&str]); 3] = [("davy-core", &["serde"]), ("davy-protocol", &["davy-core"]), ("davy-store", &["rusqlite"])];
        assert_eq!(faults_of(&base), 0);
        let cases: &[(&Uses, usize)] = &[
            (&[("davy-core", &["davy-protocol"]), ("davy-protocol", &[])], 1),
            (&[("davy-server", &["davy-store"]), ("davy-store", &[])], 1),
            (&[("davy-field", &["tauri", "davy-app"]), ("davy-app", &[])], 0),
            (&[("davy-app", &["tauri-build"])], 1),
            (&[("davy-core", &["tokio"])], 1),
            (&[("davy-world", &["davy-app", "davy-server", "axum"]), ("davy-app", &[]), ("davy-server", &[])], 0),
        ];
        for (pairs, expected) in cases {
            assert_eq!(faults_of(pairs), *expected, "{pairs:?}");
        }
    }

    #[test]
    fn development_dependencies_are_free() {
        let metadata = json!({ "packages": [{ "name": "davy-core", "dependencies": [
            { "name": "tokio", "kind": "dev" }, { "name": "serde", "kind": null }, { "name": "cc", "kind": "build" },
        ] }] });
        assert_eq!(uses(&metadata)["davy-core"], ["serde", "cc"]);
    }
}
