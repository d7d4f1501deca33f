//! Why a field of a request does not fit: a code that screens have words for in every language, values to fill them
//! with, and an English sentence for everybody else who uses the API.

use davy_core::checklist::{Misfit, Text};
use serde_json::{Value, json};

/// The reason behind `invalid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Must not be empty.
    Empty,
    /// Longer than this many characters.
    TooLong(usize),
    /// Shorter than this many characters.
    TooShort(usize),
    /// More than this many entries.
    TooMany(usize),
    /// A number, of entries or of units, outside of these bounds.
    OutOfBounds {
        /// Lowest.
        least: u32,
        /// Highest.
        most: u32,
    },
    /// Not a day.
    NotADay,
    /// None of the words that are possible here.
    NotAmong(&'static [&'static str]),
    /// Nothing of this id is there, or not for this person.
    Unknown,
    /// In use by another.
    Taken,
    /// A login of other characters than are possible.
    LoginForm,
    /// A password without a login.
    NeedsLogin,
    /// No version of the checklist is in use at the site.
    NotPublished,
    /// A lower grade without a reason.
    LowerGrade,
    /// An inspection is returned without items and without words.
    NothingToRedo,
    /// Not a place in the list.
    NotAPlace,
    /// The version is published with other content.
    OtherContent {
        /// Checklist.
        id: String,
        /// Version.
        version: String,
    },
    /// The file of this hash has another size.
    OtherSize(u64),
    /// A file of another kind than is taken.
    FileKind,
    /// An uploaded checklist with this many faults.
    Faulty(usize),
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
    /// The item or section is not in the checklist.
    NotInChecklist(String),
}

impl From<Misfit> for Reason {
    fn from(misfit: Misfit) -> Self {
        match misfit {
            Misfit::Kind => Self::Misfit,
            Misfit::Range { low, high, unit } => Self::OutOfRange { low, high, unit },
        }
    }
}

impl Reason {
    /// Stable code; screens have the words.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong(_) => "too_long",
            Self::TooShort(_) => "too_short",
            Self::TooMany(_) => "too_many",
            Self::OutOfBounds { .. } => "out_of_bounds",
            Self::NotADay => "not_a_day",
            Self::NotAmong(_) => "not_among",
            Self::Unknown => "unknown",
            Self::Taken => "taken",
            Self::LoginForm => "login_form",
            Self::NeedsLogin => "needs_login",
            Self::NotPublished => "not_published",
            Self::LowerGrade => "lower_grade",
            Self::NothingToRedo => "nothing_to_redo",
            Self::NotAPlace => "not_a_place",
            Self::OtherContent { .. } => "other_content",
            Self::OtherSize(_) => "other_size",
            Self::FileKind => "file_kind",
            Self::Faulty(_) => "faulty",
            Self::Misfit => "misfit",
            Self::OutOfRange { .. } => "out_of_range",
            Self::NotAccepted(_) => "not_accepted",
            Self::NotInChecklist(_) => "not_in_checklist",
        }
    }

    /// What the words of a screen are filled with.
    #[must_use]
    pub fn values(&self) -> Value {
        match self {
            Self::TooLong(most) | Self::TooMany(most) => json!({ "most": most }),
            Self::TooShort(least) => json!({ "least": least }),
            Self::OutOfBounds { least, most } => json!({ "least": least, "most": most }),
            Self::NotAmong(words) => json!({ "words": words.join(", ") }),
            Self::OtherContent { id, version } => json!({ "id": id, "version": version }),
            Self::OtherSize(bytes) => json!({ "bytes": bytes }),
            Self::Faulty(count) => json!({ "count": count }),
            Self::OutOfRange { low, high, unit } => json!({ "low": low, "high": high, "unit": unit }),
            Self::NotAccepted(text) => json!({ "zh": text.zh, "en": text.en }),
            Self::NotInChecklist(what) => json!({ "what": what }),
            _ => json!({}),
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong(most) => write!(f, "may have {most} characters at most"),
            Self::TooShort(least) => write!(f, "{least} characters at least"),
            Self::TooMany(most) => write!(f, "at most {most} fit in one request"),
            Self::OutOfBounds { least, most } => write!(f, "{least} to {most} are possible"),
            Self::NotADay => f.write_str("a day like 2026-12-31 is expected"),
            Self::NotAmong(words) => write!(f, "one of these is expected: {}", words.join(", ")),
            Self::Unknown => f.write_str("there is nothing of this id that you may use"),
            Self::Taken => f.write_str("already in use"),
            Self::LoginForm => f.write_str("letters, digits and . - _ @ are possible, 64 at most"),
            Self::NeedsLogin => f.write_str("a password needs a login"),
            Self::NotPublished => f.write_str("no version of it is in use at this site"),
            Self::LowerGrade => f.write_str("a lower grade needs a reason"),
            Self::NothingToRedo => f.write_str("name the items to redo, or say in the comment what is missing"),
            Self::NotAPlace => f.write_str("not a place in this list"),
            Self::OtherContent { id, version } => {
                write!(f, "version {version} of {id} is published with other content; give the file a new version")
            }
            Self::OtherSize(bytes) => write!(f, "the file of this hash has {bytes} bytes"),
            Self::FileKind => f.write_str("a checklist in YAML (.yaml, .yml) or a spreadsheet in XLSForm (.xlsx) is expected"),
            Self::Faulty(count) => write!(f, "{count} faults have to be corrected first; see the draft's report"),
            Self::Misfit => f.write_str("the value does not fit this item"),
            Self::OutOfRange { low, high, unit } => write!(f, "a reading between {low} and {high} {unit} is expected"),
            Self::NotAccepted(text) => f.write_str(&text.en),
            Self::NotInChecklist(what) => write!(f, "{what} is not in this checklist"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each, so that screens can be held to have words for all.
    fn every() -> Vec<Reason> {
        use Reason::*;
        vec![
            Empty,
            TooLong(1),
            TooShort(1),
            TooMany(1),
            OutOfBounds { least: 1, most: 2 },
            NotADay,
            NotAmong(&["a"]),
            Unknown,
            Taken,
            LoginForm,
            NeedsLogin,
            NotPublished,
            LowerGrade,
            NothingToRedo,
            NotAPlace,
            OtherContent { id: "a".into(), version: "1".into() },
            OtherSize(1),
            FileKind,
            Faulty(1),
            Misfit,
            OutOfRange { low: "0".into(), high: "1".into(), unit: "m".into() },
            NotInChecklist("a".into()),
        ]
    }

    #[test]
    fn the_console_has_words_for_every_reason_in_both_languages_and_uses_its_values() {
        for language in ["zh", "en"] {
            let path = format!("{}/../../ui/src/console/words/{language}.json", env!("CARGO_MANIFEST_DIR"));
            let words: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            for reason in every() {
                let text = words[format!("reason.{}", reason.code())].as_str().unwrap_or_else(|| panic!("{language} {reason:?}"));
                for name in reason.values().as_object().unwrap().keys() {
                    assert!(text.contains(&format!("{{{name}")), "{language} {reason:?}: {name}");
                }
            }
        }
    }
}
