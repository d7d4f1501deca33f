//! The desk: each figure is the length of the list that it opens.

use crate::device::{Device, checklist};
use crate::support::{Browser, World};
use davy_core::checklist::Grade;
use davy_core::event::{BlobRef, BlobRole, EvidenceAttached, FindingEdited, PhotoSource, Role, Verdict};
use davy_core::id::{BlobId, FindingId, SiteId};
use reqwest::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};

fn photograph(device: &mut Device, site: SiteId, finding: FindingId, bytes: &[u8]) {
    let attached = EvidenceAttached {
        key: None,
        source: PhotoSource::Camera,
        name: None,
        width: None,
        height: None,
        captured_at: None,
        position: None,
        defect: None,
    };
    let sha256 = BlobId(Sha256::digest(bytes).into());
    let named = BlobRef { sha256, size: bytes.len() as u64, media_type: "image/jpeg".into(), role: BlobRole::Original };
    device.write_with(site, finding, attached, vec![named]);
}

/// Figures of the desk with the lists that they open.
fn figures(desk: &Value) -> Vec<(String, u64)> {
    let number = |value: &Value| value.as_u64().unwrap();
    vec![
        ("inspections?stage=submitted".into(), number(&desk["to_review"])),
        ("inspections?stage=amended".into(), number(&desk["amended"])),
        ("inspections?contested=true".into(), number(&desk["contested"]["inspections"])),
        ("findings?contested=true".into(), number(&desk["contested"]["findings"])),
        ("inspections?awaiting=true".into(), number(&desk["photos_awaited"]["inspections"])),
        ("findings?awaiting=true".into(), number(&desk["photos_awaited"]["findings"])),
        ("findings?stage=raised".into(), number(&desk["findings"]["unconfirmed"])),
    ]
}

async fn every_figure_fits(browser: &Browser) -> Vec<u64> {
    let figures = figures(&browser.read("/api/dashboard").await);
    for (list, figure) in &figures {
        let page = browser.read(&format!("/api/{list}")).await;
        assert_eq!((page["total"].as_u64(), page["rows"].as_array().unwrap().len() as u64), (Some(*figure), *figure), "{list}");
    }
    figures.into_iter().map(|(_, figure)| figure).collect()
}

#[tokio::test]
async fn each_figure_is_the_length_of_the_list_that_it_opens() {
    let world = World::new().await;
    let reference = checklist(&world).await;
    for (login, region) in [("zhou", Some(world.regions[0])), ("lin", Some(world.regions[1]))] {
        world.person(login, Role::Supervisor, region, None).await;
    }
    world.person("committee", Role::Committee, None, None).await;
    for at in 0..2 {
        let site = world.sites[at];
        let person = world.person(&format!("author{at}"), Role::Inspector, Some(world.regions[at]), None).await;
        let mut one = Device::enrol(&world, person).await;
        let (settled, disputed) = (one.inspect(site, reference.clone(), 3), one.inspect(site, reference.clone(), 1));
        one.submit(site, settled);
        let finding = one.raise(site, Some(settled), Grade::General, "皮带机无防护栏");
        photograph(&mut one, site, finding, format!("photo {at}").as_bytes());
        let free = one.raise(site, None, Grade::Major, "巷道堆料");
        photograph(&mut one, site, free, format!("free {at}").as_bytes());
        let mut two = Device::enrol(&world, person).await;
        two.heads = one.heads.clone();
        one.answer(site, disputed, "item_5", Verdict::Pass);
        two.answer(site, disputed, "item_5", Verdict::Fail);
        let area = |area: &str| FindingEdited {
            description: None,
            area: Some(area.into()),
            measure: None,
            responsible: None,
            deadline: None,
            grade: None,
        };
        one.write(site, free, area("总回风巷"));
        two.write(site, free, area("3301工作面"));
        one.push(&world).await;
        two.push(&world).await;
        if at == 0 {
            assert_eq!(crate::tus::upload_whole(&world, &one, b"photo 0").await.status, StatusCode::CREATED);
        }
    }
    let (here, there, all) = (world.sign_in("zhou").await, world.sign_in("lin").await, world.sign_in("committee").await);
    assert_eq!(every_figure_fits(&here).await, [1, 0, 1, 1, 0, 1, 2]);
    assert_eq!(every_figure_fits(&there).await, [1, 0, 1, 1, 1, 2, 2]);
    assert_eq!(every_figure_fits(&all).await, [2, 0, 2, 2, 1, 3, 4]);
    // A change that nobody has looked at yet is counted as it is.
    let item = serde_json::json!({ "key": "item_5", "value": { "type": "verdict", "value": "pass" }, "reason": "现场复核合格" });
    let disputed = here.read("/api/inspections?contested=true").await["rows"][0]["id"].as_str().unwrap().to_owned();
    here.post(&format!("/api/inspections/{disputed}/resolve"), &item).await;
    assert_eq!(every_figure_fits(&here).await[2], 0);
}
