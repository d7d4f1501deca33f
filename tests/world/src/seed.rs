//! Chance that can be repeated.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use std::sync::{Arc, Mutex};

/// A stream of random numbers from a seed; prints the seed when a test fails.
#[derive(Clone)]
pub struct Seed {
    seed: u64,
    rng: Arc<Mutex<ChaCha8Rng>>,
    _printer: Arc<PrintOnPanic>,
}

struct PrintOnPanic(u64);

impl Drop for PrintOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the world's seed was {0}; repeat it with DAVY_WORLD_SEED={0}", self.0);
        }
    }
}

impl Seed {
    /// The given seed, or the one in `DAVY_WORLD_SEED`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let seed = std::env::var("DAVY_WORLD_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(seed);
        Self { seed, rng: Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))), _printer: Arc::new(PrintOnPanic(seed)) }
    }

    /// The number it started from.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.seed
    }

    /// A number below a bound.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        self.rng.lock().unwrap().random_range(0..bound.max(1))
    }

    /// True in this many of a hundred cases.
    #[must_use]
    pub fn percent(&self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// Any number.
    #[must_use]
    pub fn any(&self) -> u32 {
        self.rng.lock().unwrap().next_u32()
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(&self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.rng.lock().unwrap().fill_bytes(&mut bytes);
        bytes
    }

    /// A stream of its own, so that one user's draws do not shift another's.
    #[must_use]
    pub fn fork(&self) -> Self {
        let seed = self.rng.lock().unwrap().next_u64();
        Self { seed: self.seed, rng: Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))), _printer: Arc::clone(&self._printer) }
    }
}
