//! Typed identifiers. Sixteen-byte ids are UUIDs; thirty-two-byte ids are SHA-256 values.
//!
//! In JSON and TypeScript a UUID id is the usual hyphenated text, a hash is lower-case hex;
//! in CBOR both are byte strings of exactly their length (`docs/sync.md` §2).

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use std::{fmt, str::FromStr};

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {kind}")]
pub struct ParseIdError {
    kind: &'static str,
    text: String,
}

macro_rules! serde_as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl ts_rs::TS for $name {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;
            fn name(_: &ts_rs::Config) -> String {
                stringify!($name).to_owned()
            }
            fn inline(_: &ts_rs::Config) -> String {
                concat!("string & { readonly __id: \"", stringify!($name), "\" }").to_owned()
            }
            fn decl(c: &ts_rs::Config) -> String {
                format!("type {} = {};", Self::name(c), Self::inline(c))
            }
            fn decl_concrete(c: &ts_rs::Config) -> String {
                Self::decl(c)
            }
            fn output_path() -> Option<std::path::PathBuf> {
                Some("core.ts".into())
            }
        }
    };
}

macro_rules! bytes_id {
    ($name:ident, $len:literal) => {
        impl $name {
            /// The bytes as stored and signed.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
            /// From bytes of the right length; `None` otherwise.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }
        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }
        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                let bytes = d.bytes()?;
                Self::from_slice(bytes).ok_or_else(|| decode::Error::message(concat!(stringify!($name), ": wrong length")))
            }
        }
        serde_as_text!($name);
    };
}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);
        bytes_id!($name, 16);
        impl $name {
            /// From a UUID minted at the edge (the core has no randomness).
            #[must_use]
            pub const fn from_uuid(uuid: uuid::Uuid) -> Self {
                Self(*uuid.as_bytes())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::try_parse(text)
                    .map(|id| Self(*id.as_bytes()))
                    .map_err(|_| ParseIdError { kind: stringify!($name), text: text.to_owned() })
            }
        }
    )*};
}

macro_rules! hash_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);
        bytes_id!($name, 32);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }
        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes)
                    .map(|()| Self(bytes))
                    .map_err(|_| ParseIdError { kind: stringify!($name), text: text.to_owned() })
            }
        }
    )*};
}

uuid_ids! {
    /// An organisation: one ledger, one server log.
    OrgId,
    /// The unit of replication and permission: a site, or `root` for what every device needs.
    ScopeId,
    /// An installed app, or the server itself as an author.
    DeviceId,
    /// One key and one database lifetime of a device: the first half of a hash (`docs/sync.md` §2).
    StreamId,
    /// A person.
    PersonId,
    /// One unlock of the app, or one login to the console.
    SessionId,
    /// A signed server time anchor.
    AnchorId,
    /// A region of the jurisdiction tree.
    RegionId,
    /// A site; its scope has the same bytes.
    SiteId,
    /// An assignment.
    AssignmentId,
    /// An inspection.
    InspectionId,
    /// A finding.
    FindingId,
    /// One instance of a repeat group.
    InstanceId,
    /// Any entity, when its kind does not matter.
    EntityId,
    /// Any aggregate, when its kind does not matter.
    RootId,
}

hash_ids! {
    /// Identity of an event: SHA-256 over its header.
    EventId,
    /// A blob's SHA-256: its name everywhere.
    BlobId,
    /// Any other SHA-256 value.
    Hash32,
}

/// Ids of one kind that may stand where another is expected.
macro_rules! widen {
    ($($from:ident => $($to:ident),+;)*) => {$($(
        impl From<$from> for $to {
            fn from(id: $from) -> Self { Self(id.0) }
        }
    )+)*};
}
widen! {
    SiteId => ScopeId, RootId, EntityId;
    InspectionId => RootId, EntityId;
    FindingId => RootId, EntityId;
    RegionId => RootId, EntityId;
    PersonId => RootId, EntityId;
    AssignmentId => RootId, EntityId;
    InstanceId => EntityId;
    RootId => EntityId, InspectionId, FindingId, SiteId, RegionId, PersonId, AssignmentId;
    ScopeId => SiteId;
}

impl ScopeId {
    /// The scope of what every device of the organisation needs: regions, people, checklists.
    pub const ROOT: Self = Self([0; 16]);
}
