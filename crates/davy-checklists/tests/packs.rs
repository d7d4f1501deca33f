//! Every shipped pack loads, compiles, publishes and keeps what was promised.

use davy_checklists::{Folder, check, coverage};
use davy_core::checklist::publish;
use std::path::Path;

fn shipped() -> Folder {
    let (folder, faults) = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checklists"));
    assert!(faults.is_empty(), "{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    folder
}

#[test]
fn every_shipped_pack_passes_the_checks_across_files() {
    let faults = check(&shipped());
    assert!(faults.is_empty(), "{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_shipped_pack_publishes_with_its_standards_and_clauses() {
    let folder = shipped();
    let library = folder.library();
    for pack in &folder.packs {
        let published = publish(pack.checklist.clone(), &library).unwrap();
        assert!(!published.checklist.standards.is_empty(), "{} names its standards", pack.folder);
        assert!(!published.checklist.clauses.is_empty(), "{} carries its clauses", pack.folder);
    }
}

#[test]
fn every_numbered_criterion_is_covered() {
    let rows = coverage(&shipped());
    assert!(rows.len() >= 3, "the packs are found");
    for row in rows {
        assert_eq!(row.covered, row.criteria, "{}", row.industry);
    }
}
