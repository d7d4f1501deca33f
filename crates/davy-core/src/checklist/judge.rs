//! What an answer means, and which items are shown.

use super::compile::Compiled;
use super::expression::Expression;
use super::model::{Grade, Response};
use crate::event::{AnswerValue, ItemKey, Verdict};
use crate::id::InstanceId;
use crate::time::Millis;
use crate::view::SuggestedGrade;
use cel::Value;
use rust_decimal::prelude::ToPrimitive;

/// The answers that count, as conditions and limits read them.
pub trait Answers {
    /// The value that counts for an item; `None` while it is open.
    fn value(&self, key: &ItemKey) -> Option<&AnswerValue>;
    /// Whether an item has evidence of the kind its response asks for (photograph, signature).
    fn has_evidence(&self, key: &ItemKey) -> bool;
    /// When the value that counts was given, by the wall clock of its device; `None` while it is open.
    fn given_at(&self, key: &ItemKey) -> Option<Millis>;
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
    /// A pass that does not count: a reading that it rests on is missing, out of its limits or out of date.
    pub stale: bool,
}

impl Compiled {
    /// Whether a section is shown.
    #[must_use]
    pub fn shows_section(&self, section: usize, answers: &impl Answers) -> bool {
        self.section_when(section).is_none_or(|when| self.holds(when, answers, None, None) == Some(true))
    }

    /// Whether an item of a shown section is shown. A condition that has no answer yet hides it.
    #[must_use]
    pub fn shows_item(&self, section: usize, item: usize, instance: Option<InstanceId>, answers: &impl Answers) -> bool {
        let when = self.parts(section, item).when.as_ref();
        when.is_none_or(|when| self.holds(when, answers, instance, None) == Some(true))
    }

    /// Whether a value may be taken as an answer at all. What cannot be decided yet is taken.
    #[must_use]
    pub fn accepts(&self, key: &ItemKey, value: &AnswerValue, answers: &impl Answers) -> bool {
        let accept = self.item(&key.item).and_then(|(_, _, parts)| parts.accept.as_ref());
        // Any item can be not applicable or not checked.
        let judged = !matches!(value, AnswerValue::Verdict(_));
        let value = cel_value(Some(value));
        !judged || accept.is_none_or(|accept| self.holds(accept, answers, key.instance, Some(&value)) != Some(false))
    }

    /// Ids of the choices that are offered now; `None`: all of them.
    #[must_use]
    pub fn offered(&self, key: &ItemKey, answers: &impl Answers) -> Option<Vec<String>> {
        let (_, item, parts) = self.item(&key.item)?;
        if parts.choices.iter().all(Option::is_none) {
            return None;
        }
        let shown =
            |when: &Option<Expression>| when.as_ref().is_none_or(|when| self.holds(when, answers, key.instance, None) == Some(true));
        let offered = item.response.choices().iter().zip(&parts.choices).filter(|(_, when)| shown(when));
        Some(offered.map(|(choice, _)| choice.id.clone()).collect())
    }

    /// Indices of the limits that count for a value, or that may count once their condition can be decided; `None`: all of them.
    #[must_use]
    pub fn limits_in_question(&self, key: &ItemKey, value: Option<&AnswerValue>, answers: &impl Answers) -> Option<Vec<usize>> {
        let (_, _, parts) = self.item(&key.item)?;
        if parts.limits.iter().all(|limit| limit.when.is_none()) {
            return None;
        }
        let value = cel_value(value);
        let counts = |when: &Expression| self.holds(when, answers, key.instance, Some(&value)) != Some(false);
        let limits = parts.limits.iter().enumerate().filter(|(_, limit)| limit.when.as_ref().is_none_or(counts));
        Some(limits.map(|(at, _)| at).collect())
    }

    /// What a value of an item means. `value` is `None` while it is open; `at` is when it was given.
    #[must_use]
    pub fn judge(&self, key: &ItemKey, value: Option<&AnswerValue>, at: Option<Millis>, answers: &impl Answers) -> Judgement {
        let judged = self.judge_alone(key, value, answers);
        let stale = judged.verdict == Some(Verdict::Pass) && !self.stale_readings(key, at, answers).is_empty();
        // Like a limit that cannot be decided: it must never look like a pass.
        if stale { Judgement { verdict: Some(Verdict::NotChecked), stale, ..judged } } else { judged }
    }

    /// Readings that an item's pass, given at `at`, cannot rest on: open, out of their limits, taken too long before, or after.
    #[must_use]
    pub fn stale_readings(&self, key: &ItemKey, at: Option<Millis>, answers: &impl Answers) -> Vec<ItemKey> {
        let needed = self.item(&key.item).map_or(&[][..], |(_, item, _)| &item.needs_fresh);
        let keys = needed.iter().map(|id| self.beside(id, key.instance));
        keys.filter(|reading| !self.is_fresh(reading, at, answers)).collect()
    }

    fn is_fresh(&self, reading: &ItemKey, at: Option<Millis>, answers: &impl Answers) -> bool {
        let Some((_, item, _)) = self.item(&reading.item) else { return false };
        let (Some(taken), Some(at), Some(minutes)) = (answers.given_at(reading), at, item.valid_minutes) else { return false };
        let passes = self.judge_alone(reading, answers.value(reading), answers).verdict == Some(Verdict::Pass);
        passes && taken <= at && at <= taken.plus(i64::from(minutes) * 60_000)
    }

    fn judge_alone(&self, key: &ItemKey, value: Option<&AnswerValue>, answers: &impl Answers) -> Judgement {
        let Some((_, item, _)) = self.item(&key.item) else {
            return Judgement { verdict: value.map(|_| Verdict::NotChecked), ..Judgement::default() };
        };
        let (verdict, broken_limit) = match (value, &item.response) {
            (Some(AnswerValue::Verdict(verdict)), _) => (Some(*verdict), None),
            (None, Response::Photo | Response::Signature) => (answers.has_evidence(key).then_some(Verdict::Pass), None),
            (None, _) => (None, None),
            (Some(AnswerValue::Choice(id)), Response::Choice { choices }) => {
                let fails = choices.iter().any(|choice| choice.fails && choice.id == *id);
                self.judge_limits(key, value, fails, answers)
            }
            (Some(AnswerValue::Choices(ids)), Response::MultiChoice { choices }) => {
                let fails = choices.iter().any(|choice| choice.fails && ids.contains(&choice.id));
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
        Judgement { verdict, broken_limit, suggested, stale: false }
    }

    fn judge_limits(
        &self,
        key: &ItemKey,
        value: Option<&AnswerValue>,
        fails: bool,
        answers: &impl Answers,
    ) -> (Option<Verdict>, Option<usize>) {
        let value = cel_value(value);
        let limits = self.item(&key.item).map_or(&[][..], |(_, _, parts)| &parts.limits);
        let mut undecided = false;
        for (at, limit) in limits.iter().enumerate() {
            let counts = limit.when.as_ref().is_none_or(|when| self.holds(when, answers, key.instance, Some(&value)) == Some(true));
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

    fn holds(&self, expression: &Expression, answers: &impl Answers, instance: Option<InstanceId>, value: Option<&Value>) -> Option<bool> {
        expression.holds(|id| self.read(&self.beside(id, instance), answers), value)
    }

    /// What conditions read of an item: its answer, or what it computes. Compiling has made sure that no chain of
    /// computed items comes back to itself.
    fn read(&self, key: &ItemKey, answers: &impl Answers) -> Value {
        match self.item(&key.item).and_then(|(_, _, parts)| parts.calculated.as_ref()) {
            Some(expression) => {
                let computed = expression.evaluate(|id| self.read(&self.beside(id, key.instance), answers), None);
                computed.unwrap_or(Value::Null)
            }
            None => cel_value(answers.value(key)),
        }
    }

    /// The item of this id as seen from a place: in a repeat group the one of the same instance, if it belongs to a repeat group too.
    fn beside(&self, id: &str, instance: Option<InstanceId>) -> ItemKey {
        let repeated = self.item(id).is_some_and(|(section, _, _)| section.repeat.is_some());
        ItemKey { item: id.to_owned(), instance: instance.filter(|_| repeated) }
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
        Some(AnswerValue::Choices(ids)) => Value::from(ids.iter().map(|id| text(id)).collect::<Vec<_>>()),
        Some(AnswerValue::Number(number)) => number.to_f64().map_or(Value::Null, Value::Float),
        Some(AnswerValue::Text(words) | AnswerValue::Code(words)) => text(words),
        Some(AnswerValue::DateTime(at)) => Value::Int(at.0),
        Some(AnswerValue::Location(_)) => Value::Bool(true),
    }
}
