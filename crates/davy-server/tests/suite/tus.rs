//! tus 1.0 from outside: what every client may rely on, and our own promises on top.

use crate::device::Device;
use crate::support::{Answer, PASSWORD, World};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use davy_core::event::Role;
use davy_core::id::BlobId;
use davy_protocol::receipt::BlobReceipt;
use reqwest::{Method, RequestBuilder, StatusCode};
use sha1::Sha1;
use sha2::{Digest, Sha256};

pub fn hash(bytes: &[u8]) -> BlobId {
    BlobId(Sha256::digest(bytes).into())
}

pub fn metadata(sha256: BlobId) -> String {
    format!("filename eC5qcGc=,sha256 {}", STANDARD.encode(sha256.to_string()))
}

/// A request with version and token.
pub fn tus(world: &World, device: &Device, method: Method, url: &str) -> RequestBuilder {
    let url = if url.starts_with('/') { format!("{}{url}", world.url) } else { url.to_owned() };
    world.http.request(method, url).bearer_auth(&device.token).header("tus-resumable", "1.0.0")
}

pub async fn create(world: &World, device: &Device, bytes: &[u8]) -> Answer {
    let request = tus(world, device, Method::POST, &world.org_path("uploads"));
    let request = request.header("upload-length", bytes.len()).header("upload-metadata", metadata(hash(bytes)));
    Answer::read(request.send().await.unwrap()).await
}

pub async fn upload_whole(world: &World, device: &Device, bytes: &[u8]) -> Answer {
    let request = tus(world, device, Method::POST, &world.org_path("uploads"));
    let request = request.header("upload-length", bytes.len()).header("upload-metadata", metadata(hash(bytes)));
    let request = request.header("content-type", "application/offset+octet-stream").body(bytes.to_vec());
    Answer::read(request.send().await.unwrap()).await
}

pub fn chunk(world: &World, device: &Device, url: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
    let request = tus(world, device, Method::PATCH, url).header("upload-offset", offset);
    request.header("content-type", "application/offset+octet-stream").body(bytes.to_vec())
}

pub async fn patch(world: &World, device: &Device, url: &str, offset: usize, bytes: &[u8]) -> Answer {
    Answer::read(chunk(world, device, url, offset, bytes).send().await.unwrap()).await
}

pub async fn head(world: &World, device: &Device, url: &str) -> Answer {
    Answer::read(tus(world, device, Method::HEAD, url).send().await.unwrap()).await
}

fn location(answer: &Answer) -> String {
    answer.header("location").expect("an upload has an address").to_owned()
}

fn offset(answer: &Answer) -> Option<usize> {
    answer.header("upload-offset").and_then(|text| text.parse().ok())
}

fn check_receipt(world: &World, device: &Device, answer: &Answer, bytes: &[u8]) {
    let signed = STANDARD.decode(answer.header("davy-receipt").expect("a complete blob is receipted")).unwrap();
    let receipt = BlobReceipt::verify(&signed, &device.server_key, world.org).unwrap();
    assert_eq!((receipt.sha256, receipt.size), (hash(bytes), bytes.len() as u64));
}

/// The bytes as they lie on the disk.
fn on_disk(world: &World, bytes: &[u8]) -> Vec<u8> {
    std::fs::read(world.admin.app().blobs.path(world.org, hash(bytes))).unwrap()
}

async fn world() -> (World, Device) {
    let world = World::new().await;
    let person = world.inspector().await;
    let device = Device::enrol(&world, person).await;
    (world, device)
}

pub fn noise(length: usize, seed: u8) -> Vec<u8> {
    let mut state = u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[tokio::test]
async fn options_tell_what_is_spoken_without_a_login() {
    let (world, _) = world().await;
    for path in ["uploads", "uploads/abc"] {
        let answer = Answer::read(world.http.request(Method::OPTIONS, world.org_path(path)).send().await.unwrap()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(answer.header("tus-version"), Some("1.0.0"));
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
        assert_eq!(answer.header("tus-extension"), Some("creation,creation-with-upload,checksum,termination,expiration"));
        assert_eq!(answer.header("tus-checksum-algorithm"), Some("sha256,sha1"));
        assert_eq!(answer.header("tus-max-size"), Some((512_u64 * 1024 * 1024).to_string().as_str()));
    }
}

#[tokio::test]
async fn an_upload_in_chunks_arrives_byte_equal_and_receipted() {
    let (world, device) = world().await;
    let bytes = noise(300_000, 1);
    let created = create(&world, &device, &bytes).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(offset(&created), Some(0));
    assert!(created.header("upload-expires").unwrap().ends_with("GMT"));
    assert_eq!(created.header("tus-resumable"), Some("1.0.0"));
    let url = location(&created);
    for (at, part) in bytes.chunks(70_000).enumerate() {
        let asked = head(&world, &device, &url).await;
        assert_eq!((asked.status, offset(&asked)), (StatusCode::OK, Some(at * 70_000)));
        assert_eq!(asked.header("upload-length"), Some("300000"));
        assert_eq!(asked.header("cache-control"), Some("no-store"));
        assert_eq!(asked.header("upload-metadata"), Some(metadata(hash(&bytes)).as_str()));
        let answer = patch(&world, &device, &url, at * 70_000, part).await;
        assert_eq!((answer.status, offset(&answer)), (StatusCode::NO_CONTENT, Some((at * 70_000 + 70_000).min(bytes.len()))));
        if at < 4 {
            assert!(answer.header("davy-receipt").is_none(), "no receipt before all is here");
            assert!(answer.header("upload-expires").is_some());
        } else {
            check_receipt(&world, &device, &answer, &bytes);
        }
    }
    assert_eq!(on_disk(&world, &bytes), bytes);
    let after = head(&world, &device, &url).await;
    assert_eq!((after.status, offset(&after)), (StatusCode::OK, Some(bytes.len())));
    check_receipt(&world, &device, &after, &bytes);
    let again = patch(&world, &device, &url, bytes.len(), b"").await;
    assert_eq!(again.status, StatusCode::NO_CONTENT, "the last answer was lost: repeating it is no harm");
    check_receipt(&world, &device, &again, &bytes);
}

#[tokio::test]
async fn a_lost_creation_finds_the_same_upload_with_what_it_has() {
    let (world, device) = world().await;
    let bytes = noise(50_000, 2);
    let one = location(&create(&world, &device, &bytes).await);
    patch(&world, &device, &one, 0, &bytes[..20_000]).await;
    let again = create(&world, &device, &bytes).await;
    assert_eq!((again.status, location(&again), offset(&again)), (StatusCode::CREATED, one.clone(), Some(20_000)));
    let other = create(&world, &device, &bytes[..49_999]).await;
    assert_ne!(location(&other), one);
    patch(&world, &device, &one, 20_000, &bytes[20_000..]).await;
    let done = create(&world, &device, &bytes).await;
    assert_eq!((done.status, offset(&done)), (StatusCode::OK, Some(bytes.len())));
    check_receipt(&world, &device, &done, &bytes);
}

#[tokio::test]
async fn a_file_may_come_with_its_announcement_whole_or_in_part() {
    let (world, device) = world().await;
    let bytes = noise(40_000, 3);
    let whole = upload_whole(&world, &device, &bytes).await;
    assert_eq!((whole.status, offset(&whole)), (StatusCode::CREATED, Some(bytes.len())));
    check_receipt(&world, &device, &whole, &bytes);
    assert_eq!(on_disk(&world, &bytes), bytes);
    let again = upload_whole(&world, &device, &bytes).await;
    assert_eq!(again.status, StatusCode::OK, "already here");
    let second = noise(40_000, 4);
    let request = tus(&world, &device, Method::POST, &world.org_path("uploads")).header("upload-length", second.len());
    let request = request.header("upload-metadata", metadata(hash(&second))).header("content-type", "application/offset+octet-stream");
    let part = Answer::read(request.body(second[..15_000].to_vec()).send().await.unwrap()).await;
    assert_eq!((part.status, offset(&part)), (StatusCode::CREATED, Some(15_000)));
    let rest = patch(&world, &device, &location(&part), 15_000, &second[15_000..]).await;
    check_receipt(&world, &device, &rest, &second);
    let empty = upload_whole(&world, &device, b"").await;
    check_receipt(&world, &device, &empty, b"");
}

#[tokio::test]
async fn wrong_requests_are_refused_each_with_its_status() {
    let (world, device) = world().await;
    let bytes = noise(1_000, 5);
    let url = location(&create(&world, &device, &bytes).await);
    let post = || tus(&world, &device, Method::POST, &world.org_path("uploads"));
    let sha = metadata(hash(&bytes));
    let huge = (512_u64 * 1024 * 1024 + 1).to_string();
    let cases: Vec<(&str, RequestBuilder, u16)> = vec![
        ("no length", post().header("upload-metadata", &sha), 400),
        ("a length that is none", post().header("upload-length", "-5").header("upload-metadata", &sha), 400),
        ("deferred length", post().header("upload-defer-length", "1").header("upload-metadata", &sha), 400),
        ("too large", post().header("upload-length", &huge).header("upload-metadata", &sha), 413),
        ("no hash", post().header("upload-length", "10"), 422),
        ("a hash that is none", post().header("upload-length", "10").header("upload-metadata", "sha256 YWJj"), 422),
        (
            "other algorithm",
            post().header("upload-length", "10").header("upload-metadata", &sha).header("upload-checksum", "md5 AAAA"),
            400,
        ),
        (
            "chunk without offset",
            tus(&world, &device, Method::PATCH, &url).header("content-type", "application/offset+octet-stream").body("x"),
            400,
        ),
        ("chunk of another type", tus(&world, &device, Method::PATCH, &url).header("upload-offset", "0").body("x"), 415),
        ("chunk at a wrong offset", chunk(&world, &device, &url, 5, b"x"), 409),
        ("more than announced", chunk(&world, &device, &url, 0, &[0; 1_001]), 413),
        ("unknown upload", chunk(&world, &device, &world.org_path(&format!("uploads/{}", "0".repeat(40))), 0, b"x"), 404),
        ("unknown upload asked", tus(&world, &device, Method::HEAD, &world.org_path("uploads/..%2f..%2fetc")), 404),
        ("get is no method of uploads", tus(&world, &device, Method::GET, &url), 405),
    ];
    for (what, request, status) in cases {
        let answer = Answer::read(request.send().await.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"), "{what}");
        assert_eq!(answer.header("davy-version"), Some("1"), "{what}");
    }
    let still = head(&world, &device, &url).await;
    assert_eq!(offset(&still), Some(0), "none of it counted");
}

#[tokio::test]
async fn another_version_of_tus_is_named_and_refused() {
    let (world, device) = world().await;
    let bytes = noise(100, 6);
    let url = location(&create(&world, &device, &bytes).await);
    for (method, target) in
        [(Method::POST, world.org_path("uploads")), (Method::PATCH, url.clone()), (Method::HEAD, url.clone()), (Method::DELETE, url)]
    {
        for version in [None, Some("0.2.2"), Some("2.0.0")] {
            let target = if target.starts_with('/') { world.path(&target) } else { target.clone() };
            let mut request = world.http.request(method.clone(), target).bearer_auth(&device.token);
            if let Some(version) = version {
                request = request.header("tus-resumable", version);
            }
            let answer = Answer::read(request.send().await.unwrap()).await;
            assert_eq!(
                (answer.status, answer.header("tus-version")),
                (StatusCode::PRECONDITION_FAILED, Some("1.0.0")),
                "{method} {version:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_chunk_counts_only_when_its_checksum_matches() {
    let (world, device) = world().await;
    let bytes = noise(30_000, 7);
    let url = location(&create(&world, &device, &bytes).await);
    let sha256 = |part: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(part)));
    let sha1 = |part: &[u8]| format!("sha1 {}", STANDARD.encode(Sha1::digest(part)));
    let send = async |at: usize, part: &[u8], checksum: String| {
        Answer::read(chunk(&world, &device, &url, at, part).header("upload-checksum", checksum).send().await.unwrap()).await
    };
    let mut bent = bytes[..10_000].to_vec();
    bent[77] ^= 1;
    for checksum in [sha256(&bytes[..10_000]), sha1(&bytes[..10_000])] {
        assert_eq!(send(0, &bent, checksum).await.status.as_u16(), 460);
        assert_eq!(offset(&head(&world, &device, &url).await), Some(0), "nothing of a bent chunk counts");
    }
    assert_eq!(send(0, &bytes[..10_000], "sha256 AAAA".into()).await.status.as_u16(), 400);
    assert_eq!(offset(&send(0, &bytes[..10_000], sha256(&bytes[..10_000])).await), Some(10_000));
    assert_eq!(offset(&send(10_000, &bytes[10_000..20_000], sha1(&bytes[10_000..20_000])).await), Some(20_000));
    let last = send(20_000, &bytes[20_000..], sha256(&bytes[20_000..])).await;
    check_receipt(&world, &device, &last, &bytes);
}

#[tokio::test]
async fn a_whole_with_another_hash_is_never_called_complete_and_can_be_sent_again() {
    let (world, device) = world().await;
    let bytes = noise(20_000, 8);
    let url = location(&create(&world, &device, &bytes).await);
    let mut bent = bytes.clone();
    bent[19_999] ^= 0x80;
    patch(&world, &device, &url, 0, &bent[..12_000]).await;
    let last = patch(&world, &device, &url, 12_000, &bent[12_000..]).await;
    assert_eq!((last.status.as_u16(), last.header("davy-receipt")), (460, None));
    assert_eq!(offset(&head(&world, &device, &url).await), Some(0), "it begins anew");
    assert!(!world.admin.app().blobs.path(world.org, hash(&bytes)).exists());
    let good = patch(&world, &device, &url, 0, &bytes).await;
    check_receipt(&world, &device, &good, &bytes);
    assert_eq!(on_disk(&world, &bytes), bytes);
}

#[tokio::test]
async fn an_upload_resumes_after_the_server_was_started_again() {
    let (mut world, device) = world().await;
    let bytes = noise(90_000, 9);
    let url = location(&create(&world, &device, &bytes).await);
    patch(&world, &device, &url, 0, &bytes[..41_000]).await;
    world.restart().await;
    let asked = head(&world, &device, &url).await;
    assert_eq!(offset(&asked), Some(41_000));
    let last = patch(&world, &device, &url, 41_000, &bytes[41_000..]).await;
    check_receipt(&world, &device, &last, &bytes);
    world.restart().await;
    let done = create(&world, &device, &bytes).await;
    assert_eq!(done.status, StatusCode::OK, "a finished one is known after a restart");
}

#[tokio::test]
async fn uploads_are_ended_by_request_and_by_time() {
    let (world, mut device) = world().await;
    let bytes = noise(5_000, 10);
    let url = location(&create(&world, &device, &bytes).await);
    patch(&world, &device, &url, 0, &bytes[..1_000]).await;
    let ended = Answer::read(tus(&world, &device, Method::DELETE, &url).send().await.unwrap()).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(head(&world, &device, &url).await.status, StatusCode::NOT_FOUND);
    assert_eq!(offset(&create(&world, &device, &bytes).await), Some(0), "it begins anew");
    patch(&world, &device, &url, 0, &bytes[..1_000]).await;
    world.clock.advance(15 * 24 * 60 * 60 * 1000);
    device.sign_in(&world).await;
    assert_eq!(head(&world, &device, &url).await.status, StatusCode::GONE);
    assert_eq!(davy_server::uploads::sweep::sweep(world.admin.app()).await.unwrap(), 1);
    assert_eq!(head(&world, &device, &url).await.status, StatusCode::NOT_FOUND);
    let parts = std::fs::read_dir(world.folder.path().join("uploads")).unwrap().count();
    assert_eq!(parts, 0, "its bytes are gone");
    let done = upload_whole(&world, &device, &bytes).await;
    let refused = Answer::read(tus(&world, &device, Method::DELETE, &location(&done)).send().await.unwrap()).await;
    assert_eq!(refused.status, StatusCode::GONE, "evidence is not removed");
    assert_eq!(on_disk(&world, &bytes), bytes);
}

#[tokio::test]
async fn a_client_behind_a_strict_proxy_may_name_its_method_in_a_header() {
    let (world, device) = world().await;
    let bytes = noise(100, 11);
    let url = location(&create(&world, &device, &bytes).await);
    let request = tus(&world, &device, Method::POST, &url).header("x-http-method-override", "PATCH").header("upload-offset", 0);
    let request = request.header("content-type", "application/offset+octet-stream").body(bytes.clone());
    let answer = Answer::read(request.send().await.unwrap()).await;
    check_receipt(&world, &device, &answer, &bytes);
}

#[tokio::test]
async fn strangers_cannot_upload_and_a_revoked_device_still_can() {
    let (world, device) = world().await;
    let bytes = noise(100, 12);
    let bare = world.http.post(world.org_path("uploads")).header("tus-resumable", "1.0.0").send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    let other = world.admin.create_organisation("another").await.unwrap();
    let there = format!("{}/v1/orgs/{other}/uploads", world.url);
    let request = tus(&world, &device, Method::POST, &there).header("upload-length", 1).header("upload-metadata", metadata(hash(&bytes)));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    world.admin.revoke(world.org, device.chain.stream).await.unwrap();
    assert_eq!(upload_whole(&world, &device, &bytes).await.status, StatusCode::CREATED, "evidence is never refused");
}

#[tokio::test]
async fn a_signed_in_person_may_upload_with_the_second_token() {
    let (world, _) = world().await;
    world.person("zhou", Role::Supervisor, Some(world.regions[0]), None).await;
    let browser = crate::support::Browser::sign_in(&world, "zhou", PASSWORD).await.unwrap();
    let bytes = noise(100, 13);
    let request = |csrf: &str| {
        let request = world.http.post(world.org_path("uploads")).header("cookie", &browser.cookie).header("x-davy-csrf", csrf);
        let request = request.header("tus-resumable", "1.0.0").header("upload-length", bytes.len());
        let request = request.header("upload-metadata", metadata(hash(&bytes)));
        request.header("content-type", "application/offset+octet-stream").body(bytes.clone()).send()
    };
    assert_eq!(request("").await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(request(&browser.csrf).await.unwrap().status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_blob_is_read_whole_or_in_part_and_expected_ones_are_told_apart() {
    use davy_core::event::{BlobRef, BlobRole, CommentAdded};
    let (world, mut device) = world().await;
    let bytes = noise(10_000, 14);
    let (id, missing) = (hash(&bytes), hash(b"not here yet"));
    let named =
        |sha256: BlobId, media_type: &str| BlobRef { sha256, size: 10_000, media_type: media_type.into(), role: BlobRole::Original };
    let finding = device.raise(world.sites[0], None, davy_core::checklist::Grade::General, "x");
    let said = CommentAdded { key: None, text: "x".into() };
    device.write_with(world.sites[0], finding, said, vec![named(id, "image/jpeg"), named(missing, "text/html")]);
    device.push(&world).await;
    let get = |sha256: BlobId| world.http.get(world.org_path(&format!("blobs/{sha256}"))).bearer_auth(&device.token);
    let waiting = Answer::read(get(id).send().await.unwrap()).await;
    assert_eq!((waiting.status, waiting.header("davy-expected")), (StatusCode::NOT_FOUND, Some("1")));
    let unknown = Answer::read(get(hash(b"?")).send().await.unwrap()).await;
    assert_eq!((unknown.status, unknown.header("davy-expected")), (StatusCode::NOT_FOUND, None));
    upload_whole(&world, &device, &bytes).await;
    let whole = Answer::read(get(id).send().await.unwrap()).await;
    assert_eq!((whole.status, &whole.body), (StatusCode::OK, &bytes));
    assert_eq!(whole.header("content-type"), Some("image/jpeg"));
    assert_eq!(whole.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    assert_eq!(whole.header("repr-digest"), Some(format!("sha-256=:{}:", STANDARD.encode(id.as_bytes())).as_str()));
    for (range, expected, said) in [
        ("bytes=0-99", &bytes[..100], "bytes 0-99/10000"),
        ("bytes=9990-", &bytes[9_990..], "bytes 9990-9999/10000"),
        ("bytes=-10", &bytes[9_990..], "bytes 9990-9999/10000"),
        ("bytes=9990-20000", &bytes[9_990..], "bytes 9990-9999/10000"),
    ] {
        let part = Answer::read(get(id).header("range", range).send().await.unwrap()).await;
        assert_eq!(
            (part.status, &part.body[..], part.header("content-range")),
            (StatusCode::PARTIAL_CONTENT, expected, Some(said)),
            "{range}"
        );
    }
    let beyond = Answer::read(get(id).header("range", "bytes=10000-").send().await.unwrap()).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    upload_whole(&world, &device, b"not here yet").await;
    let page = Answer::read(get(missing).send().await.unwrap()).await;
    assert_eq!(page.header("content-type"), Some("application/octet-stream"), "what could run in a browser is a download");
    assert!(page.header("content-disposition").unwrap().starts_with("attachment"));
}
