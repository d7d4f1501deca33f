//! Kills a real process at arbitrary moments of its work: nothing that it showed as saved is ever missing.

use davy_core::id::EventId;
use davy_store::{DeliveryStage, PinCost, Store, SystemClock};
use davy_sync::{Config, Driver, HttpConfig, HttpRemote};
use davy_world::process::spawn;
use davy_world::world::enrolled_with_vault;
use davy_world::{History, World};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const KILLS: u32 = 50;
/// Longer than anything here takes on a busy machine; reached only by a failure.
const PATIENCE: Duration = Duration::from_secs(60);
const PIN: &str = "246810";

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_of_a_process_that_records_and_sends_lose_nothing_that_was_shown_as_saved() {
    let mut world = World::new(60).await;
    let dir = world.dir().join("killed");
    let keys = enrolled_with_vault(&world, 0, &dir, PIN, PinCost::LOWEST).await;
    let clock = Arc::new(SystemClock);
    // The world's server stands still in time; a real clock would be far ahead of it.
    world.to_the_present();

    // An inspection to work on, made by a tablet of the same person.
    let mut maker = world.device(0).await;
    maker.settle().await;
    let inspection = maker.start_inspection(world.site);
    maker.settle().await;
    settle(&Store::open(&dir, &keys, Arc::<SystemClock>::clone(&clock)).unwrap(), &world.url()).await;

    let mut shown = BTreeSet::new();
    for kill in 0..KILLS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_davy-world-worker"));
        command.args([dir.to_str().unwrap(), PIN, &world.url(), &inspection.to_string()]);
        let (mut process, mut read) = spawn(&mut command);
        let lines = 1 + world.seed.below(25);
        for _ in 0..lines {
            let line = read.next().unwrap_or_else(|| panic!("the process ended by itself before kill {kill}")).unwrap();
            shown.insert(line.parse::<EventId>().unwrap());
        }
        if kill % 10 == 9 {
            // However slow the machine is, some kills hit a process whose sending has come somewhere.
            let before = world.head_of(keys.enrolment.stream).await;
            while world.head_of(keys.enrolment.stream).await == before {
                shown.insert(read.next().unwrap().unwrap().parse::<EventId>().unwrap());
            }
        }
        process.kill().unwrap();
        // What it had written by then was shown as saved too; only a line that was cut off was not.
        shown.extend(read.map_while(Result::ok).filter_map(|line| line.parse::<EventId>().ok()));
        process.wait().unwrap();
    }

    let store = Store::open(&dir, &keys, clock).unwrap();
    let here: BTreeSet<EventId> = store.events(inspection.into()).unwrap().iter().map(|event| event.eid).collect();
    let lost: Vec<_> = shown.difference(&here).collect();
    assert!(lost.is_empty(), "{} of {} events that were shown as saved are gone: {lost:?}", lost.len(), shown.len());

    let (heads, queue) = (store.stream_heads().unwrap(), store.sync_counters().unwrap());
    eprintln!("{} events shown, {} acknowledged at the last kill, {} photographs left", shown.len(), heads.acked_seq, queue.blobs_waiting);
    settle(&store, &world.url()).await;
    assert_eq!(store.delivery(inspection.into()).unwrap().stage(), DeliveryStage::Delivered);
    History::of(&world).await.assert_has_all_of(&store).await;
    // Another tablet gets each of them exactly once.
    let mut other = world.device(1).await;
    other.settle().await;
    let there: Vec<EventId> = other.store().events(inspection.into()).unwrap().iter().map(|event| event.eid).collect();
    assert_eq!(there.len(), there.iter().collect::<BTreeSet<_>>().len());
    let there: BTreeSet<EventId> = there.into_iter().collect();
    assert!(here.is_subset(&there) && shown.is_subset(&there));
}

/// Runs until everything is delivered, at the times that the driver wants. Its clock is the machine's, and a server that is busy
/// may still be at a request of the process that was killed.
async fn settle(store: &Store, url: &str) {
    let remote = HttpRemote::new(url, store.enrolment().org, &HttpConfig::default()).unwrap();
    let mut driver = Driver::new(store.clone(), remote, Box::new(|| 0), Config::default());
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let outcome = driver.run_once().await;
        let left = store.sync_counters().unwrap();
        if outcome.complete && left.events_waiting == 0 && left.blobs_waiting == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(outcome.next_in_ms.min(500))).await;
    }
    panic!("does not settle: {:?}, {:?}", driver.status(), store.sync_counters());
}
