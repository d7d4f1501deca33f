//! The settings sheet: what the checklist is called.

use super::form::Form;
use super::{Options, Tables};
use crate::xlsform::formats;
use crate::xlsform::language::Languages;
use crate::xlsform::names::to_slug;
use crate::xlsform::report::{At, Report};
use crate::xlsform::table::{Cells, Row, Table};
use crate::xlsform::words::words;
use davy_core::checklist::{Checklist, Text};

/// A checklist without its sections.
pub(super) fn read(tables: &Tables, form: &Form<'_>, options: &Options, languages: &mut Languages, report: &mut Report) -> Checklist {
    // Without settings every setting is absent, and its place is the first row below the head.
    let (empty, absent) = (Table::named("settings"), Cells::at(1));
    let row = tables.settings.rows.first().map_or_else(|| empty.row(&absent), |cells| tables.settings.row(cells));
    let mut reader = Settings { row, languages, report };
    let form_id = row.get("form_id").or(form.structure.id);
    let id = reader.id(form_id, options);
    let title = reader.title(form, form_id.or(options.name.as_deref()).unwrap_or(&id));
    Checklist {
        schema: 1,
        version: reader.version(options),
        industry: reader.industry(options),
        summary: reader.summary(),
        areas: reader.areas(),
        sections: Vec::new(),
        standards: Vec::new(),
        clauses: Vec::new(),
        id,
        title,
    }
}

struct Settings<'r, 'a> {
    row: Row<'a>,
    languages: &'r mut Languages,
    report: &'r mut Report,
}

impl Settings<'_, '_> {
    fn id(&mut self, form_id: Option<&str>, options: &Options) -> String {
        if let Some(id) = options.id.clone().or_else(|| self.row.get("davy::id").map(str::to_owned)) {
            return id;
        }
        let name = form_id.or(options.name.as_deref()).unwrap_or("form");
        let id = to_slug(name);
        if id != name {
            self.report.remark(self.row.at("form_id"), words!("检查表编号为`{id}`", "the checklist has the id `{id}`"));
        }
        id
    }

    fn title(&mut self, form: &Form<'_>, name: &str) -> Text {
        let at = self.row.at("form_title");
        let old = form.structure.title.and_then(|row| row.get("name")).map(|title| Text { zh: title.to_owned(), en: title.to_owned() });
        let title =
            self.languages.text(self.row, "davy::title").or_else(|| self.languages.text(self.row, "form_title")).or(old).unwrap_or_else(
                || {
                    let said = words!("表单没有form_title，以`{name}`代替", "the form has no form_title; `{name}` stands for it");
                    self.report.remark(at.clone(), said);
                    Text { zh: name.to_owned(), en: name.to_owned() }
                },
            );
        refuse_answers(&title, at, self.report);
        title
    }

    /// A version of three numbers where the form has fewer.
    fn version(&mut self, options: &Options) -> String {
        if let Some(version) = options.version.clone().or_else(|| self.row.get("davy::version").map(str::to_owned)) {
            return version;
        }
        let Some(cell) = self.row.get("version") else {
            self.report.remark(self.row.at("version"), words!("表单没有version，版本定为1.0.0", "the form has no version; it is 1.0.0"));
            return "1.0.0".to_owned();
        };
        let parts: Vec<_> = cell.split('.').collect();
        let plain = parts.iter().all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
        if plain && parts.len() < 3 {
            let version = format!("{cell}{}", ".0".repeat(3 - parts.len()));
            self.report.remark(self.row.at("version"), words!("版本补全为{version}", "the version is {version}"));
            return version;
        }
        cell.to_owned()
    }

    fn industry(&mut self, options: &Options) -> String {
        if let Some(industry) = options.industry.clone().or_else(|| self.row.get("davy::industry").map(str::to_owned)) {
            return industry;
        }
        let said = words!("表单没有写明行业，定为`general`", "the form names no industry; it is `general`");
        self.report.remark(self.row.at("davy::industry"), said);
        "general".to_owned()
    }

    fn summary(&mut self) -> Text {
        let at = self.row.at("davy::summary");
        let summary = self.languages.text(self.row, "davy::summary").unwrap_or_else(|| {
            let said = words!(
                "表单没有davy::summary，简介中写明由XLSForm导入",
                "the form has no davy::summary; the list says that it came from an XLSForm"
            );
            self.report.remark(at.clone(), said);
            Text { zh: "由XLSForm表格导入。".to_owned(), en: "Imported from an XLSForm.".to_owned() }
        });
        refuse_answers(&summary, at, self.report);
        summary
    }

    fn areas(&mut self) -> Vec<davy_core::checklist::Area> {
        match self.row.get("davy::areas").map(formats::read_areas) {
            Some(Ok(areas)) => areas,
            Some(Err(reason)) => {
                let instead = words!("请每行写一个部位：编号 | 中文 | English", "write one area a line: id | 中文 | English");
                self.report.fault(self.row.at("davy::areas"), reason, instead);
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}

fn refuse_answers(text: &Text, at: At, report: &mut Report) {
    if text.zh.contains("${") || text.en.contains("${") {
        report.fault(
            at,
            words!(
                "文字里引用了作答（${{…}}），而检查表的文字对所有人都相同",
                "the words contain an answer (${{…}}); words of a checklist are the same for everybody"
            ),
            words!("请去掉文字里的引用", "write the words without it"),
        );
    }
}
