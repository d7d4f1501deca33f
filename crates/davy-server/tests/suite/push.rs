//! Acceptance over HTTP (`docs/sync.md` §4): every class and every refusal, and that repeating changes nothing.

use crate::device::{Device, checklist, problem};
use crate::support::{Answer, World};
use davy_core::checklist::Grade;
use davy_core::event::{FindingGraded, Payload, Verdict};
use davy_core::id::{Hash32, RootId};
use davy_protocol::accept::{Class, flag};
use reqwest::StatusCode;

async fn world_and_device() -> (World, Device) {
    let world = World::new().await;
    let person = world.inspector().await;
    let device = Device::enrol(&world, person).await;
    (world, device)
}

fn refused(answer: &Answer, status: StatusCode, code: &str) -> davy_protocol::message::Problem {
    let problem = problem(answer);
    assert_eq!((answer.status, problem.code.as_str()), (status, code), "{}", problem.message);
    problem
}

async fn log_end(world: &World) -> u64 {
    let org = world.org;
    world.admin.app().store.query(move |tx| tx.org(org)).await.unwrap().unwrap().gseq
}

#[tokio::test]
async fn a_push_is_receipted_and_its_repetition_gets_the_same_and_writes_nothing() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    let before = log_end(&world).await;
    device.inspect(world.sites[0], reference, 5);
    let segment = device.seal();
    let first = device.receipt(&device.send(&world, std::slice::from_ref(&segment)).await);
    assert_eq!((first.head_seq, first.head_eid.0), (6, device.chain.head.0));
    assert!(first.classed.is_empty());
    for _ in 0..3 {
        let again = device.receipt(&device.send(&world, std::slice::from_ref(&segment)).await);
        assert_eq!((again.head_seq, again.head_eid), (first.head_seq, first.head_eid));
    }
    assert_eq!(log_end(&world).await, before + 6, "repetition takes no place in the log");
    let hello = device.hello(&world).await;
    let receipt = davy_protocol::receipt::Receipt::verify(&hello.receipt, &device.server_key, device.org).unwrap();
    assert_eq!(receipt.head_seq, 6);
}

#[tokio::test]
async fn what_was_receipted_is_there_after_the_server_was_killed_and_started_again() {
    let (mut world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    let id = device.inspect(world.sites[0], reference, 5);
    let segment = device.seal();
    let first = device.receipt(&device.send(&world, std::slice::from_ref(&segment)).await);
    // The answer was lost with the server: the device repeats it.
    world.restart().await;
    let again = device.receipt(&device.send(&world, &[segment]).await);
    assert_eq!(again.head_eid, first.head_eid);
    let root = RootId::from(id);
    assert!(world.admin.app().store.query(move |tx| tx.aggregate(root)).await.unwrap().is_some());
    device.answer(world.sites[0], id, "item_7", Verdict::Fail);
    assert_eq!(device.push(&world).await.head_seq, 7);
}

#[tokio::test]
async fn many_segments_in_any_order_converge() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    let mut segments = Vec::new();
    for _ in 0..4 {
        device.inspect(world.sites[0], reference.clone(), 2);
        segments.push(device.seal());
    }
    let gap = refused(&device.send(&world, &segments[2..3]).await, StatusCode::CONFLICT, "gap");
    assert_eq!((gap.head_seq, gap.head_eid), (Some(0), None));
    device.receipt(&device.send(&world, &segments[..2]).await);
    let gap = refused(&device.send(&world, &segments[3..]).await, StatusCode::CONFLICT, "gap");
    assert_eq!(gap.head_seq, Some(6));
    // The known part is passed over, the new part taken.
    let receipt = device.receipt(&device.send(&world, &segments).await);
    assert_eq!(receipt.head_seq, 12);
}

#[tokio::test]
async fn a_copied_device_is_found_out_and_both_versions_are_kept() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[0], reference.clone(), 1);
    device.push(&world).await;
    // Two lives go on from one state.
    let (chain, scopes, seal, events) = (device.chain, device.scopes.clone(), device.last_seal, device.events.clone());
    device.inspect(world.sites[0], reference.clone(), 1);
    let one = device.seal();
    (device.chain, device.scopes, device.last_seal, device.events) = (chain, scopes, seal, events);
    device.inspect(world.sites[0], reference, 3);
    let two = device.seal();
    device.receipt(&device.send(&world, std::slice::from_ref(&one)).await);
    refused(&device.send(&world, std::slice::from_ref(&two)).await, StatusCode::CONFLICT, "fork");
    refused(&device.send(&world, &[two]).await, StatusCode::CONFLICT, "fork");
    device.receipt(&device.send(&world, &[one]).await);
}

#[tokio::test]
async fn altered_cut_and_foreign_segments_are_refused_with_their_place() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[0], reference.clone(), 4);
    let good = device.seal();
    let before = log_end(&world).await;
    for at in (0..good.len()).step_by(97) {
        let mut bent = good.clone();
        bent[at] ^= 0x10;
        let answer = device.send(&world, &[bent]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "byte {at}");
        assert_eq!(problem(&answer).code, "bad", "byte {at}");
    }
    refused(&device.send(&world, &[good[..good.len() - 1].to_vec()]).await, StatusCode::UNPROCESSABLE_ENTITY, "bad");
    refused(&device.send(&world, &[Vec::new()]).await, StatusCode::UNPROCESSABLE_ENTITY, "bad");
    refused(&device.post(&world, "push", b"<html>hello".to_vec()).await, StatusCode::UNPROCESSABLE_ENTITY, "bad");
    assert_eq!(log_end(&world).await, before, "nothing of it is in the log");
    let other = Device::enrol(&world, device.person).await;
    refused(&other.send(&world, std::slice::from_ref(&good)).await, StatusCode::UNPROCESSABLE_ENTITY, "bad");
    assert_eq!(device.receipt(&device.send(&world, &[good]).await).head_seq, 5, "the good one is still taken");
}

#[tokio::test]
async fn a_segment_of_another_organisation_is_worthless_here() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    device.org = world.admin.create_organisation("another").await.unwrap();
    device.inspect(world.sites[0], reference, 1);
    let foreign = device.seal();
    device.org = world.org;
    refused(&device.send(&world, &[foreign]).await, StatusCode::UNPROCESSABLE_ENTITY, "bad");
}

#[tokio::test]
async fn a_bad_segment_behind_good_ones_stops_only_itself_and_is_kept_aside_within_bounds() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[0], reference.clone(), 1);
    let good = device.seal();
    device.inspect(world.sites[0], reference, 1);
    let mut bad = device.seal();
    *bad.last_mut().unwrap() ^= 1;
    refused(&device.send(&world, &[good, bad.clone()]).await, StatusCode::UNPROCESSABLE_ENTITY, "bad");
    let stream = device.chain.stream;
    let store = std::sync::Arc::clone(&world.admin.app().store);
    let head = store.query(move |tx| tx.stream(stream)).await.unwrap().unwrap().head_seq;
    assert_eq!(head, 2, "the good one is in");
    for _ in 0..3 {
        device.send(&world, &[vec![7; 400 * 1024]]).await;
    }
    let kept = store.query(move |tx| tx.quarantined_bytes(stream, davy_core::time::Millis(0))).await.unwrap();
    assert!(kept >= bad.len() as u64 && kept <= 1024 * 1024, "{kept}");
}

#[tokio::test]
async fn oversized_and_bomb_like_bodies_are_refused_before_they_unfold() {
    let (world, device) = world_and_device().await;
    refused(&device.post(&world, "push", vec![0; 2 * 1024 * 1024 + 1]).await, StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    let zip = async |raw: &[u8], name: &str| {
        let request = world.http.post(world.org_path("push")).bearer_auth(&device.token).header("content-encoding", name.to_owned());
        Answer::read(request.body(raw.to_vec()).send().await.unwrap()).await
    };
    let bomb = zstd::bulk::compress(&vec![0; 256 * 1024 * 1024], 19).unwrap();
    assert!(bomb.len() < 64 * 1024);
    refused(&zip(&bomb, "zstd").await, StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    refused(&zip(b"not zstd", "zstd").await, StatusCode::UNPROCESSABLE_ENTITY, "zstd");
    refused(&zip(b"x", "gzip").await, StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding");
    let many = minicbor::to_vec(vec![(); 5_000]).unwrap();
    assert_eq!(device.post(&world, "push", many).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(device.post(&world, "push", vec![0x9f; 100_000]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_compressed_push_is_taken_like_a_plain_one() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[0], reference, 9);
    let segment = device.seal();
    let body = zstd::bulk::compress(&davy_protocol::segment::encode_push(&[segment]), 3).unwrap();
    let request = world.http.post(world.org_path("push")).bearer_auth(&device.token).header("content-encoding", "zstd");
    let answer = Answer::read(request.body(body).send().await.unwrap()).await;
    assert_eq!(device.receipt(&answer).head_seq, 10);
}

#[tokio::test]
async fn work_outside_of_ones_reach_is_held_and_shown_to_nobody() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    let id = device.inspect(world.sites[1], reference, 2);
    let receipt = device.push(&world).await;
    assert_eq!(receipt.classed.len(), 3);
    assert!(receipt.classed.iter().all(|held| held.class() == Some(Class::Held) && held.flags & flag::NOT_GRANTED != 0));
    let root = RootId::from(id);
    let found = world.admin.app().store.query(move |tx| Ok((tx.aggregate(root)?.is_some(), tx.held(tx.orgs()?[0].id, Some(root))?.len())));
    assert_eq!(found.await.unwrap(), (false, 3));
}

#[tokio::test]
async fn an_event_in_ones_own_scope_cannot_touch_a_record_of_another() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    let there = world.person("there", davy_core::event::Role::Inspector, Some(world.regions[1]), None).await;
    let mut owner = Device::enrol(&world, there).await;
    let id = owner.inspect(world.sites[1], reference, 3);
    owner.push(&world).await;
    // The attacker knows the id and writes about it from a site of their own.
    device.answer(world.sites[0], id, "item_0", Verdict::Fail);
    let receipt = device.push(&world).await;
    assert_eq!(receipt.classed[0].class(), Some(Class::Held));
    owner.answer(world.sites[1], id, "item_4", Verdict::Pass);
    owner.push(&world).await;
    let root = RootId::from(id);
    let row = world.admin.app().store.query(move |tx| tx.aggregate(root)).await.unwrap().unwrap();
    let folded = davy_server::ingest::document::unpack(&row.doc).unwrap();
    assert_eq!(Some(folded), owner.fold(id), "the record is as its own authors wrote it");
}

#[tokio::test]
async fn what_only_the_office_may_say_is_held_from_a_device() {
    let (world, mut device) = world_and_device().await;
    let finding = device.raise(world.sites[0], None, Grade::Major, "皮带机无防护");
    device.write(world.sites[0], finding, FindingGraded { grade: Grade::General, reason: None });
    let receipt = device.push(&world).await;
    assert_eq!(receipt.classed.len(), 1);
    assert_eq!(receipt.classed[0].flags & flag::OFFICE_ONLY, flag::OFFICE_ONLY);
    let row = world.admin.app().store.query(move |tx| tx.finding(finding.into())).await.unwrap().unwrap();
    assert_eq!((row.grade.as_str(), row.stage.as_str()), ("major", "raised"), "the grade did not fall");
}

#[tokio::test]
async fn after_a_revocation_evidence_still_comes_and_is_held() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[0], reference.clone(), 1);
    assert!(device.push(&world).await.classed.is_empty());
    assert!(world.admin.revoke(world.org, device.chain.stream).await.unwrap());
    device.inspect(world.sites[0], reference, 1);
    let receipt = device.push(&world).await;
    assert!(receipt.classed.iter().all(|held| held.flags & flag::REVOKED != 0) && receipt.classed.len() == 2);
    let hello = device.hello(&world).await;
    assert!(hello.revoked && hello.scopes.is_empty());
    device.sign_in(&world).await;
    let answer = device.pull_page(&world, world.sites[0].into(), 0, 10).await;
    refused(&answer, StatusCode::FORBIDDEN, "revoked");
}

#[tokio::test]
async fn events_of_one_record_may_arrive_before_the_one_that_creates_it() {
    let (world, mut device) = world_and_device().await;
    let mut partner = Device::enrol(&world, device.person).await;
    let reference = checklist(&world).await;
    let site = world.sites[0];
    let id = device.inspect(site, reference, 2);
    // The partner saw it by other means and answers before the creator has sent.
    partner.heads = device.heads.clone();
    partner.answer(site, id, "item_5", Verdict::Fail);
    partner.push(&world).await;
    let root = RootId::from(id);
    let store = std::sync::Arc::clone(&world.admin.app().store);
    assert!(store.query(move |tx| tx.aggregate(root)).await.unwrap().is_none(), "it waits");
    device.push(&world).await;
    let row = store.query(move |tx| tx.aggregate(root)).await.unwrap().unwrap();
    device.events.extend(partner.events.clone());
    assert_eq!(Some(davy_server::ingest::document::unpack(&row.doc).unwrap()), device.fold(id), "and is folded whole once all is here");
}

#[tokio::test]
async fn an_unknown_type_is_kept_counted_and_relayed() {
    let (world, mut device) = world_and_device().await;
    let reference = checklist(&world).await;
    let id = device.inspect(world.sites[0], reference, 1);
    device.push(&world).await;
    // A newer app writes a type that this server has never seen.
    device.write(world.sites[0], id, davy_core::event::CommentAdded { key: None, text: "hi".into() });
    let raw = device.unsent.pop().unwrap();
    let mut event = device.events.pop().unwrap();
    event.header.kind = "comment.sung".into();
    let header = davy_protocol::event::encode_header(&event.header);
    event.eid = davy_protocol::event::event_id(&header);
    event.payload = Payload::Unknown;
    device.chain.head = Hash32(event.eid.0);
    device.scopes.get_mut(&event.header.scope).unwrap().head = Hash32(event.eid.0);
    device.heads.insert(id.into(), vec![event.eid]);
    device.unsent.push(davy_protocol::RawEvent { header: header.clone(), body: raw.body });
    device.events.push(event);
    let receipt = device.push(&world).await;
    assert_eq!(receipt.classed[0].class(), Some(Class::Opaque));
    device.answer(world.sites[0], id, "item_9", Verdict::Pass);
    assert!(device.push(&world).await.classed.is_empty(), "the record goes on after it");
    let pages = device.pull(&world, world.sites[0].into(), 500).await;
    let relayed = pages.iter().flat_map(|page| &page.pages[0].runs).flat_map(|run| &run.events).any(|event| event.header == header);
    assert!(relayed, "byte for byte");
}
