//! The desk: what needs somebody today.

use crate::api::dto::{Dashboard, DayCount, FindingCounts, IndustryCount, RecordCounts};
use crate::api::rows;
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::ApiResult;
use crate::store::{FindingQuery, InspectionQuery, ReadTx, ScopeFilter, StoreError};
use axum::Json;
use axum::extract::State;
use davy_core::id::{OrgId, SiteId};
use davy_core::time::Millis;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A device not heard of for this long is silent.
pub const SILENT_MS: i64 = 7 * 24 * 60 * 60 * 1000;
const DAYS: i64 = 14;

fn day(at: Millis) -> String {
    let zone = TimeZone::system();
    Timestamp::from_millisecond(at.0).map_or_else(|_| String::new(), |at| at.to_zoned(zone).date().to_string())
}

/// The last fourteen days, oldest first, and the start of the first.
fn window(now: Millis) -> (Vec<String>, Millis) {
    let zone = TimeZone::system();
    let today = Timestamp::from_millisecond(now.0).unwrap_or_default().to_zoned(zone.clone()).date();
    let date = |back: i64| today.checked_sub(back.days()).unwrap_or(today);
    let first = date(DAYS - 1).to_zoned(zone).map_or(now, |start| Millis(start.timestamp().as_millisecond()));
    ((0..DAYS).rev().map(|back| date(back).to_string()).collect(), first)
}

/// Records that are contested, or that wait for photographs.
fn records(tx: &dyn ReadTx, org: OrgId, scopes: &ScopeFilter, contested: bool, awaiting: bool) -> Result<RecordCounts, StoreError> {
    let inspections = InspectionQuery { contested, awaiting, ..InspectionQuery::new(org, scopes.clone(), 0) };
    let findings = FindingQuery { contested, awaiting, ..FindingQuery::new(org, scopes.clone(), 0) };
    Ok(RecordCounts { inspections: tx.inspections_total(&inspections)?, findings: tx.findings_total(&findings)? })
}

/// What needs the caller today.
#[utoipa::path(get, path = "/dashboard", tag = "desk", responses((status = 200, body = Dashboard)))]
pub async fn show(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn) -> ApiResult<Json<Dashboard>> {
    let now = app.clock.now();
    let (days, since) = window(now);
    let (org, scopes) = (viewer.org, viewer.everything());
    rows::count_contested(&app, &viewer).await?;
    let found = app.store.query(move |tx| {
        let newest = InspectionQuery { submitted: true, ..InspectionQuery::new(org, scopes.clone(), 10) };
        Ok((
            tx.stage_counts(org, &scopes)?,
            tx.finding_counts(org, &scopes)?,
            records(tx, org, &scopes, true, false)?,
            records(tx, org, &scopes, false, true)?,
            tx.submissions_since(org, &scopes, since)?,
            tx.raised_since(org, &scopes, since)?,
            tx.inspections(&newest)?,
        ))
    });
    let (stages, findings, contested, photos_awaited, submitted, raised, newest) = found.await?;
    let of_stage = |stage: &str| stages.iter().filter(|count| count.stage == stage).map(|count| count.count).sum();
    let mut counts = FindingCounts { general: 0, major: 0, unconfirmed: 0 };
    let mut industries: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for count in findings.iter().filter(|count| count.stage != "retracted") {
        let major = if count.grade == "major" { count.count } else { 0 };
        counts.major += major;
        counts.general += count.count - major;
        counts.unconfirmed += if count.stage == "raised" { count.count } else { 0 };
        let industry = industries.entry(viewer.directory.industry_of(SiteId::from(count.scope))).or_default();
        *industry = (industry.0 + count.count, industry.1 + major);
    }
    let mut by_day: BTreeMap<String, (u64, u64)> = days.iter().map(|day| (day.clone(), (0, 0))).collect();
    let mut tally = |at: Millis, submitted: u64, raised: u64| {
        if let Some(entry) = by_day.get_mut(&day(at)) {
            *entry = (entry.0 + submitted, entry.1 + raised);
        }
    };
    submitted.into_iter().for_each(|at| tally(at, 1, 0));
    raised.into_iter().for_each(|at| tally(at, 0, 1));
    let silent = viewer.visible_streams().filter(|stream| stream.last_seen.unwrap_or(stream.enrolled).plus(SILENT_MS) < now).count();
    let by_industry = industries.into_iter().map(|(industry, (findings, major))| IndustryCount { industry, findings, major });
    Ok(Json(Dashboard {
        to_review: of_stage("submitted"),
        amended: of_stage("amended"),
        contested,
        findings: counts,
        photos_awaited,
        devices_silent: silent as u64,
        today: rows::inspections(&app, &viewer, newest.rows).await?,
        by_industry: by_industry.collect(),
        by_day: by_day.into_iter().map(|(day, (submitted, findings))| DayCount { day, submitted, findings }).collect(),
    }))
}
