//! Removes uploads whose time is over.

use crate::app::App;
use crate::store::StoreError;
use std::io;
use std::time::Duration;

/// Removes what expired. Returns how many uploads.
///
/// # Errors
/// The store fails; files that could not be removed are logged and tried again next time.
pub async fn sweep(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let expired = app.store.query(move |tx| tx.uploads_expired(now)).await?;
    for id in &expired {
        let Some(_held) = app.uploads.hold(id).await else { continue };
        if !remove(app, id) {
            continue;
        }
        let key = id.clone();
        app.store.transact(move |tx| tx.delete_upload(&key)).await?;
        app.uploads.forget(id);
    }
    sweep_orphans(app).await?;
    Ok(expired.len())
}

fn remove(app: &App, id: &str) -> bool {
    match std::fs::remove_file(app.uploads.file(id)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, upload = %id, "an expired upload could not be removed");
            false
        }
        _ => true,
    }
}

/// A crash in the middle of a file that came whole with its announcement leaves bytes without a row.
async fn sweep_orphans(app: &App) -> Result<(), StoreError> {
    let age = Duration::from_secs(u64::from(app.config.upload_hours) * 3600);
    for (id, old) in app.uploads.files(age) {
        if !old {
            continue;
        }
        let key = id.clone();
        if app.store.query(move |tx| tx.upload(&key)).await?.is_none()
            && let Some(_held) = app.uploads.hold(&id).await
        {
            remove(app, &id);
            app.uploads.forget(&id);
        }
    }
    Ok(())
}
