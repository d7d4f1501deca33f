//! What the driver tells whoever shows it: phase, the one problem that matters, times.

use crate::error::Cause;
use crate::machine::Lane;
use davy_core::id::BlobId;
use davy_core::time::Millis;

/// What the driver does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Doing {
    /// Everything is exchanged.
    #[default]
    Idle,
    /// Asking the server where we stand.
    Contacting,
    /// Sending events.
    Pushing,
    /// Receiving events.
    Pulling,
    /// Receiving checklists.
    Downloading,
    /// Sending photographs and signatures.
    Uploading,
    /// Something failed: waiting for the next attempt.
    Waiting,
}

impl From<Lane> for Doing {
    fn from(lane: Lane) -> Self {
        match lane {
            Lane::Contact => Self::Contacting,
            Lane::Push => Self::Pushing,
            Lane::Pull => Self::Pulling,
            Lane::Download => Self::Downloading,
            Lane::Upload => Self::Uploading,
        }
    }
}

/// Why nothing, or not everything, moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Cause.
    pub cause: Cause,
    /// Since when, device's clock.
    pub since: Millis,
    /// For support: what exactly was seen.
    pub detail: String,
}

/// A blob on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Which.
    pub blob: BlobId,
    /// Bytes that the server holds.
    pub sent: u64,
    /// Bytes of the whole.
    pub size: u64,
}

/// The state of the synchronisation. Counts of what waits are the store's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// What it does.
    pub doing: Doing,
    /// Why nothing, or not everything, moves.
    pub problem: Option<Problem>,
    /// Last answered contact, server's clock.
    pub last_contact: Option<Millis>,
    /// Next attempt, device's clock; `None` while a step runs.
    pub next_attempt: Option<Millis>,
    /// The upload that moved last in this run.
    pub transfer: Option<Transfer>,
}
