//! Stall timers: a transfer may take as long as it likes, as long as bytes move (`docs/sync.md` §5).
//!
//! A timer over the whole request would kill a photograph on a slow link each time it was nearly through. Here each piece of
//! a body that the connection takes, and each piece of an answer that arrives, starts the timer anew.

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Pieces in which a body is handed to the connection.
const PIECE: usize = 16 * 1024;
/// The slowest link that is waited for: what was handed over may still stand in the system's buffers, where no progress
/// can be seen; it gets the time that this rate needs.
const SLOWEST_BYTES_PER_SECOND: u64 = 1024;
/// Buffers of an operating system on a slow link hold no more than this.
const BUFFERED_AT_MOST: u64 = 256 * 1024;

/// When a byte last moved.
#[derive(Debug, Clone)]
pub struct Activity {
    start: Instant,
    last_ms: Arc<AtomicU64>,
    handed_over: Arc<AtomicU64>,
}

impl Activity {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now(), last_ms: Arc::default(), handed_over: Arc::default() }
    }

    /// A byte moved.
    pub fn touch(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(now, Ordering::Relaxed);
    }

    /// An answer began: nothing is in the buffers any more.
    pub fn answered(&self) {
        self.handed_over.store(0, Ordering::Relaxed);
        self.touch();
    }

    /// A body in pieces that reports when they are taken.
    pub fn body(&self, body: Bytes) -> reqwest::Body {
        let activity = self.clone();
        let pieces = futures::stream::unfold(body, move |mut rest| {
            let activity = activity.clone();
            async move {
                if rest.is_empty() {
                    return None;
                }
                let piece = rest.split_to(rest.len().min(PIECE));
                activity.handed_over.fetch_add(piece.len() as u64, Ordering::Relaxed);
                activity.touch();
                Some((Ok::<_, std::convert::Infallible>(piece), rest))
            }
        });
        reqwest::Body::wrap_stream(pieces)
    }

    /// Ends when no byte moved for the patience, plus the time that a slow link needs for what is in the buffers.
    pub async fn stalled(&self, patience: Duration) {
        loop {
            let buffered = self.handed_over.load(Ordering::Relaxed).min(BUFFERED_AT_MOST);
            let allowed = patience + Duration::from_secs(buffered / SLOWEST_BYTES_PER_SECOND);
            let deadline = self.start + Duration::from_millis(self.last_ms.load(Ordering::Relaxed)) + allowed;
            if Instant::now() >= deadline {
                return;
            }
            tokio::time::sleep_until(deadline).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_transfer_that_moves_is_never_stalled_and_one_that_stands_is() {
        let patience = Duration::from_secs(30);
        let activity = Activity::start();
        for _ in 0..100 {
            tokio::select! {
                () = activity.stalled(patience) => panic!("bytes moved, yet it counts as stalled"),
                () = tokio::time::sleep(Duration::from_secs(29)) => activity.touch(),
            }
        }
        let before = Instant::now();
        activity.stalled(patience).await;
        assert_eq!(before.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn what_stands_in_the_buffers_gets_the_time_of_a_slow_link() {
        let activity = Activity::start();
        activity.handed_over.store(10 * 1024 * 1024, Ordering::Relaxed);
        let before = Instant::now();
        activity.stalled(Duration::from_secs(30)).await;
        assert_eq!(before.elapsed().as_secs(), 30 + 256);
    }
}
