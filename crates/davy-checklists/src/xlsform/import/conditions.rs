//! Conditions of items, sections and choices.

use super::item::Reading;
use super::scope::Here;
use crate::xlsform::formats::read_yes_no;
use crate::xlsform::report::At;
use crate::xlsform::table::Row;
use crate::xlsform::translate::{Outcome, Refusal, Translator};
use crate::xlsform::words::words;
use crate::xlsform::xpath::{self, Expr};
use davy_core::checklist::Text;

impl<'a> Reading<'_, 'a> {
    /// When an item is shown: its own condition and those of groups that its section cannot hold.
    pub(super) fn when(&mut self, number: usize) -> Option<String> {
        let form = self.form;
        let draft = &form.structure.items[number];
        let here = Here::at(form, number);
        let rows = draft.inside.iter().chain([&draft.row]);
        let parts: Vec<String> = rows.filter_map(|row| self.row_when(*row, &here)).collect();
        all(parts)
    }

    /// The condition of one row. Davy's own column goes before `relevant`, which then is for other programs.
    pub(super) fn row_when(&mut self, row: Row<'a>, here: &Here<'_, 'a>) -> Option<String> {
        if let Some(cel) = row.get("davy::when") {
            self.overruled(row, "relevant", "davy::when");
            return Some(cel.to_owned());
        }
        self.shown(row, "relevant", here).and_then(Outcome::into_when)
    }

    /// Tells that a column is for other programs because Davy's own stands beside it.
    pub(super) fn overruled(&mut self, row: Row<'a>, column: &str, own: &str) {
        if row.get(column).is_some() {
            let said = words!("以{own}为准，旁边的{column}供其他软件使用", "{own} counts; {column} beside it is for other programs");
            self.report.remark(row.at(own), said);
        }
    }

    /// An expression that shows something while it is true.
    fn shown(&mut self, row: Row<'a>, column: &str, here: &Here<'_, 'a>) -> Option<Outcome> {
        let cell = row.get(column)?;
        if let Some(always) = read_yes_no(cell) {
            return Some(Outcome::Always(always));
        }
        let expr = self.parse(row.at(column), cell)?;
        let mut translator = Translator::new(here);
        let outcome = translator.shown(&expr);
        let notes = translator.notes;
        self.notes(&row.at(column), notes);
        self.keep(row.at(column), outcome)
    }

    /// The condition of a choice of a filtered list.
    pub(super) fn choice_when(&mut self, number: usize, filter: &Expr, choice: Row<'a>) -> Option<Outcome> {
        let form = self.form;
        let row = form.structure.items[number].row;
        let here = Here::filtering(form, number, choice);
        let outcome = Translator::new(&here).shown(filter);
        self.keep(row.at("choice_filter"), outcome)
    }

    /// Reads an expression.
    pub(super) fn parse(&mut self, at: At, cell: &str) -> Option<Expr> {
        match xpath::parse(cell) {
            Ok(expr) => Some(expr),
            Err(error) => {
                self.report.fault(at, error.reason, error.instead);
                None
            }
        }
    }

    /// Keeps what was translated and reports what was refused.
    pub(super) fn keep<T>(&mut self, at: At, result: Result<T, Refusal>) -> Option<T> {
        match result {
            Ok(kept) => Some(kept),
            Err(refusal) => {
                // Without words: the fault stands at another cell already, and this form is refused.
                if !refusal.reason.en.is_empty() {
                    self.report.fault(at, refusal.reason, refusal.instead);
                }
                None
            }
        }
    }

    pub(super) fn notes(&mut self, at: &At, notes: impl IntoIterator<Item = Text>) {
        for note in notes {
            self.report.remark(at.clone(), note);
        }
    }
}

/// All of these conditions together.
pub(super) fn all(mut parts: Vec<String>) -> Option<String> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" && ")),
    }
}
