//! Photographs and their events.
use super::*;
use davy_core::event::{BlobRole, EvidenceAttached, PhotoDefect, PhotoSource};
use image::{ImageFormat, Rgb, RgbImage};

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 90]));
    let mut out = std::io::Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

fn attached(intake: &crate::Intake) -> EvidenceAttached {
    EvidenceAttached {
        key: Some(key("a")),
        source: PhotoSource::Camera,
        name: None,
        width: intake.width,
        height: intake.height,
        captured_at: intake.captured_at,
        position: intake.position.clone(),
        defect: intake.defect,
    }
}

#[test]
fn a_photo_is_kept_untouched_with_two_copies() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let bytes = jpeg(2400, 1200);
    let intake = device.store.intake(&bytes).unwrap();
    assert_eq!(device.store.read_blob(intake.original.sha256).unwrap().unwrap(), bytes);
    assert_eq!((intake.width, intake.height, intake.defect), (Some(2400), Some(1200), None));
    let roles: Vec<BlobRole> = intake.blobs().iter().map(|blob| blob.role).collect();
    assert_eq!(roles, [BlobRole::Original, BlobRole::Preview, BlobRole::Thumbnail]);
    device.record_with(inspection_id(1), attached(&intake), intake.blobs());
    assert_eq!(device.store.blob_queue(10).unwrap().len(), 3);
    assert_eq!(device.store.orphan_photos().unwrap(), []);
}

#[test]
fn the_same_photo_twice_is_stored_and_sent_once() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let bytes = jpeg(100, 100);
    for _ in 0..2 {
        let intake = device.store.intake(&bytes).unwrap();
        device.record_with(inspection_id(1), attached(&intake), intake.blobs());
    }
    assert_eq!(device.store.blob_queue(10).unwrap().len(), 2, "original and thumbnail");
}

#[test]
fn bad_photos_are_kept_or_refused_with_a_reason() {
    let device = device(1);
    assert!(matches!(device.store.intake(&[]), Err(StoreError::PhotoEmpty)));
    let truncated = device.store.intake(&jpeg(800, 600)[..3000]).unwrap();
    assert_eq!((truncated.defect, truncated.thumbnail), (Some(PhotoDefect::Damaged), None));
    let heic = device.store.intake(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap();
    assert_eq!((heic.defect, heic.original.media_type.as_str()), (Some(PhotoDefect::Unsupported), "image/heic"));
    assert!(device.store.has_blob(heic.original.sha256), "kept all the same");
    let file = device.dir.path().join("huge.jpg");
    std::fs::File::create(&file).unwrap().set_len(crate::photo::MAX_BYTES + 1).unwrap();
    assert!(matches!(device.store.intake_file(&file), Err(StoreError::PhotoTooBig { .. })));
}

#[test]
fn a_photo_whose_event_was_never_written_is_offered_for_its_item() {
    let device = device(1);
    device.clock.set_wall(0);
    device.record(inspection_id(1), started());
    device.store.set_pending_capture(Some((inspection_id(1).into(), Some(key("roof"))))).unwrap();
    let bytes = jpeg(2400, 1200);
    let taken = device.store.intake(&bytes).unwrap();
    let device = device.restart();
    let orphans = device.store.orphan_photos().unwrap();
    assert_eq!(orphans.len(), 1, "copies are not offered, only the original");
    let capture = orphans[0].capture.clone().unwrap();
    assert_eq!((capture.root, capture.key), (inspection_id(1).into(), Some(key("roof"))));
    let adopted = device.store.adopt_orphan(orphans[0].sha256).unwrap();
    assert_eq!(adopted, taken);
    device.record_with(inspection_id(1), attached(&adopted), adopted.blobs());
    device.store.set_pending_capture(None).unwrap();
    assert_eq!(device.store.orphan_photos().unwrap(), []);
    assert_eq!(device.store.pending_capture().unwrap(), None);
}

#[test]
fn a_photo_from_before_the_camera_was_opened_is_not_attributed_to_it() {
    let device = device(1);
    device.store.intake(&jpeg(50, 50)).unwrap();
    device.clock.set_wall(i64::MAX / 2);
    device.store.set_pending_capture(Some((inspection_id(1).into(), None))).unwrap();
    let orphans = device.store.orphan_photos().unwrap();
    assert_eq!((orphans.len(), orphans[0].capture.clone()), (1, None));
}

#[test]
fn a_hidden_orphan_is_not_offered_again_and_stays_on_disk() {
    let device = device(1);
    let taken = device.store.intake(&jpeg(50, 50)).unwrap();
    device.store.hide_orphan(taken.original.sha256).unwrap();
    assert_eq!(device.store.orphan_photos().unwrap(), []);
    assert!(device.store.has_blob(taken.original.sha256));
    assert!(matches!(device.store.adopt_orphan(BlobId([1; 32])), Err(StoreError::BlobMissing { .. })));
}

#[test]
fn bytes_from_the_server_must_be_what_their_name_says() {
    let device = device(1);
    let stored = device.store.put_bytes(b"x", BlobRole::Thumbnail, "image/jpeg").unwrap();
    let error = device.store.put_blob(stored.sha256, b"y", BlobRole::Thumbnail, "image/jpeg").unwrap_err();
    assert!(matches!(error, StoreError::BlobMismatch { .. }));
    device.store.put_blob(stored.sha256, b"x", BlobRole::Thumbnail, "image/jpeg").unwrap();
    assert_eq!(device.store.read_blob(BlobId([1; 32])).unwrap(), None);
}

#[test]
fn pictures_of_another_device_are_wanted_small_ones_by_themselves_large_ones_on_wish() {
    let (one, two) = (device(1), device(2));
    let inspection = inspection_id(1);
    one.record(inspection, started());
    let of_item = one.store.intake(&jpeg(2400, 1200)).unwrap();
    one.record_with(inspection, attached(&of_item), of_item.blobs());
    let finding = FindingId([101; 16]);
    one.record(finding, raised(Some(inspection), "oil on the floor"));
    let of_finding = one.store.intake(&jpeg(2000, 1300)).unwrap();
    one.record_with(finding, EvidenceAttached { key: None, ..attached(&of_finding) }, of_finding.blobs());
    assert_eq!(one.store.missing_pictures(9).unwrap(), [], "own ones are here");
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&two.store, SCOPE, 500);
    let missing = || two.store.missing_pictures(9).unwrap().iter().map(|picture| picture.sha256).collect::<Vec<_>>();
    let (first, second) = (of_finding.thumbnail.clone().unwrap(), of_item.thumbnail.unwrap());
    assert_eq!(missing(), [first.sha256, second.sha256], "those of findings first");
    assert!(two.store.wish_picture(of_item.original.sha256).unwrap());
    assert!(!two.store.wish_picture(BlobId([5; 32])).unwrap(), "no record names it");
    assert_eq!(missing(), [of_item.original.sha256, first.sha256, second.sha256], "a wish comes first");
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&arrived);
    two.store.subscribe(move |changes| told.lock().unwrap().extend(changes.pictures.clone()));
    for (blob, role) in [(&of_item.original, BlobRole::Original), (&first, BlobRole::Thumbnail)] {
        let bytes = one.store.read_blob(blob.sha256).unwrap().unwrap();
        two.store.put_blob(blob.sha256, &bytes, role, &blob.media_type).unwrap();
    }
    assert_eq!(missing(), [second.sha256]);
    assert_eq!(*arrived.lock().unwrap(), [of_item.original.sha256, first.sha256], "screens are told");
    assert_eq!(two.store.orphan_photos().unwrap(), [], "a fetched original is no lost photograph of this device");
    assert_eq!(two.restart().store.missing_pictures(9).unwrap().len(), 1, "also after a restart");
}
