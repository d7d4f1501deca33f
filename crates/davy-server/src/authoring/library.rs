//! Standards and clauses of everything that was ever published: what the `basis` of a new checklist may name.

use crate::app::App;
use crate::directory::Directory;
use davy_core::checklist::{Checklist, Library};
use std::collections::HashSet;

/// The union over all published versions; of what several hold, the newest holds.
pub async fn of_published(app: &App, directory: &Directory) -> Library {
    let mut library = Library::default();
    for doc in &directory.checklists {
        // Newest first. What is not here any more cannot be cited either.
        if let Ok(compiled) = app.checklists.get(app, directory.org, doc.set.checklist.hash).await {
            add(&mut library, compiled.checklist());
        }
    }
    library
}

/// Adds what a checklist holds, standard by standard, where the library has nothing of it yet.
pub fn add(library: &mut Library, checklist: &Checklist) {
    let known: HashSet<String> = library.standards.iter().map(|standard| standard.id.clone()).collect();
    let standards = checklist.standards.iter().filter(|standard| !known.contains(&standard.id));
    library.standards.extend(standards.cloned());
    let cited: HashSet<String> = library.clauses.iter().map(|clause| clause.standard.clone()).collect();
    let clauses = checklist.clauses.iter().filter(|clause| !cited.contains(&clause.standard));
    library.clauses.extend(clauses.cloned());
}
