//! Every shipped pack goes out as a form and comes back the same.

use davy_checklists::Folder;
use davy_checklists::xlsform::{ExportError, Options, export, import, template};
use davy_checklists::yaml::to_text;
use davy_core::checklist::{Basis, Checklist, load_yaml, publish};
use std::path::Path;

pub fn shipped() -> Folder {
    let (folder, faults) = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checklists"));
    assert!(faults.is_empty(), "{faults:?}");
    folder
}

/// A checklist that uses every key.
pub fn everything() -> Checklist {
    load_yaml("everything.yaml", include_str!("everything.yaml")).unwrap()
}

#[test]
fn a_checklist_with_every_key_goes_out_and_comes_back_the_same() {
    let checklist = everything();
    let bytes = export(&checklist).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(import(&bytes, &Options::default()).unwrap().checklist, checklist);
    assert_eq!(bytes, export(&checklist).unwrap(), "the same checklist gives the same bytes");
}

#[test]
fn published_checklists_go_out_without_what_publishing_added() {
    let folder = shipped();
    let pack = &folder.packs[0];
    let published = publish(pack.checklist.clone(), &folder.library()).unwrap();
    let back = import(&export(&published.checklist).unwrap(), &Options::default()).unwrap();
    assert_eq!(back.checklist, pack.checklist);
}

#[test]
fn what_a_form_cannot_keep_is_refused() {
    let mut long = everything();
    long.sections[0].items[0].text.en = "x".repeat(40_000);
    assert!(matches!(export(&long), Err(ExportError::Sheet(_))));
    let mut blank = everything();
    blank.sections[0].items[0].basis.push(Basis { standard: "a b; c".to_owned(), clause: None });
    assert!(matches!(export(&blank), Err(ExportError::NotKept(_))));
    let mut broken = everything();
    broken.sections[0].items[0].when = Some("a.nobody == 'x'".to_owned());
    assert!(matches!(export(&broken), Err(ExportError::Faults(_))));
}

#[test]
fn every_shipped_pack_goes_out_as_a_form_and_comes_back_the_same() {
    let folder = shipped();
    assert!(folder.packs.len() >= 20, "all packs are there");
    for pack in &folder.packs {
        let bytes = export(&pack.checklist).unwrap_or_else(|error| panic!("{}: {error}", pack.folder));
        let back = import(&bytes, &Options::default()).unwrap();
        assert_eq!(back.checklist, pack.checklist, "{}", pack.folder);
    }
}

#[test]
fn the_template_in_the_folder_of_packs_is_the_one_that_the_program_writes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checklists/template.xlsx");
    let bytes = template().unwrap();
    if std::env::var_os("DAVY_WRITE_DOCS").is_some() {
        std::fs::write(&file, &bytes).unwrap();
    }
    assert!(std::fs::read(&file).unwrap() == bytes, "run `davy checklist template --out checklists/template.xlsx`");
    let taken = import(&bytes, &Options::default()).unwrap();
    assert!(taken.remarks.is_empty() || taken.remarks.iter().all(|remark| remark.text.en.contains("pass_fail")), "{:?}", taken.remarks);
}

#[test]
fn checklists_are_written_as_text_and_read_back() {
    for pack in &shipped().packs {
        to_text(&pack.checklist).unwrap_or_else(|error| panic!("{}: {error}", pack.folder));
    }
    let text = to_text(&everything()).unwrap();
    assert!(text.starts_with("schema: 1\nid: everything\n"), "{text}");
}
