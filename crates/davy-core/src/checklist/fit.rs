//! Whether a value is of the kind that an item asks for.

use super::model::{Choice, Item, Response};
use crate::event::AnswerValue;

/// Why a value cannot be an answer of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// Of another kind, or none of the choices.
    Kind,
    /// A reading outside of the plausible range; `…` where that is open.
    Range {
        /// Lowest.
        low: String,
        /// Highest.
        high: String,
        /// Unit.
        unit: String,
    },
}

impl Item {
    /// Whether a value fits the item's response.
    ///
    /// # Errors
    /// Another kind, an unknown choice, a reading outside of the plausible range.
    pub fn fits(&self, value: &AnswerValue) -> Result<(), Misfit> {
        let known = |choices: &[Choice], id: &str| choices.iter().any(|choice| choice.id == id);
        let fits = match (&self.response, value) {
            (Response::Note | Response::Calculated { .. }, _) => false,
            (_, AnswerValue::Verdict(_)) => true,
            (Response::Choice { choices }, AnswerValue::Choice(id)) => known(choices, id),
            (Response::MultiChoice { choices }, AnswerValue::Choices(ids)) => ids.iter().all(|id| known(choices, id)),
            (Response::Number { min, max, unit }, AnswerValue::Number(number)) => {
                if min.is_some_and(|min| *number < min) || max.is_some_and(|max| *number > max) {
                    let bound = |text: Option<String>| text.unwrap_or_else(|| "…".to_owned());
                    let (low, high) = (bound(min.map(|min| min.to_string())), bound(max.map(|max| max.to_string())));
                    return Err(Misfit::Range { low, high, unit: unit.clone() });
                }
                true
            }
            (Response::Text, AnswerValue::Text(_)) | (Response::Code, AnswerValue::Code(_)) => true,
            (Response::DateTime, AnswerValue::DateTime(_)) | (Response::Location, AnswerValue::Location(_)) => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(Misfit::Kind) }
    }
}
