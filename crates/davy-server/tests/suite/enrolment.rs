//! Enrolment codes: used once, in time, as they were typed.

use crate::device::{Device, enrol, problem, request};
use crate::support::{Answer, World};
use davy_protocol::SigningKey;
use reqwest::StatusCode;

async fn code(world: &World, minutes: u32) -> String {
    let person = world.inspector().await;
    world.admin.create_code(world.org, person, minutes, &world.url).await.unwrap().code
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&rand::random())
}

fn refused(answer: &Answer, status: StatusCode, code: &str) {
    let problem = problem(answer);
    assert_eq!((answer.status, problem.code.as_str()), (status, code), "{}", problem.message);
    assert!(problem.message.len() > 10, "the refusal says what to do");
    assert_eq!(answer.header("davy-version"), Some("1"));
}

#[tokio::test]
async fn a_code_works_once_however_it_is_typed() {
    let world = World::new().await;
    let code = code(&world, 15).await;
    let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    assert_eq!(enrol(&world, &request(&typed, &key())).await.status, StatusCode::OK);
    refused(&enrol(&world, &request(&code, &key())).await, StatusCode::CONFLICT, "code_used");
}

#[tokio::test]
async fn of_many_devices_with_one_code_one_gets_in() {
    let world = World::new().await;
    let code = code(&world, 15).await;
    let tries = (0..12).map(|_| async { enrol(&world, &request(&code, &key())).await.status });
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1);
    assert!(answers.iter().all(|status| [StatusCode::OK, StatusCode::CONFLICT].contains(status)));
}

#[tokio::test]
async fn expired_mistyped_unknown_and_withdrawn_codes_are_told_apart() {
    let world = World::new().await;
    let code = code(&world, 15).await;
    let mut mistyped = code.clone();
    let last = mistyped.pop().unwrap();
    mistyped.push(if last == '7' { '8' } else { '7' });
    refused(&enrol(&world, &request(&mistyped, &key())).await, StatusCode::UNPROCESSABLE_ENTITY, "code_mistyped");
    let stranger = davy_protocol::enrol::EnrolmentCode::from_random(rand::random()).to_string();
    refused(&enrol(&world, &request(&stranger, &key())).await, StatusCode::NOT_FOUND, "code_unknown");
    world.clock.advance(15 * 60_000);
    refused(&enrol(&world, &request(&code, &key())).await, StatusCode::GONE, "code_expired");
    let person = world.person("second", davy_core::event::Role::Inspector, Some(world.regions[0]), None).await;
    let new = world.admin.create_code(world.org, person, 15, &world.url).await.unwrap();
    let (org, id) = (world.org, new.id);
    assert!(world.admin.app().store.transact(move |tx| tx.withdraw_code(org, id)).await.unwrap());
    refused(&enrol(&world, &request(&new.code, &key())).await, StatusCode::GONE, "code_withdrawn");
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let world = World::new().await;
    let mut last = None;
    for _ in 0..40 {
        let stranger = davy_protocol::enrol::EnrolmentCode::from_random(rand::random()).to_string();
        last = Some(enrol(&world, &request(&stranger, &key())).await);
    }
    let last = last.unwrap();
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.header("retry-after").is_some() && problem(&last).retry_after.is_some());
}

#[tokio::test]
async fn a_request_for_another_key_or_of_nonsense_is_refused_and_uses_nothing() {
    let world = World::new().await;
    let code = code(&world, 15).await;
    let mut forged = request(&code, &key());
    forged.key = key().verifying_key().to_bytes();
    refused(&enrol(&world, &forged).await, StatusCode::UNPROCESSABLE_ENTITY, "key");
    let nonsense = world.http.post(world.path("/v1/enrol")).body("<html>").send().await.unwrap();
    assert_eq!(nonsense.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let mut long = request(&code, &key());
    long.device_name = "x".repeat(500);
    let signer = key();
    long.sign(&signer);
    refused(&enrol(&world, &long).await, StatusCode::UNPROCESSABLE_ENTITY, "form");
    assert_eq!(enrol(&world, &request(&code, &key())).await.status, StatusCode::OK, "the code is still good");
}

#[tokio::test]
async fn a_token_is_for_its_stream_its_organisation_and_its_hour() {
    let world = World::new().await;
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    device.hello(&world).await;
    let other = world.admin.create_organisation("another").await.unwrap();
    let there = format!("{}/v1/orgs/{other}/hello", world.url);
    let answer = world.http.post(there).bearer_auth(&device.token).body(vec![0xa0]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let bent = format!("{}{}", if device.token.starts_with('A') { "B" } else { "A" }, &device.token[1..]);
    let answer = world.http.post(world.org_path("hello")).bearer_auth(&bent).body(vec![0xa0]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    world.clock.advance(61 * 60_000);
    assert_eq!(device.post(&world, "hello", vec![0xa0]).await.status, StatusCode::UNAUTHORIZED);
    device.sign_in(&world).await;
    device.hello(&world).await;
}
