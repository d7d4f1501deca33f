//! Conditions: and, or, not, and what counts as true.

use super::{Constant, Kind, Level, Piece, Refusal, Translator};
use crate::xlsform::words::words;
use crate::xlsform::xpath::{Expr, Operator};

impl Translator<'_> {
    /// An expression as true or false.
    pub(super) fn condition_of(&mut self, expr: &Expr, decided: bool) -> Result<Piece, Refusal> {
        match expr {
            Expr::Binary(Operator::Or, ..) => self.chain(expr, Operator::Or, decided),
            Expr::Binary(Operator::And, ..) => self.chain(expr, Operator::And, decided),
            Expr::Binary(
                operator @ (Operator::Equal
                | Operator::Unequal
                | Operator::Less
                | Operator::LessOrEqual
                | Operator::Greater
                | Operator::GreaterOrEqual),
                left,
                right,
            ) => self.comparison(*operator, left, right, decided),
            Expr::Call(name, arguments) if name == "not" => {
                let [inside] = arguments.as_slice() else {
                    return Err(Refusal::new(
                        words!("`not`只接受一个条件", "`not` takes one condition"),
                        words!("请写成not(…)", "write not(…)"),
                    ));
                };
                let inside = self.condition(inside, true)?;
                Ok(match inside.constant {
                    Some(Constant::Flag(holds)) => Piece::flag(!holds),
                    _ => Piece::new(format!("!{}", inside.within(Level::Whole)), Level::Unary, Kind::Flag),
                })
            }
            Expr::Call(name, arguments) if name == "if" => {
                self.choice_of(arguments, |translator, part| translator.condition(part, decided))
            }
            Expr::Call(name, arguments) if name == "boolean" && arguments.len() == 1 => self.condition(&arguments[0], decided),
            Expr::Call(name, arguments) if name == "selected" => self.selected(arguments, decided),
            _ => {
                let piece = self.value(expr)?;
                truth(piece, decided)
            }
        }
    }

    fn chain(&mut self, expr: &Expr, operator: Operator, decided: bool) -> Result<Piece, Refusal> {
        let absorbing = operator == Operator::Or;
        let (sign, level) = if absorbing { (" || ", Level::Or) } else { (" && ", Level::And) };
        let mut parts = Vec::new();
        for part in expr.chain(operator) {
            let part = self.condition(part, decided)?;
            match part.constant {
                Some(Constant::Flag(holds)) if holds == absorbing => return Ok(Piece::flag(absorbing)),
                Some(Constant::Flag(_)) => {}
                _ => parts.push(part),
            }
        }
        if let [_] = parts.as_slice() {
            return Ok(parts.remove(0));
        }
        if parts.is_empty() {
            return Ok(Piece::flag(!absorbing));
        }
        // Brackets around `&&` inside `||` are not needed and read better.
        let inner = if absorbing { Level::Relation } else { level };
        let joined = parts.iter().map(|part| if part.level == level { part.cel.clone() } else { part.within(inner) });
        Ok(Piece::new(joined.collect::<Vec<_>>().join(sign), level, Kind::Flag).needing(&parts.iter().collect::<Vec<_>>()))
    }
}

/// What counts as true: words that are there, numbers other than zero.
fn truth(piece: Piece, decided: bool) -> Result<Piece, Refusal> {
    match (&piece.constant, &piece.kind) {
        (Some(Constant::Flag(_)), _) => Ok(piece),
        (Some(Constant::Number(number)), _) => Ok(Piece::flag(*number != 0.0)),
        (Some(Constant::Words(words)), _) => Ok(Piece::flag(!words.is_empty())),
        (None, Kind::Flag) if decided => piece.guarded(),
        (None, Kind::Flag) => Ok(piece),
        (None, Kind::Number { .. }) => {
            let flag = Piece::new(format!("{} != 0.0", piece.within(Level::Sum)), Level::Relation, Kind::Flag).needing(&[&piece]);
            // `null != 0.0` holds in CEL.
            flag.guarded()
        }
        (None, Kind::Choice(_) | Kind::Many(_) | Kind::Moment | Kind::Position) if piece.plain => {
            Ok(Piece::new(format!("{} != null", piece.cel), Level::Relation, Kind::Flag))
        }
        (None, Kind::Words { .. }) if piece.plain => Ok(super::compare::is_empty(&piece, true)),
        (None, Kind::Nothing) => Ok(Piece::flag(false)),
        _ => {
            Err(Refusal::new(words!("这里得不出真或假", "it is not true or false"), words!("请与某个值比较", "compare it with something")))
        }
    }
}
