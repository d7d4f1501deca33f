//! Photographs over connections that break.

use crate::photograph;
use davy_store::DeliveryStage;
use davy_sync::Config;
use davy_world::World;
use davy_world::proxy::{Fate, FaultProxy};

/// Chunks do not grow, so that the bound on repeated bytes is exact.
const CHUNK: u64 = 32 * 1024;

fn steady() -> Config {
    Config { chunk: (CHUNK, CHUNK), ..davy_world::device::small_steps() }
}

/// What a request costs besides its body.
const OVERHEAD: u64 = 2 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_cut_at_random_bytes_goes_on_and_repeats_at_most_a_chunk_a_cut() {
    let mut world = World::new(40).await;
    let proxy = FaultProxy::start(world.address()).await;
    let mut tablet = world.device_through(0, &proxy.url(), steady()).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.settle().await;

    let picture = photograph(&world.seed, 900, 700);
    assert!(picture.len() as u64 > 6 * CHUNK, "{} bytes", picture.len());
    tablet.photograph(inspection, "crane", &picture);
    let payload: u64 = tablet.store().blob_queue(10).unwrap().iter().map(|job| job.size).sum();
    let cuts = 25;
    let fates: Vec<Fate> = (0..cuts).map(|_| Fate::CutUp(1 + world.seed.below(3 * CHUNK))).collect();
    // Connections that live are closed first: each run opens its own from here on.
    let mut tablet = tablet.restart();
    let (before, requests_before) = (proxy.bytes_up(), tablet.faults.requests());
    proxy.next(fates);
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);

    let sent = proxy.bytes_up() - before;
    let requests = tablet.faults.requests() - requests_before;
    let used = cuts - proxy.left() as u64;
    assert!(used >= 5, "only {used} cuts happened");
    let most = payload + used * CHUNK + requests * OVERHEAD;
    assert!(sent <= most, "{sent} bytes were sent for {payload} bytes with {used} cuts in {requests} requests; at most {most} are allowed");

    // Byte for byte what was taken: the server hashed it, and a colleague's console shows it.
    let page = world.supervisor().await.get(&format!("inspections/{inspection}")).await;
    assert!(page["evidence"].as_array().unwrap().iter().all(|photo| photo["state"] == "here"));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_cut_at_random_bytes_open_no_second_upload_and_lose_nothing() {
    let mut world = World::new(41).await;
    let proxy = FaultProxy::start(world.address()).await;
    let mut tablet = world.device_through(0, &proxy.url(), steady()).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.photograph(inspection, "crane", &photograph(&world.seed, 700, 500));
    let mut tablet = tablet.restart();
    proxy.next((0..25).map(|_| Fate::CutDown(1 + world.seed.below(2_000))));
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    let mut other = world.device(1).await;
    other.settle().await;
    assert_eq!(other.knowledge(), tablet.knowledge());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_photograph_that_is_damaged_on_the_device_does_not_stop_the_others_and_says_so() {
    let mut world = World::new(42).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.photograph(inspection, "crane", &world.seed.bytes(50_000));
    tablet.photograph(inspection, "fence", &world.seed.bytes(50_000));
    let queue = tablet.store().blob_queue(10).unwrap();
    let damaged = queue[0].sha256;
    let name = damaged.to_string();
    let file = walk(world.dir()).into_iter().find(|path| path.file_name().is_some_and(|found| found.to_string_lossy() == name)).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();

    let mut outcome = tablet.sync().await;
    for _ in 0..20 {
        tablet.pass(outcome.next_in_ms);
        outcome = tablet.sync().await;
    }
    let left = tablet.store().blob_queue(10).unwrap();
    assert_eq!(left.iter().map(|job| job.sha256).collect::<Vec<_>>(), [damaged], "the sound one went through");
    assert!(left[0].reason.as_ref().is_some_and(|reason| reason.contains("damaged")), "{:?}", left[0].reason);
    assert_eq!(tablet.stage(inspection), DeliveryStage::Sent, "never called delivered");
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(walk(&entry));
        } else {
            found.push(entry);
        }
    }
    found
}
