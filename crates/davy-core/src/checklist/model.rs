//! The checklist as published: what a pack's YAML file holds, word for word.
//!
//! A published checklist never changes. It is named by its id, its version and the SHA-256 of its
//! published bytes, so that an old record is always shown with the words of its own version.
//! Unknown keys are refused: a misspelt key must not silently lose a limit.

use minicbor::{Decode, Encode};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One immutable version of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Checklist {
    /// Format of this file; 1.
    pub schema: u32,
    /// Stable slug, the same in every version: `coal-mines`.
    pub id: String,
    /// Semantic version of the content.
    pub version: String,
    /// Slug of the industry, for example `coal-mines`.
    pub industry: String,
    /// Name shown in lists.
    pub title: Text,
    /// One or two sentences: what it covers and by which standard.
    pub summary: Text,
    /// Parts of a site that items may name, in the order of a walk through it.
    #[serde(default)]
    pub areas: Vec<Area>,
    /// Sections in the order of the inspection.
    pub sections: Vec<Section>,
    /// Standards that `basis` entries name. Empty in a pack's file; filled from the list of
    /// standards when the checklist is published, so that devices have them offline.
    #[serde(default)]
    pub standards: Vec<Standard>,
    /// What the clauses of these standards say. Empty in a pack's file; filled from the clause
    /// library when the checklist is published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<Clause>,
}

impl Checklist {
    /// An item by its id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items().find(|item| item.id == id)
    }

    /// Every item in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }
}

/// A part (部位) of a site of this industry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Area {
    /// Slug, unique in the checklist.
    pub id: String,
    /// Name shown to the inspector.
    pub title: Text,
}

/// A run of items answered together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Section {
    /// Stable slug, unique in the checklist.
    pub id: String,
    /// Heading.
    pub title: Text,
    /// Items in order.
    pub items: Vec<Item>,
    /// CEL condition; the section is shown while it is true. Absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Present: the section is a repeat group, answered once per instance (per face, per tank, per crane).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// What one instance of a repeat group is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Repeat {
    /// Singular name of an instance: "working face", "tank".
    pub title: Text,
}

/// One question. Pass is always the safe answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Item {
    /// Stable id, unique in the checklist and usable in conditions: `[a-z][a-z0-9_]*`.
    pub id: String,
    /// The question, worded so that "pass" is the safe answer.
    pub text: Text,
    /// How it is answered; pass/fail/not applicable when absent.
    #[serde(default, skip_serializing_if = "Response::is_pass_fail")]
    pub response: Response,
    /// Grade that a failure suggests for its finding; a person decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Legal basis: where the requirement stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Basis>,
    /// How sure the basis is; absent for items of an organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// What to look at and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance: Option<Text>,
    /// What evidence to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Text>,
    /// Limits that judge the answer by themselves. The first one whose `when` holds and whose `pass` is false fails the item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// CEL condition; the item is shown while it is true. Absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Areas of the site where it applies (ids of `areas`). Empty: everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// Dimension of a finding for reports, for example `problems-at-the-source`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// What an answer must be to be taken at all; a value outside is refused with the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Accept>,
    /// A picture beside the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// Photographs must come from the camera, not from files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub camera_only: bool,
    /// The inspection can be finished without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// A reading is good for this many minutes; after that it has to be taken again (`needs_fresh`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_minutes: Option<u32>,
    /// Readings (ids of items with `valid_minutes`) that must be in date and within their limits when this item is
    /// passed; a pass given on a stale or missing reading does not count. In a repeat group: those of the same instance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_fresh: Vec<String>,
}

/// How an item is answered.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub enum Response {
    /// Pass, fail, not applicable or not checked.
    #[default]
    PassFail,
    /// One of several.
    Choice {
        /// The choices in order.
        choices: Vec<Choice>,
    },
    /// Any of several.
    MultiChoice {
        /// The choices in order.
        choices: Vec<Choice>,
    },
    /// A reading with a unit; judged by `limits`. A unit that is a word names both languages, `人/persons`, or with brackets where
    /// a stroke belongs to the unit itself, `人/m² (persons/m²)`.
    Number {
        /// Unit as printed on the instrument, for example `%`, `ppm`, `mm`, `m/s`.
        unit: String,
        /// Lowest value the field accepts (plausibility, not the safety limit).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        #[ts(type = "string | null")]
        min: Option<Decimal>,
        /// Highest value the field accepts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        #[ts(type = "string | null")]
        max: Option<Decimal>,
    },
    /// Words.
    Text,
    /// A day and a time on the site's clock.
    DateTime,
    /// One or more photographs.
    Photo,
    /// A drawn signature.
    Signature,
    /// A position.
    Location,
    /// A scanned or typed code.
    Code,
    /// Words to read; there is nothing to answer.
    Note,
    /// Computed from other answers and not shown; conditions and limits read it as `a.<id>`.
    Calculated {
        /// CEL over other answers.
        value: String,
    },
}

impl Response {
    /// Whether a person answers it.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        !matches!(self, Self::Note | Self::Calculated { .. })
    }

    /// The choices of a choice.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Choice { choices } | Self::MultiChoice { choices } => choices,
            _ => &[],
        }
    }

    /// Whether this is the default response.
    #[must_use]
    pub fn is_pass_fail(&self) -> bool {
        matches!(self, Self::PassFail)
    }
}

/// One choice of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Choice {
    /// Stable id used in answers and conditions.
    pub id: String,
    /// Words shown.
    pub title: Text,
    /// Choosing it fails the item.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fails: bool,
    /// CEL; offered while it is true. Absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// What an answer must be to be taken: plausibility, not safety.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Accept {
    /// CEL; `value` is the answer, `a.<item id>` any other one. Only false refuses.
    pub when: String,
    /// What is expected.
    pub text: Text,
}

/// A picture that explains a question. Small: it travels with the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Picture {
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub media_type: String,
    /// The bytes in base 64.
    pub base64: String,
}

/// A limit that judges an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Limit {
    /// CEL; true means within the limit. `value` is this answer, `a.<item id>` any other answer.
    pub pass: String,
    /// The limit in words, with its unit: "CH₄ < 1.0 %".
    pub text: Text,
    /// CEL; the limit counts while it is true. Absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Grade suggested when this limit is broken, if other than the item's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
}

/// Grade of a finding (隐患级别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema, TS)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "core.ts")]
pub enum Grade {
    /// 一般隐患.
    #[n(0)]
    General,
    /// 重大隐患.
    #[n(1)]
    Major,
}

/// Where a requirement stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Basis {
    /// Id in the list of standards.
    pub standard: String,
    /// Clause, article or item as the standard numbers it. Absent when it is not confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

/// How sure we are that an item says what its standard says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "core.ts")]
pub enum Confidence {
    /// The clause's text was read at a public address.
    Read,
    /// An article of a law or State Council regulation, read in a public law text.
    Law,
    /// The clause's number and topic are confirmed; its condition or limit is not.
    Topic,
    /// General knowledge of the trade, not verified against the official text.
    Unverified,
}

impl Confidence {
    /// Whether the item may be shown as verified against the official text.
    #[must_use]
    pub fn is_verified(self) -> bool {
        matches!(self, Self::Read | Self::Law)
    }
}

/// A standard, law or order, listed once for all packs in `checklists/standards/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Standard {
    /// Stable slug: `mem-order-21-2026`, `gb-30871-2022`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Number as printed on it, for example `GB 30871-2022` or `应急管理部令第21号`. Empty when not confirmed.
    pub number: String,
    /// Who issued it.
    pub issuer: Text,
    /// Day of issue, `YYYY-MM-DD` or `YYYY`, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// First day in force, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<String>,
    /// Last day in force; absent while it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<String>,
    /// Ids of the standards that it replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<String>,
    /// How sure number and dates are.
    pub confidence: Confidence,
}

/// What one clause of a standard says, in our own words: the clause library of `checklists/clauses/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "core.ts")]
pub struct Clause {
    /// Id in the list of standards.
    pub standard: String,
    /// Number as the standard prints it. Absent when it is not confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// A numbered criterion of a major hazard: some item of the pack must cite it and suggest *major*.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub criterion: bool,
    /// What it says, with figure, comparison and unit.
    pub fact: Text,
    /// How sure that is.
    pub confidence: Confidence,
}
