//! What events say. Each struct is the body of one event type; field numbers are final.
//!
//! A body in CBOR is the map `{0: salt, 1: <the struct as a map>}`; the salt (16 random bytes) keeps a
//! withheld or erased body from being guessed from its hash (`docs/sync.md` §12).

use crate::checklist::Grade;
use crate::id::{
    AssignmentId, BlobId, Hash32, InspectionId, InstanceId, PersonId, RegionId, RootId, SiteId,
};
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
        d.str()?
            .parse()
            .map_err(|_| minicbor::decode::Error::message("not a decimal number"))
    }
}

macro_rules! wire {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, TS)]
        #[cbor(map)]
        #[ts(export_to = "core.ts")]
        $vis struct $name { $($body)* }
    )*};
}

macro_rules! wire_enum {
    ($($(#[$meta:meta])* $vis:vis enum $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, TS)]
        #[cbor(index_only)]
        #[serde(rename_all = "snake_case")]
        #[ts(export_to = "core.ts")]
        $vis enum $name { $($body)* }
    )*};
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
            Some((item, instance)) => Self {
                item: item.to_owned(),
                instance: Some(instance.parse()?),
            },
            None => Self {
                item: text.to_owned(),
                instance: None,
            },
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
        <std::borrow::Cow<'de, str>>::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
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

wire! {
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

    /// Names one published checklist version.
    pub struct ChecklistRef {
        /// Checklist id.
        #[n(0)] pub id: String,
        /// Version.
        #[n(1)] pub version: String,
        /// SHA-256 of the published bytes.
        #[n(2)] pub hash: BlobId,
    }

    /// `inspection.started`.
    pub struct InspectionStarted {
        /// Why it is made.
        #[n(0)] pub kind: InspectionKind,
        /// Where.
        #[n(1)] pub site: SiteId,
        /// By which checklist version; it keeps this version for ever.
        #[n(2)] pub checklist: ChecklistRef,
        /// Who inspects; the first one leads.
        #[n(3)] pub inspectors: Vec<PersonId>,
        /// The assignment it fulfils.
        #[n(4)] pub assignment: Option<AssignmentId>,
    }

    /// `answer.set`: the value of one item; `None` takes the answer back.
    pub struct AnswerSet {
        /// Item.
        #[n(0)] pub key: ItemKey,
        /// Value.
        #[n(1)] pub value: Option<AnswerValue>,
    }

    /// `answer.resolved`: a person settles contested values. Its deps cover every value it settles.
    pub struct AnswerResolved {
        /// Item.
        #[n(0)] pub key: ItemKey,
        /// Value that holds from now on.
        #[n(1)] pub value: Option<AnswerValue>,
        /// Why.
        #[n(2)] pub reason: String,
    }

    /// `note.set`: words beside an answer.
    pub struct NoteSet {
        /// Item.
        #[n(0)] pub key: ItemKey,
        /// Words; empty takes them back.
        #[n(1)] pub text: String,
    }

    /// `instance.added`: one more instance of a repeat group. Its id is the event's entity.
    pub struct InstanceAdded {
        /// Section id.
        #[n(0)] pub section: String,
        /// What it is: "3301 face", "tank T-12".
        #[n(1)] pub label: String,
    }

    /// `instance.retracted`.
    pub struct InstanceRetracted {
        /// Instance.
        #[n(0)] pub instance: InstanceId,
        /// Why.
        #[n(1)] pub reason: String,
    }

    /// `evidence.attached`: a photograph. Its id is the event's entity; its blobs are in the header.
    pub struct EvidenceAttached {
        /// Item it shows; `None` in a finding, or for the inspection as a whole.
        #[n(0)] pub key: Option<ItemKey>,
        /// Where it came from.
        #[n(1)] pub source: PhotoSource,
        /// File name as chosen, for people.
        #[n(2)] pub name: Option<String>,
        /// Pixels across after orientation, if decoded.
        #[n(3)] pub width: Option<u32>,
        /// Pixels down after orientation, if decoded.
        #[n(4)] pub height: Option<u32>,
        /// When it was taken by its own metadata or the camera view; a claim.
        #[n(5)] pub captured_at: Option<Millis>,
        /// Where it was taken, by its metadata or the device.
        #[n(6)] pub position: Option<Position>,
        /// Why it has no thumbnail.
        #[n(7)] pub defect: Option<PhotoDefect>,
    }

    /// `evidence.captioned`.
    pub struct EvidenceCaptioned {
        /// Evidence entity.
        #[n(0)] pub evidence: crate::id::EntityId,
        /// Words.
        #[n(1)] pub caption: String,
    }

    /// `evidence.retracted`: hides a photograph with a reason; nothing is removed.
    pub struct EvidenceRetracted {
        /// Evidence entity.
        #[n(0)] pub evidence: crate::id::EntityId,
        /// Why.
        #[n(1)] pub reason: String,
    }

    /// `signature.added`: drawn on glass; the image is the header's blob.
    pub struct SignatureAdded {
        /// In which role.
        #[n(0)] pub role: SignerRole,
        /// Name as written.
        #[n(1)] pub name: String,
        /// Duty at the site, for a representative.
        #[n(2)] pub duty: Option<String>,
    }

    /// `signature.refused`: the site's representative does not sign.
    pub struct SignatureRefused {
        /// Reason as given.
        #[n(0)] pub reason: String,
        /// Who witnessed it.
        #[n(1)] pub witness: String,
    }

    /// Heads of one aggregate at a sign-off.
    pub struct AggregateHeads {
        /// Aggregate.
        #[n(0)] pub root: RootId,
        /// Its heads, sorted.
        #[n(1)] pub heads: Vec<crate::id::EventId>,
    }

    /// What a sign-off covers: a Merkle root over all event ids and blob hashes (`docs/sync.md` §10).
    pub struct Frontier {
        /// Merkle root.
        #[n(0)] pub root: Hash32,
        /// Number of leaves.
        #[n(1)] pub leaves: u32,
        /// The inspection first, then its findings.
        #[n(2)] pub heads: Vec<AggregateHeads>,
    }

    /// `inspection.submitted`.
    pub struct InspectionSubmitted {
        /// What the signatures cover.
        #[n(0)] pub frontier: Frontier,
        /// Closing remark.
        #[n(1)] pub remark: Option<String>,
    }

    /// `inspection.reviewed`: a supervisor's decision on one frontier.
    pub struct InspectionReviewed {
        /// Accepted or returned.
        #[n(0)] pub outcome: ReviewOutcome,
        /// Items to redo, when returned.
        #[n(1)] pub items: Vec<ItemKey>,
        /// Words to the inspector.
        #[n(2)] pub comment: Option<String>,
        /// Merkle root of the frontier that was reviewed.
        #[n(3)] pub frontier: Hash32,
    }

    /// `comment.added`, to an inspection or a finding.
    pub struct CommentAdded {
        /// Item it is about.
        #[n(0)] pub key: Option<ItemKey>,
        /// Words.
        #[n(1)] pub text: String,
    }

    /// `finding.raised`.
    pub struct FindingRaised {
        /// Inspection it came from.
        #[n(0)] pub inspection: Option<InspectionId>,
        /// Failed item; `None` for a free observation.
        #[n(1)] pub key: Option<ItemKey>,
        /// Site.
        #[n(2)] pub site: SiteId,
        /// Grade as the inspector sees it.
        #[n(3)] pub grade: Grade,
        /// Grade the item suggested.
        #[n(4)] pub suggested: Option<Grade>,
        /// What is wrong.
        #[n(5)] pub description: String,
        /// Where on the site.
        #[n(6)] pub area: Option<String>,
        /// What was done at once.
        #[n(7)] pub measure: Option<String>,
        /// Who must rectify it.
        #[n(8)] pub responsible: Option<String>,
        /// By which day, `YYYY-MM-DD` at the site.
        #[n(9)] pub deadline: Option<String>,
        /// Report dimension of the item.
        #[n(10)] pub theme: Option<String>,
    }

    /// `finding.edited`: each field present is a new value of that field.
    pub struct FindingEdited {
        /// What is wrong.
        #[n(0)] pub description: Option<String>,
        /// Where on the site; empty takes it back.
        #[n(1)] pub area: Option<String>,
        /// What was done at once.
        #[n(2)] pub measure: Option<String>,
        /// Who must rectify it.
        #[n(3)] pub responsible: Option<String>,
        /// By which day.
        #[n(4)] pub deadline: Option<String>,
        /// Grade as an inspector sees it.
        #[n(5)] pub grade: Option<Grade>,
    }

    /// `finding.graded`: a supervisor confirms or changes the grade.
    pub struct FindingGraded {
        /// Grade that holds.
        #[n(0)] pub grade: Grade,
        /// Why, when it differs from the inspector's.
        #[n(1)] pub reason: Option<String>,
    }

    /// `finding.retracted`: raised by mistake; hidden with a reason. A later edit by somebody who did not know revives it.
    pub struct FindingRetracted {
        /// Why.
        #[n(0)] pub reason: String,
    }

    /// `region.set`, by the server.
    pub struct RegionSet {
        /// Name.
        #[n(0)] pub name: String,
        /// The region above it.
        #[n(1)] pub parent: Option<RegionId>,
    }

    /// `person.set`, by the server.
    pub struct PersonSet {
        /// Name.
        #[n(0)] pub name: String,
        /// Role.
        #[n(1)] pub role: Role,
        /// Still in service.
        #[n(2)] pub active: bool,
        /// Law-enforcement certificate or employee number.
        #[n(3)] pub badge: Option<String>,
    }

    /// A named duty at a site.
    pub struct SiteContact {
        /// For example "enterprise principal", "safety officer".
        #[n(0)] pub duty: String,
        /// Name.
        #[n(1)] pub name: String,
    }

    /// `site.set`, by the server.
    pub struct SiteSet {
        /// Name.
        #[n(0)] pub name: String,
        /// Enterprise it belongs to.
        #[n(1)] pub enterprise: String,
        /// Industry slug.
        #[n(2)] pub industry: String,
        /// Region it lies in.
        #[n(3)] pub region: RegionId,
        /// Address.
        #[n(4)] pub address: Option<String>,
        /// Named places on the site.
        #[n(5)] pub areas: Vec<String>,
        /// Who is responsible there.
        #[n(6)] pub contacts: Vec<SiteContact>,
    }

    /// `assignment.set`, by the server.
    pub struct AssignmentSet {
        /// Site.
        #[n(0)] pub site: SiteId,
        /// Checklist id; the newest published version at the start counts.
        #[n(1)] pub checklist: String,
        /// Why.
        #[n(2)] pub kind: InspectionKind,
        /// Who.
        #[n(3)] pub assignees: Vec<PersonId>,
        /// Due day, `YYYY-MM-DD`.
        #[n(4)] pub due: Option<String>,
        /// Words to the inspectors.
        #[n(5)] pub note: Option<String>,
        /// Open or withdrawn.
        #[n(6)] pub state: AssignmentState,
    }

    /// `checklist.published`, by the server; the bytes are the header's blob.
    pub struct ChecklistPublished {
        /// What was published.
        #[n(0)] pub checklist: ChecklistRef,
        /// Industry slug.
        #[n(1)] pub industry: String,
        /// Title in Chinese.
        #[n(2)] pub title_zh: String,
        /// Title in English.
        #[n(3)] pub title_en: String,
    }
}

/// Lists every payload once: variant, struct, type, version, whether a reader that does not know it must stop editing.
macro_rules! payloads {
    ($($variant:ident = $kind:literal, $tv:literal, crit $crit:literal;)*) => {
        /// A body that this version understands, or the fact that it does not.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Payload {
            $(#[doc = concat!("`", $kind, "`, version ", stringify!($tv), ".")] $variant($variant),)*
            /// A type or version from a newer program: stored, relayed and shown as "needs upgrade", never dropped (I-26).
            Unknown,
            /// The body is withheld or erased; the header still chains.
            Withheld,
        }

        impl Payload {
            /// Type, version and `crit` for the header; `None` for what this program cannot author.
            #[must_use]
            pub const fn tag(&self) -> Option<(&'static str, u32, bool)> {
                match self {
                    $(Self::$variant(_) => Some(($kind, $tv, $crit)),)*
                    Self::Unknown | Self::Withheld => None,
                }
            }

            /// Encodes the payload's own map (without the salt).
            ///
            /// # Errors
            /// Never for known payloads into memory; `Unknown` and `Withheld` cannot be authored.
            pub fn encode_map<W: minicbor::encode::Write>(&self, e: &mut minicbor::Encoder<W>) -> Result<(), minicbor::encode::Error<W::Error>> {
                match self {
                    $(Self::$variant(body) => { e.encode(body)?; Ok(()) })*
                    Self::Unknown | Self::Withheld => Err(minicbor::encode::Error::message("a payload of unknown type cannot be authored")),
                }
            }

            /// Decodes the payload's own map by type and version. Unknown (type, version) is `Unknown`, not an error.
            ///
            /// # Errors
            /// The map does not fit the type.
            pub fn decode_map(kind: &str, tv: u32, d: &mut minicbor::Decoder<'_>) -> Result<Self, minicbor::decode::Error> {
                match (kind, tv) {
                    $(($kind, $tv) => Ok(Self::$variant(d.decode()?)),)*
                    _ => { d.skip()?; Ok(Self::Unknown) }
                }
            }
        }

        $(impl From<$variant> for Payload { fn from(body: $variant) -> Self { Self::$variant(body) } })*
    };
}

payloads! {
    InspectionStarted = "inspection.started", 1, crit true;
    AnswerSet = "answer.set", 1, crit true;
    AnswerResolved = "answer.resolved", 1, crit true;
    NoteSet = "note.set", 1, crit false;
    InstanceAdded = "instance.added", 1, crit true;
    InstanceRetracted = "instance.retracted", 1, crit true;
    EvidenceAttached = "evidence.attached", 1, crit false;
    EvidenceCaptioned = "evidence.captioned", 1, crit false;
    EvidenceRetracted = "evidence.retracted", 1, crit false;
    SignatureAdded = "signature.added", 1, crit true;
    SignatureRefused = "signature.refused", 1, crit true;
    InspectionSubmitted = "inspection.submitted", 1, crit true;
    InspectionReviewed = "inspection.reviewed", 1, crit true;
    CommentAdded = "comment.added", 1, crit false;
    FindingRaised = "finding.raised", 1, crit true;
    FindingEdited = "finding.edited", 1, crit true;
    FindingGraded = "finding.graded", 1, crit true;
    FindingRetracted = "finding.retracted", 1, crit true;
    RegionSet = "region.set", 1, crit false;
    PersonSet = "person.set", 1, crit false;
    SiteSet = "site.set", 1, crit false;
    AssignmentSet = "assignment.set", 1, crit false;
    ChecklistPublished = "checklist.published", 1, crit false;
}
