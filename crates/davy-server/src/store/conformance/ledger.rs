//! Log, feeds, blobs, uploads.

use super::*;

/// Appends segments of the given lengths to one scope's feed.
pub(super) async fn put_feed(store: &Subject, scope: ScopeId, lengths: &'static [u64]) {
    let write = store.transact(move |tx| {
        let (mut seq, mut pos) = (0, 0);
        for length in lengths {
            let raw = vec![u8::try_from(*length).unwrap(); 10];
            let segment = NewSegment {
                org: ORG,
                stream: STREAM,
                from_seq: seq + 1,
                to_seq: seq + length,
                recv: Millis(i64::try_from(seq).unwrap()),
                raw,
            };
            let id = tx.insert_segment(&segment)?;
            tx.link_root(RootId([scope.0[0]; 16]), id)?;
            let row = FeedRow { first: pos + 1, last: pos + length, segment: id, records: vec![1; 4] };
            (seq, pos) = (seq + length, pos + length);
            tx.append_feed(ORG, scope, &row, ScopeEnd { pos, acc: Hash32([u8::try_from(pos).unwrap(); 32]) })?;
        }
        Ok(())
    });
    write.await.unwrap();
}

pub(crate) async fn a_feed_page_is_a_prefix_whatever_its_size(store: Subject) {
    with_org(&store).await;
    put_feed(&store, HERE, &[3, 1, 5, 2]).await;
    for limit in 1..=12 {
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let page = store.query(move |tx| tx.feed(ORG, HERE, after, limit, usize::MAX)).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page[0].feed.first <= after + 1 && page[0].feed.last > after, "continues at its cursor");
            after = last.feed.last;
            seen.extend(page.iter().map(|entry| (entry.feed.first, entry.feed.last)));
        }
        assert_eq!(seen, [(1, 3), (4, 4), (5, 9), (10, 11)], "limit {limit}");
    }
    let inside = store.query(|tx| tx.feed(ORG, HERE, 6, 100, usize::MAX)).await.unwrap();
    assert_eq!((inside[0].feed.first, inside.len()), (5, 2), "a cursor inside a run gets that run");
    let small = store.query(|tx| tx.feed(ORG, HERE, 0, 100, 1)).await.unwrap();
    assert_eq!(small.len(), 1, "one entry comes however small the page");
    assert_eq!(store.query(|tx| tx.scope_end(ORG, HERE)).await.unwrap().unwrap().pos, 11);
    assert_eq!(store.query(|tx| tx.scope_end(ORG, THERE)).await.unwrap(), None);
}

pub(crate) async fn a_segment_is_found_by_any_of_its_seqs(store: Subject) {
    with_org(&store).await;
    put_feed(&store, HERE, &[3, 1, 5]).await;
    for (seq, found) in [(1, Some(1)), (3, Some(1)), (4, Some(4)), (5, Some(5)), (9, Some(5)), (10, None)] {
        let segment = store.query(move |tx| tx.segment_with(STREAM, seq)).await.unwrap();
        assert_eq!(segment.map(|segment| segment.from_seq), found, "seq {seq}");
    }
    let of_root = store.query(|tx| tx.segments_of(RootId([3; 16]))).await.unwrap();
    assert_eq!(of_root.iter().map(|segment| segment.from_seq).collect::<Vec<_>>(), [1, 4, 5]);
    let id = of_root[2].id;
    let records = store.query(move |tx| tx.records_of(ORG, id)).await.unwrap();
    assert_eq!((records.len(), records[0].0, records[0].1.first), (1, HERE, 5));
}

pub(crate) async fn a_blob_turns_its_references_present(store: Subject) {
    with_org(&store).await;
    let (root, group, sha256) = (RootId([7; 16]), RootId([8; 16]), BlobId([9; 32]));
    let reference = BlobRefRow {
        sha256,
        scope: HERE,
        root,
        group,
        role: BlobRole::Original,
        size: 5,
        media_type: "image/jpeg".into(),
        stream: STREAM,
        held: false,
    };
    let again = reference.clone();
    store.transact(move |tx| tx.insert_reference(ORG, &reference)).await.unwrap();
    let photos =
        |store: Subject| async move { store.query(move |tx| Ok((tx.photos_of_root(root)?, tx.photos_of_group(group)?))).await.unwrap() };
    let waiting = PhotoCounts { total: 1, here: 0 };
    assert_eq!(photos(Arc::clone(&store)).await, (waiting, waiting));
    let row = BlobRow { sha256, size: 5, received: Millis(3), receipt: vec![1] };
    let kept = row.clone();
    store.transact(move |tx| tx.insert_blob(ORG, &row)).await.unwrap();
    let here = PhotoCounts { total: 1, here: 1 };
    assert_eq!(photos(Arc::clone(&store)).await, (here, here));
    store.transact(move |tx| tx.insert_reference(ORG, &again)).await.unwrap();
    assert_eq!(photos(Arc::clone(&store)).await, (here, here), "named twice by one aggregate counts once");
    assert_eq!(store.query(move |tx| tx.blob(ORG, sha256)).await.unwrap(), Some(kept));
    assert_eq!(store.query(move |tx| tx.blob(OrgId([99; 16]), sha256)).await.unwrap(), None);
    assert_eq!(store.query(|tx| tx.blob_totals()).await.unwrap(), BlobTotals { count: 1, bytes: 5 });
    assert_eq!(store.query(move |tx| tx.references(ORG, sha256)).await.unwrap().len(), 1);
}

pub(crate) async fn held_work_is_listed_until_released(store: Subject) {
    with_org(&store).await;
    let row = |n: u8, root: u8| HeldRow {
        eid: EventId([n; 32]),
        org: ORG,
        stream: STREAM,
        seq: u64::from(n),
        scope: HERE,
        root: RootId([root; 16]),
        at: Millis(1),
    };
    let rows = [row(2, 1), row(1, 1), row(3, 2), row(3, 2)];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.insert_held(row))).await.unwrap();
    let all = store.query(|tx| tx.held(ORG, None)).await.unwrap();
    assert_eq!(all.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.query(|tx| tx.held(ORG, Some(RootId([2; 16])))).await.unwrap().len(), 1);
    assert!(store.query(|tx| tx.held(OrgId([99; 16]), None)).await.unwrap().is_empty());
    let bytes = QuarantineRow { org: ORG, stream: STREAM, at: Millis(100), reason: "x".into(), bytes: vec![0; 40] };
    store.transact(move |tx| tx.insert_quarantine(&bytes)).await.unwrap();
    let used = store.query(|tx| Ok((tx.quarantined_bytes(STREAM, Millis(50))?, tx.quarantined_bytes(STREAM, Millis(101))?)));
    assert_eq!(used.await.unwrap(), (40, 0));
}

pub(crate) async fn the_durable_mark_only_rises(store: Subject) {
    with_org(&store).await;
    put_feed(&store, HERE, &[3, 1, 5]).await;
    let mark = |store: Subject| async move { store.query(|tx| tx.stream(STREAM)).await.unwrap().unwrap().durable_seq };
    assert_eq!(mark(Arc::clone(&store)).await, 0);
    for (before, expected) in [(1, 3), (4, 4), (0, 4), (1000, 9)] {
        store.transact(move |tx| tx.raise_durable(Millis(before))).await.unwrap();
        assert_eq!(mark(Arc::clone(&store)).await, expected, "received before {before}");
    }
}

pub(crate) async fn uploads_expire(store: Subject) {
    let row = |id: &str, expires: i64| UploadRow {
        id: id.into(),
        org: ORG,
        sha256: BlobId([1; 32]),
        size: 10,
        metadata: "sha256 x".into(),
        expires: Millis(expires),
    };
    let (old, new) = (row("old", 10), row("new", 100));
    store
        .transact(move |tx| {
            tx.put_upload(&old)?;
            tx.put_upload(&new)
        })
        .await
        .unwrap();
    assert_eq!(store.query(|tx| tx.uploads_expired(Millis(50))).await.unwrap(), ["old"]);
    let prolonged = row("old", 200);
    store.transact(move |tx| tx.put_upload(&prolonged)).await.unwrap();
    assert!(store.query(|tx| tx.uploads_expired(Millis(50))).await.unwrap().is_empty());
    store.transact(|tx| tx.delete_upload("old")).await.unwrap();
    assert_eq!(store.query(|tx| tx.upload("old")).await.unwrap(), None);
    assert!(store.query(|tx| tx.upload("new")).await.unwrap().is_some());
}
