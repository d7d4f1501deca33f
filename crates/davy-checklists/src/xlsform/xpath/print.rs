//! A tree back to text, with the brackets that it needs.

use super::{Expr, NEGATIVE, Operator};
use std::fmt::Write;

/// Writes an expression. `None`: a text holds both kinds of quotes, which XPath cannot write.
pub(crate) fn print(expr: &Expr) -> Option<String> {
    let mut text = String::new();
    write(expr, 0, None, &mut text)?;
    Some(text)
}

fn write(expr: &Expr, least: u8, parent: Option<Operator>, text: &mut String) -> Option<()> {
    match expr {
        Expr::Reference(name) => write!(text, "${{{name}}}").ok()?,
        Expr::Beside(name) => write!(text, "../{name}").ok()?,
        Expr::Dot => text.push('.'),
        Expr::Name(name) | Expr::Number(name) => text.push_str(name),
        Expr::Words(words) => {
            let quote = ['\'', '"'].into_iter().find(|quote| !words.contains(*quote))?;
            write!(text, "{quote}{words}{quote}").ok()?;
        }
        Expr::Call(name, arguments) => {
            write!(text, "{name}(").ok()?;
            for (index, argument) in arguments.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write(argument, 0, None, text)?;
            }
            text.push(')');
        }
        Expr::Negative(inside) => {
            text.push('-');
            write(inside, NEGATIVE, None, text)?;
        }
        Expr::Binary(operator, left, right) => {
            let strength = operator.strength();
            // `and` inside `or` is easier to read with brackets, though it needs none.
            let bracket = strength < least || (*operator == Operator::And && parent == Some(Operator::Or));
            text.push_str(if bracket { "(" } else { "" });
            write(left, strength, Some(*operator), text)?;
            write!(text, " {} ", operator.sign()).ok()?;
            // Chains lean to the left.
            write(right, strength + 1, Some(*operator), text)?;
            text.push_str(if bracket { ")" } else { "" });
        }
    }
    Some(())
}
