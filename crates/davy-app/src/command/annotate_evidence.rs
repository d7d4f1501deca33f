//! `annotate_evidence`: arrows, frames and words over a photograph. Its bytes stay as they are.

use super::{Owner, attach_photo};
use crate::session::Session;
use crate::view::PhotoAttached;
use crate::{AppError, Reason};
use davy_core::event::{EvidenceAnnotated, Mark, Spot};
use davy_core::id::{EntityId, FindingId, InspectionId};
use serde::Deserialize;
use ts_rs::TS;

/// Most marks over one photograph: more hide what they point at, and the body of an event is bounded.
pub const MOST_MARKS: usize = 30;
/// Longest words of a mark, characters: a line that can still be read over a picture.
pub const MOST_WORDS: usize = 60;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct AnnotateEvidence {
    /// Inspection that it belongs to, or
    pub inspection: Option<InspectionId>,
    /// the finding.
    pub finding: Option<FindingId>,
    /// Photograph.
    pub evidence: EntityId,
    /// All its marks, the lowest first; none takes them back.
    pub marks: Vec<Mark>,
}

/// Records them.
///
/// # Errors
/// The photograph is not in this record, a mark lies outside of it or says nothing, there are too many.
pub fn run(session: &Session, request: AnnotateEvidence) -> Result<PhotoAttached, AppError> {
    let owner = Owner::of(request.inspection, request.finding)?;
    if request.marks.len() > MOST_MARKS {
        return Err(AppError::invalid("marks", Reason::Request(format!("at most {MOST_MARKS} marks lie over one photograph"))));
    }
    let marks = request.marks.into_iter().map(checked).collect::<Result<_, _>>()?;
    let payload = EvidenceAnnotated { evidence: request.evidence, marks }.into();
    attach_photo::record(session, owner, request.evidence, request.evidence, payload, Vec::new())
}

fn checked(mark: Mark) -> Result<Mark, AppError> {
    let inside = |spot: &Spot| spot.x <= Spot::END && spot.y <= Spot::END;
    let fits = match &mark {
        Mark::Arrow { from, to } | Mark::Frame { from, to } => inside(from) && inside(to),
        Mark::Text { at, .. } => inside(at),
    };
    if !fits {
        return Err(AppError::invalid("marks", Reason::Request(format!("the places of a mark lie between 0 and {}", Spot::END))));
    }
    match mark {
        Mark::Text { at, text } => {
            let text = super::text("marks", &text, true)?;
            if text.chars().count() > MOST_WORDS {
                return Err(AppError::invalid("marks", Reason::TooLong(MOST_WORDS)));
            }
            Ok(Mark::Text { at, text })
        }
        drawn => Ok(drawn),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_mark_lies_inside_the_picture_and_words_say_something_short() {
        let spot = |x, y| Spot { x, y };
        let words = |text: &str| Mark::Text { at: spot(1, 1), text: text.to_owned() };
        let arrow = |x| Mark::Arrow { from: spot(0, 0), to: spot(x, Spot::END) };
        assert_eq!(checked(arrow(Spot::END)).ok(), Some(arrow(Spot::END)));
        assert_eq!(checked(words(" leak ")).ok(), Some(words("leak")));
        let refused = [
            (arrow(Spot::END + 1), "request"),
            (Mark::Frame { from: spot(0, Spot::END + 1), to: spot(0, 0) }, "request"),
            (words("  "), "empty"),
            (words(&"漏".repeat(MOST_WORDS + 1)), "too_long"),
        ];
        for (mark, reason) in refused {
            let error = serde_json::to_value(checked(mark).unwrap_err()).unwrap();
            assert_eq!(error["details"]["reason"], reason, "{error}");
        }
    }
}
