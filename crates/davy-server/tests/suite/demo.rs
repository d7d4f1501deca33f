//! The demo organisation: made once, found again, and real.

use crate::support::{Browser, World};
use davy_server::demo::{SeedRequest, seed};

#[tokio::test]
async fn the_demo_is_made_once_and_its_inspections_are_signed_like_any_others() {
    let world = World::new().await;
    let checklists = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checklists");
    let request = SeedRequest { checklists, url: world.url.clone() };
    let one = seed(&world.admin, &request).await.unwrap();
    let two = seed(&world.admin, &request).await.unwrap();
    assert_eq!(one.organisation, two.organisation);
    assert_ne!(one.code, two.code, "each call gives a fresh code for the tablet");
    assert!(one.logins.len() >= 6);
    for login in &two.logins {
        assert!(Browser::sign_in(&world, &login.login, &login.password).await.is_ok(), "{}", login.login);
    }
    let browser = Browser::sign_in(&world, "supervisor", &one.logins[1].password).await.unwrap();
    let list = browser.read("/api/inspections").await;
    let mut stages: Vec<&str> = list["rows"].as_array().unwrap().iter().map(|row| row["stage"].as_str().unwrap()).collect();
    stages.sort_unstable();
    assert_eq!(stages, ["accepted", "returned", "submitted"]);
    for row in list["rows"].as_array().unwrap() {
        assert_eq!((row["summary"]["open"].as_u64(), row["summary"]["failed_without_finding"].as_u64()), (Some(0), Some(0)), "{row}");
        assert_eq!(row["photos_here"], row["photos_total"]);
        let page = browser.read(&format!("/api/inspections/{}", row["id"].as_str().unwrap())).await;
        assert!(page["seals"].as_array().unwrap().iter().all(|seal| seal["state"] == "verified"));
        for photo in page["evidence"].as_array().unwrap() {
            assert_eq!((photo["state"].as_str(), photo["thumbnail_here"].as_bool()), (Some("here"), Some(true)));
            let bytes = browser.get(&format!("/api/blobs/{}", photo["sha256"].as_str().unwrap())).await;
            assert!(bytes.body.starts_with(&[0xff, 0xd8]), "a real JPEG");
        }
    }
    assert!(browser.read("/api/assignments").await.as_array().unwrap().len() >= 3);
    assert!(browser.read("/api/sites").await["total"].as_u64().unwrap() >= 4);
}
