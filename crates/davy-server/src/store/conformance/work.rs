//! Units of work: all or nothing, one after the other, copied while they go on.

use super::*;

pub(crate) async fn work_that_fails_leaves_nothing(store: Subject) {
    let failed: Result<(), _> = store
        .transact(|tx| {
            tx.put_setting("a", b"1")?;
            Err(StoreError::Taken { what: "test" })
        })
        .await;
    assert!(matches!(failed, Err(StoreError::Taken { what: "test" })));
    assert_eq!(store.query(|tx| tx.setting("a")).await.unwrap(), None);
}

pub(crate) async fn a_panic_takes_back_its_own_work_alone(store: Subject) {
    let good = store.transact(|tx| tx.put_setting("good", b"1"));
    let bad = store.transact::<()>(|tx| {
        tx.put_setting("bad", b"1")?;
        panic!("on purpose")
    });
    let after = store.transact(|tx| tx.put_setting("after", b"1"));
    let (good, bad, after) = tokio::join!(good, bad, after);
    assert!(good.is_ok() && after.is_ok());
    assert!(matches!(bad, Err(StoreError::Panicked)));
    let seen = store.query(|tx| Ok((tx.setting("good")?, tx.setting("bad")?, tx.setting("after")?))).await.unwrap();
    assert_eq!(seen, (Some(b"1".to_vec()), None, Some(b"1".to_vec())));
}

pub(crate) async fn many_writers_lose_nothing(store: Subject) {
    let add = |_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            store
                .transact(|tx| {
                    let known = tx.setting("n")?.map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()));
                    tx.put_setting("n", &(known + 1).to_be_bytes())
                })
                .await
        })
    };
    for task in (0..200).map(add).collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    let sum = store.query(|tx| tx.setting("n")).await.unwrap().unwrap();
    assert_eq!(sum, 200_u64.to_be_bytes(), "units of work see those before them, also within one commit");
}

pub(crate) async fn a_backup_opens_as_a_store_of_its_own(store: Subject) {
    with_org(&store).await;
    put_feed(&store, HERE, &[3, 1]).await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let writing = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for n in 0..50_u8 {
                store.transact(move |tx| tx.put_setting(&format!("k{n}"), &[n])).await.unwrap();
            }
        })
    };
    store.backup(&copy).await.unwrap();
    writing.await.unwrap();
    assert!(copy.is_file());
    let (kind, size) = store.describe().await.unwrap();
    assert!(!kind.is_empty() && size > 0);
    assert_eq!(store.query(|tx| tx.last_backup()).await.unwrap(), None);
    let row = BackupRow { at: Millis(5), path: "x".into(), bytes: 1, blobs: 2, elsewhere: true };
    let kept = row.clone();
    store.transact(move |tx| tx.insert_backup(&row)).await.unwrap();
    assert_eq!(store.query(|tx| tx.last_backup()).await.unwrap(), Some(kept));
}
