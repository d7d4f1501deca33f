//! What must hold across the files of a folder of packs.

use crate::folder::{Folder, Pack};
use crate::ids;
use davy_core::checklist::{ChecklistError, Clause, Grade, Item, Place, PublishError, locate, publish};
use std::collections::{BTreeMap, BTreeSet};

/// A standard and the number of a clause.
type ClauseKey<'a> = (&'a str, &'a str);

/// Every fault across the files: names, standards, clauses, criteria without an item, ids that disappeared.
#[must_use]
pub fn check(folder: &Folder) -> Vec<ChecklistError> {
    let mut faults = Vec::new();
    standards(folder, &mut faults);
    let clauses = clauses(folder, &mut faults);
    let library = folder.library();
    for pack in &folder.packs {
        names(pack, &mut faults);
        if let Err(PublishError::Faults(found)) = publish(pack.checklist.clone(), &library) {
            faults.extend(found.into_iter().map(|fault| at(pack, fault.place, fault.to_string())));
        }
        for (place, item) in items(pack) {
            basis(pack, place, item, &clauses, &mut faults);
        }
    }
    criteria(folder, &mut faults);
    let file = folder.ids_file.display().to_string();
    faults.extend(ids::lost(folder).into_iter().map(|line| {
        let words =
            format!("`{line}` was released and is gone; records name it, so keep it (hide it with `when: \"false\"` if it is obsolete)");
        whole(&file, words)
    }));
    faults
}

fn whole(file: &str, message: String) -> ChecklistError {
    ChecklistError { file: file.to_owned(), line: 0, column: 0, message }
}

fn at(pack: &Pack, place: Place, message: String) -> ChecklistError {
    let (line, column) = locate(&pack.text, place);
    ChecklistError { file: pack.file.clone(), line, column, message }
}

fn items(pack: &Pack) -> impl Iterator<Item = (Place, &Item)> {
    let sections = pack.checklist.sections.iter().enumerate();
    sections.flat_map(|(s, section)| section.items.iter().enumerate().map(move |(i, item)| (Place::Item(s, i), item)))
}

fn names(pack: &Pack, faults: &mut Vec<ChecklistError>) {
    let Pack { folder, checklist, .. } = pack;
    if checklist.id != *folder {
        faults.push(at(pack, Place::Checklist, format!("the id is `{}` and the folder `{folder}`; they must be the same", checklist.id)));
    }
}

fn standards(folder: &Folder, faults: &mut Vec<ChecklistError>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (file, standard) in &folder.standards {
        if let Some(other) = seen.insert(&standard.id, file) {
            faults.push(whole(file, format!("the standard `{}` is listed in {other} already; list each once", standard.id)));
        }
    }
    for (file, standard) in &folder.standards {
        for id in standard.supersedes.iter().filter(|id| !seen.contains_key(id.as_str())) {
            faults.push(whole(file, format!("`{}` supersedes `{id}`, which is not listed", standard.id)));
        }
    }
}

/// The numbered clauses of all files.
fn clauses<'a>(folder: &'a Folder, faults: &mut Vec<ChecklistError>) -> BTreeSet<ClauseKey<'a>> {
    let listed: BTreeSet<&str> = folder.standards.iter().map(|(_, standard)| standard.id.as_str()).collect();
    let mut seen = BTreeSet::new();
    for file in &folder.clauses {
        for clause in &file.clauses {
            let name = clause.clause.as_deref().unwrap_or("a clause without number");
            if !listed.contains(clause.standard.as_str()) {
                faults.push(whole(&file.file, format!("{name}: the standard `{}` is not listed in standards", clause.standard)));
            }
            if clause.fact.zh.trim().is_empty() || clause.fact.en.trim().is_empty() {
                faults.push(whole(&file.file, format!("{} {name}: the fact needs zh and en", clause.standard)));
            }
            if let Some(key) = key_of(clause)
                && !seen.insert(key)
            {
                faults.push(whole(&file.file, format!("{} {name} is in the library twice", clause.standard)));
            }
        }
    }
    seen
}

fn key_of(clause: &Clause) -> Option<ClauseKey<'_>> {
    Some((&clause.standard, clause.clause.as_deref()?))
}

fn basis(pack: &Pack, place: Place, item: &Item, known: &BTreeSet<ClauseKey<'_>>, faults: &mut Vec<ChecklistError>) {
    if item.grade == Some(Grade::Major) && item.basis.is_empty() {
        faults.push(at(pack, place, format!("`{}` suggests major and names no basis", item.id)));
    }
    for basis in &item.basis {
        if let Some(clause) = &basis.clause
            && !known.contains(&(basis.standard.as_str(), clause.as_str()))
        {
            faults.push(at(pack, place, format!("`{}` cites {} {clause}, which is not in the clause library", item.id, basis.standard)));
        }
    }
}

/// Every numbered criterion of an industry is asked by an item of its pack that suggests *major*.
fn criteria(folder: &Folder, faults: &mut Vec<ChecklistError>) {
    for file in &folder.clauses {
        let pack = folder.packs.iter().find(|pack| pack.folder == file.industry);
        let asked = pack.map(asked).unwrap_or_default();
        for key in file.clauses.iter().filter(|clause| clause.criterion).filter_map(key_of).filter(|key| !asked.contains(key)) {
            let words = format!("criterion {} {} is asked by no item of `{}` that suggests major", key.0, key.1, file.industry);
            faults.push(whole(&file.file, words));
        }
    }
}

/// Clauses that items cite which suggest *major*.
pub(crate) fn asked(pack: &Pack) -> BTreeSet<ClauseKey<'_>> {
    let majors = pack.checklist.items().filter(|item| item.grade == Some(Grade::Major));
    majors.flat_map(|item| &item.basis).filter_map(|basis| Some((basis.standard.as_str(), basis.clause.as_deref()?))).collect()
}
