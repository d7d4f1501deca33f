//! Who sees what: every role in every position against every read.

use crate::device::{Device, checklist};
use crate::support::World;
use davy_core::checklist::Grade;
use davy_core::event::{BlobRef, BlobRole, EvidenceAttached, PhotoSource, Role};
use davy_core::id::{BlobId, FindingId, InspectionId, RegionId, SiteId};
use davy_protocol::message::PullResponse;
use reqwest::StatusCode;
use sha2::{Digest, Sha256};

/// One inspection with a finding and a photograph at each site.
struct Records {
    inspections: Vec<InspectionId>,
    findings: Vec<FindingId>,
    blobs: Vec<BlobId>,
}

async fn records(world: &World) -> Records {
    let reference = checklist(world).await;
    let mut records = Records { inspections: Vec::new(), findings: Vec::new(), blobs: Vec::new() };
    for (at, site) in world.sites.into_iter().enumerate() {
        let person = world.person(&format!("author{at}"), Role::Inspector, Some(world.regions[at]), None).await;
        let mut device = Device::enrol(world, person).await;
        let id = device.inspect(site, reference.clone(), 3);
        let finding = device.raise(site, Some(id), Grade::Major, "皮带机无防护栏");
        let bytes = format!("photo {at}").into_bytes();
        let blob = BlobId(Sha256::digest(&bytes).into());
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
        let named = BlobRef { sha256: blob, size: bytes.len() as u64, media_type: "image/jpeg".into(), role: BlobRole::Original };
        device.write_with(site, finding, attached, vec![named]);
        device.submit(site, id);
        device.push(world).await;
        assert_eq!(crate::tus::upload_whole(world, &device, &bytes).await.status, StatusCode::CREATED);
        records.inspections.push(id);
        records.findings.push(finding);
        records.blobs.push(blob);
    }
    records
}

/// Login, role, region, site, and which of the two sites they reach.
type Position = (&'static str, Role, Option<usize>, Option<usize>, [bool; 2]);

const POSITIONS: [Position; 13] = [
    ("admin", Role::Administrator, None, None, [true, true]),
    ("admin-here", Role::Administrator, Some(0), None, [true, true]),
    ("auditor", Role::Auditor, None, None, [true, true]),
    ("auditor-there", Role::Auditor, Some(1), None, [false, true]),
    ("committee", Role::Committee, None, None, [true, true]),
    ("committee-here", Role::Committee, Some(0), None, [true, false]),
    ("supervisor-here", Role::Supervisor, Some(0), None, [true, false]),
    ("supervisor-there", Role::Supervisor, Some(1), None, [false, true]),
    ("supervisor-nowhere", Role::Supervisor, None, None, [false, false]),
    ("inspector-here", Role::Inspector, Some(0), None, [true, false]),
    ("inspector-nowhere", Role::Inspector, None, None, [false, false]),
    ("officer-there", Role::EnterpriseOfficer, None, Some(1), [false, true]),
    ("officer-nowhere", Role::EnterpriseOfficer, None, None, [false, false]),
];

#[tokio::test]
async fn every_role_in_every_position_sees_its_own_and_nothing_else() {
    let world = World::new().await;
    let records = records(&world).await;
    for (login, role, region, site, reach) in POSITIONS {
        let region: Option<RegionId> = region.map(|at| world.regions[at]);
        let at: Option<SiteId> = site.map(|at| world.sites[at]);
        let person = world.person(login, role, region, at).await;
        let browser = world.sign_in(login).await;
        for at in 0..2 {
            let expected = if reach[at] { StatusCode::OK } else { StatusCode::NOT_FOUND };
            let reads = [
                format!("/api/inspections/{}", records.inspections[at]),
                format!("/api/findings/{}", records.findings[at]),
                format!("/api/sites/{}", world.sites[at]),
                format!("/api/blobs/{}", records.blobs[at]),
            ];
            for path in reads {
                let answer = browser.get(&path).await;
                assert_eq!(answer.status, expected, "{login} {path}");
                if expected == StatusCode::NOT_FOUND {
                    let unknown = browser.get(&format!("{}{}", &path[..path.len() - 2], "00")).await;
                    assert_eq!(unknown.body, answer.body, "{login} {path}: out of reach looks like not there");
                }
            }
            let site = world.sites[at];
            for list in ["inspections", "findings"] {
                let all = browser.read(&format!("/api/{list}")).await;
                let shown = all["rows"].as_array().unwrap().iter().any(|row| row["site"] == site.to_string());
                assert_eq!(shown, reach[at], "{login} {list}");
                assert_eq!(all["total"], reach.iter().filter(|inside| **inside).count(), "{login} {list}");
                let narrowed = browser.read(&format!("/api/{list}?site={site}")).await;
                assert_eq!(narrowed["total"], usize::from(reach[at]), "{login} {list} of one site");
                let region = browser.read(&format!("/api/{list}?region={}", world.regions[at])).await;
                assert_eq!(region["total"], usize::from(reach[at]), "{login} {list} of one region");
            }
            let sites = browser.read("/api/sites").await;
            assert_eq!(sites["rows"].as_array().unwrap().iter().any(|row| row["id"] == site.to_string()), reach[at], "{login} sites");
        }
        let hits = browser.read("/api/search?q=%E7%9A%AE%E5%B8%A6%E6%9C%BA").await;
        let inside = reach.iter().filter(|inside| **inside).count();
        assert_eq!(hits.as_array().unwrap().iter().filter(|hit| hit["kind"] == "finding").count(), inside, "{login} search");
        let short = browser.read("/api/search?q=%E6%A0%8F").await;
        assert_eq!(short.as_array().unwrap().iter().filter(|hit| hit["kind"] == "finding").count(), inside, "{login} short search");
        let desk = browser.read("/api/dashboard").await;
        assert_eq!(
            (desk["to_review"].as_u64(), desk["findings"]["major"].as_u64()),
            (Some(inside as u64), Some(inside as u64)),
            "{login} desk"
        );
        devices_see_the_same(&world, &records, person, login, reach).await;
        let system = browser.get("/api/system").await.status;
        let may = matches!(role, Role::Administrator | Role::Auditor);
        assert_eq!(system, if may { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{login} system");
    }
}

async fn devices_see_the_same(world: &World, records: &Records, person: davy_core::id::PersonId, login: &str, reach: [bool; 2]) {
    let device = Device::enrol(world, person).await;
    let granted = device.hello(world).await.scopes;
    for (at, reaches) in reach.into_iter().enumerate() {
        let scope = world.sites[at].into();
        assert_eq!(granted.iter().any(|position| position.scope == scope), reaches, "{login} device");
        let answer = device.pull_page(world, scope, 0, 500).await;
        if reaches {
            let page: PullResponse = minicbor::decode(&answer.body).unwrap();
            assert!(!page.pages[0].runs.is_empty(), "{login} device");
        } else {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{login} device");
        }
        let blob = world.http.get(world.org_path(&format!("blobs/{}", records.blobs[at]))).bearer_auth(&device.token).send().await.unwrap();
        assert_eq!(blob.status(), if reaches { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{login} device blob");
    }
}

#[tokio::test]
async fn nobody_sees_anything_without_signing_in() {
    let world = World::new().await;
    let id = "01a20b1e-0e8b-7433-98f4-0b2bd82e54d1";
    let hash = "ab".repeat(32);
    let paths = [
        "session",
        "dashboard",
        "inspections",
        "findings",
        "sites",
        "regions",
        "people",
        "assignments",
        "enrolment-codes",
        "devices",
        "checklists",
        "search?q=a",
        "system",
        "events",
    ];
    let details = [
        format!("inspections/{id}"),
        format!("findings/{id}"),
        format!("sites/{id}"),
        format!("blobs/{hash}"),
        format!("checklists/{hash}"),
    ];
    for path in paths.into_iter().map(str::to_owned).chain(details) {
        let answer = world.http.get(world.path(&format!("/api/{path}"))).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["hello", "push", "pull"] {
        let answer = world.http.post(world.org_path(path)).body(vec![0xa0]).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn people_of_another_organisation_see_nothing_of_this_one() {
    let world = World::new().await;
    let records = records(&world).await;
    let other = world.admin.create_organisation("另一个").await.unwrap();
    let set = davy_core::event::PersonSet { name: "外人".into(), role: Role::Administrator, active: true, badge: None };
    let new = davy_server::admin::NewPerson {
        id: None,
        set,
        login: Some("stranger".into()),
        password: Some(crate::support::PASSWORD.into()),
        region: None,
        site: None,
    };
    world.admin.put_person(other, new).await.unwrap();
    let browser = world.sign_in("stranger").await;
    for path in [
        format!("inspections/{}", records.inspections[0]),
        format!("findings/{}", records.findings[0]),
        format!("blobs/{}", records.blobs[0]),
    ] {
        assert_eq!(browser.get(&format!("/api/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for list in ["inspections", "findings", "sites"] {
        assert_eq!(browser.read(&format!("/api/{list}")).await["total"], 0, "{list}");
    }
    assert_eq!(browser.read("/api/people").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_assignment_opens_its_site_to_the_person_it_names() {
    use davy_core::event::{AssignmentSet, AssignmentState, InspectionKind};
    let world = World::new().await;
    let reference = checklist(&world).await;
    let person = world.inspector().await;
    let device = Device::enrol(&world, person).await;
    assert_eq!(device.hello(&world).await.scopes.len(), 2);
    let mut set = AssignmentSet {
        site: world.sites[1],
        checklist: reference.id,
        kind: InspectionKind::Patrol,
        assignees: vec![person],
        due: None,
        note: None,
        state: AssignmentState::Open,
    };
    let id = world.admin.put_assignment(world.org, None, set.clone()).await.unwrap();
    assert_eq!(device.hello(&world).await.scopes.len(), 3);
    set.state = AssignmentState::Withdrawn;
    world.admin.put_assignment(world.org, Some(id), set).await.unwrap();
    assert_eq!(device.hello(&world).await.scopes.len(), 2, "and closes it when it is withdrawn");
}
