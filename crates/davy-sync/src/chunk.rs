//! How much to send in one request: small on a bad link, so that a cut costs little, growing while the link is good.

use std::time::Duration;

/// Size of the next chunk or batch, between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSize {
    now: u64,
    least: u64,
    most: u64,
}

/// A request that takes longer than this does not earn a larger one.
const GOOD: Duration = Duration::from_secs(4);

impl ChunkSize {
    /// Starts at the lower bound; bounds below one byte make no sense and are lifted.
    #[must_use]
    pub fn new(least: u64, most: u64) -> Self {
        let least = least.max(1);
        Self { now: least, least, most: most.max(least) }
    }

    /// Bytes of the next request.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.now
    }

    /// A request of this size went through.
    pub fn passed(&mut self, took: Duration) {
        if took < GOOD {
            self.now = self.now.saturating_mul(2).min(self.most);
        }
    }

    /// A request was cut off or stalled.
    pub fn broke(&mut self) {
        self.now = (self.now / 2).max(self.least);
    }

    /// The server said that it was too large. False: it cannot be made smaller.
    pub fn refused(&mut self) -> bool {
        let smaller = self.now / 2;
        let possible = smaller >= SMALLEST;
        if possible {
            self.now = smaller;
            self.most = smaller;
            self.least = self.least.min(smaller);
        }
        possible
    }

    /// The server advertises an upper bound; zero means that it does not.
    pub fn limit(&mut self, most: u64) {
        if most > 0 {
            self.most = self.most.min(most);
            self.least = self.least.min(self.most);
            self.now = self.now.min(self.most);
        }
    }
}

/// Nothing below this is refused for its size by a sane server.
const SMALLEST: u64 = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KIB: u64 = 1024;

    #[test]
    fn a_good_link_doubles_the_chunk_up_to_the_bound_and_a_cut_halves_it_down_to_the_least() {
        let mut size = ChunkSize::new(256 * KIB, 4096 * KIB);
        let mut seen = vec![size.bytes()];
        for _ in 0..5 {
            size.passed(Duration::from_millis(100));
            seen.push(size.bytes());
        }
        assert_eq!(seen, [256, 512, 1024, 2048, 4096, 4096].map(|k| k * KIB));
        size.passed(GOOD);
        assert_eq!(size.bytes(), 4096 * KIB);
        for _ in 0..9 {
            size.broke();
        }
        assert_eq!(size.bytes(), 256 * KIB);
    }

    #[test]
    fn a_server_that_refuses_a_size_is_not_offered_it_again() {
        let mut size = ChunkSize::new(256 * KIB, 4096 * KIB);
        size.passed(Duration::ZERO);
        assert!(size.refused());
        assert!(size.refused());
        size.passed(Duration::ZERO);
        assert_eq!(size.bytes(), 128 * KIB);
        let mut times = 0;
        while size.refused() {
            times += 1;
        }
        assert_eq!((times, size.bytes()), (7, KIB));
    }

    proptest! {
        #[test]
        fn the_size_stays_within_its_bounds(least in 1..1_000_000u64, most in 0..10_000_000u64, steps in prop::collection::vec(0..4u8, 0..60)) {
            let mut size = ChunkSize::new(least, most);
            for step in steps {
                match step {
                    0 => size.passed(Duration::ZERO),
                    1 => size.broke(),
                    2 => { size.refused(); }
                    _ => size.limit(most / 2),
                }
                prop_assert!(size.bytes() >= 1 && size.bytes() <= most.max(least));
            }
        }
    }
}
