//! Commands on a real store: what a screen asks and gets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::session::Session;
use davy_core::checklist::{Library, load_clauses, load_standards, load_yaml, publish};
use davy_core::event::{
    AnswerValue, BlobRole, ChecklistPublished, ChecklistRetired, ChecklistTarget, Frontier, InspectionSubmitted, ItemKey, Payload,
    RegionSet, SiteSet, Verdict,
};
use davy_core::fold::ChecklistDoc;
use davy_core::id::{DeviceId, Hash32, InspectionId, OrgId, PersonId, RegionId, RootId, ScopeId, SessionId, SiteId};
use davy_core::view::InspectionView;
use davy_store::{Enrolment, FakeClock, Keys, NewEvent, Secrets, Store};
use std::sync::Arc;

const SITE: SiteId = SiteId([3; 16]);
const PERSON: PersonId = PersonId([6; 16]);
const REGION: RegionId = RegionId([4; 16]);

const YARD: &str = r#"
schema: 1
id: yard
version: 1.0.0
industry: yard
title: { zh: 堆场, en: Yard }
summary: { zh: 堆场, en: Yard }
sections:
  - id: gate
    title: { zh: 大门, en: Gate }
    items:
      - { id: fence, text: { zh: 围栏是否完好？, en: Is the fence whole? }, basis: [{ standard: yard-rule, clause: "4.1" }] }
      - { id: signs, text: { zh: 标志是否齐全？, en: Are there signs? } }
      - { id: guards, text: { zh: 值守人数, en: Guards }, response: { type: number, unit: "" }, accept: { when: "value >= 0.0", text: { zh: 不小于0, en: not below 0 } } }
  - id: tanks
    title: { zh: 储罐, en: Tanks }
    repeat: { title: { zh: 罐, en: tank } }
    items:
      - { id: o2, text: { zh: 氧, en: O2 }, response: { type: number, unit: "%" }, valid_minutes: 30, limits: [{ pass: "value >= 19.5", text: { zh: 不低于19.5%, en: at least 19.5 % } }] }
      - { id: enter, text: { zh: 可否进入？, en: May it be entered? }, needs_fresh: [o2] }
"#;

struct Desk {
    session: Session,
    clock: Arc<FakeClock>,
    _dir: tempfile::TempDir,
}

fn desk() -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FakeClock::new(1_780_000_000_000, [1; 8]));
    let record = vec![1; 60];
    let enrolment = Enrolment {
        server: "https://davy.example".into(),
        org: OrgId([1; 16]),
        org_name: "Bureau".into(),
        stream: davy_protocol::enrol::stream_id(&record),
        device: DeviceId([1; 16]),
        device_name: "Tablet".into(),
        record,
        server_key: davy_protocol::SigningKey::from_bytes(&[42; 32]).verifying_key().to_bytes(),
        person: PERSON,
        person_name: "Li Wei".into(),
        role: davy_core::event::Role::Inspector,
    };
    let store = Store::open(dir.path(), &Keys::new(&Secrets::generate(), enrolment), clock.clone()).unwrap();
    let desk = Desk { session: Session::new(store), clock, _dir: dir };
    let site = SiteSet {
        name: "East yard".into(),
        enterprise: "Dongshan".into(),
        industry: "yard".into(),
        region: REGION,
        address: None,
        areas: vec![],
        contacts: vec![],
    };
    desk.write(REGION.into(), RegionSet { name: "County".into(), parent: None });
    desk.write(SITE.into(), site);
    desk.publish();
    desk
}

impl Desk {
    fn write(&self, root: RootId, payload: impl Into<Payload>) {
        let new = NewEvent { scope: ScopeId::from(SITE), ent: root.into(), root, payload: payload.into(), blobs: vec![] };
        self.session.store().append(PERSON, SessionId([7; 16]), vec![new]).unwrap();
    }

    /// As the server would have it arrive.
    fn publish(&self) {
        let standards =
            "- { id: yard-rule, title: { zh: 堆场规程, en: Yard rule }, number: YR 1, issuer: { zh: 局, en: Bureau }, confidence: read }";
        let clauses = "- { standard: yard-rule, clause: \"4.1\", fact: { zh: 围栏应完好。, en: The fence is whole. }, confidence: read }";
        let library = Library { standards: load_standards("s", standards).unwrap(), clauses: load_clauses("c", clauses).unwrap() };
        let published = publish(load_yaml("yard.yaml", YARD).unwrap(), &library).unwrap();
        let hash = published.reference.hash;
        let set = serde_json::json!({ "checklist": published.reference, "industry": "yard", "title_zh": "堆场", "title_en": "Yard" });
        self.write(ChecklistDoc::root_of(&hash), serde_json::from_value::<ChecklistPublished>(set).unwrap());
        self.session.store().put_blob(hash, &published.bytes, BlobRole::Checklist, "application/json").unwrap();
    }

    fn call<R: serde::de::DeserializeOwned>(&self, command: &str, request: serde_json::Value) -> Result<R, AppError> {
        let answer = crate::registry::run(&self.session, command, request).expect("the command exists")?;
        Ok(serde_json::from_value(answer).unwrap())
    }

    fn start(&self) -> InspectionView {
        let request =
            serde_json::json!({ "site": SITE, "checklist": "yard", "kind": "enforcement", "second_inspector": null, "assignment": null });
        self.call("start_inspection", request).unwrap()
    }

    fn answer(&self, inspection: InspectionId, key: &ItemKey, value: AnswerValue) -> Result<serde_json::Value, AppError> {
        self.call("record_answer", serde_json::json!({ "inspection": inspection, "key": key, "value": value }))
    }

    fn open(&self, inspection: InspectionId) -> InspectionView {
        self.call("open_inspection", serde_json::json!({ "inspection": inspection })).unwrap()
    }

    fn tank(&self, inspection: InspectionId, label: &str) -> davy_core::id::InstanceId {
        let request = serde_json::json!({ "inspection": inspection, "section": "tanks", "label": label });
        let _: serde_json::Value = self.call("add_instance", request).unwrap();
        let view = self.open(inspection);
        view.sections.iter().find(|section| section.label.as_deref() == Some(label)).unwrap().instance.unwrap()
    }
}

fn key(item: &str) -> ItemKey {
    ItemKey { item: item.into(), instance: None }
}

const PASS: AnswerValue = AnswerValue::Verdict(Verdict::Pass);

#[test]
fn a_section_passes_as_a_whole_only_where_nothing_was_said_and_says_so() {
    let desk = desk();
    let id = desk.start().id;
    desk.answer(id, &key("fence"), AnswerValue::Verdict(Verdict::Fail)).unwrap();
    let request = serde_json::json!({ "inspection": id, "section": "gate", "instance": null });
    let _: serde_json::Value = desk.call("pass_section", request.clone()).unwrap();
    let view = desk.open(id);
    let item = |name: &str| view.items.iter().find(|item| item.key == key(name)).unwrap();
    assert_eq!((item("fence").verdict, item("fence").with_section), (Some(Verdict::Fail), false), "an answer stays");
    assert_eq!((item("signs").verdict, item("signs").with_section), (Some(Verdict::Pass), true));
    assert_eq!(item("guards").verdict, None, "a reading is taken, not passed");
    assert_eq!(desk.call::<serde_json::Value>("pass_section", request).unwrap_err().code(), "nothing_open");
    desk.answer(id, &key("signs"), PASS).unwrap();
    assert!(!desk.open(id).items.iter().any(|item| item.with_section), "an answer of its own takes its place");
}

#[test]
fn a_checklist_that_is_not_in_use_at_the_site_starts_nothing_and_what_runs_goes_on() {
    let desk = desk();
    let id = desk.start().id;
    let offered = || {
        desk.call::<serde_json::Value>("site_page", serde_json::json!({ "site": SITE })).unwrap()["checklists"].as_array().unwrap().len()
    };
    let start = || {
        let request =
            serde_json::json!({ "site": SITE, "checklist": "yard", "kind": "patrol", "second_inspector": null, "assignment": null });
        desk.call::<serde_json::Value>("start_inspection", request)
    };
    assert_eq!(offered(), 1);
    let doc = desk.session.directory().unwrap().newest_checklist("yard").unwrap().clone();
    let retired = ChecklistRetired { checklist: doc.set.checklist.clone(), reason: None };
    desk.write(doc.id, retired);
    let refused = start().unwrap_err();
    assert_eq!((refused.code(), refused.message()), ("not_allowed", crate::Reason::NotInUse.to_string().as_str()));
    assert_eq!(offered(), 0);
    desk.answer(id, &key("fence"), PASS).unwrap();
    assert_eq!(desk.open(id).summary.passed, 1);
    // Published again, for another region first.
    let meant = |regions: Vec<RegionId>| ChecklistPublished { target: Some(ChecklistTarget { regions, sites: vec![] }), ..doc.set.clone() };
    desk.write(doc.id, meant(vec![RegionId([99; 16])]));
    assert_eq!((offered(), start().is_err()), (0, true));
    desk.write(doc.id, meant(vec![REGION]));
    assert_eq!((offered(), start().is_ok()), (1, true));
}

#[test]
fn a_pass_on_readings_out_of_date_is_refused_and_names_them() {
    let desk = desk();
    let id = desk.start().id;
    let tank = desk.tank(id, "T-1");
    let at = |item: &str| ItemKey { item: item.into(), instance: Some(tank) };
    let refused = desk.answer(id, &at("enter"), PASS).unwrap_err();
    assert_eq!(refused.code(), "stale_reading");
    let details = serde_json::to_value(&refused).unwrap();
    assert_eq!(details["details"]["readings"], serde_json::json!([at("o2")]));
    desk.answer(id, &at("o2"), AnswerValue::Number("20.9".parse().unwrap())).unwrap();
    desk.answer(id, &at("enter"), PASS).unwrap();
    desk.clock.advance(31 * 60_000);
    assert_eq!(desk.answer(id, &at("enter"), PASS).unwrap_err().code(), "stale_reading", "too old by now");
    let view = desk.open(id);
    let given = view.items.iter().find(|item| item.key == at("enter")).unwrap();
    assert_eq!((given.verdict, given.stale), (Some(Verdict::Pass), false), "the pass that was given in time stands");
}

#[test]
fn what_the_checklist_does_not_take_is_refused_in_its_words() {
    let desk = desk();
    let id = desk.start().id;
    let refused = desk.answer(id, &key("guards"), AnswerValue::Number("-1".parse().unwrap())).unwrap_err();
    let said = serde_json::to_value(&refused).unwrap();
    assert_eq!((refused.code(), &said["details"]["reason"]), ("invalid", &"not_accepted".into()));
    assert_eq!(said["details"]["values"]["zh"], "不小于0");
    assert_eq!(desk.open(id).items.iter().find(|item| item.key == key("guards")).unwrap().verdict, None, "nothing was saved");
}

#[test]
fn the_last_inspection_lies_beside_this_one_and_answers_nothing() {
    let desk = desk();
    let first = desk.start().id;
    let tank = desk.tank(first, "T-1");
    desk.answer(first, &key("fence"), AnswerValue::Verdict(Verdict::Fail)).unwrap();
    desk.answer(first, &ItemKey { item: "o2".into(), instance: Some(tank) }, AnswerValue::Number("20.1".parse().unwrap())).unwrap();
    let compare = |id: InspectionId| -> serde_json::Value { desk.call("compare_last", serde_json::json!({ "inspection": id })).unwrap() };
    assert!(compare(first).is_null(), "there was none before");
    desk.clock.advance(60_000);
    let second = desk.start().id;
    assert!(compare(second).is_null(), "a draft is no inspection to compare with");
    let frontier = Frontier { root: Hash32([9; 32]), leaves: 1, heads: vec![] };
    let submitted = InspectionSubmitted { frontier, remark: None };
    desk.write(first.into(), submitted);
    let same = desk.tank(second, "T-1");
    let last = compare(second);
    let answers = last["answers"].as_array().unwrap();
    let of = |key: &ItemKey| answers.iter().find(|answer| answer["key"] == serde_json::json!(key)).unwrap()["verdict"].clone();
    assert_eq!(of(&key("fence")), "fail");
    assert_eq!(of(&ItemKey { item: "o2".into(), instance: Some(same) }), "pass", "tanks are matched by their label");
    assert!(desk.open(second).items.iter().all(|item| item.verdict.is_none()), "nothing became an answer");
}

#[test]
fn a_clause_is_found_by_words_and_number_and_names_the_items_that_cite_it() {
    let desk = desk();
    let find = |words: &str| -> Vec<serde_json::Value> {
        desk.call("find_clause", serde_json::json!({ "words": words, "standard": null, "clause": null })).unwrap()
    };
    for words in ["围栏", "FENCE whole", "4.1", "YR 1", ""] {
        let hits = find(words);
        assert_eq!(hits.len(), 1, "{words}");
        assert_eq!(hits[0]["items"][0]["item"], "fence");
        assert_eq!(hits[0]["in_force"], true);
    }
    assert_eq!(find("fence crane").len(), 0, "every word must be found");
}
