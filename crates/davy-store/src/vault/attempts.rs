//! Counts wrong PINs and says how long to wait. Persisted before every check.

use crate::clock::Clock;
use crate::error::Result;
use crate::files;
use davy_core::time::Millis;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Failed attempts since the last success and when the last one was made.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    pub failed: u32,
    wall_ms: i64,
    boot: [u8; 8],
    mono_ns: u64,
}

/// Time until the next PIN is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    ms: u64,
}

impl Wait {
    /// Whole seconds, rounded up.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.ms.div_ceil(1000)
    }

    /// Nothing left to wait for.
    #[must_use]
    pub const fn is_over(self) -> bool {
        self.ms == 0
    }
}

/// Wait after so many failures: four are free, then it grows to an hour. Never a lock-out, never a wipe.
const fn wait_after(failed: u32) -> u64 {
    match failed {
        0..=4 => 0,
        5 => 30_000,
        6 => 60_000,
        7 => 5 * 60_000,
        8 => 15 * 60_000,
        _ => 60 * 60_000,
    }
}

impl Attempts {
    const FILE: &str = "attempts.json";

    /// Reads the counter. An unreadable counter counts as many failures: damaging it must not help a thief.
    pub fn read(dir: &Path) -> Self {
        match std::fs::read(dir.join(Self::FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or(Self { failed: 9, ..Self::default() }),
            Err(_) => Self::default(),
        }
    }

    pub fn write(&self, dir: &Path) -> Result<()> {
        let bytes = serde_json::to_vec(self).map_err(crate::error::StoreError::damaged)?;
        files::replace(&dir.join(Self::FILE), &bytes)
    }

    pub fn clear(dir: &Path) -> Result<()> {
        Self::default().write(dir)
    }

    pub fn count(&mut self, clock: &dyn Clock) {
        let (wall, mono) = (clock.wall(), clock.mono());
        *self = Self { failed: self.failed.saturating_add(1), wall_ms: wall.ms.0, boot: mono.boot, mono_ns: mono.ns };
    }

    /// Within a boot the clock that nobody can set decides. After a reboot the wall clock does; one that was
    /// set back gives the whole wait again.
    pub fn wait(&self, clock: &dyn Clock) -> Wait {
        let full = wait_after(self.failed);
        let mono = clock.mono();
        let passed = if mono.boot == self.boot && mono.ns >= self.mono_ns {
            (mono.ns - self.mono_ns) / 1_000_000
        } else {
            let Millis(now) = clock.wall().ms;
            u64::try_from(now.saturating_sub(self.wall_ms)).unwrap_or(0)
        };
        Wait { ms: full.saturating_sub(passed) }
    }
}
