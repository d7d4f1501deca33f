//! Lists: paging, totals, words, scopes.

use super::*;

pub(super) fn finding(n: u8, scope: ScopeId, received: i64, grade: &str, description: &str) -> FindingIndex {
    FindingIndex {
        id: FindingId([n; 16]),
        org: ORG,
        scope,
        site: SiteId::from(scope),
        grade: grade.into(),
        stage: "raised".into(),
        description: description.into(),
        area: Some("3301工作面".into()),
        responsible: None,
        deadline: n.is_multiple_of(2).then(|| format!("2026-12-{:02}", n % 28 + 1)),
        raised: Millis(received - 5),
        received: Millis(received),
        raised_by: PersonId([6; 16]),
        inspection: Some(InspectionId([200; 16])),
        thumbnail: None,
        contested: n == 3,
    }
}

pub(super) fn inspection(n: u8, scope: ScopeId, received: i64, stage: &str) -> InspectionIndex {
    InspectionIndex {
        id: InspectionId([n; 16]),
        org: ORG,
        scope,
        site: SiteId::from(scope),
        checklist: BlobId([1; 32]),
        kind: "patrol".into(),
        stage: stage.into(),
        assignment: Some(AssignmentId([n; 16])),
        inspectors: vec![PersonId([6; 16]), PersonId([7; 16])],
        started: Millis(received - 100),
        submitted: (stage != "draft").then_some(Millis(received - 1)),
        received: Millis(received),
        held: false,
        contested: n == 7,
        summary: None,
    }
}

async fn put_findings(store: &Subject, rows: Vec<FindingIndex>) {
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.put_finding(row))).await.unwrap();
}

pub(crate) async fn findings_are_paged_without_gap_or_repeat(store: Subject) {
    with_org(&store).await;
    // Several share a time: the row number decides.
    let rows = (1..=23).map(|n| finding(n, HERE, 1000 + i64::from(n / 4), "general", "x")).collect();
    put_findings(&store, rows).await;
    for sort in [FindingSort::Received, FindingSort::Deadline] {
        for limit in [1, 2, 3, 7, 22, 23, 50] {
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let mut query = FindingQuery::new(ORG, ScopeFilter::All, limit);
                (query.sort, query.after) = (sort, after.take());
                let page = store.query(move |tx| tx.findings(&query)).await.unwrap();
                assert_eq!(page.total, 23);
                seen.extend(page.rows);
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            let mut ids: Vec<u8> = seen.iter().map(|row| row.id.0[0]).collect();
            match sort {
                FindingSort::Received => assert!(seen.windows(2).all(|pair| pair[0].received >= pair[1].received)),
                FindingSort::Deadline => {
                    let day = |row: &FindingIndex| row.deadline.clone().unwrap_or_else(|| "9999".into());
                    assert!(seen.windows(2).all(|pair| day(&pair[0]) <= day(&pair[1])), "those without a day come last");
                }
            }
            ids.sort_unstable();
            assert_eq!(ids, (1..=23).collect::<Vec<_>>(), "{sort:?} limit {limit}");
        }
    }
}

pub(crate) async fn totals_follow_every_change(store: Subject) {
    with_org(&store).await;
    put_findings(
        &store,
        vec![finding(1, HERE, 10, "general", "a"), finding(2, HERE, 11, "major", "b"), finding(3, THERE, 12, "major", "c")],
    )
    .await;
    let mut changed = finding(1, HERE, 13, "major", "a");
    changed.stage = "confirmed".into();
    put_findings(&store, vec![changed.clone(), changed]).await;
    let mut counts = store.query(|tx| tx.finding_counts(ORG, &ScopeFilter::All)).await.unwrap();
    counts.sort_by_key(|count| (count.scope, count.stage.clone()));
    let short: Vec<_> = counts.iter().map(|count| (count.scope, count.grade.as_str(), count.stage.as_str(), count.count)).collect();
    assert_eq!(short, [(HERE, "major", "confirmed", 1), (HERE, "major", "raised", 1), (THERE, "major", "raised", 1)]);
    let rows = [inspection(1, HERE, 5, "draft"), inspection(1, HERE, 6, "submitted"), inspection(2, THERE, 7, "draft")];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.put_inspection(row))).await.unwrap();
    let stages = store.query(|tx| tx.stage_counts(ORG, &ScopeFilter::All)).await.unwrap();
    let mut short: Vec<_> = stages.iter().map(|count| (count.scope, count.stage.as_str(), count.count)).collect();
    short.sort_unstable();
    assert_eq!(short, [(HERE, "submitted", 1), (THERE, "draft", 1)]);
    let done = store.query(|tx| tx.fulfilled(ORG, &[AssignmentId([1; 16]), AssignmentId([9; 16])])).await.unwrap();
    assert_eq!(done, [(AssignmentId([1; 16]), InspectionId([1; 16]))]);
}

pub(crate) async fn words_are_found_in_any_script_and_length(store: Subject) {
    with_org(&store).await;
    let rows = vec![
        finding(1, HERE, 10, "general", "皮带机巷无防护栏"),
        finding(2, HERE, 11, "general", "Gas sensor \"T-3\" reads 100%_ of range"),
        finding(3, THERE, 12, "general", "皮带机巷照明不足"),
    ];
    put_findings(&store, rows).await;
    let cases: [(&str, &[u8]); 9] = [
        ("皮带机巷", &[1, 3]),
        ("防护", &[1]),
        ("栏", &[1]),
        ("sensor", &[2]),
        ("SENSOR", &[2]),
        ("\"T-3\"", &[2]),
        ("0%_", &[2]),
        ("%_", &[2]),
        ("没有这个", &[]),
    ];
    for (text, expected) in cases {
        let mut found: Vec<u8> = store
            .query(move |tx| tx.search_findings(ORG, &ScopeFilter::All, text, 10))
            .await
            .unwrap()
            .iter()
            .map(|row| row.id.0[0])
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    put_findings(&store, vec![finding(1, HERE, 13, "general", "已装护栏")]).await;
    let old = store.query(|tx| tx.search_findings(ORG, &ScopeFilter::All, "无防护栏", 10)).await.unwrap();
    assert!(old.is_empty(), "the index follows an edit");
    let hidden = store.query(|tx| tx.search_findings(ORG, &ScopeFilter::One(HERE), "照明不足", 10)).await.unwrap();
    assert!(hidden.is_empty(), "a search stays within its scopes");
}

pub(crate) async fn a_scope_filter_hides_everything_else(store: Subject) {
    with_org(&store).await;
    put_findings(&store, vec![finding(1, HERE, 10, "general", "a"), finding(2, THERE, 11, "general", "b")]).await;
    let rows = [inspection(1, HERE, 5, "submitted"), inspection(2, THERE, 7, "submitted")];
    store.transact(move |tx| rows.iter().try_for_each(|row| tx.put_inspection(row))).await.unwrap();
    let nothing = ScopeFilter::Some(Arc::new([]));
    let both = ScopeFilter::Some(Arc::new([HERE, THERE]));
    let one = ScopeFilter::Some(Arc::new([THERE]));
    for (filter, expected) in [(ScopeFilter::All, 2), (ScopeFilter::One(HERE), 1), (one, 1), (both, 2), (nothing, 0)] {
        let asked = filter.clone();
        let found = store
            .query(move |tx| {
                let inspections = InspectionQuery { submitted: true, ..InspectionQuery::new(ORG, asked.clone(), 10) };
                let listed = tx.inspections(&inspections)?;
                assert_eq!(listed.total, listed.rows.len() as u64);
                let findings = tx.findings(&FindingQuery::new(ORG, asked.clone(), 10))?;
                assert_eq!(findings.total, findings.rows.len() as u64);
                let raised = tx.raised_since(ORG, &asked, Millis(0))?.len();
                let submitted = tx.submissions_since(ORG, &asked, Millis(0))?.len();
                Ok([listed.rows.len(), findings.rows.len(), raised, submitted, tx.stage_counts(ORG, &asked)?.len()])
            })
            .await
            .unwrap();
        assert_eq!(found, [expected; 5], "{filter:?}");
    }
    let foreign = InspectionQuery::new(OrgId([99; 16]), ScopeFilter::One(HERE), 10);
    assert!(store.query(move |tx| tx.inspections(&foreign)).await.unwrap().rows.is_empty(), "another organisation sees nothing");
}

pub(crate) async fn a_summary_is_kept_only_for_its_state(store: Subject) {
    with_org(&store).await;
    let id = RootId([1; 16]);
    let (row, newer) = (inspection(1, HERE, 5, "draft"), inspection(1, HERE, 6, "draft"));
    store.transact(move |tx| tx.put_inspection(&row)).await.unwrap();
    store.transact(move |tx| tx.put_summary(id, Millis(5), "{}", false)).await.unwrap();
    let summary = |store: Subject| async move { store.query(move |tx| tx.inspection(id)).await.unwrap().unwrap().summary };
    assert_eq!(summary(Arc::clone(&store)).await.as_deref(), Some("{}"));
    store.transact(move |tx| tx.put_inspection(&newer)).await.unwrap();
    assert_eq!(summary(Arc::clone(&store)).await, None, "a change forgets it");
    store.transact(move |tx| tx.put_summary(id, Millis(5), "late", false)).await.unwrap();
    assert_eq!(summary(Arc::clone(&store)).await, None, "one computed from an older state comes too late");
}
