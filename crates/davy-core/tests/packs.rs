//! Every shipped pack loads, compiles and publishes.
#![allow(clippy::disallowed_methods, reason = "the test reads the shipped files")]

use davy_core::checklist::{Grade, load_standards, load_yaml, publish};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checklists")
}

fn standards() -> Vec<davy_core::checklist::Standard> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root().join("standards")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        all.extend(
            load_standards(&path.display().to_string(), &text)
                .unwrap_or_else(|errors| panic!("{errors:#?}")),
        );
    }
    all
}

#[test]
fn every_shipped_pack_publishes_and_has_major_items_with_their_basis() {
    let standards = standards();
    let mut packs = 0;
    for entry in std::fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path().join("checklist.yaml");
        if !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let checklist = load_yaml(&path.display().to_string(), &text).unwrap_or_else(|errors| {
            panic!(
                "{}",
                errors
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n")
            )
        });
        let published = publish(checklist, &standards)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let majors = published
            .checklist
            .sections
            .iter()
            .flat_map(|section| &section.items)
            .filter(|item| item.grade == Some(Grade::Major));
        for item in majors.clone() {
            assert!(
                !item.basis.is_empty(),
                "{}: major item {} names no standard",
                path.display(),
                item.id
            );
        }
        assert!(
            majors.count() >= 20,
            "{} has its major-hazard criteria",
            path.display()
        );
        packs += 1;
    }
    assert!(packs >= 3, "the three packs of this release are here");
}

#[test]
fn standards_are_listed_once() {
    let mut ids: Vec<_> = standards()
        .into_iter()
        .map(|standard| standard.id)
        .collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "a standard is listed twice");
}
