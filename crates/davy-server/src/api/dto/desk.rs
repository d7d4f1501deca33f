//! The desk: what needs somebody today, search, live changes.

use super::{InspectionRow, dto};
use davy_core::id::{FindingId, InspectionId};

dto! {
    /// Findings of the dashboard.
    pub struct FindingCounts {
        /// General.
        #[ts(type = "number")]
        pub general: u64,
        /// Major.
        #[ts(type = "number")]
        pub major: u64,
        /// Not yet graded by a supervisor.
        #[ts(type = "number")]
        pub unconfirmed: u64,
    }

    /// Findings of one industry.
    pub struct IndustryCount {
        /// Industry slug.
        pub industry: String,
        /// Findings.
        #[ts(type = "number")]
        pub findings: u64,
        /// Of these, major.
        #[ts(type = "number")]
        pub major: u64,
    }

    /// One day, `YYYY-MM-DD`.
    pub struct DayCount {
        /// Day in the server's time zone.
        pub day: String,
        /// Inspections submitted.
        #[ts(type = "number")]
        pub submitted: u64,
        /// Findings raised.
        #[ts(type = "number")]
        pub findings: u64,
    }

    /// Records of both kinds; each number is the length of the list that it opens.
    pub struct RecordCounts {
        /// Inspections.
        #[ts(type = "number")]
        pub inspections: u64,
        /// Findings.
        #[ts(type = "number")]
        pub findings: u64,
    }

    /// What needs the supervisor today.
    pub struct Dashboard {
        /// Submitted and not decided.
        #[ts(type = "number")]
        pub to_review: u64,
        /// Changed after the sign-off.
        #[ts(type = "number")]
        pub amended: u64,
        /// Records with contested values.
        pub contested: RecordCounts,
        /// Findings.
        pub findings: FindingCounts,
        /// Records with original photographs that are named and not here.
        pub photos_awaited: RecordCounts,
        /// Devices that have not been heard of for a week.
        #[ts(type = "number")]
        pub devices_silent: u64,
        /// Newest submitted inspections.
        pub today: Vec<InspectionRow>,
        /// By industry.
        pub by_industry: Vec<IndustryCount>,
        /// Fourteen days, oldest first.
        pub by_day: Vec<DayCount>,
    }

    /// Kind of a search hit.
    #[derive(Copy, Eq)]
    #[serde(rename_all = "snake_case")]
    pub enum SearchKind {
        /// Inspection.
        Inspection,
        /// Finding.
        Finding,
        /// Site.
        Site,
    }

    /// A search hit.
    pub struct SearchHit {
        /// Kind.
        pub kind: SearchKind,
        /// Id.
        pub id: String,
        /// First line.
        pub title: String,
        /// Second line.
        pub detail: String,
    }

    /// What `GET /api/events` sends.
    pub struct LiveEvent {
        /// Always `changed`.
        #[serde(rename = "type")]
        #[ts(type = "\"changed\"")]
        pub kind: String,
        /// Kinds of records that changed.
        pub kinds: Vec<String>,
        /// Inspections that changed.
        #[schema(value_type = Vec<String>)]
        pub inspections: Vec<InspectionId>,
        /// Findings that changed.
        #[schema(value_type = Vec<String>)]
        pub findings: Vec<FindingId>,
    }
}
