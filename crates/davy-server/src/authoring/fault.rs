//! What was found in an uploaded checklist: a code with values for screens, the place, and an English sentence. A value is a word,
//! a number, or words in both languages.

use crate::api::dto::UploadLine;
use davy_checklists::xlsform::{At, Remark, SheetFault};
use davy_core::checklist::expression::ExpressionError;
use davy_core::checklist::{Checklist, CompileError, Fault, Place, TextFault, TextFaultKind};
use serde_json::{Value, json};

/// Line and column from 1; zeros where the file does not tell.
pub type Spot = (u64, u64);

fn known(number: u64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}

/// A line of the report about the file as a whole.
#[must_use]
pub fn whole(reason: &str, values: Value, message: impl Into<String>) -> UploadLine {
    UploadLine { sheet: None, line: None, column: None, of: None, reason: reason.to_owned(), values, message: message.into() }
}

/// A fault in a text.
#[must_use]
pub fn of_text(fault: &TextFault) -> UploadLine {
    let line = match &fault.what {
        TextFaultKind::Form(words) => {
            // The parser repeats the place, which is said beside it.
            let said = format!("error: line {} column {}: ", fault.line, fault.column);
            let words = words.strip_prefix(&said).unwrap_or(words);
            whole("form", json!({ "words": words }), words)
        }
        TextFaultKind::Content(error) => of_content(error, None, (0, 0)),
    };
    UploadLine { line: known(fault.line), column: known(fault.column).map(|column| column.to_string()), ..line }
}

/// A fault of a checklist that could be read, with where its file says it.
#[must_use]
pub fn of_content(error: &CompileError, checklist: Option<&Checklist>, spot: Spot) -> UploadLine {
    let (reason, values) = code(&error.fault);
    UploadLine {
        line: known(spot.0),
        column: known(spot.1).map(|column| column.to_string()),
        of: checklist.and_then(|checklist| name(checklist, error.place)),
        ..whole(reason, values, error.to_string())
    }
}

/// A fault of a spreadsheet.
#[must_use]
pub fn of_sheet(fault: &SheetFault) -> UploadLine {
    let values = json!({ "words": fault.reason, "instead": fault.instead });
    at(&fault.at, whole("sheet", values, format!("{}; {}", fault.reason.en, fault.instead.en)))
}

/// Something that was taken differently from a spreadsheet.
#[must_use]
pub fn of_remark(remark: &Remark) -> UploadLine {
    at(&remark.at, whole("taken_differently", json!({ "words": remark.text }), &remark.text.en))
}

fn at(at: &At, line: UploadLine) -> UploadLine {
    UploadLine { sheet: Some(at.sheet.clone()), line: Some(at.row), column: Some(at.column.clone()), ..line }
}

/// The item or section at a place.
fn name(checklist: &Checklist, place: Place) -> Option<String> {
    match place {
        Place::Checklist => None,
        Place::Section(s) => checklist.sections.get(s).map(|section| section.id.clone()),
        Place::Item(s, i) | Place::ItemWhen(s, i) | Place::Limit(s, i, _) => {
            checklist.sections.get(s).and_then(|section| section.items.get(i)).map(|item| item.id.clone())
        }
    }
}

fn code(fault: &Fault) -> (&'static str, Value) {
    match fault {
        Fault::DuplicateId(id) => ("duplicate_id", json!({ "id": id })),
        Fault::MalformedId(id) => ("malformed_id", json!({ "id": id })),
        Fault::Expression(ExpressionError::Syntax { source_text, reason }) => {
            ("condition_syntax", json!({ "condition": source_text, "words": reason }))
        }
        Fault::Expression(ExpressionError::UnknownName { source_text, name, .. }) => {
            ("condition_name", json!({ "condition": source_text, "name": name }))
        }
        Fault::UnknownItem(id) => ("unknown_item", json!({ "id": id })),
        Fault::UnknownArea(id) => ("unknown_area", json!({ "id": id })),
        Fault::UnknownStandard(id) => ("unknown_standard", json!({ "id": id })),
        Fault::MissingLanguage { of, language } => ("missing_language", json!({ "of": of, "language": language })),
        Fault::NotAReading(id) => ("not_a_reading", json!({ "id": id })),
        Fault::Circle(id) => ("circle", json!({ "id": id })),
        Fault::Empty(words) => ("empty_section", json!({ "words": words })),
    }
}
