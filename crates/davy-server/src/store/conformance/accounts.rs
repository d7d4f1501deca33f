//! Codes, accounts, sessions, devices.

use super::*;

pub(crate) async fn a_login_belongs_to_one_person(store: Subject) {
    with_org(&store).await;
    let account = |person: u8, login: &str| AccountRow {
        person: PersonId([person; 16]),
        org: ORG,
        login: Some(login.into()),
        password: None,
        region: None,
        site: None,
    };
    let (one, two) = (account(1, "zhou"), account(2, "zhou"));
    let again = one.clone();
    store.transact(move |tx| tx.put_account(&one)).await.unwrap();
    assert!(matches!(store.transact(move |tx| tx.put_account(&two)).await, Err(StoreError::Taken { what: "login" })));
    store.transact(move |tx| tx.put_account(&again)).await.expect("one's own login may be written again");
    let found = store.query(|tx| tx.account_by_login("zhou")).await.unwrap().unwrap();
    assert_eq!(found.person, PersonId([1; 16]));
}

pub(crate) async fn a_code_is_used_once(store: Subject) {
    with_org(&store).await;
    let code = |n: u8| CodeRow {
        id: Uuid::from_bytes([n; 16]),
        org: ORG,
        hash: Hash32([n; 32]),
        person: PersonId([1; 16]),
        created: Millis(i64::from(n)),
        expires: Millis(9),
        used: None,
        withdrawn: false,
    };
    let (one, two) = (code(1), code(2));
    store
        .transact(move |tx| {
            tx.insert_code(&one)?;
            tx.insert_code(&two)
        })
        .await
        .unwrap();
    let hash = Hash32([1; 32]);
    let tries: Vec<_> = (0..8).map(|_| store.transact(move |tx| tx.use_code(hash, Millis(5)))).collect();
    let won = futures::future::join_all(tries).await.into_iter().filter(|outcome| *outcome.as_ref().unwrap()).count();
    assert_eq!(won, 1, "of many at once, one gets it");
    assert!(store.transact(|tx| tx.withdraw_code(ORG, Uuid::from_bytes([2; 16]))).await.unwrap());
    assert!(!store.transact(|tx| tx.withdraw_code(ORG, Uuid::from_bytes([1; 16]))).await.unwrap(), "used ones stay used");
    assert!(!store.transact(|tx| tx.use_code(Hash32([2; 32]), Millis(6))).await.unwrap(), "withdrawn ones do not work");
    let codes = store.query(|tx| tx.codes(ORG)).await.unwrap();
    assert_eq!((codes.len(), codes[0].withdrawn, codes[1].used), (2, true, Some(Millis(5))));
}

pub(crate) async fn sessions_end(store: Subject) {
    with_org(&store).await;
    let session = |n: u8, person: u8, expires: i64| SessionRow {
        hash: Hash32([n; 32]),
        id: SessionId([n; 16]),
        org: ORG,
        person: PersonId([person; 16]),
        csrf: "x".into(),
        created: Millis(0),
        expires: Millis(expires),
    };
    let rows = [session(1, 1, 10), session(2, 1, 100), session(3, 2, 100), session(4, 3, 100)];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.insert_session(row))).await.unwrap();
    store.transact(|tx| tx.delete_session(Hash32([4; 32]))).await.unwrap();
    store.transact(|tx| tx.end_sessions(None, Millis(50))).await.unwrap();
    let left = |store: Subject| async move {
        let found = store.query(|tx| (1..=4).map(|n| tx.session(Hash32([n; 32]))).collect::<Result<Vec<_>, _>>()).await.unwrap();
        found.into_iter().flatten().map(|row| row.hash.0[0]).collect::<Vec<_>>()
    };
    assert_eq!(left(Arc::clone(&store)).await, [2, 3]);
    store.transact(|tx| tx.end_sessions(Some(PersonId([1; 16])), Millis(50))).await.unwrap();
    assert_eq!(left(store).await, [3]);
}

pub(crate) async fn a_throttle_is_remembered_and_cleared(store: Subject) {
    let row = ThrottleRow { failures: 3, blocked_until: Millis(77) };
    store.transact(move |tx| tx.put_throttle("login:zhou", row)).await.unwrap();
    assert_eq!(store.query(|tx| tx.throttle("login:zhou")).await.unwrap(), row);
    assert_eq!(store.query(|tx| tx.throttle("login:lin")).await.unwrap(), ThrottleRow::default());
    store.transact(|tx| tx.put_throttle("login:zhou", ThrottleRow::default())).await.unwrap();
    assert_eq!(store.query(|tx| tx.throttle("login:zhou")).await.unwrap(), ThrottleRow::default());
}

pub(crate) async fn a_revision_changes_with_the_directory(store: Subject) {
    with_org(&store).await;
    let revision = |store: Subject| async move { store.query(|tx| tx.directory_revision(ORG)).await.unwrap() };
    let start = revision(Arc::clone(&store)).await;
    store.transact(|tx| tx.touch_stream(STREAM, Millis(5), "2", PendingCounts { events: 1, blobs: 2, bytes: 3 })).await.unwrap();
    assert_eq!(revision(Arc::clone(&store)).await, start, "a contact is no change of the directory");
    store.transact(|tx| tx.set_stream_state(STREAM, StreamStatus::Revoked { at: Millis(9) })).await.unwrap();
    store.transact(|tx| tx.bump_directory(ORG)).await.unwrap();
    assert_eq!(revision(Arc::clone(&store)).await, start + 2);
    let row = store.query(|tx| tx.stream(STREAM)).await.unwrap().unwrap();
    assert_eq!(row.state, StreamStatus::Revoked { at: Millis(9) });
    assert_eq!((row.pending.blobs, row.last_seen, row.app_version.as_str()), (2, Some(Millis(5)), "2"));
    let document = AggregateRow { root: RootId([1; 16]), org: ORG, scope: HERE, kind: KIND_SITE, doc: vec![1], received: Millis(1) };
    store.transact(move |tx| tx.put_aggregate(&document)).await.unwrap();
    assert_eq!(store.query(|tx| tx.aggregates(ORG, KIND_SITE)).await.unwrap().len(), 1);
    assert!(store.query(|tx| tx.aggregates(ORG, KIND_REGION)).await.unwrap().is_empty());
}
