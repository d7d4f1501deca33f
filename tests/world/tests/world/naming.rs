//! Whatever stands between a tablet and its server is named for what it is, and nothing is lost by it.

use davy_core::event::Verdict;
use davy_store::DeliveryStage;
use davy_sync::{Cause, HttpConfig};
use davy_world::portal::Portal;
use davy_world::proxy::{Fate, FaultProxy};
use davy_world::{Device, World};
use std::path::PathBuf;
use std::time::Duration;

async fn cause(tablet: &mut Device) -> (Cause, String) {
    let outcome = tablet.sync().await;
    let problem = outcome.problem.expect("something stands in the way");
    let noted = tablet.store().issues().unwrap();
    assert!(noted.iter().any(|issue| issue.key == davy_sync::driver::ISSUE && issue.next_at.is_some()), "{noted:?}");
    assert!(outcome.next_in_ms <= 3_601_000, "there is always a next attempt");
    (problem.cause, problem.detail)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_answers_in_the_servers_place_is_named() {
    let mut world = World::new(50).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    let html = "content-type: text/html\r\n";
    let login = "<html><title>Guest WiFi</title></html>";
    let table = [
        ("200 OK", html, login, Cause::CaptivePortal),
        ("302 Found", "location: http://10.0.0.1/login\r\n", "", Cause::CaptivePortal),
        ("511 Network Authentication Required", html, login, Cause::CaptivePortal),
        ("404 Not Found", html, login, Cause::CaptivePortal),
        ("204 No Content", "", "", Cause::CaptivePortal),
        ("502 Bad Gateway", html, "<h1>502</h1>", Cause::ServerError),
        ("503 Service Unavailable", "retry-after: 7\r\n", "", Cause::ServerError),
        ("500 Internal Server Error", "davy-version: 1\r\n", "", Cause::ServerError),
        ("507 Insufficient Storage", "davy-version: 1\r\n", "", Cause::ServerFull),
        ("429 Too Many Requests", "davy-version: 1\r\nretry-after: 30\r\n", "", Cause::Throttled),
        ("426 Upgrade Required", "davy-version: 1\r\n", "", Cause::Version),
        ("200 OK", "davy-version: 9\r\n", "", Cause::Version),
        ("200 OK", "davy-version: 1\r\n", "not cbor", Cause::Internal),
    ];
    for (status, headers, body, expected) in table {
        let portal = Portal::answering(status, headers, body).await;
        tablet = tablet.moved_to(&portal.url());
        let (found, detail) = cause(&mut tablet).await;
        assert_eq!(found, expected, "{status}: {detail}");
        assert_ne!(tablet.stage(inspection), DeliveryStage::Delivered);
    }
    tablet = tablet.moved_to(&world.url());
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    assert!(tablet.store().issues().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_no_name_and_silence_are_told_apart() {
    let mut world = World::new(51).await;
    let tablet = world.device(0).await;
    let quick = HttpConfig { stall: Duration::from_millis(400), connect: Duration::from_secs(2), ..HttpConfig::default() };
    let mut tablet = tablet.with_http(quick);
    tablet.settle().await;

    // Nobody listens: a port that was just given back.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    tablet = tablet.moved_to(&format!("http://{nobody}"));
    assert_eq!(cause(&mut tablet).await.0, Cause::ServerUnreachable);

    // Names under `.invalid` exist nowhere.
    tablet = tablet.moved_to("http://davy.invalid");
    assert_eq!(cause(&mut tablet).await.0, Cause::NoNetwork);

    // Taken and never answered.
    let proxy = FaultProxy::start(world.address()).await;
    proxy.next(std::iter::repeat_n(Fate::Swallow, 50));
    tablet = tablet.moved_to(&proxy.url());
    let (found, detail) = cause(&mut tablet).await;
    assert_eq!(found, Cause::ServerUnreachable);
    assert!(detail.contains("no byte moved"), "{detail}");

    // An answer that ends in the middle.
    let half = Portal::raw(b"HTTP/1.1 200 OK\r\ndavy-version: 1\r\ncontent-length: 1000\r\n\r\nabc".to_vec()).await;
    tablet = tablet.moved_to(&half.url());
    assert_eq!(cause(&mut tablet).await.0, Cause::ServerUnreachable);

    tablet = tablet.moved_to(&world.url());
    tablet.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_on_which_bytes_only_trickle_is_slow_and_not_down() {
    let mut world = World::new(52).await;
    let proxy = FaultProxy::start(world.address()).await;
    let slow = HttpConfig { stall: Duration::from_secs(2), ..HttpConfig::default() };
    let tablet = world.device_through(0, &proxy.url(), davy_world::device::small_steps()).await;
    let mut tablet = tablet.with_http(slow);
    // A first exchange of about 5 KB, 64 bytes every 40 ms: longer in all than the stall time, never silent for as long.
    proxy.next(std::iter::repeat_n(Fate::Trickle(40), 20));
    let began = tablet.faults.requests();
    let outcome = tablet.sync().await;
    assert_eq!(outcome.problem, None);
    assert!(tablet.faults.requests() > began);
}

/// A server with one of the certificates of the fixtures.
async fn tls_server(world: &World, name: &str) -> davy_server::RunningServer {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let config = davy_server::Config {
        tls_certificate: Some(fixtures.join(format!("{name}.pem"))),
        tls_key: Some(fixtures.join(format!("{name}.key.pem"))),
        ..davy_server::Config::local(world.dir().join(format!("tls-{name}")))
    };
    davy_server::Server::start(config).await.unwrap()
}

fn trusting(name: &str) -> HttpConfig {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    HttpConfig { extra_roots: Some(std::fs::read(fixtures.join(format!("{name}.pem"))).unwrap()), ..HttpConfig::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_certificate_and_a_wrong_clock_are_told_apart() {
    let mut world = World::new(53).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.answer(inspection, "fence", Verdict::Pass);

    let server = tls_server(&world, "valid").await;
    tablet = tablet.moved_to(&server.url());
    let (found, detail) = cause(&mut tablet).await;
    assert_eq!(found, Cause::Certificate, "nobody vouches for it: {detail}");
    // Trusted, the handshake passes; this server does not know the device, which is another matter.
    tablet = tablet.with_http(trusting("valid"));
    let (found, detail) = cause(&mut tablet).await;
    assert!(!matches!(found, Cause::Certificate | Cause::Clock | Cause::CaptivePortal), "{detail}");

    for (name, expected) in [("ended", Cause::Clock), ("future", Cause::Clock)] {
        let server = tls_server(&world, name).await;
        tablet = tablet.moved_to(&server.url()).with_http(trusting(name));
        let (found, detail) = cause(&mut tablet).await;
        assert_eq!(found, expected, "{name}: {detail}");
    }

    // Plain text on the TLS port.
    let portal = Portal::answering("200 OK", "", "hello").await;
    tablet = tablet.moved_to(&portal.https());
    assert_eq!(cause(&mut tablet).await.0, Cause::CaptivePortal);
    assert_eq!(tablet.stage(inspection), DeliveryStage::Saved.max(tablet.stage(inspection)), "nothing was lost");

    tablet = tablet.moved_to(&world.url()).with_http(HttpConfig::default());
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
}
