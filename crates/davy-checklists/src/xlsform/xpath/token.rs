//! Words and signs of an expression.

use super::{Operator, Unreadable};
use crate::xlsform::words::words;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Reference(String),
    Beside(String),
    Dot,
    Name(String),
    Function(String),
    Number(String),
    Words(String),
    Operator(Operator),
    Open,
    Close,
    Comma,
}

impl Token {
    /// Whether an operand ends here, so that `*`, `-`, `and`, `div` after it are operators.
    const fn ends_operand(&self) -> bool {
        !matches!(self, Self::Operator(_) | Self::Open | Self::Comma | Self::Function(_))
    }
}

/// Splits an expression. Curly quotes and hard spaces of word processors count as plain ones.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Unreadable> {
    let plain: String = text.chars().map(plain).collect();
    let mut reader = Reader { rest: &plain, tokens: Vec::new() };
    while reader.next()? {}
    Ok(reader.tokens)
}

const fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{a0}' => ' ',
        c => c,
    }
}

struct Reader<'a> {
    rest: &'a str,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<bool, Unreadable> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(false) };
        if self.reference()? || self.path()? || self.words(first)? || self.number(first) || self.sign() || self.name(first) {
            return Ok(true);
        }
        Err(Unreadable::new(
            words!("表达式里不能有 `{first}`", "`{first}` has no place in an expression"),
            words!(
                "请比较作答，例如 ${{gas}} > 1 and selected(${{work}}, 'hot')",
                "compare answers, for example ${{gas}} > 1 and selected(${{work}}, 'hot')"
            ),
        ))
    }

    fn push(&mut self, token: Token, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
        self.tokens.push(token);
    }

    /// `${name}`.
    fn reference(&mut self) -> Result<bool, Unreadable> {
        let Some(inside) = self.rest.strip_prefix("${") else { return Ok(false) };
        let Some(end) = inside.find('}') else {
            return Err(Unreadable::new(words!("`${{` 没有闭合", "`${{` is not closed"), words!("请写成 ${{name}}", "write ${{name}}")));
        };
        let name = inside[..end].trim();
        if name.starts_with("last-saved#") {
            return Err(Unreadable::new(
                words!(
                    "`last-saved#` 读取的是以前的记录，而每次检查各自独立",
                    "`last-saved#` reads an earlier record, and an inspection stands by itself"
                ),
                words!("请重新询问", "ask the question again"),
            ));
        }
        if name.is_empty() || !name.chars().all(is_inside_name) {
            return Err(Unreadable::new(
                words!("`${{{name}}}` 不是问题的名称", "`${{{name}}}` names no question"),
                words!("请在 ${{ 和 }} 之间写问题的名称", "write the question's name between ${{ and }}"),
            ));
        }
        let token = Token::Reference(name.to_owned());
        self.push(token, end + 3);
        Ok(true)
    }

    /// `../name`, `.`; other paths have no meaning here.
    fn path(&mut self) -> Result<bool, Unreadable> {
        let refused = || {
            Unreadable::new(
                words!("指向表单内部或其他数据的路径没有对应的写法", "a path into the form or other data has no equivalent"),
                words!("请写出问题的名称：${{name}}", "name the question: ${{name}}"),
            )
        };
        if let Some(inside) = self.rest.strip_prefix("../") {
            let length = inside.find(|c| !is_inside_name(c)).unwrap_or(inside.len());
            let name = &inside[..length];
            if name.is_empty() || name.starts_with('.') || inside[length..].starts_with(['/', '(', '[']) {
                return Err(refused());
            }
            let token = Token::Beside(name.to_owned());
            self.push(token, length + 3);
            return Ok(true);
        }
        if self.rest.starts_with(['/', '[', ']', '|', '@']) || self.rest.starts_with("..") {
            return Err(refused());
        }
        let after = self.rest.strip_prefix('.');
        if after.is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_digit())) {
            if after.is_some_and(|after| after.starts_with('/')) {
                return Err(refused());
            }
            self.push(Token::Dot, 1);
            return Ok(true);
        }
        Ok(false)
    }

    fn words(&mut self, first: char) -> Result<bool, Unreadable> {
        if !matches!(first, '\'' | '"') {
            return Ok(false);
        }
        let inside = &self.rest[1..];
        let Some(end) = inside.find(first) else {
            return Err(Unreadable::new(
                words!("引号里的文字没有闭合", "a text in quotes is not closed"),
                words!("请用同样的引号闭合", "close it with the same quote"),
            ));
        };
        let token = Token::Words(inside[..end].to_owned());
        self.push(token, end + 2);
        Ok(true)
    }

    fn number(&mut self, first: char) -> bool {
        if !first.is_ascii_digit() && first != '.' {
            return false;
        }
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let mut length = digits(self.rest);
        if self.rest[length..].starts_with('.') {
            length += 1 + digits(&self.rest[length + 1..]);
        }
        let token = Token::Number(self.rest[..length].to_owned());
        self.push(token, length);
        true
    }

    fn sign(&mut self) -> bool {
        const SIGNS: &[(&str, Operator)] = &[
            ("!=", Operator::Unequal),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("==", Operator::Equal),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
            ("+", Operator::Plus),
            ("-", Operator::Minus),
            ("*", Operator::Times),
        ];
        let marks = [("(", Token::Open), (")", Token::Close), (",", Token::Comma)];
        if let Some((mark, token)) = marks.into_iter().find(|(mark, _)| self.rest.starts_with(mark)) {
            self.push(token, mark.len());
            return true;
        }
        let Some((sign, operator)) = SIGNS.iter().find(|(sign, _)| self.rest.starts_with(sign)) else { return false };
        self.push(Token::Operator(*operator), sign.len());
        true
    }

    fn name(&mut self, first: char) -> bool {
        if !first.is_alphabetic() && first != '_' {
            return false;
        }
        let mut length = word(self.rest);
        // A prefix (`jr:choice-name`) or the language of a column (`label::English`).
        for separator in ["::", ":"] {
            let after = self.rest[length..].strip_prefix(separator);
            if let Some(more) = after.map(word).filter(|more| *more > 0) {
                length += separator.len() + more;
                break;
            }
        }
        let name = self.rest[..length].to_owned();
        let operator = match name.as_str() {
            "or" => Some(Operator::Or),
            "and" => Some(Operator::And),
            "div" => Some(Operator::Divided),
            "mod" => Some(Operator::Remainder),
            _ => None,
        };
        let after_operand = self.tokens.last().is_some_and(Token::ends_operand);
        let called = self.rest[length..].trim_start().starts_with('(');
        let token = match operator {
            Some(operator) if after_operand => Token::Operator(operator),
            _ if called => Token::Function(name),
            _ => Token::Name(name),
        };
        self.push(token, length);
        true
    }
}

fn word(text: &str) -> usize {
    text.find(|c| !is_inside_name(c)).unwrap_or(text.len())
}

fn is_inside_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
