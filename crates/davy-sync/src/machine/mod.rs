//! The pure step machine: what a device does next to agree with its server.
//!
//! [`step`] takes a state, the time of a clock that never goes back, a random number and one input; it returns the
//! next state and at most one effect. It reads no clock and does no I/O; the driver (`crate::driver`) executes effects and
//! feeds back what happened. Nothing here depends on what is stored: each lane starts over from stored state,
//! so that it may be cut anywhere (P4).
//!
//! Invariants, each of them a property test in `tests.rs`:
//! - **Never stalls (I-15, I-16).** Every state is either running exactly one lane, or resting until a known instant
//!   that is at most `Config::longest_rest_ms` away. There is no third.
//! - **Independent lanes (I-17).** A failure of one lane delays that lane; only causes by which every request would fail end
//!   a run. Sending and receiving alternate; checklists and photographs come after events on purpose, one step at a time.
//! - **No spin (F-18).** A failed lane is not run again before its back-off is over, whoever wakes the machine,
//!   except when a person asks or the network changed; a pause that the server imposed is kept even then.

mod step;
#[cfg(test)]
mod tests;

pub use step::step;

use crate::backoff::Backoff;
use crate::error::{Cause, RetryKind};

/// Milliseconds of a clock that never goes back.
pub type Tick = u64;

/// One kind of exchange with the server, in the order in which they take their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// `hello`: where do we stand? At the start of every run.
    Contact,
    /// One batch of own events.
    Push,
    /// One page of foreign events.
    Pull,
    /// One missing checklist.
    Download,
    /// One chunk of a photograph or signature.
    Upload,
}

impl Lane {
    /// All lanes in order.
    pub const ALL: [Self; 5] = [Self::Contact, Self::Push, Self::Pull, Self::Download, Self::Upload];

    const fn index(self) -> usize {
        self as usize
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LaneSet(u8);

impl LaneSet {
    /// No lane.
    pub const NONE: Self = Self(0);
    /// Every lane.
    pub const ALL: Self = Self(0b1_1111);

    /// Of these lanes.
    #[must_use]
    pub fn of(lanes: &[Lane]) -> Self {
        Self(lanes.iter().fold(0, |bits, lane| bits | lane.bit()))
    }

    /// Whether the lane is in it.
    #[must_use]
    pub const fn has(self, lane: Lane) -> bool {
        self.0 & lane.bit() != 0
    }

    /// With those of another set.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without a lane.
    #[must_use]
    pub const fn without(self, lane: Lane) -> Self {
        Self(self.0 & !lane.bit())
    }
}

/// Times of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Waiting times after failures.
    pub backoff: Backoff,
    /// Longest time without contact while all is well, milliseconds.
    pub poll_ms: u64,
    /// How long new work rests before it is sent, so that a burst of answers makes one batch, milliseconds.
    pub settle_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { backoff: Backoff::default(), poll_ms: 60_000, settle_ms: 2_000 }
    }
}

impl Config {
    /// No rest is longer than this.
    #[must_use]
    pub fn longest_rest_ms(&self) -> u64 {
        let imposed = self.backoff.longest_imposed_ms.saturating_add(self.backoff.base_ms);
        imposed.max(self.poll_ms).max(self.backoff.cap_ms)
    }
}

/// How a lane fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LaneState {
    /// Failures in a row.
    pub failures: u32,
    /// Why the last one failed; `None` when it succeeded.
    pub cause: Option<Cause>,
    /// Not to be run before this instant.
    pub not_before: Tick,
    /// The server asked for that instant: nobody but time overrides it.
    pub imposed: bool,
}

/// What the machine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Waits for an instant or for a wake.
    Resting {
        /// When the next run begins.
        until: Tick,
    },
    /// The driver executes one step of a lane.
    Running(Lane),
}

/// The whole state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    phase: Phase,
    lanes: [LaneState; 5],
    /// Lanes that still have their turn in this run.
    todo: LaneSet,
    /// Lanes for which work arrived while a step was running: the step may have looked too early to see it.
    again: LaneSet,
    /// When this run last asked the server where we stand.
    contacted_at: Tick,
    /// The earliest instant at which a lane that did all it could wants to be run again.
    wanted: Option<Tick>,
}

impl State {
    /// Before the first contact: the first timer starts a run at once.
    #[must_use]
    pub fn new(now: Tick) -> Self {
        Self {
            phase: Phase::Resting { until: now },
            lanes: [LaneState::default(); 5],
            todo: LaneSet::NONE,
            again: LaneSet::NONE,
            contacted_at: now,
            wanted: None,
        }
    }

    /// What it is doing.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// How a lane fares.
    #[must_use]
    pub const fn lane(&self, lane: Lane) -> &LaneState {
        &self.lanes[lane.index()]
    }

    /// Why nothing, or not everything, moves: the first failing lane in order.
    #[must_use]
    pub fn problem(&self) -> Option<(Lane, Cause)> {
        Lane::ALL.into_iter().find_map(|lane| self.lane(lane).cause.map(|cause| (lane, cause)))
    }
}

/// Who wakes the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wake {
    /// The instant for which it rested.
    Timer,
    /// Something was saved on this device.
    LocalWork,
    /// The server says that there is news.
    Hint,
    /// The network changed, or the app came back to the foreground.
    Network,
    /// A person asked.
    Person,
}

/// What a lane's step achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// There is more to do at once.
    More,
    /// There is nothing more to do.
    Complete,
    /// What is left waits by itself for this many milliseconds (a photograph that failed alone).
    Later(u64),
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Somebody woke it.
    Wake(Wake),
    /// The running step succeeded.
    Done {
        /// Which one.
        lane: Lane,
        /// What it achieved.
        progress: Progress,
    },
    /// The running step failed.
    Failed {
        /// Which one.
        lane: Lane,
        /// Why.
        cause: Cause,
        /// When it may be repeated.
        retry: RetryKind,
    },
}

/// What the driver must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Execute one step of a lane and report `Done` or `Failed`.
    Run(Lane),
    /// Report `Wake(Timer)` at this instant.
    SleepUntil(Tick),
}
