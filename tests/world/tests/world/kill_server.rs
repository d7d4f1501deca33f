//! Kills the server's process in the middle of requests: what it gave a receipt for is there when it comes back.

use davy_core::event::Verdict;
use davy_core::id::BlobId;
use davy_protocol::receipt::Receipt;
use davy_store::{DeliveryStage, Store};
use davy_sync::remote::Prover;
use davy_sync::{HttpConfig, HttpRemote, Remote};
use davy_world::history::greet;
use davy_world::process::spawn;
use davy_world::proxy::FaultProxy;
use davy_world::{History, World};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};

const KILLS: u64 = 30;
const PHOTO: usize = 40_000;
/// About what a round sends: the photograph, records, the questions around them.
const ROUND: u64 = 60_000;

/// Starts a server's process; returns once it listens.
fn serve(dir: &Path) -> (Child, SocketAddr) {
    let (process, mut lines) = spawn(Command::new(env!("CARGO_BIN_EXE_davy-world-server")).arg(dir));
    (process, lines.next().unwrap().unwrap().parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_kills_of_the_server_lose_nothing_that_it_gave_a_receipt_for() {
    let mut world = World::new(61).await;
    world.to_the_present();
    let proxy = FaultProxy::start(world.address()).await;
    let mut tablet = world.device_through(0, &proxy.url(), davy_world::device::small_steps()).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.settle().await;
    world.stop_server().await;

    let mut cut = 0;
    for round in 0..KILLS {
        let (process, address) = serve(&world.server_dir());
        assert_keeps_what_it_signed(address, tablet.store(), &blobs(tablet.store(), inspection)).await;
        proxy.retarget(address);
        tablet.answer(inspection, "crane", if round % 2 == 0 { Verdict::Pass } else { Verdict::Fail });
        tablet.photograph(inspection, "crane", &world.seed.bytes(PHOTO));
        let process = Arc::new(Mutex::new(process));
        let victim = Arc::clone(&process);
        proxy.after_bytes(1 + world.seed.below(ROUND), move || victim.lock().unwrap().kill().unwrap());
        // What earlier kills left waits for its back-off: none of it may be pending for ever.
        let outcome = tablet.sync().await;
        cut += u32::from(!outcome.complete);
        tablet.pass(outcome.next_in_ms);
        let mut process = process.lock().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }
    assert!(cut > 5, "only {cut} kills hit a run");

    world.start_server().await;
    proxy.retarget(world.address());
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    History::of(&world).await.assert_has_all_of(tablet.store()).await;
}

/// Names of all photographs of an inspection, previews and thumbnails included.
fn blobs(store: &Store, inspection: davy_core::id::InspectionId) -> Vec<BlobId> {
    let events = store.events(inspection.into()).unwrap();
    events.iter().flat_map(|event| &event.header.blobs).map(|blob| blob.sha256).collect()
}

/// A server that was killed has every event up to the device's acknowledged head, and every photograph with a receipt.
async fn assert_keeps_what_it_signed(address: SocketAddr, store: &Store, blobs: &[BlobId]) {
    let remote = HttpRemote::new(&format!("http://{address}"), store.enrolment().org, &HttpConfig::default()).unwrap();
    let prover = Prover { stream: store.enrolment().stream, key: store.signing_key().clone() };
    let (token, hello) = greet(&remote, &prover).await;
    let receipt = Receipt::verify(&hello.receipt, store.server_key(), store.enrolment().org).unwrap();
    let acked = store.stream_heads().unwrap().acked_seq;
    assert!(receipt.head_seq >= acked, "events up to {acked} are under receipts, but only {} are there", receipt.head_seq);
    for blob in blobs.iter().filter(|blob| store.blob_receipt(**blob).unwrap().is_some()) {
        assert!(remote.get_blob(&token, *blob, 1 << 20).await.is_ok(), "{blob} is under a receipt and gone");
    }
}
