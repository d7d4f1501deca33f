//! What changes by itself (sync, another window of the same core) is told to the page.

use std::sync::Arc;

use davy_app::App;
use tauri::{AppHandle, Emitter};
use tokio::sync::broadcast::error::RecvError;

/// Name of the event that the page listens to.
const NAME: &str = "davy";

/// Forwards the core's events until the core is gone. A page that was too slow loses the oldest ones; the next
/// one tells it what to read again, and every screen reads the present state, so nothing stays wrong.
pub fn forward(handle: AppHandle, app: &Arc<App>) {
    let mut events = app.subscribe();
    tauri::async_runtime::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => {
                    if let Err(error) = handle.emit(NAME, &event) {
                        tracing::warn!(%error, "an event did not reach the page");
                    }
                }
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "the page was too slow for some events")
                }
                Err(RecvError::Closed) => return,
            }
        }
    });
}
