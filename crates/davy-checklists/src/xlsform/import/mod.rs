//! A form as a checklist.

mod answer;
mod choices;
mod conditions;
mod form;
mod item;
pub(crate) mod numbers;
mod own;
pub(crate) mod picture;
mod scope;
mod section;
mod settings;
mod structure;

use super::columns::Role;
use super::language::Languages;
use super::report::{At, Remark, Report, SheetFault};
use super::table::Table;
use super::workbook::{self, Sheet, Workbook};
use davy_core::checklist::{Checklist, Compiled, Place};
use std::collections::BTreeMap;

/// What the form does not say about itself.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Id of the checklist, instead of the form's.
    pub id: Option<String>,
    /// Version, instead of the form's.
    pub version: Option<String>,
    /// Slug of the industry, instead of the form's.
    pub industry: Option<String>,
    /// A name for a form that has none: its file's.
    pub name: Option<String>,
    /// Pictures by the names that the form gives them.
    pub media: BTreeMap<String, Vec<u8>>,
}

/// A form that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The checklist; it compiles.
    pub checklist: Checklist,
    /// What was taken differently, or left out without loss.
    pub remarks: Vec<Remark>,
}

/// Columns with texts in several languages.
const TEXTS: &[&str] = &[
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "image",
    "form_title",
    "davy::evidence",
    "davy::summary",
    "davy::title",
    "davy::instance",
    "davy::accept_text",
];

/// Sheets that mean something; others are left out with a remark.
const SHEETS: &[&str] = &["survey", "choices", "settings", "entities", picture::SHEET];

/// The sheets of a form.
pub(crate) struct Tables {
    survey: Table,
    choices: Table,
    settings: Table,
}

/// Takes a form in XLSForm (.xlsx, .xlsm or .xls).
///
/// # Errors
/// Every fault of the form with its cell, why, and what to write instead: what cannot be read, and what has no equivalent.
pub fn import(bytes: &[u8], options: &Options) -> Result<Imported, Vec<SheetFault>> {
    let book = workbook::open(bytes)?;
    let mut report = Report::default();
    let Some(tables) = tables(&book, &mut report) else { return Err(report.into_faults()) };
    let mut languages = languages(&tables, &mut report);
    let media = picture::Media::new(&options.media, &book, &mut report);
    let form = form::Form::read(&tables, &mut report);
    let head = settings::read(&tables, &form, options, &mut languages, &mut report);
    let mut reading = item::Reading { form: &form, languages: &mut languages, report: &mut report, media: &media, hints: Vec::new() };
    let (sections, origin) = section::sections(&mut reading);
    languages.finish(&mut report);
    let checklist = Checklist { sections, ..head };
    if report.is_clean() {
        check(&checklist, &origin, &mut report);
    }
    if report.is_clean() { Ok(Imported { checklist, remarks: report.into_remarks() }) } else { Err(report.into_faults()) }
}

fn tables(book: &Workbook, report: &mut Report) -> Option<Tables> {
    let survey = match (book.sheet("survey"), book.sheets.as_slice()) {
        (Some(sheet), _) => sheet,
        (None, [only]) => only,
        (None, _) => {
            report.fault(At::workbook(), "there is no sheet `survey`", "call the sheet with the questions survey");
            return None;
        }
    };
    let other = |sheet: &&Sheet| {
        let name = sheet.name.trim().to_lowercase();
        book.sheets.len() > 1 && !SHEETS.contains(&name.as_str()) && !name.starts_with('_') && !sheet.rows.is_empty()
    };
    for sheet in book.sheets.iter().filter(other) {
        report.remark(At::new(&sheet.name, 0, 0), "the sheet means nothing to Davy and is left out");
    }
    if let Some(sheet) = book.sheet("entities").filter(|sheet| sheet.rows.len() > 1) {
        report.fault(At::new(&sheet.name, 1, 0), "Davy has no entities: inspections belong to sites", "delete the sheet entities");
    }
    let mut table = |sheet: Option<&Sheet>, role| sheet.map(|sheet| Table::read(sheet, role, report)).unwrap_or_default();
    let survey = table(Some(survey), Role::Survey);
    let tables =
        Tables { survey, choices: table(book.sheet("choices"), Role::Choices), settings: table(book.sheet("settings"), Role::Settings) };
    let filters: Vec<&str> = tables.survey.rows.iter().filter_map(|cells| tables.survey.row(cells).get("choice_filter")).collect();
    for table in [&tables.survey, &tables.choices, &tables.settings] {
        table.unknown(&filters, report);
    }
    if let Some(more) = tables.settings.rows.get(1) {
        report.remark(At::new(&tables.settings.sheet, more.number, 0), "a form has one row of settings; the others are left out");
    }
    if !tables.survey.has("type") {
        report.fault(At::new(&tables.survey.sheet, 0, 0), "the sheet has no column `type`", "write type, name, label into the first row");
        return None;
    }
    Some(tables)
}

fn languages(tables: &Tables, report: &mut Report) -> Languages {
    let mut columns = Vec::new();
    for table in [&tables.survey, &tables.choices, &tables.settings] {
        for language in table.languages(TEXTS) {
            if !columns.contains(&language) {
                columns.push(language);
            }
        }
    }
    // A title is written once, whatever the languages of the rest.
    let texts = [tables.survey.languages(TEXTS), tables.choices.languages(TEXTS)].concat();
    if !texts.is_empty() && !texts.contains(&String::new()) {
        columns.retain(|language| !language.is_empty());
    }
    let settings = tables.settings.rows.first().map(|cells| tables.settings.row(cells));
    let default = settings.and_then(|row| row.get("default_language"));
    Languages::choose(&columns, default, At::new(&tables.survey.sheet, 0, 0), report)
}

/// Where sections and items stand in the form.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    sections: Vec<At>,
    items: Vec<Vec<At>>,
    whole: Option<At>,
}

/// What only the finished checklist shows: unknown items and areas, circles, readings that are none.
fn check(checklist: &Checklist, origin: &Origin, report: &mut Report) {
    let Err(faults) = Compiled::new(checklist.clone()) else { return };
    for fault in faults {
        let item = |s: usize, i: usize| origin.items.get(s).and_then(|items| items.get(i));
        let at = match fault.place {
            Place::Checklist => origin.whole.as_ref(),
            Place::Section(s) => origin.sections.get(s),
            Place::Item(s, i) | Place::ItemWhen(s, i) | Place::Limit(s, i, _) => item(s, i),
        };
        report.fault(at.cloned().unwrap_or_else(At::workbook), fault.fault.to_string(), "correct the cells of this row that name it");
    }
}
