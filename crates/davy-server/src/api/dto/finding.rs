//! Findings.

use super::{Can, EvidenceState, HistoryRow, SealCheck, dto};
use davy_core::checklist::{Confidence, Grade, Text};
use davy_core::event::AnswerValue;
use davy_core::id::{BlobId, FindingId, InspectionId, SiteId};
use davy_core::time::Millis;
use davy_core::view::{FindingStage, FindingView};

dto! {
    /// A line of the ledger.
    pub struct FindingRow {
        /// Id.
        #[schema(value_type = String)]
        pub id: FindingId,
        /// Site.
        #[schema(value_type = String)]
        pub site: SiteId,
        /// Its name.
        pub site_name: String,
        /// Name of its region.
        pub region_name: String,
        /// Industry slug.
        pub industry: String,
        /// The grade that counts.
        #[schema(value_type = String)]
        pub grade: Grade,
        /// Stage.
        #[schema(value_type = String)]
        pub stage: FindingStage,
        /// What is wrong.
        pub description: String,
        /// Where.
        pub area: Option<String>,
        /// Who must rectify it.
        pub responsible: Option<String>,
        /// By which day.
        pub deadline: Option<String>,
        /// Raised, as claimed by the device.
        #[schema(value_type = i64)]
        pub raised: Millis,
        /// Newest event received, by the server's clock.
        #[schema(value_type = i64)]
        pub received: Millis,
        /// Who raised it.
        pub raised_by: String,
        /// Inspection that it came from.
        #[schema(value_type = Option<String>)]
        pub inspection: Option<InspectionId>,
        /// Original photographs that are here.
        pub photos_here: u32,
        /// Original photographs named.
        pub photos_total: u32,
        /// First thumbnail.
        #[schema(value_type = Option<String>)]
        pub thumbnail: Option<BlobId>,
        /// Values differ.
        pub contested: bool,
    }

    /// Site of a finding.
    pub struct FindingSite {
        /// Id.
        #[schema(value_type = String)]
        pub id: SiteId,
        /// Name.
        pub name: String,
        /// Enterprise.
        pub enterprise: String,
        /// Industry slug.
        pub industry: String,
    }

    /// One legal basis with the standard's words.
    pub struct BasisLine {
        /// Title of the standard.
        #[schema(value_type = Object)]
        pub title: Text,
        /// Its number.
        pub number: String,
        /// Clause.
        pub clause: Option<String>,
    }

    /// The failed item of a finding in the words of its checklist version.
    pub struct FindingItem {
        /// Checklist.
        #[schema(value_type = Object)]
        pub checklist_title: Text,
        /// Section.
        #[schema(value_type = Object)]
        pub section: Text,
        /// Question.
        #[schema(value_type = Object)]
        pub text: Text,
        /// What to look at.
        #[schema(value_type = Option<Object>)]
        pub guidance: Option<Text>,
        /// Legal basis.
        pub basis: Vec<BasisLine>,
        /// How sure the basis is.
        #[schema(value_type = Option<String>)]
        pub confidence: Option<Confidence>,
        /// Limits in words.
        #[schema(value_type = Vec<Object>)]
        pub limits: Vec<Text>,
        /// The answer that counts.
        #[schema(value_type = Option<Object>)]
        pub value: Option<AnswerValue>,
    }

    /// Everything of one finding.
    pub struct FindingPage {
        /// The finding.
        #[schema(value_type = Object)]
        pub view: FindingView,
        /// Site.
        pub site: FindingSite,
        /// Failed item.
        pub item: Option<FindingItem>,
        /// Photographs.
        pub evidence: Vec<EvidenceState>,
        /// Checks.
        pub seals: Vec<SealCheck>,
        /// History.
        pub history: Vec<HistoryRow>,
        /// What the caller may do here.
        pub can: Vec<Can>,
    }

    /// `POST /api/findings/{id}/grade`.
    pub struct GradeRequest {
        /// Grade that holds.
        #[schema(value_type = String)]
        pub grade: Grade,
        /// Why, when it differs from the inspector's.
        pub reason: Option<String>,
    }
}
