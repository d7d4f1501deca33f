//! What one gesture over a whole section may answer.

use super::{InspectionContext, inspection_view};
use crate::checklist::Response;
use crate::event::ItemKey;
use crate::id::InstanceId;

/// Items of a section, or of one instance of it, that are open and may be passed together. Readings, choices and passes
/// that rest on readings need an answer of their own; so does nothing that is answered already.
#[must_use]
pub fn passable(context: &InspectionContext<'_>, section: &str, instance: Option<InstanceId>) -> Vec<String> {
    let may = |key: &ItemKey| {
        let item = context.compiled.item(&key.item);
        item.is_some_and(|(_, item, _)| item.response == Response::PassFail && item.needs_fresh.is_empty())
    };
    let shown = inspection_view(context).items.into_iter().filter(|item| item.section == section && item.key.instance == instance);
    shown.filter(|item| item.verdict.is_none() && may(&item.key)).map(|item| item.key.item).collect()
}
