//! What answers mean: limits, conditions, faults in checklist files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use davy_core::checklist::{Answers, Compiled, Grade, load_yaml};
use davy_core::event::{AnswerValue, ItemKey, Verdict};
use davy_core::id::InstanceId;
use davy_core::time::Millis;
use std::collections::HashMap;

const CHECKLIST: &str = r#"
schema: 1
id: test
version: 1.0.0
industry: coal-mines
title: { zh: 试, en: Test }
summary: { zh: 试, en: Test }
sections:
  - id: main
    title: { zh: 主, en: Main }
    items:
      - id: features
        text: { zh: 有何设施, en: Features }
        response: { type: multi_choice, choices: [{ id: pit, title: { zh: 坑, en: Pit } }, { id: fire, title: { zh: 火, en: Fire }, fails: true }] }
      - id: pit_depth
        text: { zh: 深度, en: Depth }
        response: { type: number, unit: m }
        when: "a.features == null || 'pit' in a.features"
        limits:
          - { pass: "value <= 5", text: { zh: 不超过5, en: at most 5 }, grade: major }
      - id: ch4
        text: { zh: 甲烷, en: Methane }
        response: { type: number, unit: "%" }
        grade: general
        confidence: topic
        limits:
          - { pass: "value < 1.0", text: { zh: 小于1, en: below 1 }, when: "a.place == 'return'", grade: major }
          - { pass: "value < a.pit_depth", text: { zh: 小于深度, en: below depth } }
      - id: place
        text: { zh: 地点, en: Place }
        response: { type: choice, choices: [{ id: return, title: { zh: 回风, en: Return } }, { id: bad, title: { zh: 坏, en: Bad }, fails: true }] }
      - id: shot
        text: { zh: 照片, en: Photo }
        response: { type: photo }
  - id: faces
    title: { zh: 面, en: Faces }
    repeat: { title: { zh: 面, en: face } }
    items:
      - { id: working, text: { zh: 在采, en: Working } }
      - { id: speed, text: { zh: 风速, en: Speed }, response: { type: number, unit: m/s }, when: "a.working == 'pass' && a.place == 'return'", limits: [{ pass: "value >= 0.25", text: { zh: 不低, en: at least } }] }
      - { id: o2, text: { zh: 氧, en: O2 }, response: { type: number, unit: "%" }, valid_minutes: 30, limits: [{ pass: "value >= 19.5", text: { zh: 不低, en: at least } }] }
      - { id: enter, text: { zh: 可进入, en: May enter }, needs_fresh: [o2] }
"#;

#[derive(Default)]
struct Given(HashMap<ItemKey, AnswerValue>);

/// When everything was answered, unless a test says otherwise.
const NOW: Millis = Millis(1_800_000_000_000);

impl Answers for Given {
    fn value(&self, key: &ItemKey) -> Option<&AnswerValue> {
        self.0.get(key)
    }
    fn has_evidence(&self, key: &ItemKey) -> bool {
        key.item == "shot" && self.0.contains_key(&plain("with_photo"))
    }
    fn given_at(&self, key: &ItemKey) -> Option<Millis> {
        self.0.contains_key(key).then_some(NOW)
    }
}

fn plain(item: &str) -> ItemKey {
    ItemKey { item: item.into(), instance: None }
}

fn number(text: &str) -> AnswerValue {
    AnswerValue::Number(text.parse().unwrap())
}

fn choice(id: &str) -> AnswerValue {
    AnswerValue::Choice(id.into())
}

fn compiled() -> Compiled {
    Compiled::new(load_yaml("test.yaml", CHECKLIST).unwrap()).unwrap()
}

fn given(pairs: &[(&str, AnswerValue)]) -> Given {
    Given(pairs.iter().map(|(id, value)| (plain(id), value.clone())).collect())
}

#[test]
fn a_reading_is_judged_by_the_first_limit_that_counts_and_fails() {
    let compiled = compiled();
    let cases = [
        ("0.99", "return", "10", Verdict::Pass, None),
        ("1.0", "return", "10", Verdict::Fail, Some(0)),
        ("1.00", "return", "10", Verdict::Fail, Some(0)),
        ("1.5", "bad", "10", Verdict::Pass, None),
        ("1.5", "bad", "1", Verdict::Fail, Some(1)),
    ];
    for (reading, place, depth, verdict, limit) in cases {
        let answers = given(&[("place", choice(place)), ("pit_depth", number(depth))]);
        let judged = compiled.judge(&plain("ch4"), Some(&number(reading)), Some(NOW), &answers);
        assert_eq!((judged.verdict, judged.broken_limit), (Some(verdict), limit), "{reading} at {place} with {depth}");
    }
}

#[test]
fn of_the_limits_those_count_whose_condition_is_not_known_to_be_false() {
    let compiled = compiled();
    let at = |place: &str| compiled.limits_in_question(&plain("ch4"), None, &given(&[("place", choice(place))]));
    assert_eq!((at("return"), at("bad")), (Some(vec![0, 1]), Some(vec![1])));
    assert_eq!(compiled.limits_in_question(&plain("pit_depth"), None, &given(&[])), None, "no condition: all of them");
}

#[test]
fn a_limit_that_reads_an_open_item_never_looks_like_a_pass() {
    let judged = compiled().judge(&plain("ch4"), Some(&number("0.1")), Some(NOW), &given(&[]));
    assert_eq!(judged.verdict, Some(Verdict::NotChecked));
}

#[test]
fn a_broken_limit_suggests_its_own_grade_and_says_whether_the_basis_is_verified() {
    let answers = given(&[("place", choice("return")), ("pit_depth", number("10"))]);
    let suggested = compiled().judge(&plain("ch4"), Some(&number("2")), Some(NOW), &answers).suggested.unwrap();
    assert_eq!((suggested.grade, suggested.verified), (Grade::Major, false));
    let failed = compiled().judge(&plain("place"), Some(&choice("bad")), Some(NOW), &answers).suggested.unwrap();
    assert_eq!((failed.grade, failed.verified), (Grade::General, true));
}

#[test]
fn conditions_show_and_hide_items() {
    let compiled = compiled();
    let shows = |answers: &Given| compiled.shows_item(0, 1, None, answers);
    assert!(shows(&given(&[])), "an open list shows it: null comes first in the condition");
    assert!(shows(&given(&[("features", AnswerValue::Choices(vec!["pit".into()]))])));
    assert!(!shows(&given(&[("features", AnswerValue::Choices(vec![]))])));
}

#[test]
fn a_condition_in_a_repeat_group_reads_its_own_instance_and_the_rest_of_the_checklist() {
    let compiled = compiled();
    let [one, two] = [InstanceId([1; 16]), InstanceId([2; 16])];
    let mut answers = given(&[("place", choice("return"))]);
    answers.0.insert(ItemKey { item: "working".into(), instance: Some(one) }, AnswerValue::Verdict(Verdict::Pass));
    assert!(compiled.shows_item(1, 1, Some(one), &answers));
    assert!(!compiled.shows_item(1, 1, Some(two), &answers));
}

#[test]
fn a_photo_item_passes_by_its_evidence_and_any_item_can_be_not_applicable() {
    let compiled = compiled();
    assert_eq!(compiled.judge(&plain("shot"), None, Some(NOW), &given(&[])).verdict, None);
    assert_eq!(compiled.judge(&plain("shot"), None, Some(NOW), &given(&[("with_photo", choice("x"))])).verdict, Some(Verdict::Pass));
    let na = AnswerValue::Verdict(Verdict::NotApplicable);
    assert_eq!(compiled.judge(&plain("ch4"), Some(&na), Some(NOW), &given(&[])).verdict, Some(Verdict::NotApplicable));
}

#[test]
fn only_dependants_of_a_changed_item_are_named() {
    let compiled = compiled();
    let readers: Vec<_> = compiled.dependants("place").unwrap().items.iter().cloned().collect();
    assert_eq!(readers, ["ch4", "speed"]);
    assert!(compiled.dependants("shot").is_none());
}

#[test]
fn faults_in_a_file_are_named_by_line_and_say_what_is_expected() {
    let cases = [
        ("version: 1.0.0", "version: 1.0.0\ncolour: red", 1, "colour"),
        ("id: pit_depth", "id: features", 0, "used twice"),
        ("id: pit_depth", "id: Pit-Depth", 0, "small letters"),
        ("a.features == null || 'pit' in a.features", "a.features ==", 0, "a.ventilation == 'fail'"),
        ("a.features == null || 'pit' in a.features", "features == null", 0, "only a.<item id>"),
        ("a.features == null || 'pit' in a.features", "a.nothing == null", 0, "no item has this id"),
        ("value <= 5", "value <= ", 0, "cannot be read"),
    ];
    for (good, bad, below, words) in cases {
        let line = CHECKLIST[..CHECKLIST.find(good).unwrap()].matches('\n').count() + 1 + below;
        let errors = load_yaml("test.yaml", &CHECKLIST.replacen(good, bad, 1)).unwrap_err();
        let text = errors[0].to_string();
        assert!(text.starts_with(&format!("test.yaml:{line}:")) && text.contains(words), "{bad}: {errors:#?}");
    }
}

#[test]
fn a_pass_rests_only_on_a_reading_of_the_same_space_that_is_good_and_in_date() {
    let compiled = compiled();
    let at = |item: &str, n: u8| ItemKey { item: item.into(), instance: Some(InstanceId([n; 16])) };
    let pass = AnswerValue::Verdict(Verdict::Pass);
    let minutes = |n: i64| NOW.plus(n * 60_000);
    let table = [
        ("good", Some("20.9"), 1, 0, Verdict::Pass),
        ("at its last minute", Some("20.9"), 1, 30, Verdict::Pass),
        ("too old", Some("20.9"), 1, 31, Verdict::NotChecked),
        ("taken after the pass", Some("20.9"), 1, -1, Verdict::NotChecked),
        ("out of its limit", Some("18"), 1, 0, Verdict::NotChecked),
        ("of another space", Some("20.9"), 2, 0, Verdict::NotChecked),
        ("never taken", None, 1, 0, Verdict::NotChecked),
    ];
    for (name, reading, instance, later, expected) in table {
        let mut answers = Given::default();
        answers.0.extend(reading.map(|text| (at("o2", instance), number(text))));
        let judged = compiled.judge(&at("enter", 1), Some(&pass), Some(minutes(later)), &answers);
        assert_eq!((judged.verdict, judged.stale), (Some(expected), expected != Verdict::Pass), "{name}");
    }
    let fail = AnswerValue::Verdict(Verdict::Fail);
    assert_eq!(
        compiled.judge(&at("enter", 1), Some(&fail), Some(NOW), &given(&[])).verdict,
        Some(Verdict::Fail),
        "a failure needs no reading"
    );
}

#[test]
fn computed_items_offered_choices_and_what_is_taken_follow_the_answers() {
    let text = r#"
schema: 1
id: test
version: 1.0.0
industry: test
title: { zh: 试, en: Test }
summary: { zh: 试, en: Test }
sections:
  - id: main
    title: { zh: 主, en: Main }
    items:
      - { id: people, text: { zh: 人数, en: People }, response: { type: number, unit: "" }, accept: { when: "value >= 0.0", text: { zh: 不小于0, en: not below 0 } } }
      - { id: double, text: { zh: 两倍, en: Double }, response: { type: calculated, value: "a.people * 2.0" } }
      - { id: many, text: { zh: 很多, en: Many }, response: { type: calculated, value: "a.double > 10.0" } }
      - { id: why, text: { zh: 为何, en: Why }, when: "a.many == true" }
      - { id: words, text: { zh: 说明, en: Words }, response: { type: note } }
      - { id: pick, text: { zh: 选, en: Pick }, response: { type: choice, choices: [{ id: one, title: { zh: 一, en: One } }, { id: two, title: { zh: 二, en: Two }, when: "a.many == true" }] } }
"#;
    let compiled = Compiled::new(load_yaml("test.yaml", text).unwrap()).unwrap();
    for (people, shown) in [("5", false), ("6", true)] {
        let answers = given(&[("people", number(people))]);
        assert_eq!(compiled.shows_item(0, 3, None, &answers), shown, "{people}");
        assert_eq!(compiled.offered(&plain("pick"), &answers).unwrap().len(), if shown { 2 } else { 1 }, "{people}");
    }
    assert_eq!(compiled.offered(&plain("people"), &given(&[])), None);
    assert!(
        !compiled.accepts(&plain("people"), &number("-1"), &given(&[])) && compiled.accepts(&plain("people"), &number("0"), &given(&[]))
    );
    let na = AnswerValue::Verdict(Verdict::NotApplicable);
    assert!(compiled.accepts(&plain("people"), &na, &given(&[])), "any item can be not applicable");
    let circle = text.replace("a.people * 2.0", "a.many ? 1.0 : 2.0");
    let faults = load_yaml("test.yaml", &circle).unwrap_err();
    assert!(faults[0].message.contains("reads itself") && faults[0].line > 0, "{faults:?}");
}
