//! How long to wait: full jitter, so that two hundred tablets which lost the same network do not come back as one.

use std::time::Duration;

/// Bounds of the waiting times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Upper bound of the first wait, milliseconds.
    pub base_ms: u64,
    /// Upper bound of any wait of our own choice, milliseconds.
    pub cap_ms: u64,
    /// Longest `Retry-After` that is obeyed, milliseconds: a nonsensical header must not silence a device for days.
    pub longest_imposed_ms: u64,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base_ms: 1_000, cap_ms: 300_000, longest_imposed_ms: 3_600_000 }
    }
}

/// Milliseconds below which a retry would be a spin.
const SHORTEST_MS: u64 = 50;

impl Backoff {
    /// A wait after `failures` failures in a row (1 = the first), drawn evenly from zero to the doubled bound.
    /// `dice` is a random number.
    #[must_use]
    pub fn jittered(&self, failures: u32, dice: u32) -> u64 {
        let doublings = failures.saturating_sub(1).min(32);
        let bound = self.base_ms.saturating_mul(1 << doublings).min(self.cap_ms);
        part(bound, dice).max(SHORTEST_MS)
    }

    /// A wait after a failure that only an outside change can heal: between half the cap and the cap.
    #[must_use]
    pub fn rare(&self, dice: u32) -> u64 {
        let half = self.cap_ms / 2;
        half.saturating_add(part(half, dice)).max(SHORTEST_MS)
    }

    /// A wait that the server asked for, never shorter, and spread a little so that not everybody returns in the same second.
    #[must_use]
    pub fn imposed(&self, after: Duration, dice: u32) -> u64 {
        let asked = u64::try_from(after.as_millis()).unwrap_or(u64::MAX).min(self.longest_imposed_ms);
        asked.saturating_add(part(self.base_ms, dice)).max(SHORTEST_MS)
    }
}

/// The share `dice / 2^32` of a bound.
fn part(bound: u64, dice: u32) -> u64 {
    let wide = u128::from(bound) * u128::from(dice) / (u128::from(u32::MAX) + 1);
    u64::try_from(wide).unwrap_or(bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bound_doubles_up_to_the_cap() {
        let backoff = Backoff::default();
        let longest = |failures| backoff.jittered(failures, u32::MAX);
        for (failures, bound) in
            [(0, 1_000), (1, 1_000), (2, 2_000), (3, 4_000), (9, 256_000), (10, 300_000), (11, 300_000), (u32::MAX, 300_000)]
        {
            assert_eq!(longest(failures), bound - 1, "after {failures} failures");
        }
    }

    proptest! {
        #[test]
        fn waits_are_never_zero_and_never_beyond_their_bound(failures: u32, dice: u32, seconds in 0..100_000u64) {
            let backoff = Backoff::default();
            prop_assert!((SHORTEST_MS..=backoff.cap_ms).contains(&backoff.jittered(failures, dice)));
            prop_assert!((SHORTEST_MS..=backoff.cap_ms).contains(&backoff.rare(dice)));
            let imposed = backoff.imposed(Duration::from_secs(seconds), dice);
            prop_assert!(imposed >= (seconds * 1000).min(backoff.longest_imposed_ms));
            prop_assert!(imposed <= backoff.longest_imposed_ms + backoff.base_ms);
        }
    }
}
