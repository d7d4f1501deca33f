//! Trying a checklist out: judged as on a device, kept nowhere.

use crate::checklists::{GOOD, upload};
use crate::support::{Answer, Browser, World};
use davy_core::event::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

const OPENED: i64 = 1_795_478_400_000;

/// The browser's half of a trial.
struct Trial {
    browser: Browser,
    draft: String,
    acts: Vec<Value>,
}

impl Trial {
    async fn open(world: &World, text: &str) -> Self {
        world.person("admin", Role::Administrator, None, None).await;
        let browser = world.sign_in("admin").await;
        let draft = upload(&browser, "belts.yaml", text).await["draft"]["id"].as_str().unwrap().to_owned();
        Self { browser, draft, acts: Vec::new() }
    }

    async fn send(&self, act: &Value) -> Answer {
        let body = json!({ "draft": self.draft, "hash": null, "opened": OPENED, "offset_minutes": 480, "acts": self.acts, "act": act });
        self.browser.post("/api/checklists/preview/answers", &body).await
    }

    async fn view(&self) -> Value {
        self.send(&Value::Null).await.json()["view"].clone()
    }

    async fn act(&mut self, minutes: i64, step: Value) -> Answer {
        let act = json!({ "at": OPENED + minutes * 60_000, "step": step });
        let answer = self.send(&act).await;
        if answer.status == StatusCode::OK {
            self.acts.push(act);
        }
        answer
    }

    async fn verdict(&mut self, minutes: i64, key: &str, value: &str) -> Answer {
        let value = json!({ "type": "verdict", "value": value });
        self.act(minutes, json!({ "type": "answer", "key": key, "value": value })).await
    }
}

fn keys(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap_or_else(|| item.as_str().unwrap())).collect()
}

#[tokio::test]
async fn answers_are_judged_by_conditions_and_limits_and_nothing_is_kept() {
    let world = World::new().await;
    let mut trial = Trial::open(&world, GOOD).await;
    let view = trial.view().await;
    assert_eq!((keys(&view["items"]), view["stage"].as_str()), (vec!["guard", "slip", "gap"], Some("draft")));
    assert_eq!(view["inspectors"][0]["name"], "admin 先生");
    let failed = trial.verdict(1, "guard", "fail").await.json();
    assert_eq!(keys(&failed["change"]["order"]), ["guard", "slip", "gap", "why"], "a condition came true");
    assert_eq!(failed["change"]["summary"]["failed"], 1);
    let reading = |value: &str| json!({ "type": "answer", "key": "gap", "value": { "type": "number", "value": value } });
    let judged = trial.act(2, reading("25")).await.json();
    assert_eq!(
        (judged["change"]["changed"][0]["verdict"].as_str(), &judged["change"]["changed"][0]["broken_limit"]),
        (Some("fail"), &json!(0))
    );
    let refused = trial.act(3, reading("2500")).await;
    let details = json!({ "field": "value", "reason": "out_of_range", "values": { "low": "0", "high": "100", "unit": "mm" } });
    assert_eq!((refused.status, &refused.json()["details"]), (StatusCode::UNPROCESSABLE_ENTITY, &details));
    let misfit = trial.act(3, json!({ "type": "answer", "key": "slip", "value": { "type": "text", "value": "x" } })).await;
    assert_eq!(misfit.json()["details"]["reason"], "misfit");
    let unknown = trial.verdict(3, "nothing", "pass").await;
    assert_eq!(unknown.json()["details"]["reason"], "not_in_checklist");
    let taken_back = trial.act(4, json!({ "type": "answer", "key": "guard", "value": null })).await.json();
    assert_eq!(keys(&taken_back["change"]["order"]), ["guard", "slip", "gap"]);
    let passed = trial.act(5, json!({ "type": "pass_section", "section": "guards", "instance": null })).await.json();
    assert_eq!(passed["change"]["summary"]["passed"], 2);
    assert_eq!(trial.act(6, json!({ "type": "pass_section", "section": "guards", "instance": null })).await.code(), "nothing_open");
    assert_eq!(trial.browser.read("/api/inspections").await["total"], 0);
    assert_eq!(trial.browser.read("/api/findings").await["total"], 0);
}

#[tokio::test]
async fn instances_notes_and_findings_live_as_long_as_the_trial() {
    let world = World::new().await;
    let mut trial = Trial::open(&world, GOOD).await;
    trial.act(1, json!({ "type": "add_instance", "section": "rollers", "label": "3号" })).await;
    let view = trial.view().await;
    let turns = keys(&view["items"]).into_iter().find(|key| key.starts_with("turns@")).unwrap().to_owned();
    trial.verdict(2, &turns, "fail").await;
    trial.act(3, json!({ "type": "note", "key": turns, "text": "锈蚀" })).await;
    let finding = json!({
        "key": "guard", "grade": "major", "description": "无防护栏", "area": null, "measure": null, "responsible": null, "deadline": null
    });
    let raised = trial.act(4, json!({ "type": "raise", "finding": finding })).await.json();
    let id = raised["finding"].as_str().unwrap().to_owned();
    assert_eq!((raised["change"]["findings"][0]["id"].as_str(), raised["change"]["summary"]["major"].as_u64()), (Some(&*id), Some(1)));
    let edited = trial.act(5, json!({ "type": "edit", "finding": id, "change": { "area": "机头" } })).await.json();
    assert_eq!(edited["change"]["findings"][0]["area"]["value"], "机头");
    let view = trial.view().await;
    let item = view["items"].as_array().unwrap().iter().find(|item| item["key"] == turns.as_str()).unwrap();
    assert_eq!((item["note"].as_str(), item["verdict"].as_str(), &item["contested"]), (Some("锈蚀"), Some("fail"), &json!([])));
    let retracted = trial.act(6, json!({ "type": "retract_finding", "finding": id, "reason": "误报" })).await.json();
    assert_eq!(retracted["change"]["findings"][0]["stage"], "retracted");
    let instance = turns.split_once('@').unwrap().1;
    let gone = trial.act(7, json!({ "type": "retract_instance", "instance": instance, "reason": "重复" })).await.json();
    assert!(!keys(&gone["change"]["order"]).contains(&turns.as_str()));
    assert_eq!(
        trial.act(8, json!({ "type": "add_instance", "section": "guards", "label": "x" })).await.json()["details"]["field"],
        "section"
    );
}

#[tokio::test]
async fn a_pass_on_a_stale_reading_is_refused_as_on_a_device() {
    let world = World::new().await;
    let gated = GOOD
        .replace("        response: { type: number,", "        valid_minutes: 10\n        response: { type: number,")
        .replace("en: Slip protection works }\n", "en: Slip protection works }\n        needs_fresh: [gap]\n");
    let mut trial = Trial::open(&world, &gated).await;
    let missing = trial.verdict(1, "slip", "pass").await;
    assert_eq!((missing.code().as_str(), &missing.json()["details"]), ("stale_reading", &json!({ "readings": ["gap"] })));
    trial.act(2, json!({ "type": "answer", "key": "gap", "value": { "type": "number", "value": "5" } })).await;
    assert_eq!(trial.verdict(5, "slip", "pass").await.status, StatusCode::OK);
    assert_eq!(trial.verdict(30, "slip", "pass").await.code(), "stale_reading");
}

#[tokio::test]
async fn only_the_page_of_the_trial_may_be_framed_and_only_by_the_console() {
    let world = World::new().await;
    let headers = async |path: &str| world.http.get(world.path(path)).send().await.unwrap().headers().clone();
    let policy = |headers: &reqwest::header::HeaderMap| headers["content-security-policy"].to_str().unwrap().to_owned();
    let (page, framed) = (headers("/checklists").await, headers("/preview.html").await);
    assert_eq!((page["x-frame-options"].to_str().unwrap(), framed["x-frame-options"].to_str().unwrap()), ("DENY", "SAMEORIGIN"));
    assert!(policy(&page).contains("frame-ancestors 'none'") && policy(&framed).contains("frame-ancestors 'self'"));
}
