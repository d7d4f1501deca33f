//! `GET /wake`: tells a device that there is something to pull. Only a hint; losing it loses nothing.

use crate::api::events::gather;
use crate::app::App;
use crate::sync::caller::Device;
use crate::sync::codec::SyncError;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

const PING: Duration = Duration::from_secs(20);

/// Streams a hint whenever a scope within reach grew.
pub async fn wake(State(app): State<Arc<App>>, device: Device) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, SyncError> {
    let changes = app.changes.subscribe();
    let org = device.org.id;
    let stream = futures::stream::unfold((changes, device.viewer), move |(mut changes, viewer)| async move {
        loop {
            let gathered = gather(&mut changes).await?;
            // A changed directory may mean a changed reach: the device asks and finds out.
            let news = gathered
                .iter()
                .any(|change| change.org == org && viewer.as_ref().is_some_and(|viewer| change.kind > 2 || viewer.may_read(change.scope)));
            if news {
                return Some((Ok(Event::default().event("news").data("1")), (changes, viewer)));
            }
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(PING).event(Event::default().event("ping").data("1"))))
}
