//! How the bodies of events are declared: maps with numbered fields, enums by their index. Numbers are final.

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

pub(super) use {wire, wire_enum};
