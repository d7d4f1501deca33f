//! Facts about the server.

use crate::access::Action;
use crate::api::dto::{BackupFacts, BlobFacts, DatabaseFacts, LogFacts, SystemPage};
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::{ApiError, ApiResult};
use crate::store::BackupRow;
use axum::Json;
use axum::extract::State;
use davy_core::checklist::Text;
use std::sync::Arc;

/// What "durable" rests on, in words.
fn durable_note(backup: Option<&BackupRow>) -> Text {
    match backup {
        Some(row) if row.elsewhere => Text {
            zh: "最近一次异机备份之前收到的记录已有第二份副本。".to_owned(),
            en: "Records received before the last backup to another machine exist twice.".to_owned(),
        },
        _ => Text {
            zh: "没有异机备份：所有记录只在这台机器上，设备会保留自己的副本30天。请运行 davy-server backup 并把副本放到另一台机器。"
                .to_owned(),
            en: "There is no backup on another machine: all records exist on this one only, and devices keep their own for 30 days. \
                 Run davy-server backup and store the copy on another machine."
                .to_owned(),
        },
    }
}

/// Shows the state of the server.
#[utoipa::path(get, path = "/system", tag = "system", responses((status = 200, body = SystemPage), (status = 403)))]
pub async fn show(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn) -> ApiResult<Json<SystemPage>> {
    viewer.require(Action::SeeSystem)?;
    let org = viewer.org;
    let (kind, size_bytes) = app.store.describe().await?;
    let (row, blobs, backup) = app.store.query(move |tx| Ok((tx.org(org)?, tx.blob_totals()?, tx.last_backup()?))).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    Ok(Json(SystemPage {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: app.started,
        database: DatabaseFacts { kind, size_bytes },
        blobs: BlobFacts { count: blobs.count, bytes: blobs.bytes },
        log: LogFacts { epoch: row.epoch.to_string(), head: row.gseq },
        durable_note: durable_note(backup.as_ref()),
        backup: BackupFacts { last: backup.map(|row| row.at) },
    }))
}
