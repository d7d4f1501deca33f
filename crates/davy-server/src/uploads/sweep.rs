//! Removes uploads whose time is over.

use crate::app::App;
use crate::store::StoreError;

/// Removes what expired. Returns how many.
///
/// # Errors
/// The store fails; files that could not be removed are logged and tried again next time.
pub async fn sweep(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let expired = app.store.query(move |tx| tx.uploads_expired(now)).await?;
    for id in &expired {
        let Some(_held) = app.uploads.hold(id).await else {
            continue;
        };
        if let Err(error) = std::fs::remove_file(app.uploads.file(id))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, upload = %id, "an expired upload could not be removed");
            continue;
        }
        let key = id.clone();
        app.store.transact(move |tx| tx.delete_upload(&key)).await?;
        app.uploads.forget(id);
    }
    Ok(expired.len())
}
