//! A checklist as a form.
//!
//! The workbook is for two readers. Other programs read the plain columns, which say as much as XLSForm can; Davy also reads its
//! own columns, so that the form imports back to the same checklist. Where a plain column says exactly what the checklist does,
//! there is no own column beside it: what people edit in a spreadsheet counts.

mod answer;
mod lists;
mod model;
mod row;
mod write;

use super::import::{Options, import};
use davy_core::checklist::{Checklist, Compiled, Section};
use lists::Lists;
use model::Model;
use row::Row;

/// Languages of the exported columns.
pub(crate) const ZH: &str = "中文 (zh)";
/// As above.
pub(crate) const EN: &str = "English (en)";

/// Why a checklist was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It does not compile.
    #[error("the checklist has faults: {0}")]
    Faults(String),
    /// The file format cannot hold it.
    #[error("the workbook cannot be written: {0}; a cell holds at most 32767 characters")]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
    /// The form would not come back as the same checklist.
    #[error("the form would not import back to the same checklist: {0}")]
    NotKept(String),
}

/// A form (.xlsx) that `pyxform` converts and that imports back to the same checklist. Standards and clauses, which publishing
/// adds, are not part of it.
///
/// # Errors
/// The checklist has faults, a text is too long for a cell, or something in it cannot be kept; it is read back to make sure.
pub fn export(checklist: &Checklist) -> Result<Vec<u8>, ExportError> {
    let plain = Checklist { standards: Vec::new(), clauses: Vec::new(), ..checklist.clone() };
    if let Err(faults) = Compiled::new(plain.clone()) {
        return Err(ExportError::Faults(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")));
    }
    let bytes = workbook(&plain)?;
    match import(&bytes, &Options::default()) {
        Ok(back) if back.checklist == plain => Ok(bytes),
        Ok(back) => Err(ExportError::NotKept(difference(&plain, &back.checklist))),
        Err(faults) => Err(ExportError::NotKept(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))),
    }
}

fn workbook(checklist: &Checklist) -> Result<Vec<u8>, ExportError> {
    let model = Model::new(checklist);
    let mut lists = Lists::default();
    let mut survey = Vec::new();
    for (index, section) in checklist.sections.iter().enumerate() {
        survey.push(begin(&model, index, section));
        for item in &section.items {
            survey.push(answer::row(&model, index, item, &mut lists));
        }
        let end = if section.repeat.is_some() { "end_repeat" } else { "end_group" };
        survey.push(Row::default().with("type", end));
    }
    Ok(write::workbook(checklist, &survey, &lists)?)
}

fn begin(model: &Model<'_>, index: usize, section: &Section) -> Row {
    let name = model.section_name(index);
    let kind = if section.repeat.is_some() { "begin_repeat" } else { "begin_group" };
    let mut row = Row::default().with("type", kind).with("name", name).texts("label", &section.title);
    if name != section.id {
        row = row.with("davy::id", &section.id);
    }
    if let Some(repeat) = &section.repeat
        && repeat.title != section.title
    {
        row = row.texts("davy::instance", &repeat.title);
    }
    match &section.when {
        // A section's condition is read outside of its repeat.
        Some(when) => model.when(row, None, when),
        None => row,
    }
}

/// The first thing that did not come back the same.
fn difference(wanted: &Checklist, found: &Checklist) -> String {
    if wanted.sections.len() != found.sections.len() {
        return "the number of sections".to_owned();
    }
    for (wanted, found) in wanted.sections.iter().zip(&found.sections) {
        for (wanted, found) in wanted.items.iter().zip(&found.items) {
            if wanted != found {
                return format!("item `{}`: {wanted:?} came back as {found:?}", wanted.id);
            }
        }
        if wanted != found {
            return format!(
                "section `{}`: {:?} {:?} came back as {:?} {:?}",
                wanted.id, wanted.title, wanted.when, found.title, found.when
            );
        }
    }
    let head = |of: &Checklist| format!("{} {} {} {:?} {:?} {:?}", of.id, of.version, of.industry, of.title, of.summary, of.areas);
    format!("{} came back as {}", head(wanted), head(found))
}
