//! Conditions and limits in CEL (Common Expression Language): compiled once, evaluated against answers.

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::{Context, Program, Value};
use std::collections::{BTreeSet, HashMap};

/// Most operators on one path of a condition (`1 + 1 + …`, brackets in brackets): the parser takes some of the stack for each,
/// and a form that anybody sent must not end the program.
const MAX_DEPTH: usize = 200;

/// A compiled condition with the item ids that it reads.
#[derive(Debug)]
pub struct Expression {
    program: Program,
    reads: BTreeSet<String>,
    reads_value: bool,
}

/// Why a condition was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// The text is not CEL.
    #[error("the condition `{source_text}` cannot be read: {reason}; write for example a.ventilation == 'fail'")]
    Syntax {
        /// The condition.
        source_text: String,
        /// What the parser says.
        reason: String,
    },
    /// It names something that does not exist here.
    #[error("the condition `{source_text}` reads `{name}`; only a.<item id>{hint} can be read")]
    UnknownName {
        /// The condition.
        source_text: String,
        /// The name.
        name: String,
        /// `and value` in limits.
        hint: &'static str,
    },
}

impl Expression {
    /// Compiles a condition. `value` may be read only in limits.
    ///
    /// # Errors
    /// The text is not CEL, or it reads something other than `a.<item id>` (and `value` in limits).
    pub fn compile(source: &str, in_limit: bool) -> Result<Self, ExpressionError> {
        if depth(source) > MAX_DEPTH {
            let start = source.chars().take(40).chain(['…']).collect();
            return Err(ExpressionError::Syntax { source_text: start, reason: "it is nested too deeply".to_owned() });
        }
        let program = Program::compile(source).map_err(|error| ExpressionError::Syntax {
            source_text: source.to_owned(),
            reason: error.errors.first().map_or_else(|| error.to_string(), |first| first.msg.clone()),
        })?;
        let mut names = Names::default();
        names.walk(program.expression());
        let allowed = |name: &String| name == "value" && in_limit;
        if let Some(name) = names.variables.iter().find(|name| !allowed(name)) {
            let hint = if in_limit { " and value" } else { "" };
            return Err(ExpressionError::UnknownName { source_text: source.to_owned(), name: name.clone(), hint });
        }
        Ok(Self { program, reads: names.items, reads_value: names.variables.contains("value") })
    }

    /// Item ids read as `a.<id>`.
    #[must_use]
    pub const fn reads(&self) -> &BTreeSet<String> {
        &self.reads
    }

    /// Evaluates a condition. `None`: it has no answer yet (an item that it reads is open) or compares what cannot be compared.
    #[must_use]
    pub fn holds(&self, answer: impl Fn(&str) -> Value, value: Option<&Value>) -> Option<bool> {
        match self.evaluate(answer, value) {
            Some(Value::Bool(holds)) => Some(holds),
            _ => None,
        }
    }

    /// Evaluates to a value. `None` as for `holds`.
    #[must_use]
    pub fn evaluate(&self, answer: impl Fn(&str) -> Value, value: Option<&Value>) -> Option<Value> {
        let answers: HashMap<String, Value> = self.reads.iter().map(|id| (id.clone(), answer(id))).collect();
        let mut context = Context::default();
        context.add_variable_from_value("a", answers);
        if self.reads_value {
            context.add_variable_from_value("value", value?.clone());
        }
        self.program.execute(&context).ok()
    }
}

/// Operators on the longest path of a condition, counted without parsing it; rather too many than too few.
fn depth(source: &str) -> usize {
    // Texts in quotes are passed over, except where quotes have other rules.
    let special = ["r'", "r\"", "R'", "R\"", "'''", "\"\"\""].iter().any(|mark| source.contains(mark));
    // For each open bracket: the longest part that is complete, and the part that goes on.
    let mut open = vec![(0_usize, 0_usize)];
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        let Some((longest, current)) = open.last_mut() else { break };
        match letter {
            '\'' | '"' if !special => {
                while let Some(inside) = letters.next().filter(|inside| *inside != letter) {
                    if inside == '\\' {
                        letters.next();
                    }
                }
            }
            '(' | '[' | '{' => open.push((0, 0)),
            ')' | ']' | '}' => {
                let inner = 1 + (*longest).max(*current);
                open.pop();
                match open.last_mut() {
                    Some((_, outer)) => *outer += inner,
                    None => open.push((inner, 0)),
                }
            }
            '&' | '|' | ',' => {
                *longest = (*longest).max(*current);
                *current = 0;
            }
            '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' | '.' | '?' => *current += 1,
            _ => {}
        }
    }
    // What is never closed is a path too.
    open.iter().map(|(longest, current)| 1 + (*longest).max(*current)).sum()
}

/// Names that an expression reads: `a.x` as an item, any other free variable by its name.
#[derive(Default)]
struct Names {
    items: BTreeSet<String>,
    variables: BTreeSet<String>,
    bound: Vec<String>,
}

impl Names {
    fn walk(&mut self, expression: &IdedExpr) {
        match &expression.expr {
            Expr::Ident(name) if !self.bound.contains(name) => {
                self.variables.insert(name.clone());
            }
            Expr::Select(select) => match &select.operand.expr {
                Expr::Ident(name) if name == "a" => {
                    self.items.insert(select.field.clone());
                }
                _ => self.walk(&select.operand),
            },
            Expr::Call(call) => {
                call.target.iter().for_each(|target| self.walk(target));
                call.args.iter().for_each(|argument| self.walk(argument));
            }
            Expr::List(list) => list.elements.iter().for_each(|element| self.walk(element)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.walk_entry(&entry.expr)),
            Expr::Struct(it) => it.entries.iter().for_each(|entry| self.walk_entry(&entry.expr)),
            Expr::Comprehension(loops) => {
                self.walk(&loops.iter_range);
                self.walk(&loops.accu_init);
                let depth = self.bound.len();
                self.bound.extend([loops.iter_var.clone(), loops.accu_var.clone()]);
                self.bound.extend(loops.iter_var2.clone());
                for part in [&loops.loop_cond, &loops.loop_step, &loops.result] {
                    self.walk(part);
                }
                self.bound.truncate(depth);
            }
            _ => {}
        }
    }

    fn walk_entry(&mut self, entry: &EntryExpr) {
        match entry {
            EntryExpr::StructField(field) => self.walk(&field.value),
            EntryExpr::MapEntry(pair) => {
                self.walk(&pair.key);
                self.walk(&pair.value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_too_deep_for_the_parsers_stack_is_refused() {
        let nested = |open: &str, close: &str| format!("{}true{}", open.repeat(5_000), close.repeat(5_000));
        let quoted = format!("r'\\' == '{}1'", "1+".repeat(5_000));
        let mixed = format!("{}1{}", "(".repeat(60), format!("{})", "+1".repeat(60)).repeat(60));
        let all = [
            nested("(", ")"),
            nested("[", "]"),
            nested("a.x + ", ""),
            nested("!", ""),
            nested("", "[0]"),
            nested("", ".y"),
            nested("(", ""),
            quoted,
            mixed,
        ];
        for source in all {
            let error = Expression::compile(&source, true).unwrap_err().to_string();
            assert!(error.contains("nested too deeply") && error.len() < 300, "{error}");
        }
    }

    #[test]
    fn long_lists_of_cases_are_not_deep() {
        let cases: Vec<_> = (0..400).map(|n| format!("a.x == 'it''s {n} + 1 - 2 (' || a.y >= {n}.5")).collect();
        assert!(depth(&cases.join(" || ").replace("''", "\\'")) < 10);
        let cases: Vec<_> = (0..400).map(|n| format!("a.x == 'c{n}'")).collect();
        assert!(Expression::compile(&cases.join(" || "), false).is_ok());
        assert!(Expression::compile(&format!("{}true", "true||".repeat(5_000)), false).is_ok());
    }
}
