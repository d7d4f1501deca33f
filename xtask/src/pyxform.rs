//! pyxform, the reference converter of XLSForm, and the forms that it was tested with: the judges of our forms.
//!
//! Both come from the Python package index in fixed versions, into `target/xtask/pyxform`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{paths, process};

/// The converter.
const CONVERTER: &str = "pyxform==4.5.0";
/// The last source package that has the example forms in it.
const CORPUS: &str = "pyxform==1.6.0";

/// Where the tests find them, by the names of the variables that say so.
pub fn variables() -> Result<[(&'static str, PathBuf); 2]> {
    let folder = paths::notes().join("pyxform");
    let (python, forms) = (folder.join("venv/bin/python"), folder.join("corpus/pyxform-1.6.0/pyxform/tests"));
    let stamp = folder.join("ready");
    let wanted = format!("{CONVERTER} {CORPUS}\n");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) && python.exists() && forms.is_dir() {
        return Ok([("DAVY_PYXFORM_PYTHON", python), ("DAVY_XLSFORM_CORPUS", forms)]);
    }
    make(&folder).context("pyxform could not be installed; the tests of forms need it, and the network once to fetch it")?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok([("DAVY_PYXFORM_PYTHON", python), ("DAVY_XLSFORM_CORPUS", forms)])
}

/// Makes the folder anew: what an interrupted run left is not trusted.
fn make(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    let corpus = folder.join("corpus");
    fs::create_dir_all(&corpus).with_context(|| format!("{} cannot be made", corpus.display()))?;
    let venv = folder.join("venv");
    process::run("make a Python environment", Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(venv.join("bin/python"));
        command.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]).args(arguments).current_dir(folder);
        command
    };
    process::run("install pyxform", &mut pip(&["install", CONVERTER]))?;
    process::run("fetch pyxform's example forms", &mut pip(&["download", "--no-deps", "--no-binary", ":all:", "--dest", "sdist", CORPUS]))?;
    let archive = folder.join("sdist/pyxform-1.6.0.tar.gz");
    process::run("unpack them", Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(corpus))
}
