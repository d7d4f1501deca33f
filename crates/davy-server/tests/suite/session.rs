//! Signing in, cookies, requests from other sites, guessing.

use crate::support::{Answer, Browser, PASSWORD, World};
use davy_core::event::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_session_says_who_one_is_and_ends_with_sign_out() {
    let world = World::new().await;
    world.person("zhou", Role::Supervisor, Some(world.regions[0]), None).await;
    let browser = world.sign_in(" ZHOU ").await;
    assert_eq!(browser.session["person"]["role"], "supervisor");
    assert_eq!(browser.session["region"]["name"], "石桥县");
    assert_eq!(browser.session["can"], json!(["review", "comment", "resolve", "grade", "enrol", "revoke", "assign", "see_drafts"]));
    assert_eq!(browser.read("/api/session").await, browser.session);
    assert_eq!(browser.call(Method::DELETE, "/api/session", None).await.status, StatusCode::NO_CONTENT);
    let after = browser.get("/api/session").await;
    assert_eq!((after.status, after.code().as_str()), (StatusCode::UNAUTHORIZED, "not_signed_in"));
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let world = World::new().await;
    world.person("zhou", Role::Supervisor, None, None).await;
    let body = json!({ "login": "zhou", "password": PASSWORD });
    let answer = Answer::read(world.http.post(world.path("/api/session")).json(&body).send().await.unwrap()).await;
    let cookie = answer.header("set-cookie").unwrap();
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain HTTP on loopback");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("x-request-id").is_some());
}

#[tokio::test]
async fn a_change_without_the_second_token_is_refused_everywhere() {
    let world = World::new().await;
    world.person("admin", Role::Administrator, None, None).await;
    let mut browser = world.sign_in("admin").await;
    let right = browser.csrf.clone();
    let id = "01a20b1e-0e8b-7433-98f4-0b2bd82e54d1";
    let changes = [
        (Method::DELETE, "/api/session".to_owned()),
        (Method::POST, format!("/api/inspections/{id}/review")),
        (Method::POST, format!("/api/inspections/{id}/comments")),
        (Method::POST, format!("/api/inspections/{id}/resolve")),
        (Method::POST, format!("/api/findings/{id}/grade")),
        (Method::POST, format!("/api/findings/{id}/comments")),
        (Method::POST, "/api/sites".to_owned()),
        (Method::PUT, format!("/api/sites/{id}")),
        (Method::POST, "/api/people".to_owned()),
        (Method::POST, "/api/assignments".to_owned()),
        (Method::POST, "/api/enrolment-codes".to_owned()),
        (Method::DELETE, format!("/api/enrolment-codes/{id}")),
        (Method::POST, format!("/api/devices/{id}/revoke")),
    ];
    for wrong in ["", "0".repeat(right.len()).as_str()] {
        browser.csrf = wrong.to_owned();
        for (method, path) in &changes {
            let answer = browser.call(method.clone(), path, Some(&json!({}))).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "csrf"), "{method} {path}");
        }
    }
    browser.csrf = right;
    assert_eq!(browser.get("/api/session").await.status, StatusCode::OK, "nothing was changed");
}

#[tokio::test]
async fn guessing_is_slowed_down_also_for_the_right_password_and_for_unknown_logins() {
    let world = World::new().await;
    world.person("zhou", Role::Supervisor, None, None).await;
    for login in ["zhou", "nobody"] {
        for _ in 0..5 {
            let answer = Browser::sign_in(&world, login, "wrong").await.err().unwrap();
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "wrong_login"), "{login}");
        }
        let answer = Browser::sign_in(&world, login, PASSWORD).await.err().unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "throttled"), "{login}");
        assert_eq!(answer.json()["details"]["retry_after_seconds"], 5);
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
    world.clock.advance(5_000);
    world.sign_in("zhou").await;
    let answer = Browser::sign_in(&world, "zhou", "wrong").await.err().unwrap();
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "a success forgives what was before");
}

#[tokio::test]
async fn a_restart_forgives_no_guesses() {
    let mut world = World::new().await;
    world.person("zhou", Role::Supervisor, None, None).await;
    for _ in 0..5 {
        assert!(Browser::sign_in(&world, "zhou", "wrong").await.is_err());
    }
    world.restart().await;
    let answer = Browser::sign_in(&world, "zhou", PASSWORD).await.err().unwrap();
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_crowd_of_guesses_at_once_gets_no_more_tries_than_a_queue() {
    let world = World::new().await;
    world.person("zhou", Role::Supervisor, None, None).await;
    let tries = (0..40).map(|_| async { Browser::sign_in(&world, "zhou", "wrong").await.err().unwrap().status });
    let answers = futures::future::join_all(tries).await;
    let tried = answers.iter().filter(|status| **status == StatusCode::UNAUTHORIZED).count();
    assert_eq!(tried, 5, "four free ones and the one that starts the wait");
}

#[tokio::test]
async fn sessions_end_by_time_by_password_and_by_leaving() {
    let world = World::new().await;
    let id = world.person("zhou", Role::Supervisor, Some(world.regions[0]), None).await;
    let browser = world.sign_in("zhou").await;
    world.clock.advance(11 * 60 * 60 * 1000);
    assert_eq!(browser.get("/api/session").await.status, StatusCode::OK, "use prolongs it");
    world.clock.advance(11 * 60 * 60 * 1000);
    assert_eq!(browser.get("/api/session").await.status, StatusCode::OK);
    world.clock.advance(13 * 60 * 60 * 1000);
    assert_eq!(browser.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    let browser = world.sign_in("zhou").await;
    let set = davy_core::event::PersonSet { name: "周".into(), role: Role::Supervisor, active: true, badge: None };
    let mut change = davy_server::admin::NewPerson {
        id: Some(id),
        set,
        login: Some("zhou".into()),
        password: Some("another good one".into()),
        region: None,
        site: None,
    };
    world.admin.put_person(world.org, change.clone()).await.unwrap();
    assert_eq!(browser.get("/api/session").await.status, StatusCode::UNAUTHORIZED, "a new password ends old sessions");
    let browser = Browser::sign_in(&world, "zhou", "another good one").await.unwrap();
    (change.password, change.set.active) = (None, false);
    world.admin.put_person(world.org, change).await.unwrap();
    assert_eq!(browser.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    assert!(Browser::sign_in(&world, "zhou", "another good one").await.is_err());
}

#[tokio::test]
async fn the_console_or_the_way_to_it_is_served_and_unknown_endpoints_are_json() {
    let world = World::new().await;
    let page = world.http.get(world.path("/inspections/deep/link")).send().await.unwrap();
    assert!([StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&page.status()));
    let answer = Answer::read(world.http.get(world.path("/api/nothing")).send().await.unwrap()).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    let health = Answer::read(world.http.get(world.path("/health")).send().await.unwrap()).await;
    assert_eq!(health.json()["status"], "ok");
    let api = Answer::read(world.http.get(world.path("/api/openapi.json")).send().await.unwrap()).await.json();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in ["/api/session", "/api/inspections/{id}/review", "/api/blobs/{sha256}", "/api/events"] {
        assert!(api["paths"][path].is_object(), "{path} is described");
    }
    let metrics = Answer::read(world.http.get(world.path("/metrics")).send().await.unwrap()).await;
    assert_eq!(metrics.status, StatusCode::OK);
}
