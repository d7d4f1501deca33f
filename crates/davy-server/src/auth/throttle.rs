//! Slowed-down logins: per login and per address, kept in the store, so that a restart forgives nothing.

use crate::store::ThrottleRow;
use davy_core::time::Millis;

/// How patient a key is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Failures without any wait.
    pub free: u32,
    /// Wait after the first failure beyond, doubled with each.
    pub first_ms: i64,
    /// Longest wait.
    pub most_ms: i64,
}

/// One login.
pub const LOGIN: Patience = Patience { free: 4, first_ms: 5_000, most_ms: 15 * 60_000 };
/// One address: many people may sit behind it.
pub const ADDRESS: Patience = Patience { free: 30, first_ms: 5_000, most_ms: 5 * 60_000 };

/// Seconds to wait before the next attempt counts; 0: now.
#[must_use]
pub fn wait_seconds(row: &ThrottleRow, now: Millis) -> u32 {
    let left = row.blocked_until.0.saturating_sub(now.0).max(0);
    u32::try_from((left + 999) / 1000).unwrap_or(u32::MAX)
}

/// The row after one more failure.
#[must_use]
pub fn after_failure(row: ThrottleRow, patience: Patience, now: Millis) -> ThrottleRow {
    let failures = row.failures.saturating_add(1);
    let beyond = failures.saturating_sub(patience.free);
    let wait = match beyond {
        0 => 0,
        n => patience.first_ms.saturating_mul(1 << (n - 1).min(20)).min(patience.most_ms),
    };
    ThrottleRow { failures, blocked_until: now.plus(wait) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_start_after_the_free_failures_double_and_stay_bounded() {
        let mut row = ThrottleRow::default();
        let waits: Vec<u32> = (0..14)
            .map(|_| {
                row = after_failure(row, LOGIN, Millis(0));
                wait_seconds(&row, Millis(0))
            })
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(wait_seconds(&row, Millis(900_000)), 0, "the wait ends by itself");
    }
}
