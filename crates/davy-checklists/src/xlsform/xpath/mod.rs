//! Expressions of forms: the part of XPath 1.0 that XLSForm uses, as a tree.

mod parse;
mod print;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use parse::parse;
pub(crate) use print::print;

use davy_core::checklist::Text;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// `${name}`.
    Reference(String),
    /// `../name`: a question beside this one.
    Beside(String),
    /// `.`: the answer that a constraint judges.
    Dot,
    /// A bare name: a column of the choice that a filter looks at.
    Name(String),
    /// A number as written, without sign.
    Number(String),
    /// Words in quotes.
    Words(String),
    /// A function with its arguments.
    Call(String, Vec<Expr>),
    /// Minus.
    Negative(Box<Expr>),
    /// Two operands.
    Binary(Operator, Box<Expr>, Box<Expr>),
}

/// Operators from the loosest to the tightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
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
}

impl Operator {
    /// As written.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divided => "div",
            Self::Remainder => "mod",
        }
    }

    /// How tightly it binds.
    pub(crate) const fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::Unequal => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Divided | Self::Remainder => 6,
        }
    }
}

/// How tightly minus binds.
const NEGATIVE: u8 = 7;

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub reason: Text,
    pub instead: Text,
}

impl Unreadable {
    const fn new(reason: Text, instead: Text) -> Self {
        Self { reason, instead }
    }
}

impl Expr {
    /// Two operands.
    pub(crate) fn binary(operator: Operator, left: Self, right: Self) -> Self {
        Self::Binary(operator, Box::new(left), Box::new(right))
    }

    /// A function.
    pub(crate) fn call(name: &str, arguments: Vec<Self>) -> Self {
        Self::Call(name.to_owned(), arguments)
    }

    /// The operands of a chain of one operator, `a or b or c`, from left to right.
    pub(crate) fn chain(&self, operator: Operator) -> Vec<&Self> {
        let (mut parts, mut at) = (Vec::new(), self);
        while let Self::Binary(found, left, right) = at
            && *found == operator
        {
            parts.push(right.as_ref());
            at = left;
        }
        parts.push(at);
        parts.reverse();
        parts
    }
}
