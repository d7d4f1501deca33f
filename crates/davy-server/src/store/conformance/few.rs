//! Lists of the few rows that call for somebody: contested values, photographs that are awaited, counts to compute.

use super::lists::{finding, inspection};
use super::*;

/// Ids of a list, newest first, read in pages of one, with the total that every page gave.
async fn inspections(store: &Subject, mut query: InspectionQuery) -> (Vec<u8>, u64) {
    let (asked, mut ids) = (query.clone(), Vec::new());
    let total = store.query(move |tx| tx.inspections_total(&asked)).await.unwrap();
    query.limit = 1;
    loop {
        let asked = query.clone();
        let page = store.query(move |tx| tx.inspections(&asked)).await.unwrap();
        assert_eq!(page.total, total);
        ids.extend(page.rows.iter().map(|row| row.id.0[0]));
        query.after = page.next;
        if query.after.is_none() {
            return (ids, total);
        }
    }
}

async fn findings(store: &Subject, mut query: FindingQuery) -> (Vec<u8>, u64) {
    let (asked, mut ids) = (query.clone(), Vec::new());
    let total = store.query(move |tx| tx.findings_total(&asked)).await.unwrap();
    query.limit = 1;
    loop {
        let asked = query.clone();
        let page = store.query(move |tx| tx.findings(&asked)).await.unwrap();
        assert_eq!(page.total, total);
        ids.extend(page.rows.iter().map(|row| row.id.0[0]));
        query.after = page.next;
        if query.after.is_none() {
            return (ids, total);
        }
    }
}

fn awaited(n: u8, scope: ScopeId, root: RootId, group: RootId, role: BlobRole) -> BlobRefRow {
    BlobRefRow { sha256: BlobId([n; 32]), scope, root, group, role, size: 5, media_type: "image/jpeg".into(), stream: STREAM, held: false }
}

pub(crate) async fn contested_rows_are_listed_until_they_are_settled(store: Subject) {
    with_org(&store).await;
    let rows = [inspection(6, HERE, 1, "draft"), inspection(7, HERE, 2, "submitted"), inspection(7, HERE, 4, "amended")];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.put_inspection(row))).await.unwrap();
    let rows = [finding(2, HERE, 5, "general", "x"), finding(3, THERE, 6, "major", "y")];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.put_finding(row))).await.unwrap();
    let contested = |scopes| InspectionQuery { contested: true, ..InspectionQuery::new(ORG, scopes, 9) };
    assert_eq!(inspections(&store, contested(ScopeFilter::All)).await, (vec![7], 1));
    assert_eq!(inspections(&store, contested(ScopeFilter::One(THERE))).await, (vec![], 0));
    let staged = InspectionQuery { stage: Some("submitted".into()), ..contested(ScopeFilter::All) };
    assert_eq!(inspections(&store, staged).await, (vec![], 0), "filters go together");
    let of_findings = |scopes| FindingQuery { contested: true, ..FindingQuery::new(ORG, scopes, 9) };
    assert_eq!(findings(&store, of_findings(ScopeFilter::Some(Arc::new([HERE, THERE])))).await, (vec![3], 1));
    assert_eq!(findings(&store, of_findings(ScopeFilter::One(HERE))).await, (vec![], 0));
    let uncounted = || InspectionQuery { uncounted: true, ..contested(ScopeFilter::All) };
    assert_eq!(inspections(&store, uncounted()).await, (vec![7], 1));
    store.transact(|tx| tx.put_summary(RootId([7; 16]), Millis(4), "{}", false)).await.unwrap();
    assert_eq!(inspections(&store, contested(ScopeFilter::All)).await, (vec![], 0), "the counts know better");
    assert_eq!(inspections(&store, uncounted()).await, (vec![], 0));
}

pub(crate) async fn rows_wait_for_their_originals_and_for_nothing_else(store: Subject) {
    with_org(&store).await;
    let rows = [inspection(1, HERE, 1, "draft"), inspection(2, THERE, 2, "draft")];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.put_inspection(row))).await.unwrap();
    let rows = [finding(3, HERE, 5, "general", "x"), finding(4, THERE, 6, "major", "y")];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.put_finding(row))).await.unwrap();
    let [one, two, three, four] = [1, 2, 3, 4].map(|n| RootId([n; 16]));
    let named = [
        awaited(31, HERE, three, one, BlobRole::Original),
        awaited(32, HERE, three, one, BlobRole::Original),
        awaited(33, THERE, two, two, BlobRole::Thumbnail),
        awaited(34, THERE, four, four, BlobRole::Original),
    ];
    store.transact(move |tx| named.iter().try_for_each(|row| tx.insert_reference(ORG, row))).await.unwrap();
    let awaiting = |scopes| InspectionQuery { awaiting: true, ..InspectionQuery::new(ORG, scopes, 9) };
    let of_findings = |scopes| FindingQuery { awaiting: true, ..FindingQuery::new(ORG, scopes, 9) };
    assert_eq!(inspections(&store, awaiting(ScopeFilter::All)).await, (vec![1], 1), "by its finding, once, not by a thumbnail");
    assert_eq!(findings(&store, of_findings(ScopeFilter::All)).await, (vec![4, 3], 2));
    assert_eq!(findings(&store, of_findings(ScopeFilter::One(HERE))).await, (vec![3], 1));
    let sorted = FindingQuery { sort: FindingSort::Deadline, grade: Some("major".into()), ..of_findings(ScopeFilter::All) };
    assert_eq!(findings(&store, sorted).await, (vec![4], 1));
    for n in [31, 32] {
        let blob = BlobRow { sha256: BlobId([n; 32]), size: 5, received: Millis(3), receipt: vec![1] };
        store.transact(move |tx| tx.insert_blob(ORG, &blob)).await.unwrap();
    }
    assert_eq!(inspections(&store, awaiting(ScopeFilter::All)).await, (vec![], 0));
    assert_eq!(findings(&store, of_findings(ScopeFilter::All)).await, (vec![4], 1));
}
