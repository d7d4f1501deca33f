//! Values: answers, literals, arithmetic.

use super::{Constant, Kind, Level, Named, Piece, Refusal, Translator};
use crate::xlsform::xpath::{Expr, Operator};

impl Translator<'_> {
    pub(super) fn value_of(&mut self, expr: &Expr) -> Result<Piece, Refusal> {
        match expr {
            Expr::Reference(name) => self.scope.reference(name).map(answer),
            Expr::Beside(name) => self.scope.beside(name).map(answer),
            Expr::Dot => match self.scope.dot() {
                Some(kind) => Ok(Piece { plain: true, ..Piece::new("value", Level::Whole, kind) }),
                None => Err(Refusal::new("`.` means this answer, which only a constraint judges", "name the question: ${name}")),
            },
            Expr::Name(name) => match self.scope.column(name) {
                Some(words) => Ok(Piece::words(&words)),
                None => Err(Refusal::new(
                    format!("`{name}` is neither a question nor a column of the choices"),
                    format!("write ${{{name}}} for a question, '{name}' in quotes for the word"),
                )),
            },
            Expr::Number(digits) => {
                Piece::number(digits).ok_or_else(|| Refusal::new(format!("`{digits}` is no number"), "write it with fewer digits"))
            }
            Expr::Words(words) => Ok(Piece::words(words)),
            Expr::Negative(inside) => self.negative(inside),
            Expr::Call(name, arguments) => self.call(name, arguments),
            Expr::Binary(operator, left, right) => match operator {
                Operator::Plus | Operator::Minus | Operator::Times | Operator::Divided | Operator::Remainder => {
                    let (left, right) = (self.number(left)?, self.number(right)?);
                    arithmetic(*operator, &left, &right)
                }
                _ => self.condition(expr, true),
            },
        }
    }

    fn negative(&mut self, inside: &Expr) -> Result<Piece, Refusal> {
        if let Expr::Number(digits) = inside
            && let Some(piece) = Piece::number(&format!("-{digits}"))
        {
            return Ok(piece);
        }
        let inside = self.number(inside)?;
        Ok(Piece::new(format!("-{}", inside.within(Level::Whole)), Level::Unary, inside.kind.clone()).needing(&[&inside]))
    }

    /// A value as a number.
    pub(super) fn number(&mut self, expr: &Expr) -> Result<Piece, Refusal> {
        let piece = self.value(expr)?;
        as_number(piece)
    }
}

/// An answer as conditions read it.
fn answer(named: Named) -> Piece {
    let mut piece = Piece { plain: true, ..Piece::new(format!("a.{}", named.id), Level::Whole, named.kind) };
    piece.needs.insert(named.id);
    piece
}

/// A value as a number: choices by their codes, words that are digits.
pub(super) fn as_number(piece: Piece) -> Result<Piece, Refusal> {
    let numeric = |ids: &[String]| !ids.is_empty() && ids.iter().all(|id| id.parse::<f64>().is_ok());
    match (&piece.kind, &piece.constant) {
        (Kind::Number { .. } | Kind::Unknown | Kind::Moment, _) => Ok(piece),
        (_, Some(Constant::Words(words))) => Piece::number(words.trim()).ok_or_else(|| {
            Refusal::new(format!("'{words}' is compared or computed as a number and is none"), "write a number, or compare with = or !=")
        }),
        (Kind::Choice(ids), _) if numeric(ids) => {
            Ok(Piece::new(format!("double({})", piece.cel), Level::Whole, Kind::Number { whole: false }).needing(&[&piece]))
        }
        (Kind::Flag, _) => {
            Ok(Piece::new(format!("({} ? 1.0 : 0.0)", piece.within(Level::Or)), Level::Whole, Kind::Number { whole: true })
                .needing(&[&piece]))
        }
        _ => Err(Refusal::new(
            "a comparison by size, or a sum, needs numbers",
            "ask for it with integer or decimal; compare words with = or !=",
        )),
    }
}

fn arithmetic(operator: Operator, left: &Piece, right: &Piece) -> Result<Piece, Refusal> {
    if left.kind == Kind::Moment || right.kind == Kind::Moment {
        return Err(Refusal::new("Davy does not compute with days and times", "compare them with < or >"));
    }
    let whole = matches!((&left.kind, &right.kind), (Kind::Number { whole: true }, Kind::Number { whole: true }));
    let (sign, level, whole_result) = match operator {
        Operator::Plus => ("+", Level::Sum, whole),
        Operator::Minus => ("-", Level::Sum, whole),
        Operator::Times => ("*", Level::Product, whole),
        Operator::Divided => ("/", Level::Product, false),
        _ if whole => {
            let cel = format!("double(int({}) % int({}))", left.cel, right.cel);
            return Ok(Piece::new(cel, Level::Whole, Kind::Number { whole: true }).needing(&[left, right]));
        }
        _ => return Err(Refusal::new("`mod` is exact for whole numbers only", "ask for both numbers with integer")),
    };
    // The right side of a chain needs brackets at its own strength.
    let tighter = if level == Level::Sum { Level::Product } else { Level::Unary };
    let cel = format!("{} {sign} {}", left.within(level), right.within(tighter));
    Ok(Piece::new(cel, level, Kind::Number { whole: whole_result }).needing(&[left, right]))
}

/// Words for functions on texts: an open answer is an empty text.
pub(super) fn as_words(piece: Piece) -> Result<Piece, Refusal> {
    let open = |of: String, piece: &Piece| match piece.needs.len() {
        0 => of,
        _ => {
            let open: Vec<_> = piece.needs.iter().map(|id| format!("a.{id} == null")).collect();
            format!("({} ? '' : {of})", open.join(" || "))
        }
    };
    let words = Kind::Words { computed: true };
    match &piece.kind {
        Kind::Words { .. } | Kind::Choice(_) | Kind::Unknown => {
            let cel = open(piece.cel.clone(), &piece);
            Ok(Piece { constant: piece.constant.clone(), ..Piece::new(cel, Level::Whole, words) })
        }
        Kind::Number { .. } => {
            let cel = open(format!("string({})", piece.cel), &piece);
            Ok(Piece::new(cel, Level::Whole, words))
        }
        Kind::Nothing => Ok(Piece::words("")),
        _ => Err(Refusal::new("this answer has no words", "use a question of the type text, barcode, integer or select_one")),
    }
}
