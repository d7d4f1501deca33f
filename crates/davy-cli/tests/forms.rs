//! `davy checklist` with forms, as a person runs it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use std::path::Path;
use std::process::{Command, Output};

fn davy(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_davy")).arg("checklist").args(arguments).current_dir(folder).output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_form_goes_in_and_out_and_stays_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = davy(arguments, folder.path());
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        told(&output)
    };
    run(&["template", "--out", "form.xlsx"]);
    std::fs::create_dir(folder.path().join("mine")).unwrap();
    run(&["import", "form.xlsx", "--out", "mine/checklist.yaml", "--id", "mine", "--version", "2.0.0", "--industry", "coal-mines"]);
    let text = std::fs::read_to_string(folder.path().join("mine/checklist.yaml")).unwrap();
    for line in ["id: mine", "version: \"2.0.0\"", "industry: coal-mines"] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    run(&["export", "mine", "--out", "again.xlsx"]);
    run(&["import", "again.xlsx", "--out", "again.yaml"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("again.yaml")).unwrap(), text);
}

#[test]
fn a_file_that_is_no_form_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("form.xlsx"), "not a workbook").unwrap();
    let output = davy(&["import", "form.xlsx", "--out", "out.yaml"], folder.path());
    assert!(!output.status.success());
    assert!(told(&output).contains("workbook!A1: the file is neither .xlsx nor .xls"), "{}", told(&output));
    assert!(!folder.path().join("out.yaml").exists());
}
