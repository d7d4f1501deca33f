//! What becomes of the rows of a form.

use crate::build::{Sheet, faults, take, taken};
use davy_checklists::xlsform::{Options, SheetFault, import};
use davy_core::checklist::{Item, Response, Text};

const CHOICES: (&str, &str) = (
    "choices",
    "list_name | name | label::中文 (zh) | label::English (en) | davy::fails
     yn | yes | 是 | Yes | _
     yn | no | 否 | No | yes
     pass_fail | pass | 合格 | Pass | _
     pass_fail | fail | 不合格 | Fail | _
     pass_fail | na | 不适用 | N/A | _",
);

/// A form in which much is wrong.
const FAULTY: &[Sheet<'static>] = &[
    (
        "survey",
        "type | name | label | relevant | repeat_count | required | calculation
         time | t | When | _ | _ | _ | _
         text | a | Name ${t} | _ | _ | ${b} = 'x' | _
         begin_repeat | r | Tanks | _ | 3 | _ | _
         decimal | n | Level | today() > 1 | _ | _ | 2 + 2
         end_repeat
         text | b | After | ${n} > 1 | _ | _ | _
         select_one nowhere | c | Which | ${missing} = 1 | _ | _ | _
         calculate | d | Computed | _ | _ | _ | _
         begin_group | g | Open",
    ),
    ("choices", "list_name | name | label"),
];

/// A form of which much is left out.
const LEAVING_OUT: &[Sheet<'static>] = &[
    (
        "survey",
        "type | name | label | required | constraint | constraint_message | appearance | default | choice_filter | my notes
         begin_group | g | Group | yes | _ | _ | field-list | _ | _ | _
         text | a | A | _ | _ | Never shown | multiline | x | name = 'a' | remember
         end_group
         start | s",
    ),
    ("choices", "list_name | name | label | colour\nl | x | X | red"),
    ("settings", "form_title | submission_url\nT | http://example.org\nU | _"),
    ("draft", "anything"),
];

fn one(rows: &str) -> Item {
    let sheet = format!(
        "type | name | label::中文 (zh) | label::English (en) | constraint | constraint_message::English (en) | parameters | appearance | required\n{rows}"
    );
    taken(&[("survey", &sheet), CHOICES]).checklist.sections.remove(0).items.remove(0)
}

#[test]
fn types_become_responses() {
    let cases = [
        ("text", Response::Text),
        ("dateTime", Response::DateTime),
        ("date", Response::DateTime),
        ("geopoint", Response::Location),
        ("barcode", Response::Code),
        ("image", Response::Photo),
        ("note", Response::Note),
        ("select_one pass_fail", Response::PassFail),
        ("decimal", Response::Number { unit: String::new(), min: None, max: None }),
    ];
    for (kind, response) in cases {
        assert_eq!(one(&format!("{kind} | q | 问 | Question")).response, response, "{kind}");
    }
    assert_eq!(one("image | q | 问 | Question | _ | _ | _ | signature").response, Response::Signature);
    assert!(one("image | q | 问 | Question | _ | _ | _ | new").camera_only);
    let item = one("select_one yn | q | 问 | Question");
    assert_eq!(
        item.response.choices().iter().map(|choice| (choice.id.as_str(), choice.fails)).collect::<Vec<_>>(),
        [("yes", false), ("no", true)]
    );
    assert!(item.optional && !one("text | q | 问 | Question | _ | _ | _ | _ | yes").optional);
}

#[test]
fn numbers_have_bounds_conditions_and_words() {
    let bounds = |item: &Item| match &item.response {
        Response::Number { min, max, .. } => (min.map(|n| n.to_string()), max.map(|n| n.to_string())),
        other => panic!("{other:?}"),
    };
    let some = |text: &str| Some(text.to_owned());
    let item = one("decimal | q | 问 | Question | . >= 0 and . <= 10.5");
    assert_eq!((bounds(&item), item.accept), ((some("0"), some("10.5")), None));
    let item = one("decimal | q | 问 | Question | . > 0 | More than nothing");
    let accept = item.accept.unwrap();
    assert_eq!((accept.when.as_str(), accept.text.en.as_str()), ("value > 0.0", "More than nothing"));
    let item = one("integer | q | 问 | Question | . >= 1 and . != 13");
    assert_eq!(bounds(&item), (some("1"), None));
    assert_eq!(item.accept.unwrap().when, "value == double(int(value)) && (value != 13.0)");
    let item = one("range | q | 问 | Question | _ | _ | start=0 end=5 step=1");
    assert_eq!((bounds(&item), item.accept.unwrap().when), ((some("0"), some("5")), "value == double(int(value))".to_owned()));
    assert_eq!(bounds(&one("percentage | q | 问 | Question")), (some("0"), some("100")));
}

#[test]
fn a_range_takes_its_steps_and_nothing_between() {
    use davy_core::checklist::expression::Expression;
    let item = one("range | q | 问 | Question | _ | _ | start=0 end=1 step=.1");
    let accept = Expression::compile(&item.accept.unwrap().when, true).unwrap();
    for (value, taken) in [(0.0, true), (0.1, true), (0.3, true), (0.7, true), (1.0, true), (0.25, false), (0.05, false), (0.999, false)] {
        assert_eq!(accept.holds(|_| cel::Value::Null, Some(&cel::Value::Float(value))), Some(taken), "{value}");
    }
}

#[test]
fn groups_become_sections_in_the_order_of_the_form() {
    let imported = taken(&[(
        "survey",
        "type | name | label | relevant
         text | a | First | _
         begin_group | g | Group | ${a} = 'x'
         text | b | In the group | _
         begin group | h | Inner | ${b} = 'y'
         text | c | Inside | ${a} != ''
         end group
         text | d | After | _
         end_group
         text | e | Last | _
         begin_repeat | r | Tank | _
         text | f | Name | _
         begin_group | k | Gauge | ${f} = 'z'
         text | l | Reading | _
         end_group
         end_repeat",
    )]);
    let sections = &imported.checklist.sections;
    let head: Vec<_> = sections.iter().map(|s| (s.id.as_str(), s.title.en.as_str(), s.when.as_deref(), s.items.len())).collect();
    assert_eq!(
        head,
        [
            ("general", "General", None, 1),
            ("g", "Group", Some("a.a == 'x'"), 1),
            ("h", "Group › Inner", Some("(a.a == 'x') && (a.b == 'y')"), 1),
            ("g_2", "Group", Some("a.a == 'x'"), 1),
            ("general_2", "General", None, 1),
            ("r", "Tank", None, 2),
        ]
    );
    assert_eq!(sections[5].repeat.as_ref().unwrap().title.en, "Tank");
    let reading = &sections[5].items[1];
    assert_eq!((reading.text.en.as_str(), reading.text.zh.as_str()), ("Gauge: Reading", "Gauge：Reading"));
    assert_eq!(reading.when.as_deref(), Some("a.f == 'z'"));
    assert_eq!(sections[2].items[0].when.as_deref(), Some("a.a != null"));
}

#[test]
fn filters_offer_choices_by_their_columns() {
    let imported = taken(&[
        (
            "survey",
            "type | name | label | choice_filter\nselect_one states | state | State | _\nselect_one towns | town | Town | state=${state}",
        ),
        (
            "choices",
            "list_name | name | label | state
             states | tx | Texas | _
             states | wa | Washington | _
             towns | king | King | tx
             towns | king | King | wa
             towns | travis | Travis | tx",
        ),
    ]);
    let towns = imported.checklist.item("town").unwrap().response.choices();
    let offered: Vec<_> = towns.iter().map(|choice| (choice.id.as_str(), choice.when.as_deref().unwrap())).collect();
    assert_eq!(offered, [("king", "a.state == 'tx' || a.state == 'wa'"), ("travis", "a.state == 'tx'")]);
}

#[test]
fn other_asks_for_words() {
    let imported = taken(&[("survey", "type | name | label\nselect_multiple yn or_other | q | Which"), CHOICES]);
    let items = &imported.checklist.sections[0].items;
    assert_eq!(items[0].response.choices().last().unwrap().id, "other");
    assert_eq!((items[1].id.as_str(), items[1].when.as_deref()), ("q_other", Some("'other' in a.q")));
}

#[test]
fn davys_columns_fill_what_xlsform_has_no_word_for() {
    let imported = taken(&[
        (
            "survey",
            "type | name | label::zh | label::en | davy::grade | davy::basis | davy::confidence | davy::evidence::zh | davy::unit | davy::areas | davy::theme | davy::valid_minutes | davy::limits
             decimal | gas | 瓦斯 | Gas | major | mem-order-10-2023 4(1); gb-15577-2018 | read | 照片 | % | tank | source | 30 | . < 1 \\| 低于1 \\| Below 1",
        ),
        ("settings", "form_title | form_id | version | davy::industry | davy::summary::zh | davy::summary::en | davy::areas\n表 | my-form | 3 | coal-mines | 概要 | Summary | tank \\| 储罐 \\| Tank"),
    ]);
    assert_eq!(imported.checklist.version, "3.0.0");
    let item = imported.checklist.item("gas").unwrap();
    assert_eq!(item.basis.len(), 2);
    assert_eq!((item.valid_minutes, item.theme.as_deref(), item.limits[0].pass.as_str()), (Some(30), Some("source"), "value < 1.0"));
}

#[test]
fn names_become_ids_with_a_remark() {
    let imported = taken(&[("survey", "type | name | label | relevant\ntext | q-1 | One | _\ntext | q_1 | Two | ${q-1} = 'x'")]);
    let items = &imported.checklist.sections[0].items;
    assert_eq!((items[0].id.as_str(), items[1].id.as_str()), ("q_1_2", "q_1"));
    assert_eq!(items[1].when.as_deref(), Some("a.q_1_2 == 'x'"));
    assert!(imported.remarks.iter().any(|remark| remark.text.en.contains("`q-1` has the id `q_1_2`")));
}

#[test]
fn every_fault_is_named_at_once_with_its_cell() {
    let found = faults(FAULTY);
    let expected = [
        "survey!A2: Davy asks for a day and a time together",
        "survey!C3: the words contain an answer",
        "survey!F3: required with a condition",
        "survey!E4: Davy counts the instances",
        "survey!D5: `today()`: a checklist has no clock",
        "survey!G5: a question that fills itself in",
        "survey!D7: `n` is asked in a repeat",
        "survey!A8: the list `nowhere` is not on the sheet",
        "survey!D8: no question has the name `missing`",
        "survey!G9: the calculation is missing",
        "survey!A10: the group or repeat is never closed",
    ];
    for part in expected {
        assert!(found.iter().any(|fault| fault.starts_with(part)), "{part} is missing in\n{}", found.join("\n"));
    }
    assert_eq!(found.len(), expected.len(), "{}", found.join("\n"));
}

#[test]
fn what_the_finished_checklist_shows_is_told_with_the_row() {
    let found = faults(&[(
        "survey",
        "type | name | label | davy::areas | davy::needs_fresh | davy::when\ntext | a | A | nowhere | b | a.ghost == 'x'\ntext | b | B",
    )]);
    for part in ["nowhere", "needs_fresh", "ghost"] {
        assert!(found.iter().any(|fault| fault.contains(part) && fault.starts_with("survey!B2")), "{part}: {found:?}");
    }
}

#[test]
fn what_is_left_out_is_always_told() {
    let imported = taken(LEAVING_OUT);
    let told: Vec<_> = imported.remarks.iter().map(ToString::to_string).collect();
    let expected = [
        "survey!D2: `required`",
        "survey!G2: how a group looks",
        "survey!F3: `constraint_message` is left out",
        "survey!G3: how it looks",
        "survey!H3: the default",
        "survey!I3: `choice_filter` is left out",
        "survey!J1: the column `my notes`",
        "survey!A5: Davy records the time",
        "choices!D1: the column `colour`",
        "settings!B1: the column `submission_url`",
        "settings!A3: a form has one row",
        "draft!A1: the sheet means nothing",
    ];
    for part in expected {
        assert!(told.iter().any(|remark| remark.starts_with(part)), "{part} is missing in\n{}", told.join("\n"));
    }
    let wrong = faults(&[(
        "survey",
        "type | name | label | davy::grade | davy::unit\nbegin_group | g | G | major | _\ntext | a | A | _ | m\nend_group",
    )]);
    assert!(wrong[0].starts_with("survey!D2: `davy::grade`") && wrong[1].starts_with("survey!E3: `davy::unit`"), "{wrong:?}");
}

/// Each text is in both languages: the Chinese one has Chinese in it and is no copy.
fn assert_both<'a>(texts: impl IntoIterator<Item = &'a Text>) {
    for text in texts {
        let chinese = text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(chinese && text.zh != text.en && !text.en.is_empty(), "{text:?}");
    }
}

#[test]
fn what_is_said_about_a_form_is_said_in_both_languages() {
    let expressions = "type | name | label | relevant
         text | t | T | _
         decimal | n | N | ${t} > 5
         date | d | D | today() > 1
         text | e | E | weird(${n})
         text | f | F | ((
         text | g | G | ${n
         text | h | H | ../../n = 1
         select_multiple yn | l | L | selected(${t}, 'a')
         text | i | I | ${l} = 'a b'
         text | j | J | if(1, 2)
         text | k | K | ${nobody} = 1";
    let refused = [take(FAULTY), take(&[("survey", expressions), CHOICES]), import(b"neither", &Options::default())];
    for (faults, least) in refused.into_iter().map(Result::unwrap_err).zip([11, 10, 1]) {
        assert!(faults.len() >= least, "{faults:?}");
        assert_both(faults.iter().flat_map(|SheetFault { reason, instead, .. }| [reason, instead]));
    }
    let left_out = taken(LEAVING_OUT).remarks;
    assert!(left_out.len() >= 12, "{left_out:?}");
    let never =
        taken(&[("survey", "type | name | label | relevant\nselect_one yn | q | Q | _\ntext | t | T | ${q} = 'perhaps'"), CHOICES]).remarks;
    assert!(never.iter().any(|remark| remark.text.en.contains("never equal")), "{never:?}");
    assert_both(left_out.iter().chain(&never).map(|remark| &remark.text));
}
