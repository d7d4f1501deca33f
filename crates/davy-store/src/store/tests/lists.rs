//! Lists, directory, search, checklists.
use super::*;
use crate::view::lists::{FindingFilter, InspectionFilter};
use davy_core::checklist::{Checklist, Item, Section, Text};
use davy_core::event::{
    BlobRole, ChecklistPublished, ChecklistRetired, ChecklistTarget, FindingEdited, FindingRetracted, NoteSet, RegionSet, SiteSet,
};
use davy_core::view::InspectionStage;

fn text(words: &str) -> Text {
    Text { zh: words.into(), en: words.into() }
}

fn checklist(items: usize) -> Vec<u8> {
    let item = |n: usize| -> Item {
        serde_json::from_value(serde_json::json!({ "id": format!("i{n}"), "text": { "zh": "问", "en": "Q" } })).unwrap()
    };
    let section = Section { id: "s".into(), title: text("S"), items: (0..items).map(item).collect(), when: None, repeat: None };
    let list = Checklist {
        schema: 1,
        id: "coal-mines".into(),
        version: "1.0.0".into(),
        industry: "coal-mines".into(),
        title: text("Coal"),
        summary: text("Coal"),
        areas: vec![],
        sections: vec![section],
        standards: vec![],
        clauses: vec![],
    };
    serde_json::to_vec(&list).unwrap()
}

fn published(device: &Device, bytes: &[u8]) -> ChecklistRef {
    use sha2::{Digest, Sha256};
    let hash = BlobId(Sha256::digest(bytes).into());
    let reference = ChecklistRef { id: "coal-mines".into(), version: "1.0.0".into(), hash };
    let set = ChecklistPublished {
        checklist: reference.clone(),
        industry: "coal-mines".into(),
        title_zh: "煤矿安全检查".into(),
        title_en: "Coal mine safety".into(),
        target: None,
    };
    device.record(davy_core::fold::ChecklistDoc::root_of(&hash), set);
    reference
}

#[test]
fn counts_appear_with_the_checklist_and_follow_every_change() {
    let device = device(1);
    let bytes = checklist(3);
    let reference = published(&device, &bytes);
    device.record(inspection_id(1), InspectionStarted { checklist: reference.clone(), ..started() });
    device.record(inspection_id(1), answer("i0", Verdict::Pass));
    let summary = || device.store.list_inspections(&InspectionFilter::default()).unwrap()[0].summary;
    assert_eq!(summary(), None, "the checklist is not here");
    assert_eq!(device.store.missing_checklists().unwrap(), std::slice::from_ref(&reference));
    device.store.put_blob(reference.hash, &bytes, BlobRole::Checklist, "application/json").unwrap();
    assert_eq!(device.store.missing_checklists().unwrap(), []);
    assert_eq!(summary().map(|s| (s.total, s.answered, s.failed)), Some((3, 1, 0)));
    device.record(inspection_id(1), answer("i1", Verdict::Fail));
    assert_eq!(summary().map(|s| (s.total, s.answered, s.failed)), Some((3, 2, 1)));
    device.record(FindingId([60; 16]), raised(Some(inspection_id(1)), "loose rail"));
    assert_eq!(summary().map(|s| s.findings), Some(1));
    let device = device.restart();
    let kept = device.store.list_inspections(&InspectionFilter::default()).unwrap();
    assert_eq!(kept[0].summary.map(|s| (s.answered, s.findings)), Some((2, 1)));
}

#[test]
fn only_checklists_that_are_needed_here_are_missing() {
    let device = device(1);
    let publish = |n: u8, target: Option<ChecklistTarget>| {
        let checklist = ChecklistRef { id: "coal-mines".into(), version: format!("{n}.0.0"), hash: BlobId([n + 100; 32]) };
        device.record(davy_core::fold::ChecklistDoc::root_of(&checklist.hash), coal(checklist.clone(), target));
        checklist
    };
    let missing = || device.store.missing_checklists().unwrap();
    let first = publish(1, None);
    assert_eq!(missing(), [], "there is no site to use it at");
    device.record(SITE, site("一号矿井"));
    assert_eq!(missing(), std::slice::from_ref(&first));
    publish(2, Some(ChecklistTarget { regions: vec![RegionId([99; 16])], sites: vec![] }));
    assert_eq!(missing(), std::slice::from_ref(&first), "what is meant for others is not fetched");
    let third = publish(3, None);
    assert_eq!(missing(), std::slice::from_ref(&third), "what was replaced is not fetched");
    device.record(inspection_id(1), InspectionStarted { checklist: first.clone(), ..started() });
    assert_eq!(missing(), [first, third], "an inspection keeps its version");
}

#[test]
fn inspections_are_filtered_by_stage_site_and_assignment() {
    let device = device(1);
    let assignment = davy_core::id::AssignmentId([70; 16]);
    device.record(inspection_id(1), started());
    device.record(inspection_id(2), InspectionStarted { assignment: Some(assignment), ..started() });
    let list = |filter: InspectionFilter| device.store.list_inspections(&filter).unwrap().iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(list(InspectionFilter::default()), [inspection_id(2), inspection_id(1)], "the last changed first");
    assert_eq!(list(InspectionFilter { assignment: Some(assignment), ..Default::default() }), [inspection_id(2)]);
    assert_eq!(list(InspectionFilter { site: Some(SiteId([99; 16])), ..Default::default() }), []);
    assert_eq!(
        list(InspectionFilter { stages: vec![InspectionStage::Draft], limit: 1, offset: 1, ..Default::default() }),
        [inspection_id(1)]
    );
    assert_eq!(list(InspectionFilter { stages: vec![InspectionStage::Returned], ..Default::default() }), []);
}

#[test]
fn findings_come_major_first_and_retracted_ones_only_when_asked_for() {
    let device = device(1);
    device.record(inspection_id(1), started());
    for (number, grade) in [(61, Grade::General), (62, Grade::Major), (63, Grade::General)] {
        device.record(FindingId([number; 16]), FindingRaised { grade, ..raised(Some(inspection_id(1)), "gas") });
    }
    device.record(FindingId([63; 16]), FindingRetracted { reason: "twice".into() });
    device.record(
        FindingId([61; 16]),
        FindingEdited {
            description: Some("gas above limit".into()),
            area: None,
            measure: None,
            responsible: None,
            deadline: None,
            grade: None,
        },
    );
    let rows = device.store.list_findings(&FindingFilter::default()).unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [FindingId([62; 16]), FindingId([61; 16])]);
    assert_eq!(rows[1].description, "gas above limit");
    let major = FindingFilter { grade: Some(Grade::Major), inspection: Some(inspection_id(1)), ..Default::default() };
    assert_eq!(device.store.list_findings(&major).unwrap().len(), 1);
    let retracted = FindingFilter { stages: vec![davy_core::view::FindingStage::Retracted], ..Default::default() };
    assert_eq!(device.store.list_findings(&retracted).unwrap().len(), 1);
    assert_eq!(device.store.findings_of_inspection(inspection_id(1)).unwrap().len(), 3);
}

#[test]
fn the_directory_follows_its_events() {
    let device = device(1);
    device.record(SITE, site("一号矿井"));
    device.record(PERSON, person("Wang Fang"));
    assert_eq!(device.store.list_sites().unwrap()[0].set.name, "一号矿井");
    device.record(SITE, site("二号矿井"));
    assert_eq!(device.store.list_sites().unwrap().len(), 1);
    assert_eq!(device.store.list_sites().unwrap()[0].set.name, "二号矿井");
    use davy_core::view::Names;
    let names = device.store.names().unwrap();
    assert_eq!(names.person(PERSON).as_deref(), Some("Wang Fang"), "the directory outranks the enrolment");
    assert_eq!(names.device(device.stream()).as_deref(), Some("Tablet 1"));
}

#[test]
fn words_are_found_by_one_two_and_more_characters_in_both_languages() {
    let device = device(1);
    device.record(SITE, site("东山煤矿一号井"));
    device.record(inspection_id(1), started());
    device.record(inspection_id(1), NoteSet { key: key("a"), text: "Roof BOLT missing at 3301 face".into() });
    device.record(FindingId([61; 16]), raised(None, "瓦斯浓度超限，通风不足 100%_\"quote\""));
    let roots = |query: &str| device.store.search(query, 10).unwrap().iter().map(|hit| hit.root).collect::<Vec<_>>();
    let (site, inspection, finding): (RootId, RootId, RootId) = (SITE.into(), inspection_id(1).into(), FindingId([61; 16]).into());
    let table = [
        ("矿", vec![site]),
        ("煤矿", vec![site]),
        ("东山煤矿", vec![site]),
        ("瓦斯浓度", vec![finding]),
        ("浓度 通风不足", vec![finding]),
        ("bolt", vec![inspection]),
        ("BOLT 33", vec![inspection]),
        ("oof bol", vec![inspection]),
        ("dongshan", vec![site]),
        ("100%_\"quote\"", vec![finding]),
        ("%", vec![finding]),
        ("\"", vec![finding]),
        ("bolt 瓦斯", vec![]),
        ("AND", vec![]),
        ("", vec![]),
        ("   ", vec![]),
    ];
    for (query, expected) in &table {
        assert_eq!(&roots(query), expected, "{query}");
    }
    device.record(inspection_id(1), NoteSet { key: key("a"), text: "锚杆缺失".into() });
    assert_eq!(roots("bolt missing"), [], "words that were replaced are not found");
    assert_eq!(roots("锚杆缺"), [inspection]);
    let hit = device.store.search("浓度", 10).unwrap().remove(0);
    assert!(hit.line.contains("瓦斯浓度"));
    let device = device.restart();
    assert_eq!(device.store.search("锚杆", 10).unwrap().len(), 1);
}

#[test]
fn the_newest_version_of_a_checklist_is_found_by_number() {
    let device = device(1);
    for (n, version) in [(1u8, "1.2.0"), (2, "1.10.0"), (3, "1.9.9")] {
        let hash = BlobId([n; 32]);
        let checklist = ChecklistRef { id: "coal-mines".into(), version: version.into(), hash };
        device.record(davy_core::fold::ChecklistDoc::root_of(&hash), coal(checklist, None));
    }
    let directory = device.store.directory().unwrap();
    assert_eq!(directory.newest_checklist("coal-mines").unwrap().set.checklist.version, "1.10.0");
    assert_eq!(directory.newest_checklist("mines"), None);
}

fn coal(checklist: ChecklistRef, target: Option<ChecklistTarget>) -> ChecklistPublished {
    ChecklistPublished { checklist, industry: "coal-mines".into(), title_zh: "煤".into(), title_en: "Coal".into(), target }
}

#[test]
fn a_site_starts_with_the_newest_version_that_is_meant_for_it_and_not_retired() {
    let device = device(1);
    let (county, province) = (RegionId([20; 16]), RegionId([21; 16]));
    let [here, there] = [30, 31].map(|n| SiteId([n; 16]));
    device.record(RootId::from(province), RegionSet { name: "省".into(), parent: None });
    device.record(RootId::from(county), RegionSet { name: "县".into(), parent: Some(province) });
    for (site, region) in [(here, county), (there, RegionId([22; 16]))] {
        let set = SiteSet {
            name: "矿".into(),
            enterprise: "红岩".into(),
            industry: "coal-mines".into(),
            region,
            address: None,
            areas: vec![],
            contacts: vec![],
        };
        device.record(RootId::from(site), set);
    }
    let version = |n: u8| ChecklistRef { id: "coal-mines".into(), version: format!("{n}.0.0"), hash: BlobId([n; 32]) };
    let root = |n: u8| davy_core::fold::ChecklistDoc::root_of(&BlobId([n; 32]));
    device.record(root(1), coal(version(1), None));
    device.record(root(2), coal(version(2), Some(ChecklistTarget { regions: vec![province], sites: vec![] })));
    device.record(root(3), coal(version(3), Some(ChecklistTarget { regions: vec![], sites: vec![there] })));
    let at = |site| device.store.directory().unwrap().checklist_at("coal-mines", site).map(|doc| doc.set.checklist.version.clone());
    assert_eq!((at(here), at(there)), (Some("2.0.0".into()), Some("3.0.0".into())));
    let retire = |n: u8| device.record(root(n), ChecklistRetired { checklist: version(n), reason: None });
    retire(2);
    retire(3);
    assert_eq!((at(here), at(there)), (Some("1.0.0".into()), Some("1.0.0".into())), "the older one goes on");
    retire(1);
    assert_eq!((at(here), at(SiteId([99; 16]))), (None, None));
    let directory = device.store.directory().unwrap();
    assert_eq!(directory.newest_checklist("coal-mines").unwrap().set.checklist.version, "3.0.0", "for its name in lists");
    device.record(root(2), coal(version(2), Some(ChecklistTarget { regions: vec![county], sites: vec![] })));
    assert_eq!((at(here), at(there)), (Some("2.0.0".into()), None), "published again, it is in use again");
}
