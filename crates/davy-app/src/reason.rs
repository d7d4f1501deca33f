//! Why a request does not fit or is not allowed now: a code that screens have words for in every language.

use davy_core::checklist::{Misfit, Text};
use serde_json::{Value, json};

/// The reason behind `invalid` and `not_allowed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Must not be empty.
    Empty,
    /// Longer than this many characters.
    TooLong(usize),
    /// Not a day.
    NotADay,
    /// The value is not of the item's kind, or not one of its choices.
    Misfit,
    /// A reading that cannot be: the plausible range with its unit; `…` where it is open.
    OutOfRange {
        /// Lowest.
        low: String,
        /// Highest.
        high: String,
        /// Unit.
        unit: String,
    },
    /// What the checklist expects of this answer.
    NotAccepted(Text),
    /// The item or section is not in the checklist of this inspection.
    NotInChecklist(String),
    /// The inspection is at another site.
    OtherSite,
    /// The drawing is no picture, or too large.
    BadDrawing,
    /// A server's address begins with `https://`.
    Address,
    /// The device is enrolled.
    Enrolled,
    /// Concurrent values that are equal need nobody to settle them.
    ValuesAgree,
    /// A signature is missing under what the inspection says now.
    SignatureMissing,
    /// A supervisor has graded the finding.
    Graded,
    /// The assignment was withdrawn or is for another site.
    Withdrawn,
    /// No version of the checklist is in use at the site: retired, or meant for others.
    NotInUse,
    /// An inspection holds at most this many instances.
    TooMany(usize),
    /// The item takes photographs from the camera only.
    CameraOnly,
    /// The program that asked made a mistake; for its developers.
    Request(String),
}

impl Reason {
    /// Stable code; screens have the words.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong(_) => "too_long",
            Self::NotADay => "not_a_day",
            Self::Misfit => "misfit",
            Self::OutOfRange { .. } => "out_of_range",
            Self::NotAccepted(_) => "not_accepted",
            Self::NotInChecklist(_) => "not_in_checklist",
            Self::OtherSite => "other_site",
            Self::BadDrawing => "bad_drawing",
            Self::Address => "address",
            Self::Enrolled => "enrolled",
            Self::ValuesAgree => "values_agree",
            Self::SignatureMissing => "signature_missing",
            Self::Graded => "graded",
            Self::Withdrawn => "withdrawn",
            Self::NotInUse => "not_in_use",
            Self::TooMany(_) => "too_many",
            Self::CameraOnly => "camera_only",
            Self::Request(_) => "request",
        }
    }

    /// What the words of a screen are filled with.
    #[must_use]
    pub fn values(&self) -> Value {
        match self {
            Self::TooLong(most) | Self::TooMany(most) => json!({ "most": most }),
            Self::OutOfRange { low, high, unit } => json!({ "low": low, "high": high, "unit": unit }),
            Self::NotAccepted(text) => json!({ "zh": text.zh, "en": text.en }),
            Self::NotInChecklist(what) => json!({ "what": what }),
            Self::Request(words) => json!({ "words": words }),
            _ => json!({}),
        }
    }
}

impl From<Misfit> for Reason {
    fn from(misfit: Misfit) -> Self {
        match misfit {
            Misfit::Kind => Self::Misfit,
            Misfit::Range { low, high, unit } => Self::OutOfRange { low, high, unit },
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong(most) => write!(f, "at most {most} characters; nothing was saved"),
            Self::NotADay => f.write_str("a day like 2026-12-31 is expected"),
            Self::Misfit => f.write_str("the value does not fit this item"),
            Self::OutOfRange { low, high, unit } => write!(f, "a reading between {low} and {high} {unit} is expected"),
            Self::NotAccepted(text) => f.write_str(&text.en),
            Self::NotInChecklist(what) => write!(f, "{what} is not in this checklist"),
            Self::OtherSite => f.write_str("the inspection is at another site"),
            Self::BadDrawing => f.write_str("the drawing is not a PNG of at most 512 KiB"),
            Self::Address => f.write_str("the address starts with https://"),
            Self::Enrolled => f.write_str("this device is enrolled already"),
            Self::ValuesAgree => f.write_str("the values of this item agree; answer it as usual"),
            Self::SignatureMissing => f.write_str("a signature is missing under what the inspection says now"),
            Self::Graded => f.write_str("a supervisor has graded this finding; ask them with a comment"),
            Self::Withdrawn => f.write_str("the assignment was withdrawn or is for another site"),
            Self::NotInUse => f.write_str("no version of this checklist is in use at this site; ask the administrator"),
            Self::TooMany(most) => write!(f, "an inspection holds at most {most} of these; start another inspection"),
            Self::CameraOnly => f.write_str("this item takes photographs from the camera only"),
            Self::Request(words) => f.write_str(words),
        }
    }
}
