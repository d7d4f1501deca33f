//! Writing checklists: upload with a report, publish to chosen places, retire; what devices learn of it.

use crate::device::Device;
use crate::support::{Browser, World};
use davy_core::event::{ChecklistRef, Payload, Role, Verdict};
use davy_core::fold::{Aggregate, ChecklistDoc};
use davy_core::id::{BlobId, RegionId, ScopeId, SiteId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A sound checklist with a reading and a repeat group.
pub const GOOD: &str = "schema: 1
id: belts
version: 1.0.0
industry: coal-mines
title: { zh: 皮带机检查, en: Belt conveyors }
summary: { zh: 简, en: Short }
sections:
  - id: guards
    title: { zh: 防护, en: Guards }
    items:
      - id: guard
        text: { zh: 防护栏完好, en: Guards are in place }
        grade: major
      - id: slip
        text: { zh: 打滑保护有效, en: Slip protection works }
      - id: gap
        text: { zh: 间隙, en: Gap }
        response: { type: number, unit: mm, min: \"0\", max: \"100\" }
        limits:
          - { pass: \"value <= 20.0\", text: { zh: 不大于20毫米, en: At most 20 mm } }
      - id: why
        text: { zh: 原因已登记, en: The cause is recorded }
        when: \"a.guard == 'fail'\"
  - id: rollers
    title: { zh: 托辊, en: Rollers }
    repeat: { title: { zh: 托辊组, en: roller set } }
    items:
      - id: turns
        text: { zh: 转动灵活, en: Turns freely }
";

pub async fn upload(browser: &Browser, name: &str, text: &str) -> Value {
    let answer = browser.upload(Method::POST, &format!("/api/checklist-drafts?name={name}"), text.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

async fn publish(browser: &Browser, draft: &Value, target: Value) -> crate::support::Answer {
    let id = draft["draft"]["id"].as_str().unwrap();
    browser.post(&format!("/api/checklist-drafts/{id}/publish"), &json!({ "target": target })).await
}

async fn desk(world: &World) -> Browser {
    world.person("admin", Role::Administrator, None, None).await;
    world.sign_in("admin").await
}

/// The version as a device that pulled the directory folds it.
async fn as_a_device_knows_it(world: &World, device: &Device, hash: &str) -> ChecklistDoc {
    let root = ChecklistDoc::root_of(&hash.parse::<BlobId>().unwrap());
    let pages = device.pull(world, ScopeId::ROOT, 500).await;
    let raws = pages.iter().flat_map(|page| &page.pages[0].runs).flat_map(|run| &run.events);
    let events: Vec<_> =
        raws.map(|raw| davy_protocol::event::decode_event(raw).unwrap()).filter(|event| event.header.root == root).collect();
    assert!(events.iter().all(|event| !matches!(event.payload, Payload::Unknown)));
    match Aggregate::refold(&events) {
        Some(Aggregate::Checklist(doc)) => doc,
        other => panic!("{other:?}"),
    }
}

/// Checklist ids that new inspections at a site start with.
async fn at(browser: &Browser, site: SiteId) -> Vec<String> {
    let rows = browser.read(&format!("/api/checklists?site={site}")).await;
    rows.as_array().unwrap().iter().map(|row| format!("{} {}", row["id"].as_str().unwrap(), row["version"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_faulty_file_is_kept_with_every_fault_at_its_place_until_it_is_corrected() {
    let mut world = World::new().await;
    let browser = desk(&world).await;
    let bad = GOOD
        .replace("id: slip", "id: guard")
        .replace("a.guard == 'fail'", "a.nothing == 'fail'")
        .replace("title: { zh: 防护, en: Guards }", "title: { zh: 防护, en: \"\" }");
    let page = upload(&browser, "belts.yaml", &bad).await;
    let faults = page["report"]["faults"].as_array().unwrap();
    let short: Vec<_> = faults.iter().map(|fault| (fault["reason"].as_str().unwrap(), fault["line"].as_u64().unwrap())).collect();
    assert_eq!(short, [("missing_language", 8), ("duplicate_id", 14), ("unknown_item", 23)]);
    assert_eq!(faults[1]["values"], json!({ "id": "guard" }));
    assert_eq!((faults[1]["message"].as_str().unwrap().contains("used twice"), &page["checklist"]), (true, &Value::Null));
    let id = page["draft"]["id"].as_str().unwrap().to_owned();
    let refused = publish(&browser, &page, Value::Null).await;
    let details = json!({ "field": "draft", "reason": "faulty", "values": { "count": 3 } });
    assert_eq!((refused.status, &refused.json()["details"]), (StatusCode::UNPROCESSABLE_ENTITY, &details));
    // Nothing is lost with the server's process.
    world.restart().await;
    let browser = world.sign_in("admin").await;
    let rows = browser.read("/api/checklist-drafts").await;
    assert_eq!((rows[0]["id"].as_str(), rows[0]["faults"].as_u64(), rows[0]["by"].as_str()), (Some(&*id), Some(3), Some("admin 先生")));
    let source = browser.get(&format!("/api/checklist-drafts/{id}/source")).await;
    assert_eq!(source.body, bad.as_bytes());
    assert!(source.header("content-disposition").unwrap().starts_with("attachment; filename=\"belts.yaml\""));
    let path = format!("/api/checklist-drafts/{id}");
    let corrected = browser.upload(Method::PUT, &format!("{path}?name=belts-2.yml"), GOOD.as_bytes()).await.json();
    assert_eq!((corrected["report"]["faults"].as_array().unwrap().len(), corrected["draft"]["name"].as_str()), (0, Some("belts-2.yml")));
    assert_eq!(corrected["report"]["facts"]["majors"], 1);
    assert_eq!(corrected["checklist"]["sections"].as_array().unwrap().len(), 2);
    assert_eq!(browser.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_checklist_at_all_is_said_in_one_line() {
    let world = World::new().await;
    let browser = desk(&world).await;
    for (name, bytes, reason, line) in [
        ("a.yaml", b"title: [".as_slice(), "form", true),
        ("a.yaml", b"schema: 1\nunknown_key: 2\n", "form", true),
        ("a.yml", b"\xff\xfe\x00", "not_text", false),
        ("a.xlsx", b"PK\x03\x04 not a workbook", "sheet", true),
    ] {
        let page = browser.upload(Method::POST, &format!("/api/checklist-drafts?name={name}"), bytes).await.json();
        let faults = page["report"]["faults"].as_array().unwrap();
        assert_eq!(faults[0]["sheet"].is_string(), name == "a.xlsx");
        assert_eq!((faults.len(), faults[0]["reason"].as_str(), faults[0]["line"].is_u64()), (1, Some(reason), line), "{name} {faults:?}");
    }
    for name in ["a.docx", "%20", "checklist"] {
        let refused = browser.upload(Method::POST, &format!("/api/checklist-drafts?name={name}"), b"x").await;
        assert_eq!(
            (refused.status, refused.json()["details"]["field"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some("name")),
            "{name}"
        );
    }
    let large = browser.upload(Method::POST, "/api/checklist-drafts?name=a.yaml", &vec![b' '; 9 * 1024 * 1024]).await;
    assert_eq!((large.status, large.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
}

#[tokio::test]
async fn a_spreadsheet_is_read_like_a_text_and_its_faults_name_their_cells() {
    let world = World::new().await;
    let browser = desk(&world).await;
    let checklist = davy_core::checklist::read_yaml(GOOD).unwrap();
    let form = davy_checklists::xlsform::export(&checklist).unwrap();
    let page = browser.upload(Method::POST, "/api/checklist-drafts?name=%E7%9A%AE%E5%B8%A6%E6%9C%BA.xlsx", &form).await.json();
    assert_eq!((page["report"]["faults"].clone(), page["report"]["facts"]["items"].as_u64()), (json!([]), Some(5)), "{page}");
    let row = publish(&browser, &page, Value::Null).await.json();
    assert_eq!((row["id"].as_str(), row["version"].as_str(), row["majors"].as_u64()), (Some("belts"), Some("1.0.0"), Some(1)));
    let source = browser.get(&format!("/api/checklist-drafts/{}/source", row["draft"].as_str().unwrap())).await;
    assert_eq!(source.body, form);
    assert!(source.header("content-disposition").unwrap().ends_with("filename*=UTF-8''%E7%9A%AE%E5%B8%A6%E6%9C%BA%2Exlsx"));
}

#[tokio::test]
async fn a_basis_resolves_against_the_standards_of_what_is_published() {
    let world = World::new().await;
    let browser = desk(&world).await;
    let cites = |version: &str| {
        GOOD.replace("id: belts", "id: own")
            .replace("1.0.0", version)
            .replace("        grade: major\n", "        grade: major\n        basis: [{ standard: rule-1, clause: \"3.1\" }]\n")
    };
    let page = upload(&browser, "own.yaml", &cites("1.0.0")).await;
    let fault = &page["report"]["faults"][0];
    let expected = json!({ "reason": "unknown_standard", "values": { "id": "rule-1" }, "line": 11, "of": "guard" });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&fault[name], value, "{name}");
    }
    // A file may bring standards of its own; once published they are there for the next one.
    let own = "standards:\n  - id: rule-1\n    title: { zh: 企业规程, en: Company rule }\n    number: QG-1\n    issuer: { zh: 企业, en: Company }\n    confidence: read\n";
    let with_own = format!("{}{own}", cites("1.0.0"));
    let page = upload(&browser, "own.yaml", &with_own).await;
    assert_eq!(page["report"]["faults"], json!([]), "{page}");
    assert_eq!(publish(&browser, &page, Value::Null).await.status, StatusCode::OK);
    let next = upload(&browser, "own.yaml", &cites("1.1.0")).await;
    assert_eq!(next["report"]["faults"], json!([]));
    let row = publish(&browser, &next, Value::Null).await.json();
    let whole = browser.read(&format!("/api/checklists/{}", row["hash"].as_str().unwrap())).await;
    assert_eq!(whole["standards"][0]["number"], "QG-1");
}

#[tokio::test]
async fn a_version_is_published_for_chosen_places_and_devices_learn_where() {
    let world = World::new().await;
    let browser = desk(&world).await;
    let [here, there] = world.sites;
    let person = world.inspector().await;
    let device = Device::enrol(&world, person).await;
    let page = upload(&browser, "belts.yaml", GOOD).await;
    for wrong in [json!({ "regions": [], "sites": [] }), json!({ "regions": [there], "sites": [] })] {
        let refused = publish(&browser, &page, wrong).await;
        assert_eq!(refused.json()["details"]["field"], "target");
    }
    let row = publish(&browser, &page, json!({ "regions": [world.regions[0]], "sites": [] })).await.json();
    assert_eq!((row["by"].as_str(), row["majors"].as_u64(), row["items"].as_u64()), (Some("admin 先生"), Some(1), Some(5)));
    assert_eq!(row["places"]["regions"][0]["name"], "石桥县");
    assert_eq!(row["draft"], page["draft"]["id"]);
    let hash = row["hash"].as_str().unwrap();
    let doc = as_a_device_knows_it(&world, &device, hash).await;
    assert!(doc.is_in_use_at(here, &[world.regions[0]]) && !doc.is_in_use_at(there, &[world.regions[1]]));
    let blob = world.http.get(world.org_path(&format!("blobs/{hash}"))).bearer_auth(&device.token).send().await.unwrap();
    assert_eq!(blob.status(), StatusCode::OK, "its content is there to download");
    assert_eq!((at(&browser, here).await, at(&browser, there).await), (vec!["belts 1.0.0".to_owned()], vec![]));
    let assign = |site| json!({ "site": site, "checklist": "belts", "kind": "patrol", "assignees": [person], "due": null, "note": null });
    let refused = browser.post("/api/assignments", &assign(there)).await;
    assert_eq!(refused.json()["details"]["reason"], "not_published");
    assert_eq!(browser.post("/api/assignments", &assign(here)).await.status, StatusCode::OK);
    // A newer one for a single site; then for everybody.
    let newer = upload(&browser, "belts.yaml", &GOOD.replace("1.0.0", "1.10.0")).await;
    let newer = publish(&browser, &newer, json!({ "regions": [], "sites": [there] })).await.json();
    assert_eq!((at(&browser, here).await, at(&browser, there).await), (vec!["belts 1.0.0".to_owned()], vec!["belts 1.10.0".to_owned()]));
    let path = format!("/api/checklists/{}/places", newer["hash"].as_str().unwrap());
    let everywhere = browser.call(Method::PUT, &path, Some(&json!({ "target": null }))).await.json();
    assert_eq!(everywhere["places"], Value::Null);
    assert_eq!(at(&browser, here).await, ["belts 1.10.0"]);
    let older = upload(&browser, "belts.yaml", &GOOD.replace("1.0.0", "1.9.0")).await;
    assert_eq!(older["report"]["remarks"][0]["values"], json!({ "version": "1.10.0" }));
}

#[tokio::test]
async fn a_retired_version_starts_nothing_new_and_what_runs_goes_on() {
    let world = World::new().await;
    let browser = desk(&world).await;
    world.person("zhou", Role::Supervisor, Some(world.regions[0]), None).await;
    let site = world.sites[0];
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    let row = publish(&browser, &upload(&browser, "belts.yaml", GOOD).await, Value::Null).await.json();
    let hash: BlobId = row["hash"].as_str().unwrap().parse().unwrap();
    let reference = ChecklistRef { id: "belts".into(), version: "1.0.0".into(), hash };
    let id = device.inspect(site, reference.clone(), 0);
    device.answer(site, id, "guard", Verdict::Pass);
    device.push(&world).await;
    let path = format!("/api/checklists/{hash}/retire");
    let retired = browser.post(&path, &json!({ "reason": "换新版" })).await.json();
    assert_eq!((retired["retired"]["reason"].as_str(), retired["retired"]["by"].as_str()), (Some("换新版"), Some("admin 先生")));
    assert_eq!(browser.post(&path, &json!({ "reason": "again" })).await.json()["retired"]["reason"], "换新版", "once is enough");
    let doc = as_a_device_knows_it(&world, &device, &hash.to_string()).await;
    assert!(!doc.is_in_use_at(site, &[]) && doc.retirement().is_some());
    assert!(at(&browser, site).await.is_empty());
    assert_eq!(browser.read("/api/checklists").await.as_array().unwrap().len(), 1, "it stays on record");
    // The inspection goes on, and so does one that was started before the device heard of it.
    device.answer(site, id, "slip", Verdict::Fail);
    device.submit(site, id);
    let late = device.inspect(site, reference, 0);
    device.answer(site, late, "guard", Verdict::Pass);
    device.push(&world).await;
    let supervisor = world.sign_in("zhou").await;
    let page = supervisor.read(&format!("/api/inspections/{id}")).await;
    assert_eq!((page["view"]["stage"].as_str(), page["view"]["summary"]["failed"].as_u64()), (Some("submitted"), Some(1)));
    assert_eq!(supervisor.read(&format!("/api/inspections/{late}")).await["view"]["summary"]["passed"], 1);
    // Put into use again.
    let again = browser.call(Method::PUT, &format!("/api/checklists/{hash}/places"), Some(&json!({ "target": null }))).await.json();
    assert_eq!(again["retired"], Value::Null);
    assert_eq!(at(&browser, site).await, ["belts 1.0.0"]);
}

#[tokio::test]
async fn a_published_version_never_changes() {
    let world = World::new().await;
    let browser = desk(&world).await;
    let first = upload(&browser, "belts.yaml", GOOD).await;
    let row = publish(&browser, &first, Value::Null).await.json();
    let other = upload(&browser, "belts.yaml", &GOOD.replace("防护栏完好", "防护栏齐全")).await;
    let fault = &other["report"]["faults"][0];
    assert_eq!((fault["reason"].as_str(), &fault["values"]), (Some("other_content"), &json!({ "id": "belts", "version": "1.0.0" })));
    assert_eq!(publish(&browser, &other, Value::Null).await.json()["details"]["reason"], "faulty");
    let same = upload(&browser, "copy.yaml", GOOD).await;
    assert_eq!(same["report"]["remarks"][0]["reason"], "same_content");
    assert_eq!(publish(&browser, &same, Value::Null).await.json()["hash"], row["hash"]);
    // What a version was published from stays as it is.
    let path = format!("/api/checklist-drafts/{}", first["draft"]["id"].as_str().unwrap());
    let replaced = browser.upload(Method::PUT, &format!("{path}?name=x.yaml"), GOOD.as_bytes()).await;
    assert_eq!((replaced.status, replaced.code().as_str()), (StatusCode::CONFLICT, "stale"));
    assert_eq!(browser.call(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn administrators_write_supervisors_and_committees_read_and_nobody_else_sees_drafts() {
    let world = World::new().await;
    let browser = desk(&world).await;
    let page = upload(&browser, "belts.yaml", GOOD).await;
    let id = page["draft"]["id"].as_str().unwrap();
    let row = publish(&browser, &upload(&browser, "other.yaml", &GOOD.replace("belts", "other")).await, Value::Null).await.json();
    let hash = row["hash"].as_str().unwrap();
    let region: Option<RegionId> = Some(world.regions[0]);
    for (login, role, reads) in [
        ("zhou", Role::Supervisor, true),
        ("committee", Role::Committee, true),
        ("auditor", Role::Auditor, true),
        ("li", Role::Inspector, false),
    ] {
        world.person(login, role, region, None).await;
        let other = world.sign_in(login).await;
        let expected = if reads { StatusCode::OK } else { StatusCode::FORBIDDEN };
        for path in ["".to_owned(), format!("/{id}"), format!("/{id}/source")] {
            assert_eq!(other.get(&format!("/api/checklist-drafts{path}")).await.status, expected, "{login} {path}");
        }
        let trial = json!({ "draft": id, "hash": null, "opened": 0, "offset_minutes": 480, "acts": [], "act": null });
        assert_eq!(other.post("/api/checklists/preview/answers", &trial).await.status, expected, "{login} preview");
        assert_eq!(other.read("/api/checklists").await.as_array().unwrap().len(), 1, "{login}");
        let everywhere = json!({ "target": null });
        let tries = [
            other.upload(Method::POST, "/api/checklist-drafts?name=a.yaml", GOOD.as_bytes()).await,
            other.upload(Method::PUT, &format!("/api/checklist-drafts/{id}?name=a.yaml"), GOOD.as_bytes()).await,
            other.call(Method::DELETE, &format!("/api/checklist-drafts/{id}"), None).await,
            other.post(&format!("/api/checklist-drafts/{id}/publish"), &everywhere).await,
            other.call(Method::PUT, &format!("/api/checklists/{hash}/places"), Some(&everywhere)).await,
            other.post(&format!("/api/checklists/{hash}/retire"), &json!({ "reason": null })).await,
        ];
        for answer in tries {
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "not_allowed"), "{login}");
        }
    }
    let foreign = world.http.post(world.path("/api/checklist-drafts?name=a.yaml")).header("cookie", &browser.cookie).body(GOOD);
    let answer = crate::support::Answer::read(foreign.send().await.unwrap()).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "csrf"));
}
