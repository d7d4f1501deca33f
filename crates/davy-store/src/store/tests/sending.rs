//! Receipts, the upload queue, and how far records got.
use super::*;
use davy_core::event::{BlobRole, SignatureAdded, SignerRole};

fn stage(device: &Device) -> DeliveryStage {
    device.store.delivery(inspection_id(1).into()).unwrap().stage()
}

fn sign(device: &Device, text: &[u8]) -> BlobId {
    let blob = device.store.put_bytes(text, BlobRole::Signature, "image/png").unwrap();
    let signed = SignatureAdded { role: SignerRole::Inspector, name: "Li Wei".into(), duty: None };
    device.record_with(inspection_id(1), signed, vec![blob.clone()]);
    blob.sha256
}

#[test]
fn a_record_goes_from_saved_to_delivered_and_back_to_saved_with_new_work() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let blob = sign(&device, b"png");
    assert_eq!(stage(&device), DeliveryStage::Saved);
    device.store.seal(SealReason::Push, None).unwrap();
    assert_eq!(stage(&device), DeliveryStage::Waiting);
    device.store.accept_receipt(&sign_receipt(&receipt_for(&device, 2, 1))).unwrap();
    assert_eq!(stage(&device), DeliveryStage::Sent, "the signature's image is still here only");
    let counters = device.store.sync_counters().unwrap();
    assert_eq!((counters.events_waiting, counters.blobs_waiting, counters.bytes_waiting, counters.sent), (0, 1, 3, 1));
    device.store.blob_done(blob, &sign_blob(blob, 3)).unwrap();
    assert_eq!(stage(&device), DeliveryStage::Delivered);
    assert_eq!(device.store.undelivered().unwrap(), []);
    assert_eq!(device.store.sync_counters().unwrap().delivered, 1);
    device.record(inspection_id(1), answer("a", Verdict::Pass));
    assert_eq!(stage(&device), DeliveryStage::Sent);
    assert_eq!(device.store.undelivered().unwrap().len(), 1);
}

#[test]
fn only_a_receipt_of_this_server_for_an_event_of_ours_counts() {
    let device = device(1);
    device.record(inspection_id(1), started());
    device.record(inspection_id(1), answer("a", Verdict::Pass));
    let good = receipt_for(&device, 2, 1);
    let table = [
        ("another key", good.sign(&SigningKey::from_bytes(&[5; 32]), ORG)),
        ("another organisation", good.sign(&server_key(), OrgId([2; 16]))),
        ("another stream", sign_receipt(&Receipt { stream: StreamId([9; 16]), ..good.clone() })),
        ("another event", sign_receipt(&Receipt { head_eid: EventId([9; 32]), ..good.clone() })),
        ("an event that does not exist", sign_receipt(&Receipt { head_seq: 3, ..good.clone() })),
        ("the wrong seq", sign_receipt(&Receipt { head_seq: 1, ..good.clone() })),
        ("not a receipt", sign_anchor(1, 5)),
        ("garbage", vec![1, 2, 3]),
    ];
    for (name, raw) in table {
        assert!(matches!(device.store.accept_receipt(&raw), Err(StoreError::Receipt { .. })), "{name}");
        assert_eq!(device.store.stream_heads().unwrap().acked_seq, 0, "{name}");
    }
    device.store.accept_receipt(&sign_receipt(&good)).unwrap();
    assert_eq!(device.store.stream_heads().unwrap().acked_seq, 2);
}

#[test]
fn an_old_receipt_lowers_nothing_and_a_new_epoch_may() {
    let device = device(1);
    for item in ["a", "b", "c"] {
        if item == "a" {
            device.record(inspection_id(1), started());
        }
        device.record(inspection_id(1), answer(item, Verdict::Pass));
    }
    let accept = |seq, epoch| {
        device.store.accept_receipt(&sign_receipt(&receipt_for(&device, seq, epoch))).unwrap();
        device.store.stream_heads().unwrap().acked_seq
    };
    assert_eq!(accept(4, 1), 4);
    assert_eq!(accept(2, 1), 4, "late");
    assert_eq!(accept(2, 2), 2, "the server was put back to an older state");
    assert_eq!(accept(4, 1), 2, "of the older epoch");
    assert_eq!(accept(0, 3), 0, "the server knows nothing of us");
    device.store.seal(SealReason::Push, None).unwrap();
    assert_eq!(device.store.segments_to_send(0, usize::MAX).unwrap().len(), 1, "and gets all of it again");
}

#[test]
fn blobs_wait_in_the_order_that_people_need_them() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let put = |text: &[u8], role| device.store.put_bytes(text, role, "image/jpeg").unwrap();
    let photos = [put(b"o1", BlobRole::Original), put(b"p1", BlobRole::Preview), put(b"t1", BlobRole::Thumbnail)];
    let more = [put(b"o2", BlobRole::Original), put(b"t2", BlobRole::Thumbnail)];
    device.record_with(inspection_id(1), answer("a", Verdict::Pass), photos.to_vec());
    device.record_with(inspection_id(1), answer("b", Verdict::Pass), more.to_vec());
    let order: Vec<BlobId> = device.store.blob_queue(10).unwrap().iter().map(|job| job.sha256).collect();
    assert_eq!(order, [&photos[2], &more[1], &photos[1], &photos[0], &more[0]].map(|blob| blob.sha256));
    let job = &device.store.blob_queue(1).unwrap()[0];
    assert_eq!((job.seq, job.scope, job.size), (2, SCOPE, 2));
}

#[test]
fn uploads_resume_after_a_restart_and_say_why_they_wait() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let blob = sign(&device, b"0123456789");
    device.store.blob_progress(blob, Some("/uploads/7"), 4).unwrap();
    device.store.blob_failed(blob, "server is full", Millis(77)).unwrap();
    let device = device.restart();
    let job = device.store.blob_queue(1).unwrap().remove(0);
    assert_eq!((job.upload_url.as_deref(), job.offset, job.tries, job.next_at), (Some("/uploads/7"), 4, 1, Millis(77)));
    assert_eq!(device.store.delivery(inspection_id(1).into()).unwrap().problem.as_deref(), Some("server is full"));
    assert_eq!(device.store.sync_counters().unwrap().bytes_sent, 4);
    assert_eq!(device.store.read_blob_range(blob, 4, 100).unwrap().unwrap(), b"456789");
    for raw in [sign_blob(BlobId([1; 32]), 10), sign_receipt(&receipt_for(&device, 2, 1))] {
        assert!(matches!(device.store.blob_done(blob, &raw), Err(StoreError::Receipt { .. })));
    }
    device.store.blob_done(blob, &sign_blob(blob, 10)).unwrap();
    assert!(device.store.blob_queue(1).unwrap().is_empty());
    assert!(device.store.blob_receipt(blob).unwrap().is_some());
    device.store.blob_failed(blob, "late", Millis(1)).unwrap();
    assert!(device.store.blob_queue(1).unwrap().is_empty(), "a late failure does not undo a receipt");
}

#[test]
fn a_new_epoch_offers_every_blob_again() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let blob = sign(&device, b"png");
    device.store.set_epoch(1).unwrap();
    device.store.blob_done(blob, &sign_blob(blob, 3)).unwrap();
    device.store.set_epoch(2).unwrap();
    assert_eq!(device.store.blob_queue(9).unwrap().len(), 1);
}

#[test]
fn what_others_wrote_needs_no_delivery() {
    let (one, two) = (device(1), device(2));
    one.record(inspection_id(1), started());
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&two.store, SCOPE, 9);
    assert_eq!(stage(&two), DeliveryStage::Delivered);
    assert_eq!(two.store.sync_counters().unwrap(), SyncCounters::default());
}
