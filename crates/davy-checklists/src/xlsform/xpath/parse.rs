//! Tokens to a tree: operators by their strength (Pratt).

use super::token::{Token, tokens};
use super::{Expr, NEGATIVE, Operator, Unreadable};
use crate::xlsform::words::words;
use davy_core::checklist::Text;

/// Longest expression in bytes.
const MAX_LENGTH: usize = 16 * 1024;
/// Deepest nesting; every level takes some of the stack.
const MAX_DEPTH: usize = 100;
/// Most parts of one `a or b or c`.
const MAX_CHAIN: usize = 500;

/// Reads an expression.
///
/// # Errors
/// It is no expression, or too long or too deep to be one that a person wrote.
pub(crate) fn parse(text: &str) -> Result<Expr, Unreadable> {
    if text.len() > MAX_LENGTH {
        return Err(too_large(words!("表达式超过{MAX_LENGTH}个字符", "the expression has more than {MAX_LENGTH} characters")));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
    let expr = parser.expression(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(unexpected()),
    }
}

fn unexpected() -> Unreadable {
    Unreadable::new(
        words!("这不是表达式", "it is not an expression"),
        words!("请参照${{gas}} > 1 and selected(${{work}}, 'hot')来写", "write for example ${{gas}} > 1 and selected(${{work}}, 'hot')"),
    )
}

fn too_large(reason: Text) -> Unreadable {
    Unreadable::new(reason, words!("请拆分到几个calculate问题里", "split it over calculate questions"))
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn expression(&mut self, least: u8) -> Result<Expr, Unreadable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_large(words!("表达式嵌套过深", "the expression is nested too deeply")));
        }
        let mut left = self.operand()?;
        // A chain of one strength grows to the left; its depth counts like that of brackets.
        let (mut grown, mut links) = (0, 0);
        while let Some(Token::Operator(operator)) = self.peek() {
            let operator = *operator;
            if operator.strength() <= least {
                break;
            }
            self.at += 1;
            let right = self.expression(operator.strength())?;
            if !matches!((&left, operator), (Expr::Binary(same, ..), Operator::Or | Operator::And) if *same == operator) {
                grown += 1;
            }
            links += 1;
            if self.depth + grown > MAX_DEPTH || links > MAX_CHAIN {
                return Err(too_large(words!("表达式的组成部分过多", "the expression has too many parts")));
            }
            left = Expr::binary(operator, left, right);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, Unreadable> {
        let Some(token) = self.next() else { return Err(unexpected()) };
        match token.clone() {
            Token::Reference(name) => Ok(Expr::Reference(name)),
            Token::Beside(name) => Ok(Expr::Beside(name)),
            Token::Dot => Ok(Expr::Dot),
            Token::Name(name) => Ok(Expr::Name(name)),
            Token::Number(digits) => Ok(Expr::Number(digits)),
            Token::Words(words) => Ok(Expr::Words(words)),
            Token::Operator(Operator::Minus) => Ok(Expr::Negative(Box::new(self.expression(NEGATIVE)?))),
            Token::Open => {
                let inside = self.expression(0)?;
                self.close()?;
                Ok(inside)
            }
            Token::Function(name) => self.arguments(name),
            Token::Operator(_) | Token::Close | Token::Comma => Err(unexpected()),
        }
    }

    fn close(&mut self) -> Result<(), Unreadable> {
        match self.next() {
            Some(Token::Close) => Ok(()),
            _ => Err(Unreadable::new(words!("括号没有闭合", "a bracket is not closed"), words!("请用 )闭合", "close it with )"))),
        }
    }

    fn arguments(&mut self, name: String) -> Result<Expr, Unreadable> {
        self.at += 1;
        let mut arguments = Vec::new();
        if self.peek() == Some(&Token::Close) {
            self.at += 1;
            return Ok(Expr::Call(name, arguments));
        }
        loop {
            arguments.push(self.expression(0)?);
            if self.peek() == Some(&Token::Comma) {
                self.at += 1;
                continue;
            }
            self.close()?;
            return Ok(Expr::Call(name, arguments));
        }
    }
}
