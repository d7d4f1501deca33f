//! Pages of a feed: the same whatever their size, verifiable, within the reader's reach.

use crate::device::{Device, checklist, problem};
use crate::support::{Answer, World};
use davy_core::checklist::Grade;
use davy_core::event::Role;
use davy_core::id::{EventId, ScopeId};
use davy_protocol::accept::Class;
use davy_protocol::event::{body_hash, decode_header, event_id};
use davy_protocol::feed::{ScopeHead, accumulate, accumulator_start};
use davy_protocol::message::PullResponse;
use reqwest::StatusCode;

/// Checks pages as a careful reader does; returns event ids in feed order and those without a body.
fn verify(device: &Device, scope: ScopeId, pages: &[PullResponse]) -> (Vec<EventId>, Vec<EventId>) {
    let (mut acc, mut pos, mut gseq) = (accumulator_start(device.org, scope), 0, 0);
    let (mut seen, mut bare) = (Vec::new(), Vec::new());
    for response in pages {
        let page = &response.pages[0];
        assert_eq!(page.after, pos, "a page follows its cursor");
        for run in &page.runs {
            assert_eq!(run.events.len(), run.records.len());
            let info = response.streams.iter().find(|info| info.stream == run.stream).expect("its stream is described");
            assert_eq!(davy_protocol::enrol::stream_id(&info.record), run.stream);
            let key = davy_protocol::VerifyingKey::from_bytes(&info.key).unwrap();
            let seal = davy_protocol::seal::verify(&run.seal, &key, device.org).expect("the seal is the stream's");
            for (raw, record) in run.events.iter().zip(&run.records) {
                let eid = event_id(&raw.header);
                let header = decode_header(&raw.header).unwrap();
                assert_eq!((eid, header.stream, header.scope), (record.eid, run.stream, scope));
                assert!((seal.from_seq..=seal.to_seq).contains(&header.seq));
                match &raw.body {
                    Some(body) => assert_eq!(body_hash(body), header.bh),
                    None => {
                        assert_eq!(record.class, Class::Held.code(), "only held content is withheld");
                        bare.push(eid);
                    }
                }
                assert!(record.gseq > gseq, "the log runs forward");
                gseq = record.gseq;
                acc = accumulate(acc, record);
                seen.push(eid);
                pos += 1;
            }
        }
        assert_eq!(page.next, pos);
    }
    let last = &pages.last().unwrap().pages[0];
    let head = ScopeHead::verify(last.head.as_ref().expect("the end is signed"), &device.server_key, device.org).unwrap();
    assert_eq!((head.pos, head.acc, head.scope), (pos, acc, scope), "nothing was left out");
    (seen, bare)
}

#[tokio::test]
async fn any_page_size_gives_the_same_feed_and_the_end_is_signed() {
    let world = World::new().await;
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    let reference = checklist(&world).await;
    for n in 0..5 {
        let id = device.inspect(world.sites[0], reference.clone(), n);
        device.raise(world.sites[0], Some(id), Grade::General, "照明不足");
        device.push(&world).await;
    }
    let mut reader = Device::enrol(&world, person).await;
    reader.sign_in(&world).await;
    let scope = ScopeId::from(world.sites[0]);
    let (whole, bare) = verify(&reader, scope, &reader.pull(&world, scope, 500).await);
    assert!(bare.is_empty());
    let own: Vec<EventId> = device.events.iter().map(|event| event.eid).collect();
    assert_eq!(whole[whole.len() - own.len()..], own, "in the order in which they came");
    for limit in [1, 2, 3, 7, 16] {
        assert_eq!(verify(&reader, scope, &reader.pull(&world, scope, limit).await).0, whole, "limit {limit}");
    }
    // The directory and the checklist are there for everybody.
    let (root, _) = verify(&reader, ScopeId::ROOT, &reader.pull(&world, ScopeId::ROOT, 500).await);
    assert!(root.len() >= 4);
    let hello = reader.hello(&world).await;
    let ends: Vec<_> = hello.scopes.iter().map(|position| (position.scope, position.pos)).collect();
    assert_eq!(ends, [(ScopeId::ROOT, root.len() as u64), (scope, whole.len() as u64)], "one's own region and the directory");
}

#[tokio::test]
async fn a_cursor_inside_a_run_gets_the_rest_of_it() {
    let world = World::new().await;
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[0], reference, 9);
    device.push(&world).await;
    let scope = ScopeId::from(world.sites[0]);
    let all: PullResponse = minicbor::decode(&device.pull_page(&world, scope, 0, 500).await.body).unwrap();
    let all: Vec<_> = all.pages[0].runs.iter().flat_map(|run| run.events.clone()).collect();
    for after in 0..=all.len() {
        let part: PullResponse = minicbor::decode(&device.pull_page(&world, scope, after as u64, 500).await.body).unwrap();
        let part: Vec<_> = part.pages[0].runs.iter().flat_map(|run| run.events.clone()).collect();
        assert_eq!(part, all[after..], "after {after}");
    }
    let beyond: PullResponse = minicbor::decode(&device.pull_page(&world, scope, 9_999, 500).await.body).unwrap();
    assert!(beyond.pages[0].runs.is_empty() && !beyond.pages[0].more);
}

#[tokio::test]
async fn a_run_over_several_scopes_shows_each_reader_only_their_own() {
    let world = World::new().await;
    let both = world.person("both", Role::Administrator, None, None).await;
    let mut device = Device::enrol(&world, both).await;
    let reference = checklist(&world).await;
    let (here, there) = (world.sites[0], world.sites[1]);
    let (one, two) = (device.inspect(here, reference.clone(), 1), device.inspect(there, reference, 1));
    for n in 0..6 {
        device.answer(
            if n % 2 == 0 { here } else { there },
            if n % 2 == 0 { one } else { two },
            &format!("item_{n}"),
            davy_core::event::Verdict::Pass,
        );
    }
    device.push(&world).await;
    for (site, limit) in [(here, 500), (there, 500), (here, 1), (there, 2)] {
        let scope = ScopeId::from(site);
        let (seen, _) = verify(&device, scope, &device.pull(&world, scope, limit).await);
        let own: Vec<EventId> = device.events.iter().filter(|event| event.header.scope == scope).map(|event| event.eid).collect();
        assert_eq!(seen[seen.len() - own.len()..], own);
    }
}

#[tokio::test]
async fn held_content_travels_as_a_header_alone() {
    let world = World::new().await;
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[1], reference, 2);
    device.push(&world).await;
    let there = world.person("there", Role::Inspector, Some(world.regions[1]), None).await;
    let reader = Device::enrol(&world, there).await;
    let scope = ScopeId::from(world.sites[1]);
    let (_, bare) = verify(&reader, scope, &reader.pull(&world, scope, 500).await);
    assert_eq!(bare, device.events.iter().map(|event| event.eid).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_scope_out_of_reach_and_an_old_epoch_are_refused() {
    let world = World::new().await;
    let person = world.inspector().await;
    let device = Device::enrol(&world, person).await;
    for scope in [ScopeId::from(world.sites[1]), ScopeId([9; 16])] {
        let answer = device.pull_page(&world, scope, 0, 10).await;
        assert_eq!((answer.status, problem(&answer).code.as_str()), (StatusCode::FORBIDDEN, "scope_revoked"));
    }
    let request = davy_protocol::message::PullRequest { epoch: 7, scopes: Vec::new(), limit: 1 };
    let answer = device.post(&world, "pull", minicbor::to_vec(&request).unwrap()).await;
    let problem = problem(&answer);
    assert_eq!((answer.status, problem.code.as_str(), problem.epoch), (StatusCode::CONFLICT, "epoch", Some(1)));
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let world = World::new().await;
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    let reference = checklist(&world).await;
    device.inspect(world.sites[0], reference, 10);
    device.push(&world).await;
    let scope = ScopeId::from(world.sites[0]);
    let plain = device.pull_page(&world, scope, 0, 500).await;
    let cursor = davy_protocol::message::ScopeCursor { scope, after: 0 };
    let request = davy_protocol::message::PullRequest { epoch: 1, scopes: vec![cursor], limit: 500 };
    let small = world.http.post(world.org_path("pull")).bearer_auth(&device.token).header("accept-encoding", "zstd");
    let small = Answer::read(small.body(minicbor::to_vec(&request).unwrap()).send().await.unwrap()).await;
    assert_eq!(small.header("content-encoding"), Some("zstd"));
    assert!(small.body.len() < plain.body.len());
    let unpacked: PullResponse = minicbor::decode(&zstd::decode_all(&small.body[..]).unwrap()).unwrap();
    let expected: PullResponse = minicbor::decode(&plain.body).unwrap();
    assert_eq!(unpacked.pages[0].runs, expected.pages[0].runs);
}

#[tokio::test]
async fn the_wake_channel_speaks_when_a_scope_within_reach_grew() {
    use futures::StreamExt;
    let world = World::new().await;
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    let reference = checklist(&world).await;
    let listening = world.http.get(world.org_path("wake")).bearer_auth(&device.token).send().await.unwrap();
    assert_eq!(listening.status(), StatusCode::OK);
    let mut stream = listening.bytes_stream();
    device.inspect(world.sites[0], reference, 1);
    device.push(&world).await;
    let heard = stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&heard).contains("news"));
}
