//! Lists of choices: one for all questions that have the same.

use super::row::Row;
use crate::xlsform::names::Taken;
use davy_core::checklist::{Choice, Text};

/// The list of pass and fail.
pub(super) const PASS_FAIL: &str = "pass_fail";

#[derive(Default)]
pub(super) struct Lists {
    taken: Taken,
    lists: Vec<List>,
    pass_fail: bool,
}

struct List {
    name: String,
    choices: Vec<Choice>,
    /// Choices whose condition the filter cannot say.
    own: Vec<bool>,
}

impl Lists {
    /// The name of a list with these choices. `own`: which of them carry their condition themselves.
    pub(super) fn of(&mut self, choices: &[Choice], own: &[bool], item: &str) -> String {
        if let Some(list) = self.lists.iter().find(|list| list.choices == choices && list.own == own) {
            return list.name.clone();
        }
        // That name has a meaning of its own.
        self.taken.reserve(PASS_FAIL);
        let name = self.taken.unique(item);
        self.lists.push(List { name: name.clone(), choices: choices.to_vec(), own: own.to_vec() });
        name
    }

    /// The list of pass and fail.
    pub(super) fn pass_fail(&mut self) -> &'static str {
        self.pass_fail = true;
        PASS_FAIL
    }

    /// Rows of the choices sheet.
    pub(super) fn rows(&self) -> Vec<Row> {
        let verdicts = [
            ("pass", "合格", "Pass"),
            ("fail", "不合格", "Fail"),
            ("na", "不适用", "Not applicable"),
            ("not_checked", "未查", "Not checked"),
        ];
        let row = |list: &str, id: &str, title: &Text| Row::default().with("list_name", list).with("name", id).texts("label", title);
        let mut rows = Vec::new();
        for (id, zh, en) in verdicts.into_iter().filter(|_| self.pass_fail) {
            rows.push(row(PASS_FAIL, id, &Text { zh: zh.to_owned(), en: en.to_owned() }));
        }
        for list in &self.lists {
            for (choice, own) in list.choices.iter().zip(&list.own) {
                let when = choice.when.as_deref().filter(|_| *own).unwrap_or_default();
                let fails = if choice.fails { "yes" } else { "" };
                rows.push(row(&list.name, &choice.id, &choice.title).with("davy_fails", fails).with("davy_when", when));
            }
        }
        rows
    }
}
