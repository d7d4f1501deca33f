//! `finish_view`: what is still open before signing.

use crate::AppError;
use crate::session::Session;
use crate::view::FinishView;
use davy_core::event::{SignerRole, Verdict};
use davy_core::id::InspectionId;
use davy_core::view::required_signatures;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct Finish {
    /// Inspection.
    pub inspection: InspectionId,
}

/// Lists it.
///
/// # Errors
/// The inspection is not on this device.
pub fn run(session: &Session, request: Finish) -> Result<FinishView, AppError> {
    let open = session.open_inspection(request.inspection)?;
    let doc = open.doc();
    let signed: Vec<SignerRole> = doc.current_signatures().map(|signature| signature.signed.role).collect();
    let refused = doc.current_refusal().is_some();
    let missing_signatures: Vec<_> = required_signatures(doc)
        .into_iter()
        .filter(|role| !(signed.contains(role) || refused && *role == SignerRole::SiteRepresentative))
        .collect();
    let editable = doc.is_editable();
    let compiled = open.compiled();
    let view = open.view();
    let optional = |id: &str| compiled.item(id).is_some_and(|(_, item, _)| item.optional);
    let keys = |wanted: &dyn Fn(&davy_core::view::ItemView) -> bool| {
        view.items.iter().filter(|item| wanted(item)).map(|item| item.key.clone()).collect::<Vec<_>>()
    };
    Ok(FinishView {
        open: keys(&|item| item.verdict.is_none() && !optional(&item.key.item)),
        failed_without_finding: keys(&|item| item.verdict == Some(Verdict::Fail) && item.findings.is_empty()),
        contested: keys(&|item| !item.contested.is_empty()),
        redo: keys(&|item| item.redo),
        can_submit: editable && missing_signatures.is_empty(),
        missing_signatures,
    })
}
