//! Executes what the machine decides: one step of a lane at a time against the store and the server.
//!
//! Each step starts from stored state and may be dropped or killed at any await (P4): whatever counts was committed by the
//! store in one transaction. Nothing counts as delivered before the store verified the server's signature over exactly our
//! head or hash. One file a lane: `contact`, `push`, `pull`, `download`, `upload`; `background` is the endless loop.

mod background;
mod contact;
mod download;
mod failure;
mod pull;
mod push;
mod status;
mod upload;

pub use background::Handle;
pub use status::{Doing, Problem, Status, Transfer};

use crate::chunk::ChunkSize;
use crate::error::{Cause, RetryKind};
use crate::machine::{self, Effect, Input, Lane, Phase, Progress, State, Tick, Wake};
use crate::remote::{Remote, Token};
use davy_core::id::{BlobId, ScopeId};
use davy_core::time::Millis;
use davy_protocol::message::ScopePosition;
use davy_store::{Store, StoreError};
use failure::Failure;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::task::TaskTracker;

/// Key of the driver's issue in the store.
pub const ISSUE: &str = "sync";
/// Key of the issue about a wrong device clock.
pub const CLOCK_ISSUE: &str = "clock";
const LEASE: &str = "sync";
const LEASE_SECONDS: u64 = 60;
const LAST_CONTACT: &str = "sync/last_contact";

/// Bounds of the driver.
#[derive(Debug, Clone)]
pub struct Config {
    /// Times of the machine.
    pub machine: machine::Config,
    /// Version of the app, for the server's device list.
    pub app_version: String,
    /// Smallest and largest chunk of an upload, bytes.
    pub chunk: (u64, u64),
    /// Smallest and largest batch of a push, bytes.
    pub batch: (u64, u64),
    /// Most events of a pull page.
    pub page: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            machine: machine::Config::default(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            chunk: (256 * 1024, 4 * 1024 * 1024),
            batch: (256 * 1024, davy_protocol::segment::MAX_PUSH as u64),
            page: davy_protocol::message::MAX_PULL_EVENTS,
        }
    }
}

/// Called with every change of the status. Must return at once.
pub type Observer = Arc<dyn Fn(&Status) + Send + Sync>;

/// Random numbers for the back-off.
pub type Dice = Box<dyn FnMut() -> u32 + Send + Sync>;

/// How a call of [`Driver::run_once`] ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Everything that could be exchanged was exchanged.
    pub complete: bool,
    /// Why not, if not.
    pub problem: Option<Problem>,
    /// Milliseconds until the next attempt is due.
    pub next_in_ms: u64,
}

/// What is known of the server since this driver started; all of it can be asked again.
struct Session {
    token: Option<(Token, Tick)>,
    scopes: Vec<ScopePosition>,
    /// The positions above are news: scopes that are level with them need not be asked.
    fresh: bool,
    revoked: bool,
    /// The server lacks events that an earlier receipt named: send from here.
    resend_from: Option<u64>,
    /// Send segments one by one, to find the one that is refused.
    singly: bool,
    batch: ChunkSize,
    chunk: ChunkSize,
    page: u32,
    /// Cursors were already given up once because they disagreed with the server.
    recounted: bool,
    scope_issues: HashSet<ScopeId>,
    download_waits: HashMap<BlobId, (u32, Tick)>,
    /// Uploads opened anew since the last progress.
    reopened: HashSet<BlobId>,
    /// Pages that were asked for while others were applied.
    ahead: Option<pull::Ahead>,
}

/// The device's side of the synchronisation.
pub struct Driver<R: Remote> {
    store: Store,
    remote: Arc<R>,
    config: Config,
    dice: Dice,
    state: State,
    session: Session,
    owner: [u8; 16],
    /// Until when the lease is known to be held.
    leased_until: Tick,
    status: Status,
    observer: Option<Observer>,
    /// Calls of the store that run: a dropped step leaves its call to end by itself.
    tracker: TaskTracker,
    /// A token for the wake channel, as soon as there is one.
    tokens: tokio::sync::watch::Sender<Option<Token>>,
}

impl<R: Remote> Driver<R> {
    /// A driver for an open store. `dice` yields random numbers; production passes `Box::new(rand::random)`.
    #[must_use]
    pub fn new(store: Store, remote: R, dice: Dice, config: Config) -> Self {
        let now = tick(&store);
        let session = Session {
            token: None,
            scopes: Vec::new(),
            fresh: false,
            revoked: false,
            resend_from: None,
            singly: false,
            batch: ChunkSize::new(config.batch.0, config.batch.1),
            chunk: ChunkSize::new(config.chunk.0, config.chunk.1),
            page: config.page,
            recounted: false,
            scope_issues: HashSet::new(),
            download_waits: HashMap::new(),
            ahead: None,
            reopened: HashSet::new(),
        };
        let last = store.setting(LAST_CONTACT).ok().flatten().and_then(|bytes| bytes.try_into().ok());
        let status = Status { last_contact: last.map(|bytes| Millis(i64::from_be_bytes(bytes))), ..Status::default() };
        Self {
            state: State::new(now),
            remote: Arc::new(remote),
            dice,
            session,
            owner: uuid::Uuid::new_v4().into_bytes(),
            leased_until: 0,
            status,
            observer: None,
            tracker: TaskTracker::new(),
            tokens: tokio::sync::watch::Sender::new(None),
            store,
            config,
        }
    }

    /// With somebody who is told every change of the status.
    #[must_use]
    pub fn observed(mut self, observer: Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The store that it synchronises.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The server as this driver sees it.
    #[must_use]
    pub fn remote(&self) -> &R {
        &self.remote
    }

    /// The current status.
    #[must_use]
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// One whole run, as when a person asks for it; a pause that the server imposed is kept.
    pub async fn run_once(&mut self) -> Outcome {
        self.run(Wake::Person).await
    }

    /// One run if it is due, as when the timer goes off; for callers with a clock of their own.
    pub async fn run_if_due(&mut self) -> Outcome {
        self.run(Wake::Timer).await
    }

    async fn run(&mut self, wake: Wake) -> Outcome {
        let (_silent, mut wakes) = tokio::sync::mpsc::unbounded_channel();
        let until = self.drive(wake, &mut wakes).await;
        Outcome {
            complete: self.status.problem.is_none(),
            problem: self.status.problem.clone(),
            next_in_ms: until.saturating_sub(self.now()),
        }
    }

    /// Gives the machine a wake and executes effects until it rests. Returns until when.
    async fn drive(&mut self, wake: Wake, wakes: &mut UnboundedReceiver<Wake>) -> Tick {
        let mut effect = self.step(Input::Wake(wake));
        loop {
            match effect {
                Some(Effect::Run(lane)) => {
                    self.tell_running(lane);
                    let outcome = self.execute(lane).await;
                    while let Ok(wake) = wakes.try_recv() {
                        self.step(Input::Wake(wake));
                    }
                    effect = self.report(lane, outcome);
                }
                Some(Effect::SleepUntil(until)) => {
                    self.rest(until).await;
                    return until;
                }
                None => match self.state.phase() {
                    Phase::Running(lane) => effect = Some(Effect::Run(lane)),
                    Phase::Resting { until } => effect = Some(Effect::SleepUntil(until)),
                },
            }
        }
    }

    async fn execute(&mut self, lane: Lane) -> Result<Progress, Failure> {
        self.hold_lease().await?;
        match lane {
            Lane::Contact => contact::run(self).await,
            Lane::Push => push::run(self).await,
            Lane::Pull => pull::run(self).await,
            Lane::Download => download::run(self).await,
            Lane::Upload => upload::run(self).await,
        }
    }

    /// Takes the lease, or renews it when less than three quarters of its time are left: writing it anew for each step would cost
    /// a commit each.
    async fn hold_lease(&mut self) -> Result<(), Failure> {
        let now = self.now();
        if now.saturating_add(LEASE_SECONDS * 750) < self.leased_until {
            return Ok(());
        }
        let owner = self.owner;
        if !self.blocking(move |store| store.lease(LEASE, &owner, LEASE_SECONDS)).await? {
            let wait = RetryKind::Transient { after: Some(std::time::Duration::from_secs(LEASE_SECONDS / 4)) };
            return Err(Failure::new(Cause::Internal, wait, "another synchronisation of this device is at work"));
        }
        self.leased_until = now.saturating_add(LEASE_SECONDS * 1000);
        Ok(())
    }

    /// Feeds the outcome of a step back and keeps the problem that a person should see.
    fn report(&mut self, lane: Lane, outcome: Result<Progress, Failure>) -> Option<Effect> {
        match outcome {
            Ok(progress) => {
                let effect = self.step(Input::Done { lane, progress });
                if self.state.problem().is_none() {
                    self.status.problem = None;
                }
                effect
            }
            Err(failure) => {
                tracing::info!(?lane, cause = ?failure.cause, detail = %failure.detail, "a step of the synchronisation failed");
                let effect = self.step(Input::Failed { lane, cause: failure.cause, retry: failure.retry });
                if self.state.problem() == Some((lane, failure.cause)) {
                    let before = self.status.problem.take().filter(|before| before.cause == failure.cause);
                    let since = before.map_or_else(|| self.store.clock().wall().ms, |before| before.since);
                    self.status.problem = Some(Problem { cause: failure.cause, since, detail: failure.detail });
                }
                effect
            }
        }
    }

    /// The run is over: tell, and leave a note that survives the end of the program.
    async fn rest(&mut self, until: Tick) {
        let wait = i64::try_from(until.saturating_sub(self.now())).unwrap_or(i64::MAX);
        let next = self.store.clock().wall().ms.plus(wait);
        self.status.next_attempt = Some(next);
        self.status.doing = if self.status.problem.is_some() { Doing::Waiting } else { Doing::Idle };
        let problem = self.status.problem.clone();
        self.leased_until = 0;
        let owner = self.owner;
        let noted = self
            .blocking(move |store| {
                match problem {
                    Some(problem) => store.set_issue(ISSUE, cause_text(problem.cause), &problem.detail, Some(next))?,
                    None => drop(store.clear_issue(ISSUE)?),
                }
                store.release_lease(LEASE, &owner)
            })
            .await;
        if let Err(failure) = noted {
            tracing::warn!(detail = %failure.detail, "the state of the synchronisation could not be noted");
        }
        self.tell();
    }

    fn step(&mut self, input: Input) -> Option<Effect> {
        let (state, effect) = machine::step(&self.state, &self.config.machine, self.now(), (self.dice)(), input);
        self.state = state;
        effect
    }

    fn now(&self) -> Tick {
        tick(&self.store)
    }

    fn tell_running(&mut self, lane: Lane) {
        self.status.next_attempt = None;
        let doing = lane.into();
        if self.status.doing != doing {
            self.status.doing = doing;
            self.tell();
        }
    }

    fn tell(&self) {
        if let Some(observer) = &self.observer {
            observer(&self.status);
        }
    }

    /// Runs a call of the store on a thread that may block.
    async fn blocking<T: Send + 'static>(&self, call: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static) -> Result<T, Failure> {
        let store = self.store.clone();
        match self.tracker.spawn_blocking(move || call(&store)).await {
            Ok(outcome) => Ok(outcome?),
            Err(error) => Err(Failure::new(
                Cause::Internal,
                RetryKind::Transient { after: None },
                format!("a step of the store ended early: {error}"),
            )),
        }
    }
}

/// Milliseconds of the clock that never goes back.
fn tick(store: &Store) -> Tick {
    store.clock().mono().ns / 1_000_000
}

/// The cause as stored in an issue: the same word as in JSON.
fn cause_text(cause: Cause) -> &'static str {
    match cause {
        Cause::NoNetwork => "no_network",
        Cause::ServerUnreachable => "server_unreachable",
        Cause::ServerError => "server_error",
        Cause::CaptivePortal => "captive_portal",
        Cause::Certificate => "certificate",
        Cause::Revoked => "revoked",
        Cause::Throttled => "throttled",
        Cause::ServerFull => "server_full",
        Cause::DiskFull => "disk_full",
        Cause::Clock => "clock",
        Cause::Refused => "refused",
        Cause::Version => "version",
        Cause::Internal => "internal",
    }
}
