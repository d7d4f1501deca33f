//! Codes by which tablets come in.

use davy_store::Secrets;
use davy_sync::ErrorKind;
use davy_world::world::try_enrolment;
use davy_world::{History, World};
use serde_json::json;

/// What the server says against a code.
async fn refusal(world: &World, code: &str) -> (ErrorKind, String) {
    let refused = try_enrolment(&world.url(), code.to_owned(), "too late", &Secrets::generate()).await.unwrap_err();
    (refused.kind, refused.problem.expect("the server says why").code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_withdrawn_used_or_left_lying_lets_nobody_in_and_says_why() {
    let mut world = World::new(95).await;
    let console = world.supervisor().await;
    let person = world.inspectors[0].to_string();
    let new = || json!({ "person": person, "minutes": 15 });

    let withdrawn = console.post("enrolment-codes", new()).await;
    console.delete(&format!("enrolment-codes/{}", withdrawn["id"].as_str().unwrap())).await;
    assert_eq!(refusal(&world, withdrawn["code"].as_str().unwrap()).await, (ErrorKind::Gone, "code_withdrawn".to_owned()));

    let used = console.post("enrolment-codes", new()).await;
    let code = used["code"].as_str().unwrap().to_owned();
    try_enrolment(&world.url(), code.clone(), "first", &Secrets::generate()).await.unwrap();
    assert_eq!(refusal(&world, &code).await, (ErrorKind::Conflict, "code_used".to_owned()));

    let old = console.post("enrolment-codes", new()).await;
    world.clock.advance(15 * 60_000);
    assert_eq!(refusal(&world, old["code"].as_str().unwrap()).await, (ErrorKind::Gone, "code_expired".to_owned()));

    // Those who are in already work on.
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), davy_store::DeliveryStage::Delivered);
    History::of(&world).await.assert_has_all_of(tablet.store()).await;
}
