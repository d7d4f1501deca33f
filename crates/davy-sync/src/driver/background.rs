//! The endless loop: sleeps as the machine says, wakes for saved work, the server's hints, the network and people.
//!
//! Cancelling drops the step that runs; that is safe at any await. The wake channel is only a hint: without it the regular
//! poll finds the news (§6).

use super::{Driver, Status, tick};
use crate::machine::{Phase, Wake};
use crate::remote::{Remote, Token};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Timers of a sleeping machine do not count its sleep: look at the clock at least this often.
const LONGEST_NAP: Duration = Duration::from_secs(15);
/// Hints closer together than this make one.
const HINT_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause before the wake channel is opened again.
const LONGEST_REOPEN: Duration = Duration::from_secs(60);

/// The running loop.
pub struct Handle {
    wakes: UnboundedSender<Wake>,
    status: watch::Receiver<Status>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Handle {
    /// Wakes the loop: `Wake::Person` for "sync now", `Wake::Network` when the network changed or the app came back.
    pub fn wake(&self, wake: Wake) {
        // A loop that has ended needs no waking.
        let _ = self.wakes.send(wake);
    }

    /// The current status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Ends the loop; returns when nothing of it touches the store any more.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the synchronisation had ended by itself");
        }
    }
}

impl<R: Remote> Driver<R> {
    /// Runs until stopped. Must be called inside a Tokio runtime.
    #[must_use]
    pub fn spawn(mut self) -> Handle {
        let (wakes, inbox) = unbounded_channel();
        let (told, status) = watch::channel(self.status.clone());
        let before = self.observer.take();
        self.observer = Some(Arc::new(move |status: &Status| {
            told.send_replace(status.clone());
            if let Some(observer) = &before {
                observer(status);
            }
        }));
        let saved = wakes.clone();
        self.store.subscribe(move |changes| {
            if !changes.remote && !changes.kinds.is_empty() {
                let _ = saved.send(Wake::LocalWork);
            }
        });
        let stop = CancellationToken::new();
        let listening = listen(Arc::clone(&self.remote), self.tokens.subscribe(), wakes.clone());
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = self.run_for_ever(inbox) => {}
                () = listening => {}
            }
            // A dropped step may still be at the store, and be about to take the lease: it ends before the lease is given back.
            self.tracker.close();
            self.tracker.wait().await;
            let owner = self.owner;
            // The lease ends by itself; giving it back only lets the next loop start sooner.
            let _ = self.blocking(move |store| store.release_lease(super::LEASE, &owner)).await;
        });
        Handle { wakes, status, stop, task }
    }

    async fn run_for_ever(&mut self, mut inbox: UnboundedReceiver<Wake>) {
        let mut wake = Wake::Timer;
        loop {
            self.drive(wake, &mut inbox).await;
            let Phase::Resting { until } = self.state.phase() else { continue };
            let nap = Duration::from_millis(until.saturating_sub(tick(&self.store))).min(LONGEST_NAP);
            wake = tokio::select! {
                woken = inbox.recv() => woken.unwrap_or(Wake::Timer),
                () = tokio::time::sleep(nap) => Wake::Timer,
            };
        }
    }
}

/// Keeps the wake channel open as long as there is a token; passes hints on.
async fn listen<R: Remote>(remote: Arc<R>, mut tokens: watch::Receiver<Option<Token>>, wakes: UnboundedSender<Wake>) {
    let mut pause = Duration::from_secs(1);
    loop {
        let token = match tokens.wait_for(Option::is_some).await.map(|token| token.clone()) {
            Ok(Some(token)) => token,
            _ => return std::future::pending().await,
        };
        match remote.wait_for_hint(&token).await {
            Ok(()) => {
                pause = Duration::from_secs(1);
                let _ = wakes.send(Wake::Hint);
                tokio::time::sleep(HINT_PAUSE).await;
            }
            Err(error) => {
                tracing::debug!(%error, "the wake channel ended");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_REOPEN);
            }
        }
    }
}
