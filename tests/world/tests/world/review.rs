//! What the supervisor decides comes back to the tablet.

use davy_core::checklist::Grade;
use davy_core::event::Verdict;
use davy_core::view::{FindingStage, InspectionStage};
use davy_store::InspectionFilter;
use davy_world::World;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_returned_inspection_comes_back_with_exactly_the_items_to_redo_and_is_accepted_after_them() {
    let mut world = World::new(30).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    for item in ["fence", "crane", "exits"] {
        tablet.answer(inspection, item, Verdict::Pass);
    }
    tablet.submit(inspection);
    tablet.settle().await;

    let console = world.supervisor().await;
    let page = console.get(&format!("inspections/{inspection}")).await;
    let review = json!({ "outcome": "returned", "items": ["crane"], "comment": "show the limiter", "frontier": page["frontier"] });
    console.post(&format!("inspections/{inspection}/review"), review).await;

    tablet.settle().await;
    let returned = InspectionFilter { stages: vec![InspectionStage::Returned], ..InspectionFilter::default() };
    let rows = tablet.store().list_inspections(&returned).unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [inspection]);
    let view = tablet.view(inspection).unwrap();
    let redo: Vec<&str> = view.items.iter().filter(|item| item.redo).map(|item| item.key.item.as_str()).collect();
    assert_eq!(redo, ["crane"]);
    assert_eq!(view.reviews[0].comment.as_deref(), Some("show the limiter"));

    tablet.answer(inspection, "crane", Verdict::Fail);
    tablet.submit(inspection);
    tablet.settle().await;
    let page = console.get(&format!("inspections/{inspection}")).await;
    assert_eq!(page["view"]["stage"], "submitted");
    let review = json!({ "outcome": "accepted", "items": [], "comment": null, "frontier": page["frontier"] });
    console.post(&format!("inspections/{inspection}/review"), review).await;
    tablet.settle().await;
    assert_eq!(tablet.view(inspection).unwrap().stage, InspectionStage::Accepted);
    assert!(tablet.store().list_inspections(&returned).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grade_that_the_supervisor_changes_reaches_every_tablet() {
    let mut world = World::new(31).await;
    let (mut tablet, mut other) = (world.device(0).await, world.device(1).await);
    tablet.settle().await;
    other.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.answer(inspection, "crane", Verdict::Fail);
    let finding = tablet.raise(inspection, "crane", Grade::General, "the limiter is bridged");
    tablet.settle().await;

    let console = world.supervisor().await;
    console.post(&format!("findings/{finding}/grade"), json!({ "grade": "major", "reason": "criterion 7" })).await;
    tablet.settle().await;
    other.settle().await;
    for device in [&tablet, &other] {
        let view = device.finding(finding).unwrap();
        assert_eq!((view.grade, view.stage), (Grade::Major, FindingStage::Confirmed));
        assert_eq!(view.graded.unwrap().reason.as_deref(), Some("criterion 7"));
    }
}
