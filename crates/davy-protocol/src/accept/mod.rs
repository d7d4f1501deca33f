//! Acceptance of segments (`docs/sync.md` §4), in two pure halves.
//!
//! [`check_segment`] needs only the segment, the stream's key and the organisation: any number of them run in parallel,
//! outside the write lock. [`accept`] compares the checked segment with what the server knows; it runs inside the write
//! transaction and does no cryptography. Well-formed evidence under a known key is never refused: it is classified.

mod check;
mod decide;

pub use check::{Bad, BadReason, Checked, check_bytes, check_segment};
pub use decide::{Acceptance, Accepted, CLOCK_BOUND_MS, Standing, StreamLookup, StreamState, accept};

/// How an event was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Valid and permitted.
    Ok,
    /// Valid, of a type that this server does not know: shown as "needs upgrade".
    Opaque,
    /// Valid, but not for readers until a supervisor releases it.
    Held,
}

impl Class {
    /// Number in records and receipts.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Opaque => 1,
            Self::Held => 2,
        }
    }

    /// From the number; `None` for a class of a newer server.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Ok),
            1 => Some(Self::Opaque),
            2 => Some(Self::Held),
            _ => None,
        }
    }
}

/// Why an event is held; bits of `flags`. Bits that are not listed belong to newer servers.
pub mod flag {
    /// The stream was revoked.
    pub const REVOKED: u32 = 1;
    /// The author has no grant for the scope.
    pub const NOT_GRANTED: u32 = 1 << 1;
    /// Only the server may author this type.
    pub const OFFICE_ONLY: u32 = 1 << 2;
    /// The device's clock claims more than a day beyond the server's.
    pub const CLOCK: u32 = 1 << 3;
}
