//! Live changes for open consoles, filtered to what each may see.

use crate::api::dto::LiveEvent;
use crate::app::App;
use crate::auth::session::{self, SignedIn};
use crate::error::ApiResult;
use crate::ingest::{Change, kind_word};
use crate::store::tx::{KIND_FINDING, KIND_INSPECTION};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use davy_core::id::{FindingId, InspectionId};
use futures::Stream;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;

const PING: Duration = Duration::from_secs(20);
/// Changes that come close together are told together.
const GATHER: Duration = Duration::from_millis(200);
/// More ids than this are not listed: the console then reads again what it shows.
const MOST_IDS: usize = 200;

/// Waits for changes and gathers what comes close behind. `None`: the channel ended or this listener fell behind;
/// the stream then ends, and the console reconnects and reads everything again.
pub async fn gather(changes: &mut Receiver<Arc<[Change]>>) -> Option<Vec<Change>> {
    let mut gathered: Vec<Change> = changes.recv().await.ok()?.to_vec();
    tokio::time::sleep(GATHER).await;
    loop {
        match changes.try_recv() {
            Ok(more) => gathered.extend(more.iter()),
            Err(tokio::sync::broadcast::error::TryRecvError::Empty) => return Some(gathered),
            Err(_) => return None,
        }
    }
}

fn message(changes: &[Change]) -> LiveEvent {
    let kinds: BTreeSet<&str> = changes.iter().filter(|change| change.kind != 0).map(|change| kind_word(change.kind)).collect();
    let of = |kind: u8| changes.iter().filter(move |change| change.kind == kind).map(|change| change.root).collect::<BTreeSet<_>>();
    let (inspections, findings) = (of(KIND_INSPECTION), of(KIND_FINDING));
    LiveEvent {
        kind: "changed".to_owned(),
        kinds: kinds.into_iter().map(str::to_owned).collect(),
        inspections: inspections.into_iter().take(MOST_IDS).map(InspectionId::from).collect(),
        findings: findings.into_iter().take(MOST_IDS).map(FindingId::from).collect(),
    }
}

/// Streams changes. The session and the reach are looked up again for each message.
#[utoipa::path(get, path = "/events", tag = "desk", responses((status = 200, description = "text/event-stream of LiveEvent")))]
pub async fn listen(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    headers: HeaderMap,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let changes = app.changes.subscribe();
    let org = viewer.org;
    let stream = futures::stream::unfold((app, changes, headers), move |(app, mut changes, headers)| async move {
        loop {
            let gathered = gather(&mut changes).await?;
            let viewer = session::find(&app, &headers).await.ok()?.viewer;
            let visible: Vec<Change> = gathered.into_iter().filter(|change| change.org == org && viewer.may_read(change.scope)).collect();
            let message = message(&visible);
            if message.kinds.is_empty() {
                continue;
            }
            let event = Event::default().json_data(&message).ok()?;
            return Some((Ok(event), (app, changes, headers)));
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(PING).event(Event::default().event("ping").data("1"))))
}
