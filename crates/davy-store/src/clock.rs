//! The device's clocks: the only place of this crate that reads them, replaceable in tests.

use davy_core::time::{Millis, Mono, Wall};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Wall clock and a clock that counts sleep. A device's clock is a claim (`docs/sync.md` §8).
pub trait Clock: Send + Sync {
    /// The wall clock as the operating system shows it.
    fn wall(&self) -> Wall;
    /// Boot id and time since boot, sleep included where the system tells it.
    fn mono(&self) -> Mono;

    /// Best estimate of the true time: the newest server anchor of this boot moved along the
    /// monotonic clock, else the wall clock.
    fn now_estimate(&self, anchor: Option<&AnchorFix>) -> Millis {
        let mono = self.mono();
        match anchor {
            Some(fix) if fix.boot == mono.boot && mono.ns >= fix.mono_recv => {
                let since_ms = (mono.ns - fix.mono_recv) / 1_000_000;
                fix.server_ms.plus(i64::try_from(since_ms).unwrap_or(i64::MAX))
            }
            _ => self.wall().ms,
        }
    }
}

/// A verified server time anchor with the local clock around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorFix {
    /// Server's time.
    pub server_ms: Millis,
    /// Nanoseconds since boot when the question was sent.
    pub mono_send: u64,
    /// Nanoseconds since boot when the answer came.
    pub mono_recv: u64,
    /// Boot that both belong to.
    pub boot: [u8; 8],
}

/// The machine's clocks.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall(&self) -> Wall {
        let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        Wall { ms: Millis(ms), offset_minutes: offset_minutes(), source: 0 }
    }

    fn mono(&self) -> Mono {
        Mono { boot: boot_id(), ns: since_boot_ns() }
    }
}

/// Offset of the local time zone from UTC in minutes.
fn offset_minutes() -> i16 {
    let seconds = jiff::Zoned::now().offset().seconds();
    i16::try_from(seconds / 60).unwrap_or(0)
}

/// Eight bytes that differ between boots. Linux and Android tell a boot id; elsewhere every start of the
/// program counts as a boot, which only widens brackets, never falsifies them.
fn boot_id() -> [u8; 8] {
    static BOOT: OnceLock<[u8; 8]> = OnceLock::new();
    *BOOT.get_or_init(|| {
        let told = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().and_then(|text| {
            let hex: String = text.chars().filter(char::is_ascii_hexdigit).take(16).collect();
            let mut bytes = [0; 8];
            hex::decode_to_slice(hex, &mut bytes).ok().map(|()| bytes)
        });
        told.unwrap_or_else(rand::random)
    })
}

/// Nanoseconds since boot (sleep included on Linux), else since the program's start.
fn since_boot_ns() -> u64 {
    static START: OnceLock<(Instant, u64)> = OnceLock::new();
    // `/proc/uptime` counts sleep but has a resolution of 10 ms: it sets the base, `Instant` the digits.
    // Re-read each time so that sleep in between is counted.
    let uptime = || {
        let text = std::fs::read_to_string("/proc/uptime").ok()?;
        let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some((seconds * 1e9) as u64)
    };
    let (start, base) = START.get_or_init(|| (Instant::now(), uptime().unwrap_or(0)));
    let running = base.saturating_add(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
    match uptime() {
        // More than a second apart: the machine slept, which `Instant` does not count on Linux.
        Some(up) if up > running.saturating_add(1_000_000_000) => up,
        _ => running,
    }
}

/// A clock that stands still until told; tests own time.
#[derive(Debug)]
pub struct FakeClock {
    now: Mutex<(Wall, Mono)>,
}

impl FakeClock {
    /// A clock at this wall time, one second after a boot of this id.
    #[must_use]
    pub fn new(wall_ms: i64, boot: [u8; 8]) -> Self {
        let wall = Wall { ms: Millis(wall_ms), offset_minutes: 480, source: 0 };
        Self { now: Mutex::new((wall, Mono { boot, ns: 1_000_000_000 })) }
    }

    /// Lets honest time pass on both clocks.
    pub fn advance(&self, ms: u64) {
        self.change(|(wall, mono)| {
            wall.ms = wall.ms.plus(i64::try_from(ms).unwrap_or(i64::MAX));
            mono.ns = mono.ns.saturating_add(ms.saturating_mul(1_000_000));
        });
    }

    /// Somebody sets the wall clock.
    pub fn set_wall(&self, wall_ms: i64) {
        self.change(|(wall, _)| wall.ms = Millis(wall_ms));
    }

    /// The machine starts anew: other boot, monotonic clock near zero.
    pub fn reboot(&self, boot: [u8; 8]) {
        self.change(|(_, mono)| *mono = Mono { boot, ns: 1_000_000_000 });
    }

    fn change(&self, by: impl FnOnce(&mut (Wall, Mono))) {
        by(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn read(&self) -> (Wall, Mono) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FakeClock {
    fn wall(&self) -> Wall {
        self.read().0
    }
    fn mono(&self) -> Mono {
        self.read().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_of_this_boot_outranks_a_wrong_wall_clock() {
        let clock = FakeClock::new(1_000_000, [1; 8]);
        let fix = AnchorFix { server_ms: Millis(9_000_000), mono_send: 900_000_000, mono_recv: 1_000_000_000, boot: [1; 8] };
        clock.advance(500);
        clock.set_wall(5);
        assert_eq!(clock.now_estimate(Some(&fix)), Millis(9_000_500));
        clock.reboot([2; 8]);
        assert_eq!(clock.now_estimate(Some(&fix)), Millis(5), "an anchor of another boot says nothing about now");
        assert_eq!(clock.now_estimate(None), Millis(5));
    }

    #[test]
    fn the_system_clock_never_runs_backwards_within_a_boot() {
        let (first, second) = (SystemClock.mono(), SystemClock.mono());
        assert_eq!(first.boot, second.boot);
        assert!(second.ns >= first.ns);
    }
}
