//! Values: answers, literals, arithmetic.

use super::{Constant, Kind, Level, Named, Piece, Refusal, Translator};
use crate::xlsform::words::words;
use crate::xlsform::xpath::{Expr, Operator};

impl Translator<'_> {
    pub(super) fn value_of(&mut self, expr: &Expr) -> Result<Piece, Refusal> {
        match expr {
            Expr::Reference(name) => self.scope.reference(name).map(answer),
            Expr::Beside(name) => self.scope.beside(name).map(answer),
            Expr::Dot => match self.scope.dot() {
                Some(kind) => Ok(Piece { plain: true, ..Piece::new("value", Level::Whole, kind) }),
                None => Err(Refusal::new(
                    words!("`.`指本题的作答，只能用在constraint里", "`.` means this answer, which only a constraint judges"),
                    words!("请写出问题的名称：${{name}}", "name the question: ${{name}}"),
                )),
            },
            Expr::Name(name) => match self.scope.column(name) {
                Some(words) => Ok(Piece::words(&words)),
                None => Err(Refusal::new(
                    words!("`{name}`既不是问题，也不是选项的列", "`{name}` is neither a question nor a column of the choices"),
                    words!(
                        "问题请写成${{{name}}}，文字请加引号写成 '{name}'",
                        "write ${{{name}}} for a question, '{name}' in quotes for the word"
                    ),
                )),
            },
            Expr::Number(digits) => Piece::number(digits).ok_or_else(|| {
                Refusal::new(words!("`{digits}`不是数字", "`{digits}` is no number"), words!("请减少位数", "write it with fewer digits"))
            }),
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
            Refusal::new(
                words!("'{words}' 被当作数字比较或计算，但它不是数字", "'{words}' is compared or computed as a number and is none"),
                words!("请写数字，或改用=或 !=比较", "write a number, or compare with = or !="),
            )
        }),
        (Kind::Choice(ids), _) if numeric(ids) => {
            Ok(Piece::new(format!("double({})", piece.cel), Level::Whole, Kind::Number { whole: false }).needing(&[&piece]))
        }
        (Kind::Flag, _) => {
            Ok(Piece::new(format!("({} ? 1.0 : 0.0)", piece.within(Level::Or)), Level::Whole, Kind::Number { whole: true })
                .needing(&[&piece]))
        }
        _ => Err(Refusal::new(
            words!("比较大小或计算需要数字", "a comparison by size, or a sum, needs numbers"),
            words!("请用integer或decimal询问；文字请用=或 !=比较", "ask for it with integer or decimal; compare words with = or !="),
        )),
    }
}

fn arithmetic(operator: Operator, left: &Piece, right: &Piece) -> Result<Piece, Refusal> {
    if left.kind == Kind::Moment || right.kind == Kind::Moment {
        return Err(Refusal::new(
            words!("本软件不对日期和时间做运算", "Davy does not compute with days and times"),
            words!("请用< 或> 比较", "compare them with < or >"),
        ));
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
        _ => {
            return Err(Refusal::new(
                words!("`mod`只对整数准确", "`mod` is exact for whole numbers only"),
                words!("两个数都请用integer询问", "ask for both numbers with integer"),
            ));
        }
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
        _ => Err(Refusal::new(
            words!("这项作答没有文字内容", "this answer has no words"),
            words!("请改用text、barcode、integer或select_one类型的问题", "use a question of the type text, barcode, integer or select_one"),
        )),
    }
}
