//! Reading and writing expressions.

use super::*;
use proptest::prelude::*;

#[test]
fn operators_bind_as_in_xpath() {
    let cases = [
        ("${a} = 1 or ${b} = 2 and ${c} = 3", "${a} = 1 or (${b} = 2 and ${c} = 3)"),
        ("(${a} or ${b}) and ${c}", "(${a} or ${b}) and ${c}"),
        ("1 + 2 * 3 - 4", "1 + 2 * 3 - 4"),
        ("(1 + 2) * 3", "(1 + 2) * 3"),
        ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("-${a} + 1 < 2 = true()", "-${a} + 1 < 2 = true()"),
        ("-(1 + 2)", "-(1 + 2)"),
        ("${a}>=15 and ${a}<=49", "${a} >= 15 and ${a} <= 49"),
        ("6 div 2 mod 4", "6 div 2 mod 4"),
        ("selected (., 'no')", "selected(., 'no')"),
        (". <= ../total", ". <= ../total"),
        (".5 + 5.", ".5 + 5."),
        ("not(selected(${x}, 'yes'))", "not(selected(${x}, 'yes'))"),
        ("${x} = \u{2018}y\u{2019}", "${x} = 'y'"),
        ("state=${state} and string-length(.) > 2", "state = ${state} and string-length(.) > 2"),
        ("label::English != ''", "label::English != ''"),
        ("jr:choice-name(${x}, '${x}')", "jr:choice-name(${x}, '${x}')"),
        ("\"it's\"", "\"it's\""),
        ("div div div", "div div div"),
    ];
    for (text, expected) in cases {
        let read = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(print(&read).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_expression_is_refused_with_a_reason() {
    let cases = [
        ("", "not an expression"),
        ("because nobody knows", "not an expression"),
        ("${a} =", "not an expression"),
        ("${a", "not closed"),
        ("'abc", "quotes"),
        ("(1", "bracket"),
        ("f(1", "bracket"),
        ("instance('x')/root/item", "path"),
        ("/data/x = 1", "path"),
        ("../../x", "path"),
        ("${last-saved#x}", "last-saved"),
        ("${a b}", "names no question"),
        ("1 # 2", "no place"),
    ];
    for (text, expected) in cases {
        let error = parse(text).unwrap_err();
        assert!(error.reason.en.contains(expected) && !error.instead.en.is_empty(), "{text}: {error:?}");
    }
}

#[test]
fn hostile_depth_is_refused_and_long_lists_of_cases_are_not() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(3_000), close.repeat(3_000));
    for text in [deep("(", ")"), deep("not(", ")"), deep("-", ""), "1+".repeat(5_000) + "1"] {
        assert!(parse(&text).is_err());
    }
    let cases: Vec<_> = (0..400).map(|n| format!("${{a}} = 'c{n}'")).collect();
    let read = parse(&cases.join(" or ")).unwrap();
    assert_eq!(read.chain(Operator::Or).len(), 400);
}

fn any_expr() -> impl Strategy<Value = Expr> {
    let name = "[a-z][a-z0-9_-]{0,6}".prop_filter("operators", |name| !["or", "and", "div", "mod"].contains(&name.as_str()));
    let leaf = prop_oneof![
        name.clone().prop_map(Expr::Reference),
        name.clone().prop_map(Expr::Beside),
        Just(Expr::Dot),
        name.prop_map(Expr::Name),
        "[0-9]{1,4}(\\.[0-9]{1,3})?".prop_map(Expr::Number),
        "[a-z '\u{4e2d}]{0,6}".prop_map(Expr::Words),
    ];
    use Operator::{And, Divided, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Minus, Or, Plus, Remainder, Times, Unequal};
    let operator = prop::sample::select(vec![
        Or,
        And,
        Equal,
        Unequal,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Plus,
        Minus,
        Times,
        Divided,
        Remainder,
    ]);
    leaf.prop_recursive(6, 60, 3, move |inner| {
        prop_oneof![
            (operator.clone(), inner.clone(), inner.clone()).prop_map(|(operator, a, b)| Expr::binary(operator, a, b)),
            inner.clone().prop_map(|inside| Expr::Negative(Box::new(inside))),
            ("[a-z]{1,5}-[a-z]{1,5}", prop::collection::vec(inner, 0..3)).prop_map(|(name, arguments)| Expr::Call(name, arguments)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(expr in any_expr()) {
        let text = print(&expr).unwrap();
        prop_assert_eq!(parse(&text).map_err(|error| format!("{text}: {error:?}")), Ok(expr));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_mix_of_pieces_is_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(vec!["${a}", ".", "..", "/", "(", ")", "'", "and", "-", "=", "f(", ",", "1", "::", "[", "中"]), 0..20)
    ) {
        let _ = parse(&pieces.join(" "));
        let _ = parse(&pieces.concat());
    }
}
