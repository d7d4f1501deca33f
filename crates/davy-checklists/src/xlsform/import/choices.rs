//! The choices sheet.

use super::Tables;
use crate::xlsform::report::Report;
use crate::xlsform::table::Row;
use crate::xlsform::words::words;
use std::collections::BTreeMap;

/// The list whose question is answered with pass, fail, not applicable, not checked.
pub(super) const PASS_FAIL: &str = "pass_fail";
/// Its choices; the first two it must have.
pub(super) const VERDICTS: &[&str] = &["pass", "fail", "na", "not_checked"];
/// The choice of `or_other`.
pub(super) const OTHER: &str = "other";

/// A row of the choices sheet.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a> {
    pub id: &'a str,
    pub row: Row<'a>,
}

#[derive(Default)]
pub(super) struct Lists<'a>(BTreeMap<&'a str, Vec<Listed<'a>>>);

pub(super) fn lists<'a>(tables: &'a Tables, report: &mut Report) -> Lists<'a> {
    let mut lists = Lists::default();
    for cells in &tables.choices.rows {
        let row = tables.choices.row(cells);
        // Rows without a list are comments.
        let Some(list) = row.get("list_name") else { continue };
        match row.get("name") {
            Some(id) => lists.0.entry(list).or_default().push(Listed { id, row }),
            None => report.fault(
                row.at("name"),
                words!("选项没有名称", "the choice has no name"),
                words!("请写上名称，只用字母、数字和_", "write a name: letters, digits and _"),
            ),
        }
    }
    lists
}

impl<'a> Lists<'a> {
    pub(super) fn get(&self, list: &str) -> Option<&[Listed<'a>]> {
        self.0.get(list).map(Vec::as_slice)
    }

    /// Ids of a list, each once.
    pub(super) fn ids(&self, list: &str, or_other: bool) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        let listed = self.get(list).unwrap_or_default().iter().map(|choice| choice.id);
        for id in listed.chain(or_other.then_some(OTHER)) {
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        ids
    }

    /// Whether a list is that of pass and fail.
    pub(super) fn is_pass_fail(&self, list: &str) -> bool {
        let ids = self.ids(list, false);
        let has = |id: &str| ids.iter().any(|known| known == id);
        list == PASS_FAIL && has("pass") && has("fail") && ids.iter().all(|id| VERDICTS.contains(&id.as_str()))
    }
}
