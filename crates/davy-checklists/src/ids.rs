//! Ids are promises: a record of every id that was ever released, one a line, so that none can disappear.
//!
//! Lines: `<pack> <section or item>` and `<pack> <item>/<choice>`.

use crate::folder::Folder;
use davy_core::checklist::Checklist;
use std::collections::BTreeSet;

const HEAD: &str = "# Every id that was ever released: sections, items, and choices as item/choice. Records in the field name them, so\n\
                    # none may disappear or change its meaning. Written by `davy checklist check --record`.\n";

/// The ids of a checklist as lines of the record.
#[must_use]
pub fn of(checklist: &Checklist) -> BTreeSet<String> {
    let pack = &checklist.id;
    let mut lines = BTreeSet::new();
    for section in &checklist.sections {
        lines.insert(format!("{pack} {}", section.id));
        for item in &section.items {
            lines.insert(format!("{pack} {}", item.id));
            lines.extend(item.response.choices().iter().map(|choice| format!("{pack} {}/{}", item.id, choice.id)));
        }
    }
    lines
}

/// Ids of the record that no pack has any more.
#[must_use]
pub fn lost(folder: &Folder) -> Vec<String> {
    let present: BTreeSet<String> = folder.packs.iter().flat_map(|pack| of(&pack.checklist)).collect();
    folder.released.difference(&present).cloned().collect()
}

/// Adds the ids of all packs to the record. Returns how many are new.
///
/// # Errors
/// The record cannot be written.
pub fn record(folder: &Folder) -> std::io::Result<usize> {
    let mut all = folder.released.clone();
    all.extend(folder.packs.iter().flat_map(|pack| of(&pack.checklist)));
    let lines: String = all.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&folder.ids_file, format!("{HEAD}{lines}"))?;
    Ok(all.len() - folder.released.len())
}
