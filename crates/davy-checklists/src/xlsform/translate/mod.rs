//! Expressions of forms as CEL over Davy's answers.
//!
//! In XLSForm an open question is an empty text: it equals nothing, differs from everything, and every comparison by size is
//! false. In CEL an open answer is `null`: `==` and `!=` behave the same, the rest has no answer. Where having no answer would not
//! come to the same (under `not`, in a calculation, in a constraint), the comparison is guarded: `a.x != null && a.x > 1.0`.

mod compare;
mod condition;
mod functions;
mod value;

#[cfg(test)]
mod tests;

use super::words::words;
use super::xpath::Expr;
use davy_core::checklist::Text;
use std::collections::BTreeSet;
use std::fmt::Write;

/// What an expression reads and yields.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// True or false.
    Flag,
    /// A number; whole when it can be no other.
    Number { whole: bool },
    /// Words; `computed` ones may be empty without being open.
    Words { computed: bool },
    /// One of these choices.
    Choice(Vec<String>),
    /// Some of these choices.
    Many(Vec<String>),
    /// A day and a time.
    Moment,
    /// A position; an answer reads as `true`.
    Position,
    /// Nothing is ever answered.
    Nothing,
    /// It depends.
    Unknown,
}

/// A question that an expression names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named {
    /// Its id.
    pub id: String,
    /// What it yields.
    pub kind: Kind,
}

/// What names mean at the place of an expression.
pub(crate) trait Scope {
    /// The question of a reference, or why it cannot be read here.
    fn reference(&self, name: &str) -> Result<Named, Refusal>;
    /// The question beside this one.
    fn beside(&self, name: &str) -> Result<Named, Refusal>;
    /// The answer that a constraint judges.
    fn dot(&self) -> Option<Kind>;
    /// A column of the choice that a filter looks at.
    fn column(&self, name: &str) -> Option<String>;
}

/// Why an expression has no equivalent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub reason: Text,
    pub instead: Text,
}

impl Refusal {
    pub(crate) fn new(reason: Text, instead: Text) -> Self {
        Self { reason, instead }
    }
}

/// What a condition comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The same whatever is answered.
    Always(bool),
    /// CEL.
    Cel(String),
}

impl Outcome {
    /// As a condition of a checklist: absent when it always holds.
    pub(crate) fn into_when(self) -> Option<String> {
        match self {
            Self::Always(true) => None,
            Self::Always(false) => Some("false".to_owned()),
            Self::Cel(cel) => Some(cel),
        }
    }
}

/// Longest CEL that a translation may grow to, in bytes.
const MAX_CEL: usize = 64 * 1024;
/// Parts that are looked at: comparing one `if` with another multiplies them.
const MAX_STEPS: usize = 20_000;

/// Translates what stands in one place.
pub(crate) struct Translator<'a> {
    scope: &'a dyn Scope,
    /// What a person should know, though it changes nothing.
    pub(crate) notes: Vec<Text>,
    steps: usize,
}

impl<'a> Translator<'a> {
    pub(crate) fn new(scope: &'a dyn Scope) -> Self {
        Self { scope, notes: Vec::new(), steps: 0 }
    }

    /// A condition that only shows something while it is true: to have no answer is as good as to be false.
    pub(crate) fn shown(&mut self, expr: &Expr) -> Result<Outcome, Refusal> {
        self.condition(expr, false).map(finish)
    }

    /// A condition whose false counts too: it is always decided.
    pub(crate) fn decided(&mut self, expr: &Expr) -> Result<Outcome, Refusal> {
        self.condition(expr, true).map(finish)
    }

    /// What a calculation computes, and of which kind it is. Empty text is nothing.
    pub(crate) fn computed(&mut self, expr: &Expr) -> Result<(String, Kind), Refusal> {
        let piece = self.value(expr)?.or_nothing();
        let kind = match &piece.kind {
            Kind::Words { .. } => Kind::Words { computed: true },
            kind => kind.clone(),
        };
        Ok((piece.cel, kind))
    }

    /// A value, within bounds.
    fn value(&mut self, expr: &Expr) -> Result<Piece, Refusal> {
        let piece = self.value_of(expr)?;
        self.bounded(piece)
    }

    /// A condition, within bounds. `decided`: to have no answer is not as good as to be false.
    fn condition(&mut self, expr: &Expr, decided: bool) -> Result<Piece, Refusal> {
        let piece = self.condition_of(expr, decided)?;
        self.bounded(piece)
    }

    fn bounded(&mut self, piece: Piece) -> Result<Piece, Refusal> {
        self.steps += 1;
        if piece.cel.len() <= MAX_CEL && self.steps <= MAX_STEPS {
            return Ok(piece);
        }
        Err(Refusal::new(
            words!("表达式展开后过长", "the expression grows too large in CEL"),
            words!("请拆分到几个calculate问题里", "split it over calculate questions"),
        ))
    }

    /// Takes a note once, in the order of the English words.
    fn note(&mut self, note: Text) {
        if let Err(at) = self.notes.binary_search_by(|known| known.en.cmp(&note.en)) {
            self.notes.insert(at, note);
        }
    }
}

fn finish(piece: Piece) -> Outcome {
    match piece.constant {
        Some(Constant::Flag(holds)) => Outcome::Always(holds),
        _ => Outcome::Cel(piece.cel),
    }
}

/// How tightly a piece of CEL binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ternary,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Unary,
    Whole,
}

/// What is known before anybody answers.
#[derive(Debug, Clone, PartialEq)]
enum Constant {
    Flag(bool),
    Number(f64),
    Words(String),
}

/// A translated part.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    cel: String,
    level: Level,
    kind: Kind,
    /// Items without whose answers it has no value.
    needs: BTreeSet<String>,
    constant: Option<Constant>,
    /// An answer as it is, which `==` compares even while it is open.
    plain: bool,
    /// Which answers it needs depends on other answers.
    branched: bool,
}

impl Piece {
    fn new(cel: impl Into<String>, level: Level, kind: Kind) -> Self {
        Self { cel: cel.into(), level, kind, needs: BTreeSet::new(), constant: None, plain: false, branched: false }
    }

    fn flag(holds: bool) -> Self {
        Self { constant: Some(Constant::Flag(holds)), ..Self::new(if holds { "true" } else { "false" }, Level::Whole, Kind::Flag) }
    }

    fn words(words: &str) -> Self {
        let constant = Some(Constant::Words(words.to_owned()));
        Self { constant, plain: true, ..Self::new(quoted(words), Level::Whole, Kind::Words { computed: true }) }
    }

    fn number(digits: &str) -> Option<Self> {
        let number: f64 = digits.parse().ok()?;
        let whole = number.fract() == 0.0;
        let constant = Some(Constant::Number(number));
        let kind = Kind::Number { whole };
        Some(Self {
            constant,
            plain: true,
            ..Self::new(decimal(digits)?, if digits.starts_with('-') { Level::Unary } else { Level::Whole }, kind)
        })
    }

    fn needing(mut self, others: &[&Self]) -> Self {
        for other in others {
            self.needs.extend(other.needs.iter().cloned());
            self.branched |= other.branched;
        }
        self
    }

    /// With brackets where it binds less than what stands around it.
    fn within(&self, level: Level) -> String {
        if self.level < level { format!("({})", self.cel) } else { self.cel.clone() }
    }

    /// Decided even while an answer is open: then false.
    fn guarded(self) -> Result<Self, Refusal> {
        if self.needs.is_empty() {
            return Ok(self);
        }
        self.straight()?;
        let mut cel = String::new();
        for id in &self.needs {
            let _ = write!(cel, "a.{id} != null && ");
        }
        cel.push_str(&self.within(Level::And));
        Ok(Self::new(cel, Level::And, self.kind))
    }

    /// Refuses what needs other answers in each branch of an `if` deep inside.
    fn straight(&self) -> Result<(), Refusal> {
        if self.branched && !self.needs.is_empty() {
            return Err(Refusal::new(
                words!("算式里面的`if`被拿来比较", "an `if` inside a computation is compared"),
                words!("请先在calculate问题里算出结果，再比较该结果", "compute it in a calculate question and compare that"),
            ));
        }
        Ok(())
    }

    /// Empty words as no answer.
    fn or_nothing(self) -> Self {
        if self.constant == Some(Constant::Words(String::new())) { Self::new("null", Level::Whole, Kind::Nothing) } else { self }
    }
}

/// A text as a CEL literal.
pub(crate) fn quoted(words: &str) -> String {
    let mut cel = String::with_capacity(words.len() + 2);
    cel.push('\'');
    for c in words.chars() {
        match c {
            '\'' | '\\' => cel.extend(['\\', c]),
            '\n' => cel.push_str("\\n"),
            '\r' => cel.push_str("\\r"),
            '\t' => cel.push_str("\\t"),
            _ => cel.push(c),
        }
    }
    cel.push('\'');
    cel
}

/// Digits as a CEL double: `5` → `5.0`, `.5` → `0.5`. `None`: more digits than a number has.
pub(crate) fn decimal(digits: &str) -> Option<String> {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let (whole, rest) = (if whole.is_empty() { "0" } else { whole }, if rest.is_empty() { "0" } else { rest });
    let plain = whole.chars().chain(rest.chars()).all(|c| c.is_ascii_digit());
    (plain && whole.len() + rest.len() <= 300).then(|| format!("{sign}{whole}.{rest}"))
}
