//! Files that nobody should send: whatever they hold, the answer is a checklist or faults, within bounds.

use crate::build::workbook;
use crate::packs::shipped;
use crate::pyxform::set_up;
use davy_checklists::xlsform::{MAX_FILE, Options, export, import};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

/// A small .xlsx and all .xls of the corpus.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = set_up("DAVY_XLSFORM_CORPUS");
    let read = |name: &str| std::fs::read(Path::new(&folder).join(name)).unwrap();
    let smallest = shipped().packs.into_iter().min_by_key(|pack| pack.text.len()).unwrap();
    vec![
        export(&smallest.checklist).unwrap(),
        read("example_xls/group.xls"),
        read("example_xls/tutorial.xls"),
        read("example_xls/or_other.xlsx"),
        read("bug_example_xls/ict_survey_fails.xls"),
    ]
});

fn check(bytes: &[u8]) {
    if let Err(faults) = import(bytes, &Options::default()) {
        assert!(!faults.is_empty());
    }
}

#[test]
fn a_file_beyond_the_bound_is_refused_before_it_is_read() {
    let faults = import(&vec![b'P'; MAX_FILE + 1], &Options::default()).unwrap_err();
    assert!(faults[0].to_string().contains("MiB"), "{}", faults[0]);
}

#[test]
fn a_cell_far_away_is_refused_and_not_reserved() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("survey").unwrap();
    sheet.write_string(0, 0, "type").unwrap();
    sheet.write_string(1_048_575, 16_383, "far").unwrap();
    let faults = import(&book.save_to_buffer().unwrap(), &Options::default()).unwrap_err();
    assert!(faults[0].to_string().starts_with("survey!XFD1048576: the sheet has more than"), "{}", faults[0]);
}

#[test]
fn too_many_rows_are_refused() {
    let rows = "text | q | Q\n".repeat(20_001);
    let faults = import(&workbook(&[("survey", &format!("type | name | label\n{rows}"))]), &Options::default()).unwrap_err();
    assert!(faults[0].to_string().contains("20000 rows"), "{}", faults[0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000), head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"])) {
        check(&[head, &bytes].concat());
    }

    #[test]
    fn damaged_files_are_read_or_refused(file in 0_usize..5, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in any::<Option<prop::sample::Index>>()) {
        let mut bytes = FILES[file].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            let length = cut.index(bytes.len());
            bytes.truncate(length);
        }
        check(&bytes);
    }

    #[test]
    fn arbitrary_sheets_are_taken_or_refused_and_what_is_taken_comes_back(
        heads in prop::collection::vec(prop::sample::select(vec!["type", "name", "label", "label::English (en)", "label::中文 (zh)", "relevant", "constraint", "calculation", "choice_filter", "required", "davy::limits", "davy::when", "davy::basis", "davy::id", "appearance", "parameters", "hint", "default", "strange"]), 1..9),
        rows in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
            "_", "text", "integer", "decimal", "range", "select_one l", "select_multiple l or_other", "select_one pass_fail", "begin_group", "end_group", "begin_repeat", "end_repeat",
            "note", "calculate", "image", "date", "a", "b", "c", "A-b", "${a} = 'x'", "${b} > 1", "selected(${c}, 'x')", ". > 1", "today()", "yes", "中文", "name = 'x'", "value < 1 || 2", "((", "start=1", "if(${a} = '', 1, 2)",
        ]), 1..9), 0..12),
    ) {
        let line = |cells: &Vec<&str>| cells.join(" | ");
        let survey = std::iter::once(&heads).chain(&rows).map(line).collect::<Vec<_>>().join("\n");
        let choices = "list_name | name | label\nl | x | X\nl | y | Y\npass_fail | pass | P\npass_fail | fail | F";
        if let Ok(imported) = import(&workbook(&[("survey", &survey), ("choices", choices)]), &Options::default()) {
            let bytes = export(&imported.checklist).map_err(|error| TestCaseError::fail(format!("{error}\n{survey}")))?;
            prop_assert_eq!(import(&bytes, &Options::default()).map(|back| back.checklist), Ok(imported.checklist), "{}", survey);
        }
    }
}

#[test]
fn conditions_that_would_exhaust_the_stack_are_refused() {
    let deep = |open: &str, close: &str| format!("{}true{}", open.repeat(4_000), close.repeat(4_000));
    for column in ["davy::when", "relevant", "davy::limits", "davy::accept", "constraint"] {
        for cell in [deep("(", ")"), deep("1+", ""), deep("not(", ")"), deep("!", ""), deep("if(1,", ",2)")] {
            let survey = format!("type | name | label | {column} | constraint_message\ndecimal | q | Q | {cell} \\| a \\| b | Words");
            check(&workbook(&[("survey", &survey)]));
        }
    }
}
