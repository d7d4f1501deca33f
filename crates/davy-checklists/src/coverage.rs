//! How much of the criteria the packs cover, and how sure we are: counted, never claimed by hand.

use crate::check::asked;
use crate::folder::{Folder, Pack};
use davy_core::checklist::{Confidence, Grade, Response, Text};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The counts of one pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Industry slug.
    pub industry: String,
    /// The pack's title.
    pub title: Text,
    /// Version.
    pub version: String,
    /// Sections.
    pub sections: usize,
    /// Items.
    pub items: usize,
    /// Items that suggest *major*.
    pub major: usize,
    /// Readings.
    pub readings: usize,
    /// Numbered criteria in the industry's own clause library.
    pub criteria: usize,
    /// Of these, asked by an item that suggests *major*.
    pub covered: usize,
    /// Criteria of other industries' libraries that the pack asks too.
    pub borrowed: usize,
    /// Criteria whose number is not confirmed.
    pub unnumbered: usize,
    /// Items by confidence: `read`, `law`, `topic`, `unverified`; what has none steers or asks for facts.
    pub confidence: [usize; 4],
}

impl Coverage {
    /// Share of the items with a basis that were compared with an official text, in whole per cent.
    #[must_use]
    pub fn verified_percent(&self) -> usize {
        let known: usize = self.confidence.iter().sum();
        (self.confidence[0] + self.confidence[1]) * 100 / known.max(1)
    }
}

/// Counts every pack.
#[must_use]
pub fn coverage(folder: &Folder) -> Vec<Coverage> {
    folder.packs.iter().map(|pack| count(folder, pack)).collect()
}

fn count(folder: &Folder, pack: &Pack) -> Coverage {
    let checklist = &pack.checklist;
    let asked = asked(pack);
    let criteria: Vec<_> = folder
        .clauses
        .iter()
        .filter(|file| file.industry == pack.folder)
        .flat_map(|file| file.clauses.iter().filter(|clause| clause.criterion))
        .collect();
    let numbers = criteria.iter().filter_map(|clause| Some((clause.standard.as_str(), clause.clause.as_deref()?)));
    let numbered: Vec<_> = numbers.collect();
    let sure = |level| checklist.items().filter(|item| item.confidence == Some(level)).count();
    Coverage {
        industry: checklist.industry.clone(),
        title: checklist.title.clone(),
        version: checklist.version.clone(),
        sections: checklist.sections.len(),
        items: checklist.items().count(),
        major: checklist.items().filter(|item| item.grade == Some(Grade::Major)).count(),
        readings: checklist.items().filter(|item| matches!(item.response, Response::Number { .. })).count(),
        covered: numbered.iter().filter(|key| asked.contains(*key)).count(),
        criteria: numbered.len(),
        borrowed: borrowed(folder, pack, &asked),
        unnumbered: criteria.len() - numbered.len(),
        confidence: [Confidence::Read, Confidence::Law, Confidence::Topic, Confidence::Unverified].map(sure),
    }
}

fn borrowed(folder: &Folder, pack: &Pack, asked: &BTreeSet<(&str, &str)>) -> usize {
    let others = folder.clauses.iter().filter(|file| file.industry != pack.folder).flat_map(|file| &file.clauses);
    let criteria =
        others.filter(|clause| clause.criterion).filter_map(|clause| Some((clause.standard.as_str(), clause.clause.as_deref()?)));
    criteria.filter(|key| asked.contains(key)).count()
}

/// The table of the docs, in Markdown.
#[must_use]
pub fn table(rows: &[Coverage]) -> String {
    let mut text = String::from(
        "| pack | version | criteria | covered | of other industries | sections | items | suggest *major* | readings | `read` | `law` | `topic` | `unverified` | verified |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let [read, law, topic, unverified] = row.confidence;
        let more = if row.unnumbered > 0 { format!(" + {}", row.unnumbered) } else { String::new() };
        let _ = writeln!(
            text,
            "| `{}` | {} | {}{more} | {} | {} | {} | {} | {} | {} | {read} | {law} | {topic} | {unverified} | {} % |",
            row.industry,
            row.version,
            row.criteria,
            row.covered,
            row.borrowed,
            row.sections,
            row.items,
            row.major,
            row.readings,
            row.verified_percent()
        );
    }
    let sum = |of: fn(&Coverage) -> usize| rows.iter().map(of).sum::<usize>();
    let _ = writeln!(
        text,
        "| **{} packs** | | {} | {} | | {} | {} | {} | {} | {} | {} | {} | {} | |",
        rows.len(),
        sum(|row| row.criteria),
        sum(|row| row.covered),
        sum(|row| row.sections),
        sum(|row| row.items),
        sum(|row| row.major),
        sum(|row| row.readings),
        sum(|row| row.confidence[0]),
        sum(|row| row.confidence[1]),
        sum(|row| row.confidence[2]),
        sum(|row| row.confidence[3]),
    );
    text
}
