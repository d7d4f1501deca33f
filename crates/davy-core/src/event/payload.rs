//! Every event type once: its name, version and body.
//!
//! A body in CBOR is the map `{0: salt, 1: <the struct as a map>}`; the salt (16 random bytes) keeps a
//! withheld or erased body from being guessed from its hash (`docs/sync.md` §12).

use super::{directory::*, finding::*, inspection::*};

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
    SectionPassed = "section.passed", 1, crit true;
    NoteSet = "note.set", 1, crit false;
    InstanceAdded = "instance.added", 1, crit true;
    InstanceRetracted = "instance.retracted", 1, crit true;
    EvidenceAttached = "evidence.attached", 1, crit false;
    EvidenceCaptioned = "evidence.captioned", 1, crit false;
    EvidenceAnnotated = "evidence.annotated", 1, crit false;
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
    ChecklistRetired = "checklist.retired", 1, crit false;
}
