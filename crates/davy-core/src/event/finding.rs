//! Bodies of the events of a finding.

use super::value::ItemKey;
use super::wire::wire;
use crate::checklist::Grade;
use crate::id::{InspectionId, SiteId};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

wire! {
    /// `finding.raised`.
    pub struct FindingRaised {
        /// Inspection it came from.
        #[n(0)] pub inspection: Option<InspectionId>,
        /// Failed item; `None` for a free observation.
        #[n(1)] pub key: Option<ItemKey>,
        /// Site.
        #[n(2)] pub site: SiteId,
        /// Grade as the inspector sees it.
        #[n(3)] pub grade: Grade,
        /// Grade the item suggested.
        #[n(4)] pub suggested: Option<Grade>,
        /// What is wrong.
        #[n(5)] pub description: String,
        /// Where on the site.
        #[n(6)] pub area: Option<String>,
        /// What was done at once.
        #[n(7)] pub measure: Option<String>,
        /// Who must rectify it.
        #[n(8)] pub responsible: Option<String>,
        /// By which day, `YYYY-MM-DD` at the site.
        #[n(9)] pub deadline: Option<String>,
        /// Report dimension of the item.
        #[n(10)] pub theme: Option<String>,
    }

    /// `finding.edited`: each field present is a new value of that field.
    pub struct FindingEdited {
        /// What is wrong.
        #[n(0)] pub description: Option<String>,
        /// Where on the site; empty takes it back.
        #[n(1)] pub area: Option<String>,
        /// What was done at once.
        #[n(2)] pub measure: Option<String>,
        /// Who must rectify it.
        #[n(3)] pub responsible: Option<String>,
        /// By which day.
        #[n(4)] pub deadline: Option<String>,
        /// Grade as an inspector sees it.
        #[n(5)] pub grade: Option<Grade>,
    }

    /// `finding.graded`: a supervisor confirms or changes the grade.
    pub struct FindingGraded {
        /// Grade that holds.
        #[n(0)] pub grade: Grade,
        /// Why, when it differs from the inspector's.
        #[n(1)] pub reason: Option<String>,
    }

    /// `finding.retracted`: raised by mistake; hidden with a reason. A later edit by somebody who did not know revives it.
    pub struct FindingRetracted {
        /// Why.
        #[n(0)] pub reason: String,
    }
}
