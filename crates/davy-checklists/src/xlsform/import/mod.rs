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
use super::words::words;
use super::workbook::{self, Sheet, Workbook};
use davy_core::checklist::expression::ExpressionError;
use davy_core::checklist::{Checklist, Compiled, Fault, Place, Text};
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
            let reason = words!("没有工作表survey", "there is no sheet `survey`");
            let instead = words!("请将问题所在的工作表命名为survey", "call the sheet with the questions survey");
            report.fault(At::workbook(), reason, instead);
            return None;
        }
    };
    let other = |sheet: &&Sheet| {
        let name = sheet.name.trim().to_lowercase();
        book.sheets.len() > 1 && !SHEETS.contains(&name.as_str()) && !name.starts_with('_') && !sheet.rows.is_empty()
    };
    for sheet in book.sheets.iter().filter(other) {
        let said = words!("本软件不使用该工作表，已略去", "the sheet means nothing to Davy and is left out");
        report.remark(At::new(&sheet.name, 0, 0), said);
    }
    if let Some(sheet) = book.sheet("entities").filter(|sheet| sheet.rows.len() > 1) {
        let reason = words!("本软件没有实体（entities），检查归属于场所", "Davy has no entities: inspections belong to sites");
        report.fault(At::new(&sheet.name, 1, 0), reason, words!("请删除工作表entities", "delete the sheet entities"));
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
        let said = words!("表单的设置只有一行，其余行已略去", "a form has one row of settings; the others are left out");
        report.remark(At::new(&tables.settings.sheet, more.number, 0), said);
    }
    if !tables.survey.has("type") {
        let reason = words!("工作表没有type列", "the sheet has no column `type`");
        let instead = words!("请在第一行写入type、name、label", "write type, name, label into the first row");
        report.fault(At::new(&tables.survey.sheet, 0, 0), reason, instead);
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
        let reason = Text { zh: in_chinese(&fault.fault), en: fault.fault.to_string() };
        let instead = words!("请更正此行中的相关单元格", "correct the cells of this row that name it");
        report.fault(at.cloned().unwrap_or_else(At::workbook), reason, instead);
    }
}

/// A fault of the finished checklist in Chinese; in English it says itself.
fn in_chinese(fault: &Fault) -> String {
    match fault {
        Fault::DuplicateId(id) => format!("编号`{id}`使用了两次，检查表内的编号不能重复"),
        Fault::MalformedId(id) => format!("编号`{id}`不允许，请使用小写字母、数字和下划线，并以字母开头"),
        Fault::Expression(ExpressionError::Syntax { source_text, reason }) => {
            let why = if reason == "it is nested too deeply" { "嵌套过深" } else { reason.as_str() };
            format!("条件`{source_text}`无法读取：{why}，写法例如a.ventilation == 'fail'")
        }
        Fault::Expression(ExpressionError::UnknownName { source_text, name, hint }) => {
            let value = if hint.is_empty() { "" } else { "和value" };
            format!("条件`{source_text}`引用了`{name}`，此处只能引用其他检查项的结果（a.检查项编号）{value}")
        }
        Fault::UnknownItem(id) => format!("条件引用了a.{id}，但没有这个检查项"),
        Fault::UnknownArea(id) => format!("areas中没有列出部位`{id}`"),
        Fault::UnknownStandard(id) => format!("standards中没有列出标准`{id}`"),
        Fault::MissingLanguage { of, language } => {
            let language = if *language == "zh" { "中文" } else { "英文" };
            format!("{}缺少{language}文字，每段文字都需要中文和英文", part(of))
        }
        Fault::NotAReading(id) => format!("needs_fresh引用了`{id}`，但没有带valid_minutes的同名检查项"),
        Fault::Circle(id) => format!("计算项`{id}`直接或间接引用了自身"),
        Fault::Empty("a section needs at least one item") => "每个分部至少需要一个检查项".to_owned(),
        Fault::Empty(words) => format!("检查表有误：{words}"),
    }
}

/// A text of a checklist by its English name, in Chinese.
fn part(of: &str) -> String {
    match of.split_once(' ') {
        Some(("the", "title")) => "标题".to_owned(),
        Some(("the", "summary")) => "简介".to_owned(),
        Some(("the", "heading")) => "分部标题".to_owned(),
        Some(("the", "repeat group")) => "重复组名称".to_owned(),
        Some(("the", "question")) => "检查内容".to_owned(),
        Some(("the", "guidance")) => "检查方法".to_owned(),
        Some(("the", "evidence")) => "取证要求".to_owned(),
        Some(("what", "is accepted")) => "可接受的值".to_owned(),
        Some(("limit", which)) => format!("第{which}条限值"),
        Some(("choice", id)) => format!("选项`{id}`"),
        Some(("area", id)) => format!("部位`{id}`"),
        _ => format!("`{of}`"),
    }
}
