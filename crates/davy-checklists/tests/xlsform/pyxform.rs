//! pyxform, the reference converter of XLSForm.

use crate::packs::{everything, shipped};
use davy_checklists::xlsform::export;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A place that the test set-up made. Without it the test fails: what is not tested must not look tested.
pub fn set_up(variable: &str) -> PathBuf {
    let place = std::env::var_os(variable).map(PathBuf::from).filter(|place| place.exists());
    place.unwrap_or_else(|| {
        panic!("{variable} names nothing that exists; run `cargo xtask test --only rust`, which installs pyxform for the tests")
    })
}

/// Converts files. `None`: converted; otherwise what pyxform says.
pub fn convert(files: &[PathBuf]) -> BTreeMap<PathBuf, Option<String>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/xlsform/convert.py");
    let output = Command::new(set_up("DAVY_PYXFORM_PYTHON")).arg("-B").arg(script).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<(PathBuf, Option<String>)> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(lines.len(), files.len());
    lines.into_iter().collect()
}

#[test]
fn pyxform_converts_every_exported_pack() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for pack in &shipped().packs {
        let file = folder.path().join(format!("{}.xlsx", pack.folder));
        std::fs::write(&file, export(&pack.checklist).unwrap()).unwrap();
        files.push(file);
    }
    let file = folder.path().join("everything.xlsx");
    std::fs::write(&file, export(&everything()).unwrap()).unwrap();
    files.push(file);
    for (file, error) in convert(&files) {
        assert_eq!(error, None, "{}", file.display());
    }
}
