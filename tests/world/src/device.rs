//! A tablet: a real store on disk with a clock of its own, and its driver. What its inspector does is in `work`.

use crate::Seed;
use crate::faults::{Faults, Faulty};
use davy_core::id::{OrgId, PersonId, RootId, SessionId};
use davy_server::clock::ManualClock;
use davy_store::{Clock, DeliveryStage, FakeClock, InspectionFilter, Keys, Store};
use davy_sync::{Config, Driver, HttpConfig, HttpRemote, Outcome};
use std::path::PathBuf;
use std::sync::Arc;

/// How a device is made.
pub struct Kit {
    /// Folder of its data.
    pub dir: PathBuf,
    /// Keys and enrolment.
    pub keys: Arc<Keys>,
    /// Its clock.
    pub clock: Arc<FakeClock>,
    /// The server's clock: time passes for both.
    pub world_clock: Arc<ManualClock>,
    /// Chance.
    pub seed: Seed,
    /// Where it finds the server.
    pub url: String,
    /// Bounds of its driver.
    pub config: Config,
    /// Bounds of its connections.
    pub http: HttpConfig,
}

/// A tablet that runs.
pub struct Device {
    pub(crate) kit: Kit,
    driver: Driver<Faulty<HttpRemote>>,
    /// The network between it and the server.
    pub faults: Faults,
    pub(crate) session: SessionId,
}

/// A driver that chunks small, so that small photographs take several.
#[must_use]
pub fn small_steps() -> Config {
    Config { chunk: (16 * 1024, 64 * 1024), batch: (4 * 1024, 64 * 1024), page: 20, ..Config::default() }
}

impl Device {
    /// Switches it on.
    #[must_use]
    pub fn start(kit: Kit) -> Self {
        let faults = Faults::new(kit.seed.fork());
        Self::start_with(kit, faults)
    }

    fn start_with(kit: Kit, faults: Faults) -> Self {
        crate::process::wait_for_starts();
        let store = Store::open(&kit.dir, &kit.keys, Arc::<FakeClock>::clone(&kit.clock)).unwrap();
        let driver = driver(&kit, store, &faults);
        let session = SessionId(kit.seed.bytes(16).try_into().unwrap());
        Self { kit, driver, faults, session }
    }

    /// Switches it off and on again: only what is on disk remains.
    #[must_use]
    pub fn restart(self) -> Self {
        let Self { kit, driver, faults, .. } = self;
        drop(driver);
        Self::start_with(kit, faults)
    }

    /// Finds the server under another address from now on.
    #[must_use]
    pub fn moved_to(mut self, url: &str) -> Self {
        self.kit.url = url.to_owned();
        self.restart()
    }

    /// With other bounds of its connections from now on.
    #[must_use]
    pub fn with_http(mut self, http: HttpConfig) -> Self {
        self.kit.http = http;
        self.restart()
    }

    /// Its store.
    #[must_use]
    pub const fn store(&self) -> &Store {
        self.driver.store()
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &FakeClock {
        &self.kit.clock
    }

    /// Lets time pass, here and at the server.
    pub fn pass(&self, ms: u64) {
        self.kit.clock.advance(ms);
        self.kit.world_clock.advance(i64::try_from(ms).unwrap());
    }

    /// Whose it is.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.store().enrolment().person
    }

    /// Its organisation.
    #[must_use]
    pub fn org(&self) -> OrgId {
        self.store().enrolment().org
    }

    /// Hands the driver out, for tests of the endless loop. The device is over.
    #[must_use]
    pub fn into_driver(self) -> Driver<Faulty<HttpRemote>> {
        self.driver
    }

    /// One run of the synchronisation; a second passes before it.
    pub async fn sync(&mut self) -> Outcome {
        self.pass(1_000);
        self.driver.run_once().await
    }

    /// Lets so much time pass and runs if a run is due then: what a tablet does that lies on a table.
    pub async fn wait(&mut self, ms: u64) -> Outcome {
        self.pass(ms);
        self.driver.run_if_due().await
    }

    /// Runs until everything is exchanged, letting back-offs pass on the device's clock. Panics when it does not come to an end.
    pub async fn settle(&mut self) {
        let mut seen = Vec::new();
        for _ in 0..300 {
            let outcome = self.sync().await;
            let counters = self.store().sync_counters().unwrap();
            if outcome.complete
                && counters.events_waiting == 0
                && counters.blobs_waiting == 0
                && self.store().missing_checklists().unwrap().is_empty()
            {
                return;
            }
            seen.push((outcome.problem.map(|problem| (problem.cause, problem.detail)), counters.events_waiting, counters.blobs_waiting));
            self.pass(outcome.next_in_ms);
        }
        seen.dedup();
        panic!("the device does not settle; it saw: {seen:#?}");
    }

    /// How far a record got.
    #[must_use]
    pub fn stage(&self, root: impl Into<RootId>) -> DeliveryStage {
        self.store().delivery(root.into()).unwrap().stage()
    }

    /// Everything this device knows, as bytes that are equal on devices that agree: each inspection and finding as its document.
    #[must_use]
    pub fn knowledge(&self) -> Vec<String> {
        let mut all = Vec::new();
        for row in self.store().list_inspections(&InspectionFilter::default()).unwrap() {
            let root: RootId = row.id.into();
            all.push(serde_json::to_string(&*self.store().aggregate(root).unwrap().unwrap()).unwrap());
            for finding in self.store().findings_of_inspection(row.id).unwrap() {
                all.push(serde_json::to_string(&*finding).unwrap());
            }
        }
        all.sort();
        all
    }

    /// Milliseconds of its wall clock.
    #[must_use]
    pub fn wall_ms(&self) -> i64 {
        self.kit.clock.wall().ms.0
    }
}

fn driver(kit: &Kit, store: Store, faults: &Faults) -> Driver<Faulty<HttpRemote>> {
    let http = HttpRemote::new(&kit.url, store.enrolment().org, &kit.http).unwrap();
    let dice = kit.seed.fork();
    Driver::new(store, Faulty::new(http, faults.clone()), Box::new(move || dice.any()), kit.config.clone())
}
