//! Instants as the protocol carries them. The core never reads a clock: it is given these.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Milliseconds since 1970-01-01T00:00:00Z. May be a claim of a device or server time; the field says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode, TS)]
#[cbor(transparent)]
#[serde(transparent)]
#[ts(export_to = "core.ts", type = "number")]
pub struct Millis(#[n(0)] pub i64);

impl Millis {
    /// This instant moved by a number of milliseconds, saturating.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// Hybrid logical clock: device time estimate and a counter for ties (`docs/sync.md` §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct Hlc {
    /// Milliseconds.
    pub ms: Millis,
    /// Tie counter.
    pub counter: u32,
}

impl Hlc {
    /// The next value of a clock whose device estimates the time as `now`.
    #[must_use]
    pub fn tick(self, now: Millis) -> Self {
        if now > self.ms { Self { ms: now, counter: 0 } } else { Self { ms: self.ms, counter: self.counter.saturating_add(1) } }
    }

    /// Takes over a remote clock, but never more than ten minutes beyond the own estimate: a device
    /// whose clock stands at 2099 must not poison the others (I-34).
    #[must_use]
    pub fn merge(self, remote: Self, now: Millis) -> Self {
        const BOUND_MS: i64 = 10 * 60 * 1000;
        let bounded = Self { ms: remote.ms.min(now.plus(BOUND_MS)), counter: remote.counter };
        self.max(bounded)
    }
}

/// The wall clock as the operating system shows it, uncorrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct Wall {
    /// Milliseconds.
    pub ms: Millis,
    /// Offset from UTC in minutes.
    pub offset_minutes: i16,
    /// 0 = operating system, 1 = server, 2 = GNSS.
    pub source: u8,
}

/// A clock that counts sleep: boot id and nanoseconds since boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Mono {
    /// Identifies the boot of the machine.
    pub boot: [u8; 8],
    /// Nanoseconds since that boot.
    pub ns: u64,
}
