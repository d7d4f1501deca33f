//! `find_clause`: the clause library on the device, searched by words, numbers or standards, with the items that cite each.

use crate::AppError;
use crate::session::Session;
use davy_core::checklist::{Clause, Standard, Text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct FindClause {
    /// Words in either language, a number, a standard; every word must be found. Empty: everything, up to the limit.
    pub words: String,
    /// Only clauses of this standard.
    pub standard: Option<String>,
    /// Only this clause of it.
    pub clause: Option<String>,
}

/// A clause with where it stands and who cites it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export_to = "app.ts")]
pub struct ClauseHit {
    /// What it says.
    pub clause: Clause,
    /// Its standard.
    pub standard: Standard,
    /// In force today on this device's clock, as far as its dates are known.
    pub in_force: bool,
    /// Items that cite it, in the checklists on this device.
    pub items: Vec<CitingItem>,
}

/// An item that cites a clause.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export_to = "app.ts")]
pub struct CitingItem {
    /// Checklist id.
    pub checklist: String,
    /// Its title.
    pub checklist_title: Text,
    /// Item id.
    pub item: String,
    /// Its question.
    pub text: Text,
}

/// Most hits shown.
const MOST: usize = 100;

/// Searches the newest version of every checklist on the device.
///
/// # Errors
/// The store cannot be read.
pub fn run(session: &Session, request: FindClause) -> Result<Vec<ClauseHit>, AppError> {
    let directory = session.directory()?;
    let ids: BTreeSet<&str> = directory.checklists.values().map(|doc| doc.set.checklist.id.as_str()).collect();
    let today = today(session);
    let mut hits: BTreeMap<(String, Option<String>, String), ClauseHit> = BTreeMap::new();
    for reference in ids.into_iter().filter_map(|id| directory.newest_checklist(id)) {
        let compiled = match session.compiled(reference.set.checklist.hash) {
            Ok(compiled) => compiled,
            // What is not downloaded yet cannot be searched yet.
            Err(error) if error.code() == "checklist_missing" => continue,
            Err(error) => return Err(error),
        };
        let checklist = compiled.checklist();
        for clause in &checklist.clauses {
            let Some(standard) = checklist.standards.iter().find(|standard| standard.id == clause.standard) else { continue };
            if !wanted(&request, clause, standard) {
                continue;
            }
            let key = (clause.standard.clone(), clause.clause.clone(), clause.fact.zh.clone());
            let hit = hits.entry(key).or_insert_with(|| ClauseHit {
                clause: clause.clone(),
                standard: standard.clone(),
                in_force: in_force(standard, &today),
                items: Vec::new(),
            });
            let cites = |basis: &davy_core::checklist::Basis| basis.standard == clause.standard && basis.clause == clause.clause;
            hit.items.extend(checklist.items().filter(|item| item.basis.iter().any(cites)).map(|item| CitingItem {
                checklist: checklist.id.clone(),
                checklist_title: checklist.title.clone(),
                item: item.id.clone(),
                text: item.text.clone(),
            }));
        }
    }
    Ok(hits.into_values().take(MOST).collect())
}

fn wanted(request: &FindClause, clause: &Clause, standard: &Standard) -> bool {
    if request.standard.as_ref().is_some_and(|id| *id != clause.standard) || request.clause.is_some() && request.clause != clause.clause {
        return false;
    }
    let number = clause.clause.as_deref().unwrap_or_default();
    let texts = [number, &standard.number, &standard.title.zh, &standard.title.en, &clause.fact.zh, &clause.fact.en];
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    request.words.to_lowercase().split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}

/// `YYYY-MM-DD` by the device's clock.
fn today(session: &Session) -> String {
    let wall = session.store().clock().wall();
    let local = wall.ms.plus(i64::from(wall.offset_minutes) * 60_000);
    jiff::Timestamp::from_millisecond(local.0).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()).unwrap_or_default()
}

/// Dates are days or years as text, which compare in the order of time; a year ends with its last day.
fn in_force(standard: &Standard, today: &str) -> bool {
    let begun = standard.effective_from.as_deref().is_none_or(|from| from <= today);
    begun && standard.effective_to.as_deref().is_none_or(|to| to >= today || today.starts_with(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_is_in_force_from_its_first_day_to_its_last_and_a_year_counts_whole() {
        let standard = |from: Option<&str>, to: Option<&str>| Standard {
            id: "s".into(),
            title: Text { zh: "规".into(), en: "Rule".into() },
            number: String::new(),
            issuer: Text { zh: "局".into(), en: "Bureau".into() },
            issued: None,
            effective_from: from.map(str::to_owned),
            effective_to: to.map(str::to_owned),
            supersedes: vec![],
            confidence: davy_core::checklist::Confidence::Read,
        };
        let table = [
            (None, None, true),
            (Some("2026-05-01"), None, true),
            (Some("2026-05-02"), None, false),
            (Some("2026"), None, true),
            (None, Some("2026-05-01"), true),
            (None, Some("2026-04-30"), false),
            (None, Some("2026"), true),
            (None, Some("2025"), false),
        ];
        for (from, to, expected) in table {
            assert_eq!(in_force(&standard(from, to), "2026-05-01"), expected, "{from:?} {to:?}");
        }
    }
}
