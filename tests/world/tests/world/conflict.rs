//! Two tablets, one inspection, no network.

use davy_core::event::{AnswerValue, Verdict};
use davy_core::id::InspectionId;
use davy_world::{Device, History, World};

/// Two tablets that both have one inspection, and no network from here on.
async fn apart(seed: u64) -> (World, Device, Device, InspectionId) {
    let mut world = World::new(seed).await;
    let (mut one, mut two) = (world.device(0).await, world.device(1).await);
    one.settle().await;
    two.settle().await;
    let inspection = one.start_inspection(world.site);
    one.settle().await;
    two.settle().await;
    one.faults.set_offline(true);
    two.faults.set_offline(true);
    (world, one, two, inspection)
}

async fn together(one: &mut Device, two: &mut Device) {
    for tablet in [&mut *one, &mut *two] {
        tablet.faults.set_offline(false);
        tablet.settle().await;
    }
    one.settle().await;
}

fn verdict(verdict: Verdict) -> Option<AnswerValue> {
    Some(AnswerValue::Verdict(verdict))
}

#[tokio::test(flavor = "multi_thread")]
async fn different_answers_stand_side_by_side_everywhere_the_worse_counts_until_a_person_settles_it() {
    let (mut world, mut one, mut two, inspection) = apart(10).await;
    one.answer(inspection, "crane", Verdict::Pass);
    two.answer(inspection, "crane", Verdict::Fail);
    together(&mut one, &mut two).await;
    let mut third = world.device(0).await;
    third.settle().await;
    for tablet in [&one, &two, &third] {
        let item = tablet.item(inspection, "crane");
        assert_eq!(item.contested.len(), 2);
        assert_eq!(item.value, verdict(Verdict::Fail), "the worse value counts");
        assert_eq!(item.verdict, Some(Verdict::Fail));
        assert_eq!(tablet.view(inspection).unwrap().summary.contested, 1);
    }
    assert_eq!(one.knowledge(), two.knowledge());
    assert_eq!(one.knowledge(), third.knowledge());
    assert_console_agrees(&world, &one, inspection).await;

    two.resolve(inspection, "crane", Verdict::Pass);
    two.settle().await;
    one.settle().await;
    third.settle().await;
    for tablet in [&one, &two, &third] {
        let item = tablet.item(inspection, "crane");
        assert!(item.contested.is_empty());
        assert_eq!(item.value, verdict(Verdict::Pass));
    }
    assert_eq!(one.knowledge(), two.knowledge());
    assert_eq!(one.knowledge(), third.knowledge());
    assert_console_agrees(&world, &one, inspection).await;
    let history = History::of(&world).await;
    for tablet in [&one, &two, &third] {
        history.assert_has_all_of(tablet.store()).await;
    }
}

/// The server folds the same events into the same items and counts.
async fn assert_console_agrees(world: &World, tablet: &Device, inspection: InspectionId) {
    let page = world.supervisor().await.get(&format!("inspections/{inspection}")).await;
    let view = tablet.view(inspection).unwrap();
    assert_eq!(page["view"]["items"], serde_json::to_value(&view.items).unwrap());
    assert_eq!(page["view"]["summary"], serde_json::to_value(view.summary).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_answers_are_no_conflict() {
    let (_world, mut one, mut two, inspection) = apart(11).await;
    one.answer(inspection, "crane", Verdict::Fail);
    two.answer(inspection, "crane", Verdict::Fail);
    together(&mut one, &mut two).await;
    for tablet in [&one, &two] {
        assert!(tablet.item(inspection, "crane").contested.is_empty());
        assert_eq!(tablet.item(inspection, "crane").value, verdict(Verdict::Fail));
    }
    assert_eq!(one.knowledge(), two.knowledge());
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_different_items_simply_join() {
    let (_world, mut one, mut two, inspection) = apart(12).await;
    one.answer(inspection, "crane", Verdict::Fail);
    two.answer(inspection, "fence", Verdict::Pass);
    together(&mut one, &mut two).await;
    for tablet in [&one, &two] {
        let view = tablet.view(inspection).unwrap();
        assert_eq!((view.summary.answered, view.summary.contested), (2, 0));
    }
    assert_eq!(one.knowledge(), two.knowledge());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_days_wrong_does_not_decide_who_wins() {
    let (_world, mut one, mut two, inspection) = apart(13).await;
    one.answer(inspection, "crane", Verdict::Pass);
    one.faults.set_offline(false);
    one.settle().await;
    // The second tablet has seen that answer and corrects it, with a clock three days back.
    two.faults.set_offline(false);
    two.settle().await;
    let three_days = 3 * 24 * 3600 * 1000;
    two.clock().set_wall(two.wall_ms() - three_days);
    two.answer(inspection, "crane", Verdict::Fail);
    two.settle().await;
    one.settle().await;
    for tablet in [&one, &two] {
        let item = tablet.item(inspection, "crane");
        assert!(item.contested.is_empty());
        assert_eq!(item.value, verdict(Verdict::Fail), "what was seen and corrected is corrected");
    }
}
