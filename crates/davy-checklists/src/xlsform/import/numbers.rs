//! Numbers: bounds from a constraint or a range, whole numbers, steps.

use super::item::Reading;
use super::structure::Draft;
use crate::xlsform::kind::Question;
use crate::xlsform::table::Row;
use crate::xlsform::translate::{Outcome, decimal};
use crate::xlsform::words::words;
use crate::xlsform::xpath::{Expr, Operator};
use davy_core::checklist::{Accept, Response, Text};
use rust_decimal::Decimal;

/// What a whole number satisfies.
pub(crate) const WHOLE: &str = "value == double(int(value))";

/// The words of a whole number without others.
pub(crate) fn whole_text() -> Text {
    Text { zh: "填整数。".to_owned(), en: "A whole number.".to_owned() }
}

#[derive(Default)]
struct Bounds {
    min: Option<Decimal>,
    max: Option<Decimal>,
}

impl<'a> Reading<'_, 'a> {
    /// Response and what is taken.
    pub(super) fn numbers(&mut self, number: usize) -> Option<(Response, Option<Accept>)> {
        let form = self.form;
        let draft = &form.structure.items[number];
        let row = draft.row;
        let unit = row.get("davy::unit").unwrap_or_default().to_owned();
        if let Some(accept) = self.own_accept(row) {
            let (min, max) = (self.bound(row, "davy::min"), self.bound(row, "davy::max"));
            return Some((Response::Number { unit, min, max }, accept));
        }
        let mut bounds = Bounds::default();
        let mut conditions = Vec::new();
        let mut text = None;
        match &draft.question {
            Question::Whole(implied) => {
                conditions.push(WHOLE.to_owned());
                text = Some(whole_text());
                if let Some((least, most)) = implied {
                    bounds = Bounds { min: Some((*least).into()), max: Some((*most).into()) };
                }
            }
            Question::Range => {
                let step = self.range(draft, &mut bounds)?;
                conditions.extend(step.map(|(condition, words)| {
                    text = Some(words);
                    condition
                }));
            }
            _ => {}
        }
        if let Some(cell) = row.get("constraint") {
            let expr = self.parse(row.at("constraint"), cell)?;
            // With words of its own the constraint is shown by them, not as plain bounds.
            let rest = if row.get("constraint_message").is_some() { Some(expr) } else { split(&expr, &mut bounds) };
            if let Some(rest) = rest {
                match self.judged(number, &rest)? {
                    Outcome::Always(true) => {}
                    Outcome::Always(false) => conditions.push("false".to_owned()),
                    Outcome::Cel(cel) => conditions.push(if conditions.is_empty() { cel } else { format!("({cel})") }),
                }
                text = Some(self.accept_text(row));
            }
        }
        let accept = text.filter(|_| !conditions.is_empty()).map(|text| Accept { when: conditions.join(" && "), text });
        Some((Response::Number { unit, min: bounds.min, max: bounds.max }, accept))
    }

    fn bound(&mut self, row: Row<'a>, column: &str) -> Option<Decimal> {
        let cell = row.get(column)?;
        let read = cell.parse().ok();
        if read.is_none() {
            self.report.fault(
                row.at(column),
                words!("`{cell}`不是数字", "`{cell}` is no number"),
                words!("请写数字，例如0.5", "write a number, for example 0.5"),
            );
        }
        read
    }

    /// Bounds of a range; its step as a condition with words, where the step is not plain.
    fn range(&mut self, draft: &Draft<'a>, bounds: &mut Bounds) -> Option<Option<(String, Text)>> {
        let row = draft.row;
        let parameters = parameters(row.get("parameters").unwrap_or_default());
        let mut find = |name: &str, default: i64| -> Option<Decimal> {
            let Some((_, value)) = parameters.iter().find(|(key, _)| key == name) else { return Some(default.into()) };
            let read = value.parse().ok();
            if read.is_none() {
                self.report.fault(
                    row.at("parameters"),
                    words!("range的{name}不是数字", "{name} of the range is no number"),
                    words!("请写成例如start=0 end=10 step=1", "write for example start=0 end=10 step=1"),
                );
            }
            read
        };
        let (start, end, step) = (find("start", 1)?, find("end", 10)?, find("step", 1)?.abs());
        let (min, max) = (start.min(end), start.max(end));
        *bounds = Bounds { min: Some(min), max: Some(max) };
        if step.is_zero() {
            self.report.fault(
                row.at("parameters"),
                words!("range的step是0", "the step of the range is 0"),
                words!("请写成例如step=1", "write for example step=1"),
            );
            return None;
        }
        if step == Decimal::ONE && min.fract().is_zero() {
            return Some(Some((WHOLE.to_owned(), whole_text())));
        }
        let (from, width) = (decimal(&min.to_string())?, decimal(&step.to_string())?);
        // Halves and tenths are not exact in binary, so a step may miss by a millionth.
        let steps = format!("(value - ({from})) / {width} + 0.000001");
        let when = format!("{steps} - double(int({steps})) < 0.000002");
        let text = Text { zh: format!("从{min}起，每步{step}。"), en: format!("In steps of {step} from {min}.") };
        Some(Some((when, text)))
    }

    /// Parameters that only say how something looks or how exact a device should be.
    pub(super) fn parameters(&mut self, draft: &Draft<'a>) {
        let row = draft.row;
        let Some(cell) = row.get("parameters") else { return };
        let plain = |name: &str| {
            matches!(
                name,
                "rows"
                    | "max-pixels"
                    | "randomize"
                    | "seed"
                    | "capture-accuracy"
                    | "warning-accuracy"
                    | "allow-mock-accuracy"
                    | "incremental"
            )
        };
        for (name, _) in parameters(cell) {
            let of_range = draft.question == Question::Range;
            if of_range && matches!(name.as_str(), "start" | "end" | "step") {
                continue;
            }
            if plain(&name) || (of_range && matches!(name.as_str(), "tick_interval" | "placeholder" | "tick_labelset")) {
                self.report
                    .remark(row.at("parameters"), words!("`{name}`已略去：它不影响作答", "`{name}` is left out: it changes no answer"));
            } else {
                self.report.fault(
                    row.at("parameters"),
                    words!("本软件不支持参数`{name}`", "the parameter `{name}` has no equivalent"),
                    words!("请删除它", "delete it"),
                );
            }
        }
    }
}

/// `name=value` between blanks, commas or semicolons.
fn parameters(cell: &str) -> Vec<(String, String)> {
    let cell = cell.replace(" =", "=").replace("= ", "=");
    let parts = cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.to_lowercase(), value.to_owned())
        })
        .collect()
}

/// Takes `. >= n` and `. <= n` out of a chain of `and`. What is left; `None`: nothing.
fn split(expr: &Expr, bounds: &mut Bounds) -> Option<Expr> {
    let mut rest: Option<Expr> = None;
    for part in expr.chain(Operator::And) {
        if take(part, bounds) {
            continue;
        }
        rest = Some(match rest {
            Some(rest) => Expr::binary(Operator::And, rest, part.clone()),
            None => part.clone(),
        });
    }
    rest
}

/// Whether a part is a bound that was free.
fn take(part: &Expr, bounds: &mut Bounds) -> bool {
    let Expr::Binary(operator, left, right) = part else { return false };
    let (lower, literal) = match (operator, left.as_ref(), right.as_ref()) {
        (Operator::GreaterOrEqual, Expr::Dot, literal) | (Operator::LessOrEqual, literal, Expr::Dot) => (true, literal),
        (Operator::LessOrEqual, Expr::Dot, literal) | (Operator::GreaterOrEqual, literal, Expr::Dot) => (false, literal),
        _ => return false,
    };
    let Some(value) = number(literal) else { return false };
    let bound = if lower { &mut bounds.min } else { &mut bounds.max };
    // Of two bounds the narrower one counts.
    let narrower = bound.is_none_or(|known| if lower { value > known } else { value < known });
    if narrower {
        *bound = Some(value);
    }
    true
}

fn number(expr: &Expr) -> Option<Decimal> {
    match expr {
        Expr::Number(digits) => digits.trim_end_matches('.').parse().ok(),
        Expr::Negative(inside) => number(inside).map(|number| -number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xlsform::xpath::{parse, print};

    #[test]
    fn plain_bounds_are_taken_out_of_a_constraint() {
        let cases = [
            (". >= 0 and . <= 100", Some("0"), Some("100"), None),
            ("0 <= . and 31 >= .", Some("0"), Some("31"), None),
            (". >= -5.5", Some("-5.5"), None, None),
            (". > 10.51 and . < 18.39", None, None, Some(". > 10.51 and . < 18.39")),
            (". >= 1 and . != 5 and . <= 9", Some("1"), Some("9"), Some(". != 5")),
            (". >= 1 or . <= 9", None, None, Some(". >= 1 or . <= 9")),
        ];
        for (text, min, max, rest) in cases {
            let mut bounds = Bounds::default();
            let left = split(&parse(text).unwrap(), &mut bounds);
            let decimal = |text: Option<&str>| text.map(|text| text.parse().unwrap());
            assert_eq!((bounds.min, bounds.max), (decimal(min), decimal(max)), "{text}");
            assert_eq!(left.and_then(|left| print(&left)).as_deref(), rest, "{text}");
        }
    }

    #[test]
    fn parameters_are_read_however_they_are_separated() {
        let read = parameters("start=0; end = 10,step=.5");
        assert_eq!(read, [("start", "0"), ("end", "10"), ("step", ".5")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
