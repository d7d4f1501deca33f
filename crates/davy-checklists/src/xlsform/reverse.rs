//! CEL back to expressions of forms, for the part of CEL that they can say.

use super::xpath::{Expr, Operator};
use cel::Program;
use cel::common::ast::{CallExpr, Expr as Cel, IdedExpr, LiteralValue, operators};

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 60;

/// An expression that says the same. `None`: forms cannot say it. `name` gives the name of a question by its id.
pub(crate) fn to_xpath(cel: &str, name: &dyn Fn(&str) -> Option<String>) -> Option<Expr> {
    let program = Program::compile(cel).ok()?;
    Reverse { name }.expr(program.expression(), 0)
}

struct Reverse<'a> {
    name: &'a dyn Fn(&str) -> Option<String>,
}

impl Reverse<'_> {
    fn expr(&self, cel: &IdedExpr, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        match &cel.expr {
            Cel::Ident(name) if name == "value" => Some(Expr::Dot),
            Cel::Select(select) if !select.test => match &select.operand.expr {
                Cel::Ident(name) if name == "a" => (self.name)(&select.field).map(Expr::Reference),
                _ => None,
            },
            Cel::Literal(literal) => of_literal(literal),
            Cel::Call(call) => self.call(call, depth + 1),
            _ => None,
        }
    }

    fn call(&self, call: &CallExpr, depth: usize) -> Option<Expr> {
        if let Some(of) = &call.target {
            return self.method(&call.func_name, of, &call.args, depth);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_OR, [left, right]) => self.chain(Operator::Or, left, right, depth),
            (operators::LOGICAL_AND, [left, right]) => self.chain(Operator::And, left, right, depth),
            (operators::LOGICAL_NOT, [inside]) => Some(Expr::call("not", vec![self.expr(inside, depth)?])),
            (operators::NEGATE, [inside]) => Some(Expr::Negative(Box::new(self.expr(inside, depth)?))),
            (operators::CONDITIONAL, [condition, then, otherwise]) => {
                let branch = |cel| if is_null(cel) { Some(Expr::Words(String::new())) } else { self.expr(cel, depth) };
                Some(Expr::call("if", vec![self.expr(condition, depth)?, branch(then)?, branch(otherwise)?]))
            }
            (operators::IN, [choice, of]) => Some(Expr::call("selected", vec![self.expr(of, depth)?, self.expr(choice, depth)?])),
            ("double", [inside]) => self.double(inside, depth),
            ("string", [inside]) => Some(Expr::call("string", vec![self.expr(inside, depth)?])),
            (name, [left, right]) => {
                let operator = of_operator(name)?;
                Some(Expr::binary(operator, self.operand(left, depth)?, self.operand(right, depth)?))
            }
            _ => None,
        }
    }

    /// A side of a comparison: `null` is an empty answer, a list of one choice that choice.
    fn operand(&self, cel: &IdedExpr, depth: usize) -> Option<Expr> {
        if is_null(cel) {
            return Some(Expr::Words(String::new()));
        }
        match &cel.expr {
            Cel::List(list) => match list.elements.as_slice() {
                [only] => self.expr(only, depth),
                _ => None,
            },
            _ => self.expr(cel, depth),
        }
    }

    /// `double(…)` around what CEL counts in whole numbers.
    fn double(&self, inside: &IdedExpr, depth: usize) -> Option<Expr> {
        let Cel::Call(call) = &inside.expr else { return Some(Expr::call("number", vec![self.expr(inside, depth)?])) };
        match (call.func_name.as_str(), call.args.as_slice()) {
            ("int", [number]) => Some(Expr::call("int", vec![self.expr(number, depth + 1)?])),
            ("size", [of]) => Some(Expr::call("string-length", vec![self.expr(of, depth + 1)?])),
            _ => None,
        }
    }

    fn method(&self, name: &str, of: &IdedExpr, arguments: &[IdedExpr], depth: usize) -> Option<Expr> {
        let [argument] = arguments else { return None };
        let (of, argument) = (self.expr(of, depth)?, self.expr(argument, depth)?);
        let function = match name {
            "contains" => "contains",
            "startsWith" => "starts-with",
            "endsWith" => "ends-with",
            "matches" => {
                let Expr::Words(pattern) = argument else { return None };
                let inner = pattern.strip_prefix("^(?:")?.strip_suffix(")$")?.to_owned();
                return Some(Expr::call("regex", vec![of, Expr::Words(inner)]));
            }
            _ => return None,
        };
        Some(Expr::call(function, vec![of, argument]))
    }

    /// A chain as forms write it, leaning to the left however CEL balanced it.
    fn chain(&self, operator: Operator, left: &IdedExpr, right: &IdedExpr, depth: usize) -> Option<Expr> {
        let (left, right) = (self.expr(left, depth)?, self.expr(right, depth)?);
        let parts = right.chain(operator).into_iter().cloned();
        Some(parts.fold(left, |chain, part| Expr::binary(operator, chain, part)))
    }
}

fn is_null(cel: &IdedExpr) -> bool {
    matches!(&cel.expr, Cel::Literal(LiteralValue::Null))
}

fn of_literal(literal: &LiteralValue) -> Option<Expr> {
    let number = |number: f64| {
        let digits = Expr::Number(number.abs().to_string());
        let plain = number.is_finite();
        plain.then(|| if number.is_sign_negative() { Expr::Negative(Box::new(digits)) } else { digits })
    };
    match literal {
        LiteralValue::Boolean(holds) => Some(Expr::call(if *holds.inner() { "true" } else { "false" }, Vec::new())),
        LiteralValue::Double(value) => number(*value.inner()),
        // Whole numbers beyond this are not exact in a form.
        LiteralValue::Int(value) => i32::try_from(*value.inner()).ok().and_then(|value| number(f64::from(value))),
        LiteralValue::String(words) => Some(Expr::Words(words.inner().to_owned())),
        _ => None,
    }
}

fn of_operator(name: &str) -> Option<Operator> {
    Some(match name {
        operators::EQUALS => Operator::Equal,
        operators::NOT_EQUALS => Operator::Unequal,
        operators::LESS => Operator::Less,
        operators::LESS_EQUALS => Operator::LessOrEqual,
        operators::GREATER => Operator::Greater,
        operators::GREATER_EQUALS => Operator::GreaterOrEqual,
        operators::ADD => Operator::Plus,
        operators::SUBSTRACT => Operator::Minus,
        operators::MULTIPLY => Operator::Times,
        operators::DIVIDE => Operator::Divided,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xlsform::xpath::print;

    #[test]
    fn what_forms_can_say_is_said_as_people_write_it() {
        let cases = [
            ("a.x == null || a.x == 'y'", Some("${x} = '' or ${x} = 'y'")),
            ("'y' in a.x && a.n >= 200.0", Some("selected(${x}, 'y') and ${n} >= 200")),
            ("a.x != null && a.x < 10.5", Some("${x} != '' and ${x} < 10.5")),
            ("a.x == 'a' || (a.x == 'b' && (a.y == null || a.y == 'c'))", Some("${x} = 'a' or (${x} = 'b' and (${y} = '' or ${y} = 'c'))")),
            (
                "a.a == 'p' || a.b == 'p' || a.c == 'p' || a.d == 'p' || a.e == 'p'",
                Some("${a} = 'p' or ${b} = 'p' or ${c} = 'p' or ${d} = 'p' or ${e} = 'p'"),
            ),
            ("value == double(int(value)) && value <= a.n * 2.0", Some(". = int(.) and . <= ${n} * 2")),
            ("!(a.x == 'y')", Some("not(${x} = 'y')")),
            ("a.x != null ? a.x : null", Some("if(${x} != '', ${x}, '')")),
            ("value.matches('^(?:[0-9]+)$')", Some("regex(., '[0-9]+')")),
            ("value >= -5.0", Some(". >= -5")),
            ("false", Some("false()")),
            ("a.x.exists(c, c == 'y')", None),
            ("has(a.x)", None),
            ("size(a.x) > 2", None),
        ];
        for (cel, expected) in cases {
            let written = to_xpath(cel, &|id| Some(id.to_owned())).and_then(|expr| print(&expr));
            assert_eq!(written.as_deref(), expected, "{cel}");
        }
    }
}
