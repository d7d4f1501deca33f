//! The TypeScript of the console API: written by `cargo xtask gen`, checked for drift.

use crate::api::dto::*;
use std::path::Path;
use ts_rs::{Config, TS};

/// Writes `console.ts` and the core types that it names into a folder.
///
/// # Errors
/// A file cannot be written.
pub fn export(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::new().with_out_dir(folder).with_large_int("number");
    macro_rules! all {
        ($($name:ty),* $(,)?) => { $(<$name as TS>::export_all(&config)?;)* };
    }
    all!(
        Problem,
        Session,
        SignInRequest,
        Page<InspectionRow>,
        Dashboard,
        SearchHit,
        LiveEvent,
        InspectionPage,
        ReviewRequest,
        CommentRequest,
        ResolveRequest,
        FindingRow,
        FindingPage,
        GradeRequest,
        SiteRow,
        SitePage,
        SiteRequest,
        RegionNode,
        PersonRow,
        PersonRequest,
        AssignmentRow,
        AssignmentRequest,
        ChecklistRow,
        PublishRequest,
        RetireRequest,
        DraftRow,
        DraftPage,
        PreviewRequest,
        PreviewAnswer,
        EnrolmentCodeRequest,
        EnrolmentCode,
        OpenCode,
        DeviceRow,
        RevokeRequest,
        SystemPage,
    );
    Ok(())
}
