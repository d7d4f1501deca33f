//! Values that bodies are made of: verdicts, kinds, roles, an item's key, the value of an answer, a position.

use super::wire::{wire, wire_enum};
use crate::id::InstanceId;
use crate::time::Millis;
use minicbor::{Decode, Encode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod decimal_text {
    //! A reading is carried as the decimal text that was typed: no binary rounding in evidence.
    use super::Decimal;
    use minicbor::{Decoder, Encoder};

    pub fn encode<C, W: minicbor::encode::Write>(
        v: &Decimal,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&v.to_string())?.ok()
    }
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Decimal, minicbor::decode::Error> {
        d.str()?.parse().map_err(|_| minicbor::decode::Error::message("not a decimal number"))
    }
}

wire_enum! {
    /// Outcome of an item, in the order from best to worst for roll-ups.
    pub enum Verdict {
        /// 合格.
        #[n(0)] Pass,
        /// 不适用.
        #[n(1)] NotApplicable,
        /// 未检查: seen and left open.
        #[n(2)] NotChecked,
        /// 不合格.
        #[n(3)] Fail,
    }
    /// Why an inspection is made.
    pub enum InspectionKind {
        /// 执法检查.
        #[n(0)] Enforcement,
        /// 企业自查.
        #[n(1)] SelfCheck,
        /// 巡查.
        #[n(2)] Patrol,
        /// 复查.
        #[n(3)] Review,
    }
    /// Where a photograph came from.
    pub enum PhotoSource {
        /// The app's own camera view.
        #[n(0)] Camera,
        /// A file chosen on the device.
        #[n(1)] File,
    }
    /// Why a photograph has no thumbnail; the original is kept all the same.
    pub enum PhotoDefect {
        /// Bytes are cut off or damaged.
        #[n(0)] Damaged,
        /// A format that cannot be decoded here, for example HEIC.
        #[n(1)] Unsupported,
        /// More pixels than the device can decode.
        #[n(2)] TooLarge,
    }
    /// Who signs.
    pub enum SignerRole {
        /// First inspector.
        #[n(0)] Inspector,
        /// Second inspector.
        #[n(1)] SecondInspector,
        /// The site's representative.
        #[n(2)] SiteRepresentative,
        /// Witness of a refusal.
        #[n(3)] Witness,
    }
    /// What a person may do; the scope is their region or site.
    pub enum Role {
        /// Inspects.
        #[n(0)] Inspector,
        /// Enterprise safety officer: self-checks and rectifies.
        #[n(1)] EnterpriseOfficer,
        /// Reviews what was synced.
        #[n(2)] Supervisor,
        /// Safety committee.
        #[n(3)] Committee,
        /// Administrator.
        #[n(4)] Administrator,
        /// Reads everything, changes nothing.
        #[n(5)] Auditor,
    }
    /// State of an assignment.
    pub enum AssignmentState {
        /// To be done.
        #[n(0)] Open,
        /// Taken back.
        #[n(1)] Withdrawn,
    }
    /// Outcome of a review of a submitted inspection.
    pub enum ReviewOutcome {
        /// Accepted.
        #[n(0)] Accepted,
        /// Given back with items to redo.
        #[n(1)] Returned,
    }
}

/// An item of an inspection, or one instance of it in a repeat group.
/// As text (JSON, URLs, map keys): `item` or `item@instance`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, TS)]
#[cbor(map)]
#[ts(export_to = "core.ts", type = "string")]
pub struct ItemKey {
    /// Item id of the checklist.
    #[n(0)]
    pub item: String,
    /// Instance of the repeat group, if the item's section is one.
    #[n(1)]
    pub instance: Option<InstanceId>,
}

impl std::fmt::Display for ItemKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.instance {
            Some(instance) => write!(f, "{}@{instance}", self.item),
            None => f.write_str(&self.item),
        }
    }
}

impl std::str::FromStr for ItemKey {
    type Err = crate::id::ParseIdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('@') {
            Some((item, instance)) => Self { item: item.to_owned(), instance: Some(instance.parse()?) },
            None => Self { item: text.to_owned(), instance: None },
        })
    }
}

impl Serialize for ItemKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The value of an answer. A verdict fits every item: any item can be not applicable or not checked.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, TS)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
#[ts(export_to = "core.ts")]
pub enum AnswerValue {
    /// Pass, fail, not applicable, not checked.
    #[n(0)]
    Verdict(#[n(0)] Verdict),
    /// A choice's id.
    #[n(1)]
    Choice(#[n(0)] String),
    /// Choices' ids.
    #[n(2)]
    Choices(#[n(0)] Vec<String>),
    /// A reading in the item's unit, as typed.
    #[n(3)]
    Number(
        #[cbor(n(0), with = "decimal_text")]
        #[ts(type = "string")]
        Decimal,
    ),
    /// Words.
    #[n(4)]
    Text(#[n(0)] String),
    /// A day and time: milliseconds.
    #[n(5)]
    DateTime(#[n(0)] Millis),
    /// A position.
    #[n(6)]
    Location(#[n(0)] Position),
    /// A scanned or typed code.
    #[n(7)]
    Code(#[n(0)] String),
}

/// A mark over a photograph, to show what is meant: an arrow, a frame, words.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export_to = "core.ts")]
pub enum Mark {
    /// Points at something.
    #[n(0)]
    Arrow {
        /// Its tail.
        #[n(0)]
        from: Spot,
        /// Its head.
        #[n(1)]
        to: Spot,
    },
    /// Surrounds something.
    #[n(1)]
    Frame {
        /// A corner.
        #[n(0)]
        from: Spot,
        /// The corner across.
        #[n(1)]
        to: Spot,
    },
    /// Says something.
    #[n(2)]
    Text {
        /// Where the words begin: the middle of their left side.
        #[n(0)]
        at: Spot,
        /// The words.
        #[n(1)]
        text: String,
    },
}

wire! {
    /// A place in a picture, in 1/10,000 of its width and height after orientation, from its upper left corner: one mark fits the
    /// thumbnail, the preview and the original alike.
    pub struct Spot {
        /// To the right.
        #[n(0)] pub x: u16,
        /// Down.
        #[n(1)] pub y: u16,
    }

    /// A position on WGS 84 with its uncertainty.
    pub struct Position {
        /// Latitude in 1e-7 degrees.
        #[n(0)] pub lat_e7: i32,
        /// Longitude in 1e-7 degrees.
        #[n(1)] pub lon_e7: i32,
        /// Radius of 68 % confidence in decimetres, when known.
        #[n(2)] pub accuracy_dm: Option<u32>,
        /// When the fix was made, as the device claims.
        #[n(3)] pub at: Option<Millis>,
    }
}

impl Spot {
    /// The right or lower edge.
    pub const END: u16 = 10_000;
}
