//! The forms that pyxform was tested with: each is taken and comes back the same, or is refused with every fault in its place.

use crate::pyxform::{convert, set_up};
use davy_checklists::xlsform::{Imported, Options, SheetFault, export, import};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The smallest picture, for every picture that a form names: the corpus has none.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const BEGIN: &str = "<!-- forms: made by the tests, see the end of this page -->\n";
const END: &str = "<!-- forms: end -->";

fn forms() -> Vec<PathBuf> {
    let mut forms = Vec::new();
    let mut folders = vec![set_up("DAVY_XLSFORM_CORPUS")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if ["xls", "xlsx", "xlsm"].contains(&ending.as_str()) {
                forms.push(path);
            }
        }
    }
    forms.sort_by_key(|path| (name(path), path.clone()));
    forms
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Takes a form with all the pictures that it names.
fn take(bytes: &[u8], stem: &str) -> Result<Imported, Vec<SheetFault>> {
    let options = Options { name: Some(stem.to_owned()), ..Options::default() };
    let Err(faults) = import(bytes, &options) else { return import(bytes, &options) };
    let named = faults.iter().filter_map(|fault| Some(fault.reason.en.strip_prefix("the picture `")?.split_once('`')?.0.to_owned()));
    let media = named.map(|name| (name, PICTURE.to_vec())).collect::<BTreeMap<_, _>>();
    import(bytes, &Options { media, ..options })
}

#[test]
fn every_form_of_the_corpus_is_taken_whole_or_refused_in_every_place() {
    let forms = forms();
    assert!(forms.len() >= 45, "the corpus is complete: {}", forms.len());
    let converted = convert(&forms);
    let folder = tempfile::tempdir().unwrap();
    let (mut exported, mut rows, mut taken) = (Vec::new(), String::new(), 0);
    for form in &forms {
        let outcome = take(&std::fs::read(form).unwrap(), &form.file_stem().unwrap().to_string_lossy());
        let pyxform = if converted[form].is_none() { "converts" } else { "refuses" };
        let words = match outcome {
            Ok(imported) => {
                let bytes = export(&imported.checklist).unwrap_or_else(|error| panic!("{}: {error}", form.display()));
                assert_eq!(import(&bytes, &Options::default()).unwrap().checklist, imported.checklist, "{}", form.display());
                let file = folder.path().join(format!("{}.xlsx", exported.len()));
                std::fs::write(&file, bytes).unwrap();
                exported.push(file);
                taken += 1;
                let (items, remarks) = (imported.checklist.items().count(), imported.remarks.len());
                format!("taken: {items} items, {remarks} remarks")
            }
            Err(faults) => {
                for fault in &faults {
                    let placed = !fault.at.sheet.is_empty() && fault.at.row > 0 && !fault.at.column.is_empty();
                    assert!(placed && !fault.reason.en.is_empty() && !fault.instead.en.is_empty(), "{}: {fault:?}", form.display());
                }
                format!("{} faults; the first: {}: {}", faults.len(), faults[0].at, faults[0].reason.en.replace('|', "\\|"))
            }
        };
        writeln!(rows, "| `{}` | {pyxform} | {words} |", name(form)).unwrap();
    }
    for (file, error) in convert(&exported) {
        assert_eq!(error, None, "{}", file.display());
    }
    let count = format!("{taken} of {} forms are taken.\n\n| form | pyxform 4.5.0 | Davy |\n|---|---|---|\n", forms.len());
    assert_page(&format!("{count}{rows}"));
}

/// The table of the docs is what the tests found.
fn assert_page(table: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/checklist-authoring.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("the page has no place for the table"));
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("DAVY_WRITE_DOCS").is_some() {
        std::fs::write(&page, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(found, table, "docs/checklist-authoring.md is out of date; run this test with DAVY_WRITE_DOCS=1");
}
