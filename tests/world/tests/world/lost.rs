//! Lost, doubled and late messages; a server that stops; a device that is revoked.

use davy_core::event::Verdict;
use davy_store::DeliveryStage;
use davy_sync::Cause;
use davy_world::faults::Fault;
use davy_world::proxy::FaultProxy;
use davy_world::{History, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_push_whose_answer_was_lost_is_repeated_and_known() {
    let mut world = World::new(20).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    // Requests of the next run: hello, then the push.
    tablet.faults.next([Fault::None, Fault::DropAfter]);
    let outcome = tablet.sync().await;
    assert_eq!(outcome.problem.map(|problem| problem.cause), Some(Cause::ServerUnreachable));
    assert_ne!(tablet.stage(inspection), DeliveryStage::Delivered, "no receipt, no delivery");
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    let mut other = world.device(1).await;
    other.settle().await;
    assert_eq!(other.knowledge(), tablet.knowledge());
    History::of(&world).await.assert_has_all_of(tablet.store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_single_fault_at_each_request_of_a_run_heals_by_itself() {
    let mut world = World::new(21).await;
    let mut tablet = world.device(0).await;
    let mut other = world.device(1).await;
    tablet.settle().await;
    other.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.settle().await;
    other.settle().await;
    for fault in [Fault::DropBefore, Fault::DropAfter, Fault::Double, Fault::Replay, Fault::StaleAnswer, Fault::Late] {
        for place in 0..6 {
            tablet.answer(inspection, "fence", if place % 2 == 0 { Verdict::Pass } else { Verdict::Fail });
            tablet.photograph(inspection, "fence", &world.seed.bytes(3_000));
            other.comment(inspection, &format!("{fault:?} at {place}"));
            other.settle().await;
            tablet.faults.next(std::iter::repeat_n(Fault::None, place).chain([fault]));
            tablet.settle().await;
            assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered, "{fault:?} at request {place}");
        }
    }
    other.settle().await;
    tablet.settle().await;
    assert_eq!(tablet.knowledge(), other.knowledge());
    let history = History::of(&world).await;
    for tablet in [&tablet, &other] {
        history.assert_has_all_of(tablet.store()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_in_the_middle_of_a_run_loses_nothing() {
    let mut world = World::new(22).await;
    let proxy = FaultProxy::start(world.address()).await;
    let mut tablet = world.device_through(0, &proxy.url(), davy_world::device::small_steps()).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    for round in 0..5 {
        tablet.answer(inspection, "crane", if round % 2 == 0 { Verdict::Pass } else { Verdict::Fail });
        tablet.photograph(inspection, "crane", &world.seed.bytes(100_000));
        // The run is cut at some request, the server is gone, then back under another port.
        let place = usize::try_from(world.seed.below(6)).unwrap();
        tablet.faults.next(std::iter::repeat_n(Fault::None, place).chain([Fault::DropAfter]));
        tablet.sync().await;
        world.stop_server().await;
        let outcome = tablet.sync().await;
        assert!(!outcome.complete);
        world.start_server().await;
        proxy.retarget(world.address());
    }
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    let mut other = world.device(1).await;
    other.settle().await;
    assert_eq!(other.knowledge(), tablet.knowledge());
    History::of(&world).await.assert_has_all_of(tablet.store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_revoked_device_sends_is_kept_for_review_and_it_reads_nothing_more() {
    let mut world = World::new(23).await;
    let (mut tablet, mut other) = (world.device(0).await, world.device(1).await);
    tablet.settle().await;
    other.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.settle().await;
    other.settle().await;
    world.revoke(tablet.store().enrolment().stream).await;

    tablet.answer(inspection, "crane", Verdict::Fail);
    tablet.photograph(inspection, "crane", &world.seed.bytes(30_000));
    other.answer(inspection, "fence", Verdict::Pass);
    other.settle().await;
    let mut causes = Vec::new();
    for _ in 0..5 {
        let outcome = tablet.sync().await;
        causes.extend(outcome.problem.map(|problem| problem.cause));
        tablet.pass(outcome.next_in_ms);
    }
    causes.dedup();
    assert_eq!(causes, [Cause::Revoked], "the person is told why nothing comes any more");
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered, "evidence is never refused");
    assert_eq!(tablet.item(inspection, "fence").value, None, "a revoked device reads nothing");

    other.settle().await;
    assert_eq!(other.item(inspection, "crane").value, None, "held content is not for readers");
    let console = world.supervisor().await;
    let rows = console.get("devices").await;
    let revoked = rows.as_array().unwrap().iter().find(|row| row["name"] == "tablet 1").unwrap().clone();
    assert_eq!(revoked["state"], "revoked");
    assert_eq!(revoked["last_seq"], tablet.store().stream_heads().unwrap().chain.seq);
    let history = History::of(&world).await;
    history.assert_has_all_of(tablet.store()).await;
    assert_eq!(history.held(tablet.store().enrolment().stream), 2, "the answer and the photograph");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_loops_on_one_store_one_works_and_the_other_waits() {
    let mut world = World::new(24).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    assert!(tablet.store().lease("sync", &[9; 16], 60).unwrap());
    let outcome = tablet.sync().await;
    assert!(outcome.problem.is_some_and(|problem| problem.detail.contains("another synchronisation")));
    assert!(outcome.next_in_ms <= 60_000);
    assert_ne!(tablet.stage(inspection), DeliveryStage::Delivered);
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
}
