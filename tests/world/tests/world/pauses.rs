//! A server that is gone or asks for a pause: the tablet comes back by itself, at the right time.

use davy_core::event::Verdict;
use davy_store::DeliveryStage;
use davy_sync::Cause;
use davy_world::portal::Portal;
use davy_world::proxy::FaultProxy;
use davy_world::{Device, History, World};

/// A settled tablet behind a proxy, with something to send.
async fn behind_a_proxy(seed: u64) -> (World, FaultProxy, Device, davy_core::id::InspectionId) {
    let mut world = World::new(seed).await;
    let proxy = FaultProxy::start(world.address()).await;
    let mut tablet = world.device_through(0, &proxy.url(), davy_world::device::small_steps()).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.answer(inspection, "crane", Verdict::Fail);
    // Connections that live are closed: what comes next meets what stands behind the proxy then.
    let tablet = tablet.restart();
    (world, proxy, tablet, inspection)
}

#[tokio::test(flavor = "multi_thread")]
async fn work_for_a_server_that_was_down_leaves_by_itself_once_it_is_back() {
    let (mut world, proxy, mut tablet, inspection) = behind_a_proxy(90).await;
    world.stop_server().await;
    let mut next = 0;
    for attempt in 0..12 {
        let outcome = tablet.wait(next).await;
        assert_eq!(outcome.problem.map(|problem| problem.cause), Some(Cause::ServerUnreachable), "attempt {attempt}");
        assert!((1..=300_000).contains(&outcome.next_in_ms), "attempt {attempt}: the next one is set and not far: {}", outcome.next_in_ms);
        next = outcome.next_in_ms;
    }
    assert!(tablet.stage(inspection) < DeliveryStage::Sent);
    world.start_server().await;
    proxy.retarget(world.address());
    // Nobody touches anything: only the pause goes by.
    let outcome = tablet.wait(next).await;
    assert_eq!(outcome.problem, None);
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    assert!(tablet.store().issues().unwrap().is_empty());
    History::of(&world).await.assert_has_all_of(tablet.store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_the_server_asks_for_is_kept_even_when_a_person_is_impatient() {
    for (seed, status, version, cause) in [
        (91, "503 Service Unavailable", "davy-version: 1\r\n", Cause::ServerError),
        (92, "503 Service Unavailable", "", Cause::ServerError),
        (93, "429 Too Many Requests", "davy-version: 1\r\n", Cause::Throttled),
    ] {
        let (world, proxy, mut tablet, inspection) = behind_a_proxy(seed).await;
        let busy = Portal::answering(status, &format!("{version}retry-after: 120\r\n"), "").await;
        proxy.retarget(busy.address());
        let outcome = tablet.sync().await;
        assert_eq!(outcome.problem.map(|problem| problem.cause), Some(cause));
        assert!((120_000..=121_000).contains(&outcome.next_in_ms), "{status}: {}", outcome.next_in_ms);

        proxy.retarget(world.address());
        let before = tablet.faults.requests();
        tablet.wait(60_000).await;
        tablet.sync().await;
        assert_eq!(tablet.faults.requests(), before, "nothing is asked during the pause");
        assert_ne!(tablet.stage(inspection), DeliveryStage::Delivered);
        assert_eq!(tablet.wait(60_000).await.problem, None);
        assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_against_a_dead_server_grow_rare_and_never_end() {
    let (mut world, _proxy, mut tablet, _inspection) = behind_a_proxy(94).await;
    world.stop_server().await;
    let hour = 3_600_000;
    let (mut passed, mut attempts) = (0, Vec::new());
    while passed < 8 * hour {
        let next = tablet.wait(attempts.last().copied().unwrap_or(0)).await.next_in_ms;
        passed += next;
        attempts.push(next);
    }
    assert!(attempts.len() < 600, "{} attempts in eight hours", attempts.len());
    assert!(attempts.len() > 96, "at least one in five minutes: {}", attempts.len());
}
