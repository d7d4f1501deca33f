//! What expressions come to, evaluated by davy-core as it does in an inspection.

use super::*;
use crate::xlsform::xpath::parse;
use cel::Value;
use davy_core::checklist::expression::Expression;
use proptest::prelude::*;

/// A form with a question of each kind.
struct Form;

fn kind(name: &str) -> Option<Kind> {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    Some(match name {
        "n" | "m" => Kind::Number { whole: false },
        "i" => Kind::Number { whole: true },
        "c" | "d" => Kind::Choice(ids(&["y", "z"])),
        "k" => Kind::Choice(ids(&["1", "2", "3"])),
        "l" => Kind::Many(ids(&["a", "b", "c"])),
        "t" => Kind::Words { computed: false },
        "w" => Kind::Words { computed: true },
        "f" => Kind::Flag,
        "day" | "late" => Kind::Moment,
        "gps" => Kind::Position,
        "note" => Kind::Nothing,
        _ => return None,
    })
}

impl Scope for Form {
    fn reference(&self, name: &str) -> Result<Named, Refusal> {
        let kind = kind(name).ok_or_else(|| {
            Refusal::new(words!("没有问题叫`{name}`", "no question has the name `{name}`"), words!("请写一个", "name one"))
        })?;
        Ok(Named { id: name.to_owned(), kind })
    }

    fn beside(&self, name: &str) -> Result<Named, Refusal> {
        self.reference(name)
    }

    fn dot(&self) -> Option<Kind> {
        kind("n")
    }

    fn column(&self, name: &str) -> Option<String> {
        (name == "state").then(|| "y".to_owned())
    }
}

fn shown(text: &str) -> Outcome {
    Translator::new(&Form).shown(&parse(text).unwrap()).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
}

fn decided(text: &str) -> Outcome {
    Translator::new(&Form).decided(&parse(text).unwrap()).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
}

/// Answers: `n=5`, `c=y`, `l=a,b`; what is not named is open.
fn answers(given: &str) -> impl Fn(&str) -> Value {
    let pairs: Vec<(String, String)> =
        given.split_whitespace().map(|pair| pair.split_once('=').unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    move |id| {
        let Some((_, text)) = pairs.iter().find(|(name, _)| name == id) else { return Value::Null };
        match kind(id).unwrap() {
            Kind::Number { .. } => Value::Float(text.parse().unwrap()),
            Kind::Moment => Value::Int(text.parse().unwrap()),
            Kind::Many(_) => Value::from(text.split(',').map(|id| Value::from(id.to_owned())).collect::<Vec<_>>()),
            Kind::Flag => Value::Bool(text == "true"),
            Kind::Position => Value::Bool(true),
            _ => Value::from(text.replace('_', " ")),
        }
    }
}

fn holds(outcome: &Outcome, given: &str) -> Option<bool> {
    match outcome {
        Outcome::Always(holds) => Some(*holds),
        Outcome::Cel(cel) => Expression::compile(cel, true).unwrap_or_else(|error| panic!("{cel}: {error}")).holds(answers(given), None),
    }
}

#[test]
fn conditions_are_written_as_people_write_them() {
    let cases = [
        ("${c} = 'y'", "a.c == 'y'"),
        ("${c} != 'y'", "a.c != 'y'"),
        ("'y' = ${c}", "a.c == 'y'"),
        ("${c} = ''", "a.c == null"),
        ("selected(${c}, 'y')", "a.c == 'y'"),
        ("selected(${l}, 'a')", "'a' in a.l"),
        ("${n} >= 5 and ${n} < 7.50", "a.n >= 5.0 && a.n < 7.50"),
        ("${c} = '' or ${c} = 'y' and ${n} > 1", "a.c == null || (a.c == 'y' && a.n > 1.0)"),
        ("not(selected(${l}, 'a'))", "!(a.l != null && 'a' in a.l)"),
        ("${k} > 1", "double(a.k) > 1.0"),
        ("${n} = '5'", "a.n == 5.0"),
        ("${k} = 2", "a.k == '2'"),
        ("${l} = 'a'", "a.l == ['a']"),
        ("${n} + ${m} * 2 > 10", "a.n + a.m * 2.0 > 10.0"),
        ("${t}", "a.t != null"),
        ("state = ${c}", "a.c == 'y'"),
        ("if(${c} = 'y', ${n}, ${m}) > 3", "a.c == 'y' ? a.n > 3.0 : a.m > 3.0"),
        ("../n < 2", "a.n < 2.0"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), Outcome::Cel(expected.to_owned()), "{text}");
    }
    for (text, expected) in
        [("0", false), ("1 = 1", true), ("state = 'y' or ${c} = 'z'", true), ("state = 'x' and ${c} = 'z'", false), ("${note} = ''", true)]
    {
        assert_eq!(shown(text), Outcome::Always(expected), "{text}");
    }
}

#[test]
fn what_is_open_behaves_as_an_empty_answer_in_xlsform() {
    // Expression, answers, what ODK shows.
    let cases = [
        ("${c} = 'y'", "", false),
        ("${c} != 'y'", "", true),
        ("not(${c} = 'y')", "", true),
        ("${n} > 1", "", false),
        ("${n} > 1", "n=2", true),
        ("not(${n} > 1)", "", true),
        ("not(${n} > 1)", "n=2", false),
        ("not(${n} > 1) and ${c} = 'y'", "c=y", true),
        ("${n} > 1 or ${c} = 'y'", "c=y", true),
        ("${n} != 5", "", true),
        ("${n} + 1 != 5", "", true),
        ("${n} + 1 = 5", "n=4", true),
        ("selected(${l}, 'a')", "", false),
        ("not(selected(${l}, 'a'))", "", true),
        ("selected(${l}, 'b')", "l=a,b", true),
        ("count-selected(${l}) = 0", "", true),
        ("count-selected(${l}) >= 2", "l=a,b", true),
        ("string-length(${t}) = 0", "", true),
        ("string-length(${t}) > 1", "t=中文", true),
        ("string-length(${t}) > 2", "t=中文", false),
        ("regex(${t}, '[0-9]+')", "t=123", true),
        ("regex(${t}, '[0-9]+')", "t=a123", false),
        ("regex(${t}, '[0-9]*')", "", true),
        ("contains(${t}, 'as')", "t=gas", true),
        ("not(starts-with(${t}, 'g'))", "", true),
        ("ends-with(${t}, 's')", "t=gas", true),
        ("coalesce(${n}, ${m}) > 3", "m=4", true),
        ("coalesce(${n}, ${m}) > 3", "n=1 m=4", false),
        ("not(coalesce(${n}, 7) > 3)", "", false),
        ("if(${c} = 'y', ${n}, ${m}) > 3", "c=y n=4", true),
        ("not(if(${c} = 'y', ${n}, ${m}) > 3)", "c=y n=4", false),
        ("${i} mod 2 = 0", "i=4", true),
        ("${i} mod 2 = 0", "", false),
        ("${n} div 2 = 2.5", "n=5", true),
        ("int(${n}) = 2", "n=2.9", true),
        ("round(${n}) = 3", "n=2.5", true),
        ("round(${n}) = -2", "n=-2.5", true),
        ("round(${n}, 1) = 2.3", "n=2.26", true),
        ("concat(${t}, '-', ${c}) = 'x-y'", "t=x c=y", true),
        ("concat(${t}, '-') = '-'", "", true),
        ("${w} = ''", "", true),
        ("${f} = true()", "f=true", true),
        ("${f}", "", false),
        ("not(${f})", "", true),
        ("${day} < ${late}", "day=1 late=2", true),
        ("${gps} != ''", "gps=there", true),
        ("${c} = ${d}", "", true),
        ("${k} >= 2", "k=3", true),
        ("-${n} < -1", "n=2", true),
        ("1 - (2 - ${n}) = 4", "n=5", true),
        ("boolean(${t})", "t=x", true),
    ];
    for (text, given, expected) in cases {
        let (loose, strict) = (shown(text), decided(text));
        assert_eq!(holds(&loose, given) == Some(true), expected, "{text} with `{given}`: {loose:?}");
        assert_eq!(holds(&strict, given), Some(expected), "{text} with `{given}`: {strict:?}");
    }
}

#[test]
fn what_has_no_equivalent_is_refused_with_the_reason() {
    let cases = [
        ("${day} > today()", "clock"),
        ("pulldata('a', 'b', 'c', ${t}) = 'x'", "complete in itself"),
        ("count(${n}) > 1", "instances of a repeat"),
        ("random() > 0.5", "same every time"),
        ("jr:choice-name(${c}, '${c}') = 'Yes'", "codes"),
        ("once(${n}) > 1", "follows the answers"),
        ("${day} > '2020-01-01'", "time zone"),
        ("${t} > 5", "needs numbers"),
        ("${t} = 5", "compared with a number"),
        ("selected(${t}, 'a')", "has none"),
        ("${l} = 'a b'", "fixed order"),
        ("${gps} = '1 2'", "position"),
        ("${l} = ${c}", "several choices"),
        ("${day} = ${n}", "different kinds"),
        ("${n} = ${t}", "needs numbers"),
        ("${n} mod 2 = 0", "whole numbers"),
        ("regex(${t}, '(?=a)a')", "look-around"),
        ("regex(${t}, ${c})", "must be fixed"),
        ("${nobody} = 1", "no question"),
        ("yes = 'y'", "neither a question nor"),
        ("date('2020-01-01') < ${day}", "clock"),
        ("not(${n}, ${m})", "one condition"),
        ("weird(${n})", "not known"),
        ("not(if(${c} = 'y', ${n}, ${m}) + 1 > 3)", "inside a computation"),
    ];
    for (text, expected) in cases {
        let refusal = Translator::new(&Form).shown(&parse(text).unwrap()).unwrap_err();
        assert!(refusal.reason.en.contains(expected) && !refusal.instead.en.is_empty(), "{text}: {refusal:?}");
    }
}

#[test]
fn calculations_say_what_they_yield() {
    let cases = [
        ("2+2", "2.0 + 2.0", Kind::Number { whole: true }),
        ("${n} * 2", "a.n * 2.0", Kind::Number { whole: false }),
        ("if(${c} = 'y', 'a', '')", "a.c == 'y' ? 'a' : null", Kind::Words { computed: true }),
        ("if(${c} = 'y', ${d}, ${t})", "a.c == 'y' ? a.d : a.t", Kind::Words { computed: true }),
        ("${c} = 'y'", "a.c == 'y'", Kind::Flag),
        ("if(${n} > 1, 1, 2)", "a.n != null && a.n > 1.0 ? 1.0 : 2.0", Kind::Number { whole: true }),
        ("''", "null", Kind::Nothing),
    ];
    for (text, cel, kind) in cases {
        assert_eq!(Translator::new(&Form).computed(&parse(text).unwrap()), Ok((cel.to_owned(), kind)), "{text}");
    }
}

#[test]
fn a_choice_that_does_not_exist_is_noted() {
    let mut translator = Translator::new(&Form);
    translator.shown(&parse("${c} = 'x' or selected(${l}, 'x')").unwrap()).unwrap();
    assert_eq!(translator.notes.len(), 2);
}

#[test]
fn an_expression_that_grows_without_bound_is_refused() {
    let mut text = "${n}".to_owned();
    for _ in 0..30 {
        text = format!("round({text})");
    }
    assert!(Translator::new(&Form).shown(&parse(&format!("{text} > 1")).unwrap()).is_err());
}

proptest! {
    #[test]
    fn whatever_is_translated_compiles_and_is_decided_where_it_must_be(
        parts in prop::collection::vec(prop::sample::select(vec![
            "${n} > 1", "${c} = 'y'", "not(${m} < 2)", "selected(${l}, 'a')", "${t} != ''", "${k} >= 2", "${f}", "string-length(${t}) > 2",
            "if(${c} = 'y', ${n}, 3) = 3", "${n} + ${m} != 4", "count-selected(${l}) < 2",
        ]), 1..6),
        signs in prop::collection::vec(any::<bool>(), 6),
        negated in any::<bool>(),
        given in prop::sample::subsequence(vec!["n=2", "m=1", "c=y", "l=a,b", "t=words", "k=2", "f=true"], 0..7),
    ) {
        let mut text = parts[0].to_owned();
        for (part, and) in parts[1..].iter().zip(&signs) {
            text = format!("({text}) {} {part}", if *and { "and" } else { "or" });
        }
        if negated {
            text = format!("not({text})");
        }
        let given = given.join(" ");
        let strict = holds(&decided(&text), &given);
        prop_assert!(strict.is_some(), "{} with {}", text, given);
        prop_assert_eq!(holds(&shown(&text), &given) == Some(true), strict == Some(true), "{} with {}", text, given);
    }
}
