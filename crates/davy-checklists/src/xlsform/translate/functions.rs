//! Functions: what has an equivalent, and why the others have none.

use super::value::as_words;
use super::{Constant, Kind, Level, Piece, Refusal, Translator, quoted};
use crate::xlsform::words::{Both, words};
use crate::xlsform::xpath::{Expr, Operator};
use davy_core::checklist::Text;
use davy_core::checklist::expression::Expression;

/// Why a function has no equivalent, and what to write instead.
type Why = (Both, Both);

const CLOCK: Why = (
    ("检查表里没有时钟：一条记录无论何时查看，含义都必须相同", "a checklist has no clock: a record must mean the same whenever it is read"),
    ("请用date询问日期，再比较两个作答", "ask for the day with date and compare two answers"),
);
const LOOKUP: Why = (
    ("检查表自成一体，不到其他数据中查找", "a checklist is complete in itself: it looks nothing up in other data"),
    ("请把这些值写进表单，例如写成选项", "put the values into the form, for example as choices"),
);
const REPEATS: Why = (
    ("条件只读取一个作答，不读取重复组的全部实例", "a condition reads one answer, not all instances of a repeat"),
    ("请直接询问合计，或把条件写进重复组", "ask for the total, or put the condition into the repeat"),
);
const CHANCE: Why = (
    ("一条记录每次计算的结果都必须相同", "a record must come out the same every time it is computed"),
    ("请由人来决定", "leave it to a person"),
);
const LABELS: Why = (
    ("条件读取的是代码，不是显示的文字", "a condition reads codes, not the words shown"),
    ("请与选项的代码比较", "compare the code of the choice"),
);
const ONCE: Why = (("计算的值始终随作答变化", "what is computed always follows the answers"), ("请去掉once()", "leave once() out"));

/// Functions without equivalent.
const REFUSED: &[(&[&str], Why)] = &[
    (&["today", "now", "format-date", "format-date-time", "date", "date-time", "decimal-date-time", "decimal-time"], CLOCK),
    (&["pulldata", "instance", "search", "current", "property", "lookup"], LOOKUP),
    (&["count", "count-non-empty", "sum", "min", "max", "position", "indexed-repeat", "join", "index", "last"], REPEATS),
    (&["random", "randomize", "uuid"], CHANCE),
    (&["jr:choice-name", "jr:itext", "choice-name"], LABELS),
    (&["once"], ONCE),
];

/// Functions that have an equivalent, beside `regex`.
const KNOWN: &[&str] = &[
    "selected",
    "count-selected",
    "if",
    "coalesce",
    "not",
    "int",
    "number",
    "string",
    "round",
    "string-length",
    "concat",
    "contains",
    "starts-with",
    "ends-with",
];

impl Translator<'_> {
    pub(super) fn call(&mut self, name: &str, arguments: &[Expr]) -> Result<Piece, Refusal> {
        match (name, arguments) {
            ("true", []) => Ok(Piece::flag(true)),
            ("false", []) => Ok(Piece::flag(false)),
            ("not" | "boolean" | "selected", _) => self.condition(&Expr::Call(name.to_owned(), arguments.to_vec()), true),
            ("if", _) => self.choice_of(arguments, |translator, part| translator.value(part).map(Piece::or_nothing)),
            ("coalesce", [_, _]) => {
                let whole = Expr::Call(name.to_owned(), arguments.to_vec());
                let arguments = branches(&whole).ok_or_else(|| refused(name))?;
                self.call("if", &arguments)
            }
            ("number", [inside]) => self.number(inside),
            ("int", [inside]) => {
                let inside = self.number(inside)?;
                Ok(Piece::new(format!("double(int({}))", inside.cel), Level::Whole, Kind::Number { whole: true }).needing(&[&inside]))
            }
            ("round", [inside]) => self.round(inside, 0),
            ("round", [inside, Expr::Number(digits)]) => match digits.parse() {
                Ok(digits) if digits <= 9 => self.round(inside, digits),
                _ => Err(Refusal::new(
                    words!("round最多保留9位小数", "round takes at most 9 digits"),
                    words!("请写成round(…, 2)", "write round(…, 2)"),
                )),
            },
            ("string", [inside]) => {
                let piece = self.value(inside)?;
                as_words(piece)
            }
            ("string-length", [inside]) => {
                let words = self.words(inside)?;
                Ok(Piece::new(format!("double(size({}))", words.cel), Level::Whole, Kind::Number { whole: true }))
            }
            ("string-length", []) => self.call(name, &[Expr::Dot]),
            ("count-selected", [inside]) => self.count_selected(inside),
            ("concat", parts) if !parts.is_empty() => {
                let parts: Vec<_> = parts.iter().map(|part| self.words(part)).collect::<Result<_, _>>()?;
                let cel = parts.iter().map(|part| part.within(Level::Product)).collect::<Vec<_>>().join(" + ");
                Ok(Piece::new(cel, if parts.len() > 1 { Level::Sum } else { Level::Whole }, Kind::Words { computed: true }))
            }
            ("contains", [of, part]) => self.text_test(of, "contains", part),
            ("starts-with", [of, part]) => self.text_test(of, "startsWith", part),
            ("ends-with", [of, part]) => self.text_test(of, "endsWith", part),
            ("regex", [of, pattern]) => self.regex(of, pattern),
            _ => Err(refused(name)),
        }
    }

    /// `if(condition, then, else)`.
    pub(super) fn choice_of(
        &mut self,
        arguments: &[Expr],
        mut branch: impl FnMut(&mut Self, &Expr) -> Result<Piece, Refusal>,
    ) -> Result<Piece, Refusal> {
        let [condition, then, otherwise] = arguments else {
            return Err(Refusal::new(
                words!("`if`需要一个条件和两个值", "`if` takes a condition and two values"),
                words!("请写成if(条件, 值, 另一个值)", "write if(condition, value, other value)"),
            ));
        };
        let condition = self.condition(condition, true)?;
        let (then, otherwise) = (branch(self, then)?, branch(self, otherwise)?);
        match condition.constant {
            Some(Constant::Flag(true)) => return Ok(then),
            Some(Constant::Flag(false)) => return Ok(otherwise),
            _ => {}
        }
        let cel = format!("{} ? {} : {}", condition.within(Level::Or), then.within(Level::Or), otherwise.within(Level::Or));
        // Which answers it needs depends on the branch, so it is open while the branch is.
        let kind = either(&then.kind, &otherwise.kind);
        let piece = Piece::new(cel, Level::Ternary, kind).needing(&[&then, &otherwise]);
        Ok(Piece { branched: true, ..piece })
    }

    /// To the nearest, halves upwards as in XPath.
    fn round(&mut self, inside: &Expr, digits: u32) -> Result<Piece, Refusal> {
        let inside = self.number(inside)?;
        let factor = 10_i64.pow(digits);
        let scaled = if digits == 0 { inside.within(Level::Sum) } else { format!("{} * {factor}.0", inside.within(Level::Product)) };
        let half = format!("{scaled} + 0.5");
        let whole = format!("(double(int({half})) > {half} ? double(int({half})) - 1.0 : double(int({half})))");
        let cel = if digits == 0 { whole } else { format!("{whole} / {factor}.0") };
        let level = if digits == 0 { Level::Whole } else { Level::Product };
        Ok(Piece::new(cel, level, Kind::Number { whole: digits == 0 }).needing(&[&inside]))
    }

    fn words(&mut self, expr: &Expr) -> Result<Piece, Refusal> {
        if let Some(arguments) = branches(expr) {
            return self.choice_of(&arguments, Self::words);
        }
        let piece = self.value(expr)?;
        as_words(piece)
    }

    fn text_test(&mut self, of: &Expr, function: &str, part: &Expr) -> Result<Piece, Refusal> {
        let (of, part) = (self.words(of)?, self.words(part)?);
        Ok(Piece::new(format!("{}.{function}({})", of.within(Level::Whole), part.cel), Level::Whole, Kind::Flag))
    }

    /// XLSForm's `regex` looks at the whole text.
    fn regex(&mut self, of: &Expr, pattern: &Expr) -> Result<Piece, Refusal> {
        let Expr::Words(pattern) = pattern else {
            return Err(Refusal::new(
                words!("regex的匹配规则必须是固定的", "the pattern of regex must be fixed"),
                words!("请用引号写出", "write it in quotes"),
            ));
        };
        let pattern = quoted(&format!("^(?:{pattern})$"));
        let tried = Expression::compile(&format!("''.matches({pattern})"), false);
        if tried.ok().and_then(|tried| tried.evaluate(|_| cel::Value::Null, None)).is_none() {
            return Err(Refusal::new(
                words!(
                    "无法识别匹配规则：环视和反向引用没有对应的写法",
                    "the pattern is not understood: look-around and back references have no equivalent"
                ),
                words!(
                    "请不用这些写法，或改用starts-with、contains、string-length",
                    "write it without them, or use starts-with, contains, string-length"
                ),
            ));
        }
        let of = self.words(of)?;
        Ok(Piece::new(format!("{}.matches({pattern})", of.within(Level::Whole)), Level::Whole, Kind::Flag))
    }

    fn count_selected(&mut self, inside: &Expr) -> Result<Piece, Refusal> {
        let piece = self.value(inside)?;
        if !matches!(piece.kind, Kind::Many(_)) {
            return Err(Refusal::new(
                words!("count-selected统计select_multiple选了几个选项", "count-selected counts the choices of a select_multiple"),
                words!("请填写这种类型的问题的名称", "name a question of this type"),
            ));
        }
        let size = format!("double(size({}))", piece.cel);
        let open: Vec<_> = piece.needs.iter().map(|id| format!("a.{id} == null")).collect();
        let cel = if open.is_empty() { size } else { format!("({} ? 0.0 : {size})", open.join(" || ")) };
        Ok(Piece::new(cel, Level::Whole, Kind::Number { whole: true }))
    }

    /// `selected(${question}, 'choice')`.
    pub(super) fn selected(&mut self, arguments: &[Expr], decided: bool) -> Result<Piece, Refusal> {
        let [of, choice] = arguments else {
            return Err(Refusal::new(
                words!("`selected`需要一个问题和一个选项", "`selected` takes a question and a choice"),
                words!("请写成selected(${{name}}, 'choice')", "write selected(${{name}}, 'choice')"),
            ));
        };
        let (of, choice) = (self.value(of)?, self.value(choice)?);
        match &of.kind {
            Kind::Choice(_) => self.equality(true, of, choice, decided),
            Kind::Nothing => Ok(Piece::flag(false)),
            Kind::Many(ids) => {
                if let Some(Constant::Words(id)) = &choice.constant
                    && !ids.contains(id)
                {
                    self.note(words!(
                        "`{id}`不是该问题的选项，永远不会被选中",
                        "`{id}` is no choice of the question, so it is never selected"
                    ));
                }
                let choice = match &choice.constant {
                    Some(Constant::Number(number)) => Piece::words(&number.to_string()),
                    _ => choice,
                };
                let cel = format!("{} in {}", choice.within(Level::Sum), of.within(Level::Sum));
                let flag = Piece::new(cel, Level::Relation, Kind::Flag).needing(&[&of, &choice]);
                if decided { flag.guarded() } else { Ok(flag) }
            }
            _ => Err(Refusal::new(
                words!("`selected`用在了没有选项的问题上", "`selected` looks for a choice in a question that has none"),
                words!(
                    "请填写select_one或select_multiple问题的名称；文字请用=比较",
                    "name a select_one or select_multiple; compare words with ="
                ),
            )),
        }
    }
}

/// Condition, value and other value of an `if`; `coalesce` is one too.
pub(super) fn branches(expr: &Expr) -> Option<[Expr; 3]> {
    let Expr::Call(name, arguments) = expr else { return None };
    match (name.as_str(), arguments.as_slice()) {
        ("if", [condition, then, otherwise]) => Some([condition.clone(), then.clone(), otherwise.clone()]),
        ("coalesce", [first, second]) => {
            let there = Expr::binary(Operator::Unequal, first.clone(), Expr::Words(String::new()));
            Some([there, first.clone(), second.clone()])
        }
        _ => None,
    }
}

/// What a value is that is one or the other.
fn either(a: &Kind, b: &Kind) -> Kind {
    let worded = |kind: &Kind| matches!(kind, Kind::Words { .. } | Kind::Choice(_));
    match (a, b) {
        (a, b) if a == b => a.clone(),
        (Kind::Nothing, kind) | (kind, Kind::Nothing) => kind.clone(),
        (Kind::Number { .. }, Kind::Number { .. }) => Kind::Number { whole: false },
        (a, b) if worded(a) && worded(b) => Kind::Words { computed: true },
        _ => Kind::Unknown,
    }
}

fn refused(name: &str) -> Refusal {
    match REFUSED.iter().find(|(names, _)| names.contains(&name)) {
        Some((_, ((reason_zh, reason_en), (zh, en)))) => Refusal::new(
            Text { zh: format!("`{name}()`：{reason_zh}"), en: format!("`{name}()`: {reason_en}") },
            Text { zh: (*zh).to_owned(), en: (*en).to_owned() },
        ),
        None => Refusal::new(
            words!("无法识别`{name}()`，或参数不符", "`{name}()` is not known, or not with these arguments"),
            Text { zh: format!("请使用{}或regex", KNOWN.join("、")), en: format!("use {} or regex", KNOWN.join(", ")) },
        ),
    }
}
