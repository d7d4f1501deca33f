//! The workbook itself.

use super::answer::picture_name;
use super::lists::Lists;
use super::row::Row;
use super::{EN, ZH};
use crate::xlsform::formats::write_areas;
use crate::xlsform::import::picture::SHEET;
use davy_core::checklist::Checklist;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// Characters of base 64 in a cell.
const PART: usize = 32_000;

/// Columns of the survey sheet in their order; those after the first seven only where something stands in them.
const SURVEY: &[&str] = &[
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "choice_filter",
    "appearance",
    "media::image",
    "davy::grade",
    "davy::basis",
    "davy::confidence",
    "davy::evidence",
    "davy::unit",
    "davy::limits",
    "davy::areas",
    "davy::theme",
    "davy::camera_only",
    "davy::valid_minutes",
    "davy::needs_fresh",
    "davy::instance",
    "davy::id",
    "davy::when",
    "davy::accept",
    "davy::min",
    "davy::max",
    "davy::calculation",
];
/// Columns that are there even while they are empty.
const ALWAYS: &[&str] = &["type", "name", "label", "hint", "required", "relevant", "davy::grade", "list_name"];
const CHOICES: &[&str] = &["list_name", "name", "label", "davy_fails", "davy_when"];
const SETTINGS: &[&str] = &[
    "form_title",
    "form_id",
    "version",
    "default_language",
    "davy::title",
    "davy::summary",
    "davy::industry",
    "davy::areas",
    "davy::id",
    "davy::version",
];
/// Columns with one column for each language.
const TEXTS: &[&str] = &["label", "hint", "constraint_message", "davy::evidence", "davy::instance", "davy::title", "davy::summary"];

pub(super) fn workbook(checklist: &Checklist, survey: &[Row], lists: &Lists) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same checklist gives the same bytes.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    sheet(book.add_worksheet(), "survey", SURVEY, survey)?;
    sheet(book.add_worksheet(), "choices", CHOICES, &lists.rows())?;
    sheet(book.add_worksheet(), "settings", SETTINGS, &[settings(checklist)])?;
    if checklist.items().any(|item| item.picture.is_some()) {
        pictures(book.add_worksheet(), checklist)?;
    }
    book.save_to_buffer()
}

fn settings(checklist: &Checklist) -> Row {
    use crate::xlsform::names::to_slug;
    // The import makes slugs and three numbers; what is neither is written beside.
    let slug = to_slug(&checklist.id) == checklist.id;
    let numbers = checklist.version.split('.').count() == 3;
    let title = &checklist.title;
    Row::default()
        .with("form_title", &title.zh)
        .with("form_id", &checklist.id)
        .with("version", &checklist.version)
        .with("default_language", ZH)
        .texts("davy::title", title)
        .texts("davy::summary", &checklist.summary)
        .with("davy::industry", &checklist.industry)
        .with("davy::areas", write_areas(&checklist.areas))
        .with("davy::id", if slug { "" } else { &checklist.id })
        .with("davy::version", if numbers { "" } else { &checklist.version })
}

/// Heads of the columns that are written.
fn heads(columns: &[&str], rows: &[Row]) -> Vec<String> {
    let mut heads = Vec::new();
    for column in columns {
        let names =
            if TEXTS.contains(column) { vec![format!("{column}::{ZH}"), format!("{column}::{EN}")] } else { vec![(*column).to_owned()] };
        if ALWAYS.contains(column) || names.iter().any(|name| rows.iter().any(|row| row.0.contains_key(name))) {
            heads.extend(names);
        }
    }
    heads
}

fn sheet(sheet: &mut Worksheet, name: &str, columns: &[&str], rows: &[Row]) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    for (column, head) in (0_u16..).zip(heads(columns, rows)) {
        sheet.set_column_width(column, width(&head))?;
        sheet.write_string_with_format(0, column, &head, &bold)?;
        for (row, cells) in (1_u32..).zip(rows) {
            if let Some(text) = cells.0.get(&head) {
                sheet.write_string_with_format(row, column, text, &wrapped)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn width(head: &str) -> f64 {
    match head.split("::").next().unwrap_or_default() {
        "label" | "hint" => 40.0,
        "type" | "name" | "relevant" | "constraint" => 24.0,
        _ => 18.0,
    }
}

fn pictures(sheet: &mut Worksheet, checklist: &Checklist) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    for (column, head) in (0_u16..).zip(["file", "media type", "base 64"]) {
        sheet.write_string(0, column, head)?;
    }
    let pictured = checklist.items().filter_map(|item| Some((item, item.picture.as_ref()?)));
    for (row, (item, picture)) in (1_u32..).zip(pictured) {
        sheet.write_string(row, 0, picture_name(item))?;
        sheet.write_string(row, 1, &picture.media_type)?;
        for (column, part) in (2_u16..).zip(picture.base64.as_bytes().chunks(PART)) {
            sheet.write_string(row, column, String::from_utf8_lossy(part))?;
        }
    }
    Ok(())
}
