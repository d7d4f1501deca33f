//! What a supervisor does: review, grade, settle, enrol, and what the open console hears.

use crate::device::{Device, checklist};
use crate::support::World;
use davy_core::checklist::Grade;
use davy_core::event::{Role, Verdict};
use davy_core::fold::{Aggregate, InspectionState};
use davy_core::id::{InspectionId, ScopeId};
use futures::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn world() -> (World, Device, davy_core::event::ChecklistRef) {
    let world = World::new().await;
    let person = world.inspector().await;
    world.person("zhou", Role::Supervisor, Some(world.regions[0]), None).await;
    let reference = checklist(&world).await;
    let device = Device::enrol(&world, person).await;
    (world, device, reference)
}

/// The inspection as another device of the site folds it from the feed.
async fn on_the_device(world: &World, device: &Device, id: InspectionId) -> Aggregate {
    let pages = device.pull(world, ScopeId::from(world.sites[0]), 500).await;
    let raws = pages.iter().flat_map(|page| &page.pages[0].runs).flat_map(|run| &run.events);
    let events: Vec<_> =
        raws.map(|raw| davy_protocol::event::decode_event(raw).unwrap()).filter(|event| event.header.root == id.into()).collect();
    Aggregate::refold(&events).unwrap()
}

#[tokio::test]
async fn a_returned_inspection_reaches_the_device_and_its_new_submission_is_accepted() {
    let (world, mut device, reference) = world().await;
    let browser = world.sign_in("zhou").await;
    let site = world.sites[0];
    let id = device.inspect(site, reference, 10);
    let frontier = device.submit(site, id);
    device.push(&world).await;
    let page = browser.read(&format!("/api/inspections/{id}")).await;
    assert_eq!((page["view"]["stage"].as_str(), page["frontier"].as_str()), (Some("submitted"), Some(frontier.to_string().as_str())));
    assert_eq!(page["can"], json!(["review", "comment", "resolve"]));
    assert_eq!(page["history"].as_array().unwrap().len(), 12);
    assert!(page["seals"].as_array().unwrap().iter().all(|seal| seal["state"] == "verified"));
    let path = format!("/api/inspections/{id}/review");
    let returned = json!({ "outcome": "returned", "items": ["item_3"], "comment": "缺全景照片", "frontier": frontier });
    let page = browser.post(&path, &returned).await;
    assert_eq!((page.status, page.json()["view"]["stage"].as_str()), (StatusCode::OK, Some("returned")));
    let late = browser.post(&path, &json!({ "outcome": "accepted", "items": [], "comment": null, "frontier": frontier })).await;
    assert_eq!((late.status, late.code().as_str()), (StatusCode::CONFLICT, "stale"));
    // The device pulls the return, redoes the item in knowledge of it, submits again.
    let Aggregate::Inspection(doc) = on_the_device(&world, &device, id).await else { panic!() };
    let InspectionState::Returned(review) = doc.state() else { panic!("{:?}", doc.state()) };
    assert_eq!(review.reviewed.items[0].to_string(), "item_3");
    let heads = on_the_device(&world, &device, id).await.heads();
    device.heads.insert(id.into(), heads);
    device.answer(site, id, "item_3", Verdict::Fail);
    let again = device.submit(site, id);
    device.push(&world).await;
    let accepted = browser.post(&path, &json!({ "outcome": "accepted", "items": [], "comment": null, "frontier": again })).await;
    assert_eq!(accepted.json()["view"]["stage"], "accepted");
    let list = browser.read("/api/inspections?stage=accepted").await;
    assert_eq!((list["total"].as_u64(), list["rows"][0]["summary"]["failed"].as_u64()), (Some(1), Some(1)));
}

#[tokio::test]
async fn a_review_of_something_that_changed_meanwhile_is_stale() {
    let (world, mut device, reference) = world().await;
    let browser = world.sign_in("zhou").await;
    let site = world.sites[0];
    let id = device.inspect(site, reference, 3);
    let frontier = device.submit(site, id);
    device.answer(site, id, "item_9", Verdict::Fail);
    device.push(&world).await;
    let accept = json!({ "outcome": "accepted", "items": [], "comment": null, "frontier": frontier });
    let path = format!("/api/inspections/{id}/review");
    assert_eq!(browser.read(&format!("/api/inspections/{id}")).await["view"]["stage"], "amended");
    assert_eq!(browser.post(&path, &accept).await.status, StatusCode::CONFLICT, "an addendum is not covered by the signatures");
    let wrong = json!({ "outcome": "returned", "items": ["item_1"], "comment": null, "frontier": "00".repeat(32) });
    assert_eq!(browser.post(&path, &wrong).await.status, StatusCode::CONFLICT);
    let empty = json!({ "outcome": "returned", "items": [], "comment": " ", "frontier": frontier });
    let refused = browser.post(&path, &empty).await;
    let expected = json!({ "field": "items", "reason": "nothing_to_redo", "values": {} });
    assert_eq!((refused.status, &refused.json()["details"]), (StatusCode::UNPROCESSABLE_ENTITY, &expected));
}

#[tokio::test]
async fn two_tablets_disagree_the_worse_counts_and_a_person_settles_it() {
    let (world, mut one, reference) = world().await;
    let browser = world.sign_in("zhou").await;
    let site = world.sites[0];
    let id = one.inspect(site, reference, 1);
    let mut two = Device::enrol(&world, one.person).await;
    two.heads = one.heads.clone();
    one.answer(site, id, "item_5", Verdict::Pass);
    two.answer(site, id, "item_5", Verdict::Fail);
    two.push(&world).await;
    one.push(&world).await;
    let item = |page: &Value| page["view"]["items"].as_array().unwrap().iter().find(|item| item["key"] == "item_5").unwrap().clone();
    let shown = item(&browser.read(&format!("/api/inspections/{id}")).await);
    assert_eq!((shown["contested"].as_array().unwrap().len(), shown["verdict"].as_str()), (2, Some("fail")));
    assert_eq!(browser.read("/api/dashboard").await["contested"], json!({ "inspections": 1, "findings": 0 }));
    let settle = json!({ "key": "item_5", "value": { "type": "verdict", "value": "pass" }, "reason": "现场复核合格" });
    let path = format!("/api/inspections/{id}/resolve");
    let page = browser.post(&path, &settle).await.json();
    assert_eq!((item(&page)["contested"].as_array().unwrap().len(), item(&page)["verdict"].as_str()), (0, Some("pass")));
    let replaced = page["history"].as_array().unwrap().iter().filter(|row| row["superseded"] == true).count();
    assert_eq!(replaced, 2, "both values stay in the history");
    assert_eq!(browser.post(&path, &settle).await.status, StatusCode::CONFLICT, "there is nothing left to settle");
}

#[tokio::test]
async fn a_grade_is_confirmed_or_changed_with_a_reason_and_comments_are_kept() {
    let (world, mut device, reference) = world().await;
    let browser = world.sign_in("zhou").await;
    let id = device.inspect(world.sites[0], reference, 1);
    let finding = device.raise(world.sites[0], Some(id), Grade::Major, "主通风机反风试验超期");
    device.push(&world).await;
    let path = format!("/api/findings/{finding}");
    let lower = browser.post(&format!("{path}/grade"), &json!({ "grade": "general", "reason": null })).await;
    assert_eq!((lower.status, lower.json()["details"]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
    let page = browser.post(&format!("{path}/grade"), &json!({ "grade": "general", "reason": "已在检修期内" })).await.json();
    assert_eq!((page["view"]["grade"].as_str(), page["view"]["stage"].as_str()), (Some("general"), Some("confirmed")));
    assert_eq!(browser.post(&format!("{path}/comments"), &json!({ "text": "  " })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.post(&format!("{path}/comments"), &json!({ "text": "下周复查" })).await.json();
    assert_eq!(page["view"]["comments"][0]["text"], "下周复查");
    assert_eq!(page["history"].as_array().unwrap().len(), 3);
    assert_eq!(browser.read("/api/findings?grade=general&stage=confirmed").await["total"], 1);
    assert_eq!(browser.read("/api/findings?grade=major").await["total"], 0);
    assert_eq!(browser.read(&format!("/api/inspections/{id}")).await["view"]["findings"][0]["grade"], "general");
}

#[tokio::test]
async fn roles_that_only_look_cannot_change_what_they_see() {
    let (world, mut device, reference) = world().await;
    world.person("auditor", Role::Auditor, None, None).await;
    world.person("committee", Role::Committee, None, None).await;
    let id = device.inspect(world.sites[0], reference, 1);
    let frontier = device.submit(world.sites[0], id);
    let finding = device.raise(world.sites[0], Some(id), Grade::General, "x");
    device.push(&world).await;
    for (login, may_comment) in [("auditor", false), ("committee", true)] {
        let browser = world.sign_in(login).await;
        let review = json!({ "outcome": "accepted", "items": [], "comment": null, "frontier": frontier });
        let tries = [
            (format!("/api/inspections/{id}/review"), review, false),
            (format!("/api/findings/{finding}/grade"), json!({ "grade": "major", "reason": null }), false),
            (format!("/api/inspections/{id}/comments"), json!({ "text": "看过" }), may_comment),
            ("/api/enrolment-codes".into(), json!({ "person": device.person, "minutes": 15 }), false),
            (format!("/api/devices/{}/revoke", device.chain.stream), json!({ "reason": "x" }), false),
        ];
        for (path, body, allowed) in tries {
            let answer = browser.post(&path, &body).await;
            assert_eq!(answer.status, if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{login} {path}");
        }
    }
}

#[tokio::test]
async fn a_supervisor_enrols_and_revokes_people_of_the_own_region_only() {
    let (world, device, _) = world().await;
    let there = world.person("there", Role::Inspector, Some(world.regions[1]), None).await;
    let other = Device::enrol(&world, there).await;
    let browser = world.sign_in("zhou").await;
    let code = browser.post("/api/enrolment-codes", &json!({ "person": device.person, "minutes": 15 })).await.json();
    assert!(code["qr_svg"].as_str().unwrap().contains("<svg"));
    assert_eq!(
        code["link"],
        format!("davy://enrol?server={}&code={}", world.url.replace(':', "%3A").replace('/', "%2F"), code["code"].as_str().unwrap())
    );
    let open = browser.read("/api/enrolment-codes").await;
    assert!(open.as_array().unwrap().iter().any(|row| row["id"] == code["id"] && row["used"] == false));
    assert!(!open.to_string().contains(code["code"].as_str().unwrap()), "the secret is shown once");
    let gone = browser.call(Method::DELETE, &format!("/api/enrolment-codes/{}", code["id"].as_str().unwrap()), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let foreign = browser.post("/api/enrolment-codes", &json!({ "person": there, "minutes": 15 })).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let devices = browser.read("/api/devices").await;
    assert_eq!(devices.as_array().unwrap().len(), 1, "devices of the own region");
    let refused = browser.post(&format!("/api/devices/{}/revoke", other.chain.stream), &json!({ "reason": "丢失" })).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let row = browser.post(&format!("/api/devices/{}/revoke", device.chain.stream), &json!({ "reason": "丢失" })).await.json();
    assert_eq!(row["state"], "revoked");
}

#[tokio::test]
async fn an_administrator_adds_sites_people_and_assignments_and_devices_learn_of_it() {
    let (world, device, reference) = world().await;
    world.person("admin", Role::Administrator, None, None).await;
    let browser = world.sign_in("admin").await;
    let mut site = json!({
        "name": "新矿", "enterprise": "红岩", "industry": "coal-mines", "region": world.regions[0], "address": null,
        "areas": ["主井"], "contacts": [{ "duty": "安全员", "name": "马俊" }]
    });
    let made = browser.post("/api/sites", &site).await.json();
    let id = made["id"].as_str().unwrap().to_owned();
    site["name"] = json!("新矿一号井");
    let changed = browser.call(Method::PUT, &format!("/api/sites/{id}"), Some(&site)).await.json();
    assert_eq!(changed["name"], "新矿一号井");
    site["region"] = json!("00000000-0000-0000-0000-000000000000");
    assert_eq!(browser.post("/api/sites", &site).await.code(), "invalid");
    let mut person = json!({ "name": "新人", "role": "inspector", "login": "new", "password": "short", "region": world.regions[0], "site": null, "badge": null });
    assert_eq!(browser.post("/api/people", &person).await.json()["details"]["field"], "password");
    person["password"] = json!("long enough");
    person["login"] = json!("zhou");
    assert_eq!(browser.post("/api/people", &person).await.json()["details"]["field"], "login");
    person["login"] = json!("new");
    let made = browser.post("/api/people", &person).await.json();
    assert_eq!((made["name"].as_str(), made["login"].as_str()), (Some("新人"), Some("new")));
    let mut assignment =
        json!({ "site": id, "checklist": reference.id, "kind": "patrol", "assignees": [made["id"]], "due": "2026-12-01", "note": null });
    let row = browser.post("/api/assignments", &assignment).await.json();
    assert_eq!((row["site_name"].as_str(), row["assignees"][0]["name"].as_str()), (Some("新矿一号井"), Some("新人")));
    assignment["checklist"] = json!("unknown");
    assert_eq!(browser.post("/api/assignments", &assignment).await.json()["details"]["field"], "checklist");
    assert_eq!(browser.read("/api/assignments").await.as_array().unwrap().len(), 1);
    let scopes: Vec<String> = device.hello(&world).await.scopes.iter().map(|position| position.scope.to_string()).collect();
    assert!(scopes.contains(&id), "the new site of the region is granted");
    let system = browser.read("/api/system").await;
    assert!(system["database"]["kind"].as_str().unwrap().starts_with("SQLite") && system["log"]["head"].as_u64().unwrap() > 5);
    assert_eq!(browser.read("/api/checklists").await[0]["items"], 10);
    let whole = browser.read(&format!("/api/checklists/{}", reference.hash)).await;
    assert_eq!(whole["id"], "plain");
}

#[tokio::test]
async fn the_open_console_hears_of_its_own_region_and_of_no_other() {
    let (world, mut device, reference) = world().await;
    world.person("lin", Role::Supervisor, Some(world.regions[1]), None).await;
    let (here, there) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let listen = async |browser: &crate::support::Browser| {
        let request = world.http.get(world.path("/api/events")).header("cookie", &browser.cookie);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.bytes_stream()
    };
    let (mut ours, mut theirs) = (listen(&here).await, listen(&there).await);
    let id = device.inspect(world.sites[0], reference, 1);
    device.push(&world).await;
    let heard = String::from_utf8(ours.next().await.unwrap().unwrap().to_vec()).unwrap();
    let message: Value = serde_json::from_str(heard.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((message["type"].as_str(), message["kinds"].clone()), (Some("changed"), json!(["inspections"])));
    assert_eq!(message["inspections"], json!([id]));
    // What the other one hears first is of their own region.
    let author = world.person("author", Role::Inspector, Some(world.regions[1]), None).await;
    let mut other = Device::enrol(&world, author).await;
    let finding = other.raise(world.sites[1], None, Grade::General, "x");
    other.push(&world).await;
    loop {
        let heard = String::from_utf8(theirs.next().await.unwrap().unwrap().to_vec()).unwrap();
        let message: Value = serde_json::from_str(heard.trim().strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(message["inspections"], json!([]), "nothing of the other region");
        if message["findings"] == json!([finding]) {
            break;
        }
        assert_eq!(message["kinds"], json!(["people"]), "the directory is everybody's");
    }
}

#[tokio::test]
async fn lists_are_paged_by_cursor_to_their_end() {
    let (world, mut device, _) = world().await;
    let browser = world.sign_in("zhou").await;
    for n in 0..23 {
        device.raise(world.sites[0], None, if n % 3 == 0 { Grade::Major } else { Grade::General }, &format!("隐患{n}"));
    }
    device.push(&world).await;
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let page = browser.read(&format!("/api/findings?limit=5&after={after}")).await;
        assert_eq!(page["total"], 23);
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["description"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let expected: Vec<String> = (0..23).rev().map(|n| format!("隐患{n}")).collect();
    assert_eq!(seen, expected);
    assert_eq!(browser.read("/api/findings?q=%E9%9A%90%E6%82%A322").await["total"], 1);
    assert_eq!(browser.read("/api/findings?sort=deadline&limit=1").await["rows"].as_array().unwrap().len(), 1);
    for wrong in ["after=nonsense", "sort=colour", "from=yesterday"] {
        assert_eq!(browser.get(&format!("/api/findings?{wrong}")).await.code(), "invalid", "{wrong}");
    }
}
