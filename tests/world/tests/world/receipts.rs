//! Only a receipt that the server signed over exactly our head, or over exactly our photograph, makes anything delivered.

use davy_core::event::Verdict;
use davy_core::id::{BlobId, EventId, OrgId, StreamId};
use davy_core::time::Millis;
use davy_protocol::SigningKey;
use davy_protocol::message::{HelloRequest, HelloResponse, PullRequest, PullResponse, PushResponse};
use davy_protocol::receipt::{BlobReceipt, Receipt};
use davy_protocol::seal::SealReason;
use davy_store::{DeliveryStage, Store};
use davy_sync::remote::{Answer, Prover, Token, UploadRequest, UploadState};
use davy_sync::{Cause, Config, Driver, HttpConfig, HttpRemote, Outcome, Remote};
use davy_world::World;
use std::collections::HashMap;
use std::time::Duration;

/// Swallows pushes and chosen uploads, and says that they arrived.
struct Liar {
    honest: HttpRemote,
    /// In place of the receipt of a push; `None` passes pushes on.
    push: Option<Vec<u8>>,
    /// In place of the receipts of these blobs.
    blobs: HashMap<BlobId, Vec<u8>>,
}

impl Remote for Liar {
    async fn token(&self, prover: &Prover) -> Answer<(Token, Duration)> {
        self.honest.token(prover).await
    }
    async fn hello(&self, token: &Token, request: &HelloRequest) -> Answer<HelloResponse> {
        self.honest.hello(token, request).await
    }
    async fn push(&self, token: &Token, segments: &[Vec<u8>]) -> Answer<PushResponse> {
        match &self.push {
            Some(receipt) => Ok(PushResponse { receipt: receipt.clone() }),
            None => self.honest.push(token, segments).await,
        }
    }
    async fn pull(&self, token: &Token, request: &PullRequest) -> Answer<PullResponse> {
        self.honest.pull(token, request).await
    }
    async fn upload_create(&self, token: &Token, request: &UploadRequest, whole: Option<Vec<u8>>) -> Answer<UploadState> {
        match self.blobs.get(&request.sha256) {
            Some(receipt) => Ok(UploadState::Complete { receipt: receipt.clone() }),
            None => self.honest.upload_create(token, request, whole).await,
        }
    }
    async fn upload_head(&self, token: &Token, url: &str) -> Answer<UploadState> {
        self.honest.upload_head(token, url).await
    }
    async fn upload_patch(&self, token: &Token, url: &str, offset: u64, chunk: Vec<u8>) -> Answer<UploadState> {
        self.honest.upload_patch(token, url, offset, chunk).await
    }
    async fn get_blob(&self, token: &Token, sha256: BlobId, limit: u64) -> Answer<Vec<u8>> {
        self.honest.get_blob(token, sha256, limit).await
    }
    async fn wait_for_hint(&self, token: &Token) -> Answer<()> {
        self.honest.wait_for_hint(token).await
    }
}

/// One run of a device whose network tells these lies.
async fn run(world: &World, store: &Store, push: Option<Vec<u8>>, blobs: HashMap<BlobId, Vec<u8>>) -> Outcome {
    let honest = HttpRemote::new(&world.url(), store.enrolment().org, &HttpConfig::default()).unwrap();
    Driver::new(store.clone(), Liar { honest, push, blobs }, Box::new(|| 0), Config::default()).run_once().await
}

fn bent(mut bytes: Vec<u8>) -> Vec<u8> {
    *bytes.last_mut().unwrap() ^= 1;
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_counts_only_under_the_servers_signature_over_our_head() {
    let mut world = World::new(80).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.answer(inspection, "crane", Verdict::Fail);
    tablet.store().seal(SealReason::Push, None).unwrap();
    let (key, org, stranger) = (world.server_key().await, world.org, SigningKey::from_bytes(&[7; 32]));
    let heads = tablet.store().stream_heads().unwrap();
    let right = Receipt {
        epoch: heads.epoch,
        stream: heads.chain.stream,
        head_seq: heads.chain.seq,
        head_eid: EventId(heads.chain.head.0),
        classed: Vec::new(),
        durable_seq: 0,
        recv_ms: Millis(davy_world::world::BEGINNING),
    };
    let lies = [
        ("of another key", right.sign(&stranger, org)),
        ("for another organisation", right.sign(&key, OrgId([9; 16]))),
        ("of another stream", Receipt { stream: StreamId([9; 16]), ..right.clone() }.sign(&key, org)),
        ("over another head", Receipt { head_eid: EventId([9; 32]), ..right.clone() }.sign(&key, org)),
        ("over more than was written", Receipt { head_seq: heads.chain.seq + 1, ..right.clone() }.sign(&key, org)),
        ("over our head at another place", Receipt { head_seq: heads.chain.seq - 1, ..right.clone() }.sign(&key, org)),
        ("with a bit turned over", bent(right.sign(&key, org))),
        ("that is empty", Vec::new()),
    ];
    for (what, lie) in lies {
        let outcome = run(&world, tablet.store(), Some(lie), HashMap::new()).await;
        assert_eq!(outcome.problem.map(|problem| problem.cause), Some(Cause::Internal), "a receipt {what} is noticed");
        assert_eq!(tablet.store().stream_heads().unwrap().acked_seq, heads.acked_seq, "a receipt {what} moves nothing");
        assert_eq!(tablet.stage(inspection), DeliveryStage::Waiting, "after a receipt {what}");
    }
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
    davy_world::History::of(&world).await.assert_has_all_of(tablet.store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_counts_only_under_the_servers_signature_over_its_hash_and_a_lie_about_one_stops_no_other() {
    let mut world = World::new(81).await;
    let mut tablet = world.device(0).await;
    tablet.settle().await;
    let inspection = tablet.start_inspection(world.site);
    tablet.photograph(inspection, "crane", &world.seed.bytes(5_000));
    tablet.photograph(inspection, "fence", &world.seed.bytes(5_000));
    let queue = tablet.store().blob_queue(10).unwrap();
    let (victim, other) = (queue[0].sha256, queue[1].sha256);
    let (key, org, stranger) = (world.server_key().await, world.org, SigningKey::from_bytes(&[7; 32]));
    let right = BlobReceipt { epoch: 1, sha256: victim, size: queue[0].size, recv_ms: Millis(davy_world::world::BEGINNING) };
    let lies = [
        ("of another key", right.sign(&stranger, org)),
        ("for another organisation", right.sign(&key, OrgId([9; 16]))),
        ("over another photograph", BlobReceipt { sha256: other, ..right.clone() }.sign(&key, org)),
        ("with a bit turned over", bent(right.sign(&key, org))),
        ("that is empty", Vec::new()),
    ];
    for (what, lie) in lies {
        run(&world, tablet.store(), None, HashMap::from([(victim, lie)])).await;
        let left: Vec<_> = tablet.store().blob_queue(10).unwrap();
        assert_eq!(left.iter().map(|job| job.sha256).collect::<Vec<_>>(), [victim], "a receipt {what} counts for nothing");
        assert!(left[0].reason.as_ref().is_some_and(|reason| reason.contains("receipt")), "{:?}", left[0].reason);
        assert_eq!(tablet.stage(inspection), DeliveryStage::Sent, "after a receipt {what}");
        tablet.pass(400_000);
    }
    tablet.settle().await;
    assert_eq!(tablet.stage(inspection), DeliveryStage::Delivered);
}
