//! One suite for every backend: what the server relies on, as small stories. A backend gives a function that makes
//! a fresh store, and [`store_conformance!`](crate::store_conformance) names each story as a test of it.

mod accounts;
mod drafts;
mod few;
mod ledger;
mod lists;
mod work;

pub(crate) use accounts::*;
pub(crate) use drafts::*;
pub(crate) use few::*;
pub(crate) use ledger::*;
pub(crate) use lists::*;
pub(crate) use work::*;

use crate::store::*;
use davy_core::event::BlobRole;
use davy_core::id::*;
use davy_core::time::Millis;
use std::sync::Arc;
use uuid::Uuid;

const ORG: OrgId = OrgId([1; 16]);
const STREAM: StreamId = StreamId([2; 16]);
const HERE: ScopeId = ScopeId([3; 16]);
const THERE: ScopeId = ScopeId([4; 16]);

/// Names each story as a test of a backend. Takes a function that makes a fresh store:
/// `fn() -> (guard, Arc<dyn Store>)`.
#[macro_export]
macro_rules! store_conformance {
    ($fresh:path) => {
        $crate::store_conformance!(@ $fresh:
            work_that_fails_leaves_nothing, a_panic_takes_back_its_own_work_alone, many_writers_lose_nothing,
            a_login_belongs_to_one_person, a_code_is_used_once, sessions_end, a_throttle_is_remembered_and_cleared,
            a_feed_page_is_a_prefix_whatever_its_size, a_segment_is_found_by_any_of_its_seqs,
            findings_are_paged_without_gap_or_repeat, totals_follow_every_change, words_are_found_in_any_script_and_length,
            a_scope_filter_hides_everything_else, a_blob_turns_its_references_present, a_summary_is_kept_only_for_its_state,
            held_work_is_listed_until_released, the_durable_mark_only_rises, a_revision_changes_with_the_directory,
            contested_rows_are_listed_until_they_are_settled, rows_wait_for_their_originals_and_for_nothing_else,
            an_uploaded_checklist_is_kept_whole_until_it_is_removed,
            uploads_expire, a_backup_opens_as_a_store_of_its_own
        );
    };
    (@ $fresh:path: $($story:ident),* $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $story() {
            let (_guard, store) = $fresh();
            $crate::store::conformance::$story(store).await;
        }
    )*};
}

/// A store under test.
pub(crate) type Subject = Arc<dyn Store>;

async fn with_org(store: &Subject) {
    let org = OrgRow { id: ORG, name: "云岭".into(), seed: [9; 32], epoch: 1, gseq: 0, stream: STREAM, created: Millis(1) };
    let stream = StreamRow {
        stream: STREAM,
        org: ORG,
        device: DeviceId([5; 16]),
        name: "tablet".into(),
        platform: "test".into(),
        app_version: "1".into(),
        person: Some(PersonId([6; 16])),
        key: [7; 32],
        record: vec![8],
        state: StreamStatus::Active,
        head_seq: 0,
        head_eid: Hash32([0; 32]),
        last_seal: Hash32([0; 32]),
        durable_seq: 0,
        enrolled: Millis(1),
        last_seen: None,
        pending: PendingCounts::default(),
    };
    let write = store.transact(move |tx| {
        tx.insert_org(&org)?;
        tx.insert_stream(&stream)
    });
    write.await.unwrap();
}
