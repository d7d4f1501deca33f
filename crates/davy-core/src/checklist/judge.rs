//! What an answer means, and which items are shown.

use super::compile::Compiled;
use super::expression::Expression;
use super::model::{Grade, Response};
use crate::event::{AnswerValue, ItemKey, Verdict};
use crate::id::InstanceId;
use crate::view::SuggestedGrade;
use cel::Value;
use rust_decimal::prelude::ToPrimitive;

/// The answers that count, as conditions and limits read them.
pub trait Answers {
    /// The value that counts for an item; `None` while it is open.
    fn value(&self, key: &ItemKey) -> Option<&AnswerValue>;
    /// Whether an item has evidence of the kind its response asks for (photograph, signature).
    fn has_evidence(&self, key: &ItemKey) -> bool;
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judgement {
    /// Pass, fail, …; `None`: open.
    pub verdict: Option<Verdict>,
    /// Index of the limit that failed.
    pub broken_limit: Option<usize>,
    /// Grade that a finding should start with, while it fails.
    pub suggested: Option<SuggestedGrade>,
}

impl Compiled {
    /// Whether a section is shown.
    #[must_use]
    pub fn shows_section(&self, section: usize, answers: &impl Answers) -> bool {
        self.section_when(section)
            .is_none_or(|when| self.holds(when, answers, None, None) == Some(true))
    }

    /// Whether an item of a shown section is shown. A condition that has no answer yet hides it.
    #[must_use]
    pub fn shows_item(
        &self,
        section: usize,
        item: usize,
        instance: Option<InstanceId>,
        answers: &impl Answers,
    ) -> bool {
        let when = self.parts(section, item).when.as_ref();
        when.is_none_or(|when| self.holds(when, answers, instance, None) == Some(true))
    }

    /// What a value of an item means. `value` is `None` while it is open.
    #[must_use]
    pub fn judge(
        &self,
        key: &ItemKey,
        value: Option<&AnswerValue>,
        answers: &impl Answers,
    ) -> Judgement {
        let Some((_, item, _)) = self.item(&key.item) else {
            return Judgement {
                verdict: value.map(|_| Verdict::NotChecked),
                ..Judgement::default()
            };
        };
        let (verdict, broken_limit) = match (value, &item.response) {
            (Some(AnswerValue::Verdict(verdict)), _) => (Some(*verdict), None),
            (None, Response::Photo | Response::Signature) => {
                (answers.has_evidence(key).then_some(Verdict::Pass), None)
            }
            (None, _) => (None, None),
            (Some(AnswerValue::Choice(id)), Response::Choice { choices }) => {
                let fails = choices
                    .iter()
                    .any(|choice| choice.fails && choice.id == *id);
                self.judge_limits(key, value, fails, answers)
            }
            (Some(AnswerValue::Choices(ids)), Response::MultiChoice { choices }) => {
                let fails = choices
                    .iter()
                    .any(|choice| choice.fails && ids.contains(&choice.id));
                self.judge_limits(key, value, fails, answers)
            }
            (Some(_), _) => self.judge_limits(key, value, false, answers),
        };
        let failed = verdict == Some(Verdict::Fail);
        let of_limit = broken_limit.and_then(|at| item.limits[at].grade);
        let suggested = failed.then(|| SuggestedGrade {
            grade: of_limit.or(item.grade).unwrap_or(Grade::General),
            verified: item.confidence.is_none_or(super::Confidence::is_verified),
        });
        Judgement {
            verdict,
            broken_limit,
            suggested,
        }
    }

    fn judge_limits(
        &self,
        key: &ItemKey,
        value: Option<&AnswerValue>,
        fails: bool,
        answers: &impl Answers,
    ) -> (Option<Verdict>, Option<usize>) {
        let value = cel_value(value);
        let limits = self
            .item(&key.item)
            .map_or(&[][..], |(_, _, parts)| &parts.limits);
        let mut undecided = false;
        for (at, limit) in limits.iter().enumerate() {
            let counts = limit.when.as_ref().is_none_or(|when| {
                self.holds(when, answers, key.instance, Some(&value)) == Some(true)
            });
            match counts.then(|| self.holds(&limit.pass, answers, key.instance, Some(&value))) {
                Some(Some(false)) => return (Some(Verdict::Fail), Some(at)),
                Some(None) => undecided = true,
                Some(Some(true)) | None => {}
            }
        }
        // A limit that cannot be decided yet must never look like a pass.
        let verdict = if fails {
            Verdict::Fail
        } else if undecided {
            Verdict::NotChecked
        } else {
            Verdict::Pass
        };
        (Some(verdict), None)
    }

    /// In a repeat group `a.x` reads the same instance when x belongs to a repeat group too.
    fn holds(
        &self,
        expression: &Expression,
        answers: &impl Answers,
        instance: Option<InstanceId>,
        value: Option<&Value>,
    ) -> Option<bool> {
        let read = |id: &str| {
            let repeated = self
                .item(id)
                .is_some_and(|(section, _, _)| section.repeat.is_some());
            let key = ItemKey {
                item: id.to_owned(),
                instance: instance.filter(|_| repeated),
            };
            cel_value(answers.value(&key))
        };
        expression.holds(read, value)
    }
}

fn cel_value(value: Option<&AnswerValue>) -> Value {
    let text = |text: &str| Value::from(text.to_owned());
    match value {
        None => Value::Null,
        Some(AnswerValue::Verdict(verdict)) => text(match verdict {
            Verdict::Pass => "pass",
            Verdict::NotApplicable => "na",
            Verdict::NotChecked => "not_checked",
            Verdict::Fail => "fail",
        }),
        Some(AnswerValue::Choice(id)) => text(id),
        Some(AnswerValue::Choices(ids)) => {
            Value::from(ids.iter().map(|id| text(id)).collect::<Vec<_>>())
        }
        Some(AnswerValue::Number(number)) => number.to_f64().map_or(Value::Null, Value::Float),
        Some(AnswerValue::Text(words) | AnswerValue::Code(words)) => text(words),
        Some(AnswerValue::DateTime(at)) => Value::Int(at.0),
        Some(AnswerValue::Location(_)) => Value::Bool(true),
    }
}
