//! Davy's own columns of a row.

use super::item::Reading;
use super::scope::Here;
use super::structure::Entry;
use crate::xlsform::formats::{self, LimitLine};
use crate::xlsform::translate::{Outcome, Translator};
use crate::xlsform::words::words;
use crate::xlsform::xpath;
use davy_core::checklist::expression::Expression;
use davy_core::checklist::{Item, Limit, Text};

impl Reading<'_, '_> {
    /// What the columns `davy::…` say.
    pub(super) fn own(&mut self, number: usize, mut item: Item) -> Item {
        let row = self.form.structure.items[number].row;
        let mut wrong = Vec::new();
        if let Some(cell) = row.get("davy::grade") {
            item.grade = formats::read_grade(cell);
            wrong.extend(
                item.grade.is_none().then(|| ("davy::grade", words!("请填重大（major）或一般（general）", "write major or general"))),
            );
        }
        if let Some(cell) = row.get("davy::confidence") {
            item.confidence = formats::read_confidence(cell);
            wrong.extend(
                item.confidence
                    .is_none()
                    .then(|| ("davy::confidence", words!("请填read、law、topic或unverified", "write read, law, topic or unverified"))),
            );
        }
        if let Some(cell) = row.get("davy::camera_only") {
            let read = formats::read_yes_no(cell);
            item.camera_only = read.unwrap_or_default();
            wrong.extend(read.is_none().then(|| ("davy::camera_only", words!("请填是（yes）或否（no）", "write yes or no"))));
        }
        if let Some(cell) = row.get("davy::valid_minutes") {
            item.valid_minutes = cell.parse().ok();
            wrong.extend(
                item.valid_minutes
                    .is_none()
                    .then(|| ("davy::valid_minutes", words!("请填整数分钟，例如30", "write whole minutes, for example 30"))),
            );
        }
        for (column, instead) in wrong {
            let cell = row.get(column).unwrap_or_default();
            self.report.fault(row.at(column), words!("此处不能填`{cell}`", "`{cell}` means nothing here"), instead);
        }
        item.basis = row.get("davy::basis").map(formats::read_basis).unwrap_or_default();
        item.areas = row.get("davy::areas").map(formats::read_ids).unwrap_or_default();
        item.needs_fresh = row.get("davy::needs_fresh").map(|cell| self.ids(cell)).unwrap_or_default();
        item
    }

    /// Names of questions as ids.
    fn ids(&self, cell: &str) -> Vec<String> {
        let id = |name: String| match self.form.structure.names.get(&name).map(Vec::as_slice) {
            Some([Entry::Item(number)]) => self.form.ids[*number].clone(),
            _ => name,
        };
        formats::read_ids(cell).into_iter().map(id).collect()
    }

    /// The limits of a row.
    pub(super) fn limits(&mut self, number: usize) -> Vec<Limit> {
        let row = self.form.structure.items[number].row;
        let Some(cell) = row.get("davy::limits") else { return Vec::new() };
        let lines = match formats::read_limits(cell) {
            Ok(lines) => lines,
            Err(reason) => {
                let instead = words!(
                    "请每行写一条限值：条件 | 中文 | English，需要时再加 | when: 条件 | grade: major",
                    "write one limit a line: condition | 中文 | English, and if needed | when: condition | grade: major"
                );
                self.report.fault(row.at("davy::limits"), reason, instead);
                return Vec::new();
            }
        };
        lines.into_iter().filter_map(|line| self.limit(number, line)).collect()
    }

    fn limit(&mut self, number: usize, line: LimitLine) -> Option<Limit> {
        let pass = self.limit_condition(number, &line.pass)?;
        let when = match line.when {
            Some(when) => Some(self.limit_condition(number, &when)?),
            None => None,
        };
        Some(Limit { pass, text: line.text, when, grade: line.grade })
    }

    /// CEL as it is (`value < 1.0`), or an expression as in the other columns (`. < 1`).
    fn limit_condition(&mut self, number: usize, text: &str) -> Option<String> {
        if Expression::compile(text, true).is_ok() {
            return Some(text.to_owned());
        }
        let row = self.form.structure.items[number].row;
        let here = Here::judging(self.form, number);
        let translated = xpath::parse(text).map_err(|error| (error.reason, error.instead)).and_then(|expr| {
            // A limit that cannot be decided is neither kept nor broken, so it is not guarded.
            Translator::new(&here).shown(&expr).map_err(|refusal| (refusal.reason, refusal.instead))
        });
        match translated {
            Ok(Outcome::Cel(cel)) => Some(cel),
            Ok(Outcome::Always(holds)) => Some(holds.to_string()),
            Err((Text { zh, en }, instead)) => {
                if !en.is_empty() {
                    let reason = words!("条件`{text}`：{zh}", "the condition `{text}`: {en}");
                    self.report.fault(row.at("davy::limits"), reason, instead);
                }
                None
            }
        }
    }
}
