//! Uploaded checklists.

use super::*;

fn draft(n: u8, org: OrgId, uploaded: i64, bytes: &[u8]) -> ChecklistDraftRow {
    ChecklistDraftRow {
        id: Uuid::from_bytes([n; 16]),
        org,
        name: format!("{n}.yaml"),
        size: bytes.len() as u64,
        person: PersonId([6; 16]),
        uploaded: Millis(uploaded),
        report: "{}".into(),
        published: None,
    }
}

pub(crate) async fn an_uploaded_checklist_is_kept_whole_until_it_is_removed(store: Subject) {
    with_org(&store).await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let (one, two, foreign) = (draft(1, ORG, 10, &bytes), draft(2, ORG, 20, b""), draft(3, OrgId([99; 16]), 30, b"x"));
    let (kept, whole, rows) = (one.clone(), bytes.clone(), [two, foreign]);
    let write = store.transact(move |tx| {
        tx.put_checklist_draft(&one, &bytes)?;
        rows.iter().try_for_each(|row| tx.put_checklist_draft(row, &vec![b'x'; usize::try_from(row.size).unwrap()]))
    });
    write.await.unwrap();
    let id = kept.id;
    assert_eq!(store.query(move |tx| tx.checklist_draft(ORG, id)).await.unwrap(), Some((kept.clone(), whole)));
    assert_eq!(store.query(move |tx| tx.checklist_draft(OrgId([99; 16]), id)).await.unwrap(), None);
    let names = |rows: Vec<ChecklistDraftRow>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(names(store.query(|tx| tx.checklist_drafts(ORG)).await.unwrap()), ["2.yaml", "1.yaml"]);
    let replaced = ChecklistDraftRow { name: "new.yaml".into(), size: 3, uploaded: Millis(40), ..kept };
    store.transact(move |tx| tx.put_checklist_draft(&replaced, b"new")).await.unwrap();
    assert_eq!(names(store.query(|tx| tx.checklist_drafts(ORG)).await.unwrap()), ["new.yaml", "2.yaml"]);
    store.transact(move |tx| tx.set_draft_published(ORG, id, BlobId([5; 32]))).await.unwrap();
    let rows = store.query(|tx| tx.checklist_drafts(ORG)).await.unwrap();
    assert_eq!((rows[0].published, rows[1].published), (Some(BlobId([5; 32])), None));
    let remove = |n: u8| store.transact(move |tx| tx.delete_checklist_draft(ORG, Uuid::from_bytes([n; 16])));
    assert!(!remove(1).await.unwrap(), "the source of a published version stays");
    assert!(remove(2).await.unwrap() && !remove(2).await.unwrap());
    assert!(!remove(3).await.unwrap(), "another organisation's stays");
}
