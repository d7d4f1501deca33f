//! Reads a checklist file and names every fault by file, line and what is expected.

use super::compile::{Compiled, Place};
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

/// Reads and checks a checklist file.
///
/// # Errors
/// All faults: unknown keys, missing languages, duplicate ids, conditions that do not parse, unknown areas.
pub fn load_yaml(file: &str, text: &str) -> Result<Checklist, Vec<ChecklistError>> {
    let checklist: Checklist = parse(file, text)?;
    match Compiled::new(checklist.clone()) {
        Ok(_) => Ok(checklist),
        Err(faults) => {
            let lines: Lines = parse(file, text)?;
            Err(faults
                .into_iter()
                .map(|fault| {
                    let (line, column) = lines.locate(fault.place);
                    ChecklistError { file: file.to_owned(), line, column, message: fault.to_string() }
                })
                .collect())
        }
    }
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
