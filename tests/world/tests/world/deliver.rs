//! One inspection from an offline tablet to everybody else.

use crate::photograph;
use davy_core::checklist::Grade;
use davy_core::event::Verdict;
use davy_core::view::InspectionStage;
use davy_store::DeliveryStage;
use davy_sync::Cause;
use davy_world::faults::{Call, Fault};
use davy_world::{History, World};

#[tokio::test(flavor = "multi_thread")]
async fn an_inspection_made_offline_is_delivered_with_its_photographs_and_signatures() {
    let mut world = World::new(1).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;

    tablet.faults.set_offline(true);
    let inspection = tablet.start_inspection(world.site);
    tablet.answer(inspection, "fence", Verdict::Pass);
    tablet.answer(inspection, "exits", Verdict::NotApplicable);
    tablet.answer(inspection, "crane", Verdict::Fail);
    let finding = tablet.raise(inspection, "crane", Grade::Major, "the limiter is bridged");
    let picture = photograph(&world.seed, 700, 500);
    tablet.photograph(inspection, "crane", &picture);
    tablet.submit(inspection);
    assert_eq!(tablet.stage(inspection), DeliveryStage::Waiting);
    assert_eq!(tablet.stage(finding), DeliveryStage::Waiting);

    let outcome = tablet.sync().await;
    assert_eq!(outcome.problem.map(|problem| problem.cause), Some(Cause::NoNetwork));
    assert_eq!(tablet.stage(inspection), DeliveryStage::Waiting);

    tablet.faults.set_offline(false);
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    assert_eq!(tablet.stage(finding), DeliveryStage::Delivered);
    let heads = tablet.store().stream_heads().unwrap();
    assert_eq!((heads.acked_seq, heads.sealed_seq), (heads.chain.seq, heads.chain.seq));

    // A colleague's tablet and the console see the same.
    let mut other = world.device(1).await;
    other.settle().await;
    let (here, there) = (tablet.view(inspection).unwrap(), other.view(inspection).unwrap());
    assert_eq!(there.stage, InspectionStage::Submitted);
    assert_eq!(here.summary, there.summary);
    assert_eq!(there.findings.len(), 1);
    assert_eq!(tablet.knowledge(), other.knowledge());

    let page = world.supervisor().await.get(&format!("inspections/{inspection}")).await;
    assert_eq!(page["view"]["stage"], "submitted");
    History::of(&world).await.assert_has_all_of(tablet.store()).await;
    let evidence = page["evidence"].as_array().unwrap();
    assert!(!evidence.is_empty() && evidence.iter().all(|photo| photo["state"] == "here"), "{evidence:?}");
    assert!(page["seals"].as_array().unwrap().iter().all(|seal| seal["state"] == "verified"));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_go_before_photographs_and_thumbnails_before_originals() {
    let mut world = World::new(2).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    for item in ["fence", "crane"] {
        tablet.photograph(inspection, item, &photograph(&world.seed, 1700, 1200));
    }
    let queue = tablet.store().blob_queue(10).unwrap();
    let urgencies: Vec<u8> = queue.iter().map(|job| job.urgency).collect();
    assert_eq!(urgencies, [0, 0, 1, 1, 2, 2], "thumbnails, previews, originals");
    let before = tablet.faults.calls().len();
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    let calls: Vec<Call> = tablet.faults.calls().split_off(before).into_iter().filter(|call| *call != Call::Other).collect();
    let opened: Vec<Call> = queue.iter().map(|job| Call::Open(job.sha256)).collect();
    assert!(calls.ends_with(&opened), "each is opened once, in the order of its urgency: {calls:?}");
    assert!(calls.len() > opened.len() && calls[..calls.len() - opened.len()].iter().all(|call| *call == Call::Push));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_switched_off_in_between_goes_on_where_it_was() {
    let mut world = World::new(3).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.answer(inspection, "fence", Verdict::Pass);
    let before = tablet.knowledge();
    let mut tablet = tablet.restart();
    assert_eq!(tablet.knowledge(), before);
    tablet.answer(inspection, "crane", Verdict::Pass);
    tablet.settle().await;
    assert_eq!(tablet.restart().stage(inspection), DeliveryStage::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_shows_how_much_a_tablet_still_holds_before_it_is_sent() {
    let mut world = World::new(4).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.answer(inspection, "fence", Verdict::Pass);
    // Requests of the next run: hello, then the push, which gets lost.
    tablet.faults.next([Fault::None, Fault::DropBefore]);
    tablet.sync().await;
    let pending = async || {
        let rows = world.supervisor().await.get("devices").await;
        let row = rows.as_array().unwrap().iter().find(|row| row["name"] == "tablet 1").unwrap().clone();
        assert_eq!(row["state"], "active");
        row["pending_events"].as_u64().unwrap()
    };
    assert_eq!(pending().await, 2);
    tablet.settle().await;
    tablet.sync().await;
    assert_eq!(pending().await, 0);
}
