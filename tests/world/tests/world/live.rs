//! The endless loop with the machine's clock: saved work leaves by itself, news arrive by the server's hint.

use davy_core::event::CommentAdded;
use davy_core::id::SessionId;
use davy_store::{NewEvent, Secrets, Store, SystemClock};
use davy_sync::machine::{self, Wake};
use davy_sync::{Config, Driver, HttpConfig, HttpRemote};
use davy_world::World;
use davy_world::world::enrolled;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Longer than anything here takes on a busy machine; reached only by a failure.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn saved_work_leaves_by_itself_and_a_colleagues_work_arrives_by_a_hint() {
    let mut world = World::new(70).await;
    world.to_the_present();
    let code = world.code(world.inspectors[0]).await;
    let keys = enrolled(&world.url(), code, "live", &Secrets::generate()).await;
    let dir = world.dir().join("live");
    let store = Store::open(&dir, &keys, Arc::new(SystemClock)).unwrap();
    let mut colleague = world.device(1).await;
    colleague.settle().await;
    let inspection = colleague.start_inspection(world.site);
    colleague.settle().await;

    // Without the hint the loop would come back only after an hour.
    let config =
        Config { machine: machine::Config { settle_ms: 1, poll_ms: 3_600_000, ..machine::Config::default() }, ..Config::default() };
    let remote = HttpRemote::new(&world.url(), keys.enrolment.org, &HttpConfig::default()).unwrap();
    let dice = world.seed.fork();
    let changed = Arc::new(Notify::new());
    let told = Arc::clone(&changed);
    store.subscribe(move |_| told.notify_one());
    let handle = Driver::new(store.clone(), remote, Box::new(move || dice.any()), config).spawn();

    wait(&changed, || store.aggregate(inspection.into()).unwrap().is_some()).await;
    let comment = NewEvent {
        scope: world.site.into(),
        ent: inspection.into(),
        root: inspection.into(),
        payload: CommentAdded { key: None, text: "on my way".to_owned() }.into(),
        blobs: Vec::new(),
    };
    store.append(keys.enrolment.person, SessionId([1; 16]), vec![comment]).unwrap();
    wait(&changed, || store.sync_counters().unwrap().events_waiting == 0).await;

    // The wake channel is open by now or opens within its pause: repeat the news until one is heard.
    for round in 0..30 {
        colleague.comment(inspection, &format!("news {round}"));
        colleague.settle().await;
        let there = colleague.store().events(inspection.into()).unwrap().len();
        let arrived = || store.events(inspection.into()).unwrap().len() >= there;
        if tokio::time::timeout(Duration::from_secs(2), wait(&changed, arrived)).await.is_ok() {
            handle.wake(Wake::Person);
            handle.stop().await;
            assert!(store.lease("sync", &[7; 16], 1).unwrap(), "a stopped loop gives its lease back");
            drop(store);
            davy_world::process::wait_for_starts();
            Store::open(&dir, &keys, Arc::new(SystemClock)).expect("nothing of a stopped loop holds the store");
            return;
        }
    }
    panic!("no hint was heard");
}

async fn wait(changed: &Notify, done: impl Fn() -> bool) {
    let all = async {
        while !done() {
            changed.notified().await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("it happens in time");
}
