//! Uploads under bad lines: cut at any byte, resumed at once, taken over, many at a time.

use crate::device::Device;
use crate::support::World;
use crate::tus::{create, hash, head, noise, patch};
use reqwest::StatusCode;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn world() -> (Arc<World>, Arc<Device>) {
    let world = World::new().await;
    let person = world.inspector().await;
    let device = Device::enrol(&world, person).await;
    (Arc::new(world), Arc::new(device))
}

/// Announces `announced` bytes at an offset, sends fewer, and drops the connection (or holds it open).
async fn broken_patch(world: &World, device: &Device, url: &str, offset: usize, announced: usize, sent: &[u8]) -> TcpStream {
    let address = world.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PATCH {url} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ntus-resumable: 1.0.0\r\nupload-offset: {offset}\r\n\
         content-type: application/offset+octet-stream\r\ncontent-length: {announced}\r\n\r\n",
        device.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(sent).await.unwrap();
    socket.flush().await.unwrap();
    socket
}

/// Goes on from wherever the server stands until the receipt is there.
async fn finish(world: &World, device: &Device, url: &str, bytes: &[u8]) -> usize {
    let mut attempts = 0;
    loop {
        attempts += 1;
        assert!(attempts < 50, "it converges");
        let asked = head(world, device, url).await;
        if asked.status == StatusCode::LOCKED {
            continue;
        }
        let at: usize = asked.header("upload-offset").unwrap().parse().unwrap();
        let answer = patch(world, device, url, at, &bytes[at..]).await;
        match answer.status.as_u16() {
            204 if answer.header("davy-receipt").is_some() => return attempts,
            204 | 409 | 423 | 460 => {}
            other => panic!("{other}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_and_sixty_uploads_cut_half_way_and_resumed_at_once_are_all_byte_equal() {
    let (world, device) = world().await;
    let one = |n: usize| {
        let (world, device) = (Arc::clone(&world), Arc::clone(&device));
        tokio::spawn(async move {
            let bytes = noise(60_000 + n * 997, n as u8);
            let url = create(&world, &device, &bytes).await.header("location").unwrap().to_owned();
            let cut = (n * 7_919) % bytes.len();
            let socket = broken_patch(&world, &device, &url, 0, bytes.len(), &bytes[..cut]).await;
            // Half of the dead connections stay open: the next request must take over.
            let kept = if n.is_multiple_of(2) { Some(socket) } else { None };
            finish(&world, &device, &url, &bytes).await;
            drop(kept);
            let stored = std::fs::read(world.admin.app().blobs.path(world.org, hash(&bytes))).unwrap();
            assert_eq!(stored, bytes, "upload {n} cut at {cut}");
        })
    };
    for task in (0..160).map(one).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let totals = world.admin.app().store.query(|tx| tx.blob_totals()).await.unwrap();
    assert_eq!(totals.count, 160);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_came_before_a_cut_are_kept_and_counted() {
    let (world, device) = world().await;
    let bytes = noise(200_000, 1);
    let url = create(&world, &device, &bytes).await.header("location").unwrap().to_owned();
    let mut socket = broken_patch(&world, &device, &url, 0, bytes.len(), &bytes[..77_777]).await;
    socket.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    let asked = head(&world, &device, &url).await;
    assert_eq!(asked.header("upload-offset"), Some("77777"), "it resumes at the byte");
    finish(&world, &device, &url, &bytes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_connection_gives_way_to_a_newer_request() {
    let (world, device) = world().await;
    let bytes = noise(100_000, 2);
    let url = create(&world, &device, &bytes).await.header("location").unwrap().to_owned();
    let stalled = broken_patch(&world, &device, &url, 0, bytes.len(), &bytes[..10_000]).await;
    let attempts = finish(&world, &device, &url, &bytes).await;
    assert!(attempts <= 3);
    drop(stalled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_file_sent_by_many_at_once_is_stored_once_and_right() {
    let (world, device) = world().await;
    let bytes = Arc::new(noise(150_000, 3));
    let one = |_| {
        let (world, device, bytes) = (Arc::clone(&world), Arc::clone(&device), Arc::clone(&bytes));
        tokio::spawn(async move {
            for _ in 0..50 {
                let answer = crate::tus::upload_whole(&world, &device, &bytes).await;
                if answer.header("davy-receipt").is_some() {
                    return;
                }
                assert!(
                    [201, 409, 423, 404].contains(&answer.status.as_u16()),
                    "{} {}",
                    answer.status,
                    String::from_utf8_lossy(&answer.body)
                );
                if let Some(url) = answer.header("location") {
                    finish(&world, &device, url, &bytes).await;
                    return;
                }
            }
            panic!("no receipt");
        })
    };
    for task in (0..12).map(one).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let stored = std::fs::read(world.admin.app().blobs.path(world.org, hash(&bytes))).unwrap();
    assert_eq!(stored, *bytes);
    assert_eq!(world.admin.app().store.query(|tx| tx.blob_totals()).await.unwrap().count, 1);
}
