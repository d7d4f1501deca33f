//! Reads a checklist file and names every fault by file, line and what is expected.

use super::compile::{CompileError, Compiled, Place};
use super::model::{Checklist, Clause, Standard};
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

/// A fault in a checklist file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct ChecklistError {
    /// File as given by the caller.
    pub file: String,
    /// Line from 1; 0 when unknown.
    pub line: u64,
    /// Column from 1; 0 when unknown.
    pub column: u64,
    /// What is wrong and what is expected.
    pub message: String,
}

/// A fault in a checklist's text, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFault {
    /// Line from 1; 0 when unknown.
    pub line: u64,
    /// Column from 1; 0 when unknown.
    pub column: u64,
    /// What is wrong.
    pub what: TextFaultKind,
}

/// What is wrong with a checklist's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextFaultKind {
    /// It does not fit the format; the words of the parser.
    #[error("{0}")]
    Form(String),
    /// It fits the format and makes no sound checklist.
    #[error(transparent)]
    Content(#[from] CompileError),
}

/// Reads and checks a checklist file.
///
/// # Errors
/// All faults: unknown keys, missing languages, duplicate ids, conditions that do not parse, unknown areas.
pub fn load_yaml(file: &str, text: &str) -> Result<Checklist, Vec<ChecklistError>> {
    let name = |fault: TextFault| ChecklistError {
        file: file.to_owned(),
        line: fault.line,
        column: fault.column,
        message: fault.what.to_string(),
    };
    read_yaml(text).map_err(|faults| faults.into_iter().map(name).collect())
}

/// Reads and checks a checklist's text.
///
/// # Errors
/// All faults, as in [`load_yaml`].
pub fn read_yaml(text: &str) -> Result<Checklist, Vec<TextFault>> {
    let form = |error: ChecklistError| TextFault { line: error.line, column: error.column, what: TextFaultKind::Form(error.message) };
    let checklist: Checklist = parse("", text).map_err(|errors| errors.into_iter().map(form).collect::<Vec<_>>())?;
    let faults = match Compiled::new(checklist.clone()) {
        Ok(_) => return Ok(checklist),
        Err(faults) => faults,
    };
    let lines: Option<Lines> = parse("", text).ok();
    let located = |fault: CompileError| {
        let (line, column) = lines.as_ref().map_or((0, 0), |lines| lines.locate(fault.place));
        TextFault { line, column, what: fault.into() }
    };
    Err(faults.into_iter().map(located).collect())
}

/// Reads a list of standards.
///
/// # Errors
/// The file does not fit the format.
pub fn load_standards(file: &str, text: &str) -> Result<Vec<Standard>, Vec<ChecklistError>> {
    parse(file, text)
}

/// Reads a clause library.
///
/// # Errors
/// The file does not fit the format.
pub fn load_clauses(file: &str, text: &str) -> Result<Vec<Clause>, Vec<ChecklistError>> {
    parse(file, text)
}

/// Line and column of a place in a checklist file, from 1; zeros when the file does not tell.
#[must_use]
pub fn locate(text: &str, place: Place) -> (u64, u64) {
    parse::<Lines>("", text).map_or((0, 0), |lines| lines.locate(place))
}

fn parse<'a, T: Deserialize<'a>>(file: &str, text: &'a str) -> Result<T, Vec<ChecklistError>> {
    serde_saphyr::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
        let full = error.to_string();
        // The first line says what is wrong; the rest is a picture of the place, which we name ourselves.
        let message = full.lines().next().unwrap_or(&full).to_owned();
        vec![ChecklistError { file: file.to_owned(), line, column, message }]
    })
}

/// The same file read for its places alone.
#[derive(Deserialize)]
struct Lines {
    sections: Vec<SectionLines>,
}

#[derive(Deserialize)]
struct SectionLines {
    id: Spanned<String>,
    items: Vec<ItemLines>,
}

#[derive(Deserialize)]
struct ItemLines {
    id: Spanned<String>,
    when: Option<Spanned<String>>,
    #[serde(default)]
    limits: Vec<LimitLines>,
}

#[derive(Deserialize)]
struct LimitLines {
    pass: Spanned<String>,
}

impl Lines {
    fn locate(&self, place: Place) -> (u64, u64) {
        let item = |s: usize, i: usize| self.sections.get(s).and_then(|section| section.items.get(i));
        let at: Option<Location> = match place {
            Place::Checklist => None,
            Place::Section(s) => self.sections.get(s).map(|section| section.id.referenced),
            Place::Item(s, i) => item(s, i).map(|item| item.id.referenced),
            Place::ItemWhen(s, i) => item(s, i).and_then(|item| item.when.as_ref()).map(|when| when.referenced),
            Place::Limit(s, i, l) => item(s, i).and_then(|item| item.limits.get(l)).map(|limit| limit.pass.referenced),
        };
        at.map_or((0, 0), |at| (at.line(), at.column()))
    }
}
