//! Comparisons.

use super::functions;
use super::value::as_number;
use super::{Constant, Kind, Level, Piece, Refusal, Translator, quoted};
use crate::xlsform::words::words;
use crate::xlsform::xpath::{Expr, Operator};

impl Translator<'_> {
    pub(super) fn comparison(&mut self, operator: Operator, left: &Expr, right: &Expr, decided: bool) -> Result<Piece, Refusal> {
        // Each branch of an `if` is compared by itself: it needs its own answers only.
        for (side, other, left_side) in [(left, right, true), (right, left, false)] {
            if let Some([condition, then, otherwise]) = functions::branches(side) {
                let compared = |branch: Expr| {
                    if left_side { Expr::binary(operator, branch, other.clone()) } else { Expr::binary(operator, other.clone(), branch) }
                };
                let arguments = [condition, compared(then), compared(otherwise)];
                return self.choice_of(&arguments, |translator, part| translator.condition(part, decided));
            }
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        match operator {
            Operator::Equal | Operator::Unequal => self.equality(operator == Operator::Equal, left, right, decided),
            _ => ordering(operator, left, right, decided),
        }
    }

    pub(super) fn equality(&mut self, equal: bool, left: Piece, right: Piece, decided: bool) -> Result<Piece, Refusal> {
        if let Some(holds) = known(&left, &right) {
            return Ok(Piece::flag(holds == equal));
        }
        // A literal stands on the right, except where both are.
        let (left, right) = if left.constant.is_some() && right.constant.is_none() { (right, left) } else { (left, right) };
        if right.constant == Some(Constant::Words(String::new())) {
            return emptiness(&left, !equal);
        }
        if left.kind == Kind::Nothing {
            // Nothing is ever answered there: it equals only what is open.
            return if right.constant.is_some() { Ok(Piece::flag(!equal)) } else { emptiness(&right, !equal) };
        }
        if right.kind == Kind::Nothing {
            return emptiness(&left, !equal);
        }
        let right = self.fitting(&left, right)?;
        let (left, right) = both_fitting(left, right)?;
        let sign = if equal { "==" } else { "!=" };
        let cel = format!("{} {sign} {}", left.within(Level::Sum), right.within(Level::Sum));
        let flag = Piece::new(cel, Level::Relation, Kind::Flag);
        if left.plain && right.plain {
            return Ok(flag);
        }
        let flag = flag.needing(&[&left, &right]);
        // What is computed from an open answer has no value; such a value equals nothing and differs from everything.
        if equal {
            return if decided { flag.guarded() } else { Ok(flag) };
        }
        flag.straight()?;
        let open: Vec<_> = flag.needs.iter().map(|id| format!("a.{id} == null || ")).collect();
        let level = if open.is_empty() { Level::Relation } else { Level::Or };
        Ok(Piece::new(format!("{}{}", open.concat(), flag.cel), level, Kind::Flag))
    }

    /// The right side as the left side is answered.
    fn fitting(&mut self, left: &Piece, right: Piece) -> Result<Piece, Refusal> {
        match (&left.kind, &right.constant) {
            (Kind::Number { .. }, Some(Constant::Words(_))) => as_number(right),
            (Kind::Choice(ids), Some(constant)) => {
                let id = code(constant);
                if !ids.is_empty() && !ids.contains(&id) {
                    self.note(words!(
                        "`{id}`不是所比较问题的选项，两者永远不会相等",
                        "`{id}` is no choice of the question that it is compared with, so they are never equal"
                    ));
                }
                Ok(Piece::words(&id))
            }
            (Kind::Many(_), Some(constant)) => match code(constant).split_whitespace().collect::<Vec<_>>().as_slice() {
                [id] => Ok(Piece { plain: true, ..Piece::new(format!("[{}]", quoted(id)), Level::Whole, left.kind.clone()) }),
                _ => Err(Refusal::new(
                    words!("多选的作答没有固定顺序", "an answer of several choices has no fixed order"),
                    words!(
                        "请写成selected(${{name}}, 'a') and selected(${{name}}, 'b')",
                        "write selected(${{name}}, 'a') and selected(${{name}}, 'b')"
                    ),
                )),
            },
            (Kind::Flag, Some(constant)) => match code(constant).as_str() {
                "true" | "1" => Ok(Piece { plain: true, ..Piece::flag(true) }),
                "false" | "0" => Ok(Piece { plain: true, ..Piece::flag(false) }),
                other => Err(Refusal::new(
                    words!("真假值不可能是 '{other}'", "true or false is never '{other}'"),
                    words!("请与true()或false()比较", "compare with true() or false()"),
                )),
            },
            (Kind::Moment, Some(_)) => Err(no_time_zone()),
            (Kind::Position, _) => Err(Refusal::new(
                words!("位置只有“有”和“没有”之分", "a position is only there or not"),
                words!("请与 '' 比较", "compare it with ''"),
            )),
            (Kind::Words { .. }, Some(Constant::Number(_))) => Err(Refusal::new(
                words!("文字与数字作了比较", "words are compared with a number"),
                words!(
                    "请用integer或decimal询问数字，或给数字加上引号",
                    "ask for the number with integer or decimal, or write the digits in quotes"
                ),
            )),
            _ => Ok(right),
        }
    }
}

fn no_time_zone() -> Refusal {
    Refusal::new(
        words!(
            "表单里写的日期没有时区，而本软件记录的作答带有时区",
            "a day written in the form has no time zone, and Davy's answers have one"
        ),
        words!("请比较两个作答，或用select_one询问日期是否已过", "compare two answers, or ask whether the day is past with select_one"),
    )
}

/// Two answers of kinds that can be equal: numbers, words and codes, several choices, days, flags.
fn both_fitting(left: Piece, right: Piece) -> Result<(Piece, Piece), Refusal> {
    let class = |kind: &Kind| match kind {
        Kind::Number { .. } => 0,
        Kind::Words { .. } | Kind::Choice(_) => 1,
        Kind::Many(_) => 2,
        Kind::Moment => 3,
        Kind::Flag => 4,
        Kind::Position => 5,
        Kind::Nothing | Kind::Unknown => 6,
    };
    match (class(&left.kind), class(&right.kind)) {
        (a, b) if a == b || a == 6 || b == 6 => Ok((left, right)),
        (0, 1) => Ok((left, as_number(right)?)),
        (1, 0) => Ok((as_number(left)?, right)),
        (2, _) | (_, 2) => Err(Refusal::new(
            words!("多选的作答与单个值作了比较", "an answer of several choices is compared with one"),
            words!("请写成selected(${{name}}, …)", "write selected(${{name}}, …)"),
        )),
        _ => Err(Refusal::new(
            words!("不同种类的作答永远不会相等", "answers of different kinds are never equal"),
            words!("请用数字比数字，日期比日期，文字比文字", "compare numbers with numbers, days with days, words with words"),
        )),
    }
}

/// A literal as a choice's code: `5` and not `5.0`.
fn code(constant: &Constant) -> String {
    match constant {
        Constant::Words(words) => words.clone(),
        Constant::Number(number) => number.to_string(),
        Constant::Flag(flag) => flag.to_string(),
    }
}

/// Whether two literals are equal.
fn known(left: &Piece, right: &Piece) -> Option<bool> {
    match (left.constant.as_ref()?, right.constant.as_ref()?) {
        (Constant::Number(a), b @ Constant::Words(_)) | (b @ Constant::Words(_), Constant::Number(a)) => {
            Some(code(b).trim().parse::<f64>().is_ok_and(|b| b.total_cmp(a).is_eq()))
        }
        (a, b) => Some(code(a) == code(b)),
    }
}

/// Whether an answer is open (`filled`: is not). What is computed may also be an empty text.
pub(super) fn is_empty(piece: &Piece, filled: bool) -> Piece {
    let (open, empty) = if filled { ("!= null", "!= ''") } else { ("== null", "== ''") };
    if piece.kind == (Kind::Words { computed: true }) && piece.constant.is_none() {
        let (sign, level) = if filled { ("&&", Level::And) } else { ("||", Level::Or) };
        let cel = piece.within(Level::Sum);
        return Piece::new(format!("{cel} {open} {sign} {cel} {empty}"), level, Kind::Flag);
    }
    Piece::new(format!("{} {open}", piece.cel), Level::Relation, Kind::Flag)
}

fn emptiness(piece: &Piece, filled: bool) -> Result<Piece, Refusal> {
    if piece.kind == Kind::Nothing {
        return Ok(Piece::flag(!filled));
    }
    if piece.cel == "value" {
        // A constraint judges answers only.
        return Ok(Piece::flag(filled));
    }
    if !piece.plain {
        let words = super::value::as_words(piece.clone())?;
        let sign = if filled { "!=" } else { "==" };
        return Ok(Piece::new(format!("{} {sign} ''", words.cel), Level::Relation, Kind::Flag));
    }
    Ok(is_empty(piece, filled))
}

fn ordering(operator: Operator, left: Piece, right: Piece, decided: bool) -> Result<Piece, Refusal> {
    let moments = [&left, &right].iter().filter(|piece| piece.kind == Kind::Moment).count();
    if moments == 1 {
        return Err(no_time_zone());
    }
    let (left, right) = (as_number(left)?, as_number(right)?);
    if let (Some(Constant::Number(a)), Some(Constant::Number(b))) = (&left.constant, &right.constant) {
        return Ok(Piece::flag(match operator {
            Operator::Less => a < b,
            Operator::LessOrEqual => a <= b,
            Operator::Greater => a > b,
            _ => a >= b,
        }));
    }
    let cel = format!("{} {} {}", left.within(Level::Sum), operator.sign(), right.within(Level::Sum));
    let flag = Piece::new(cel, Level::Relation, Kind::Flag).needing(&[&left, &right]);
    if decided { flag.guarded() } else { Ok(flag) }
}
