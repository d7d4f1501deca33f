//! Inspections.

use super::{Can, dto};
use davy_core::checklist::Text;
use davy_core::event::{AnswerValue, InspectionKind, ItemKey, ReviewOutcome};
use davy_core::id::{BlobId, EntityId, EventId, Hash32, InspectionId, SiteId, StreamId};
use davy_core::time::Millis;
use davy_core::view::{Author, InspectionStage, InspectionSummary, InspectionView};

dto! {
    /// A line of the list of inspections.
    pub struct InspectionRow {
        /// Id.
        #[schema(value_type = String)]
        pub id: InspectionId,
        /// Site.
        #[schema(value_type = String)]
        pub site: SiteId,
        /// Its name.
        pub site_name: String,
        /// Name of its region.
        pub region_name: String,
        /// Industry slug.
        pub industry: String,
        /// Checklist's title.
        #[schema(value_type = Object)]
        pub checklist_title: Text,
        /// Why it is made.
        #[schema(value_type = String)]
        pub kind: InspectionKind,
        /// Stage.
        #[schema(value_type = String)]
        pub stage: InspectionStage,
        /// Names of the inspectors.
        pub inspectors: Vec<String>,
        /// Start, as claimed by the device.
        #[schema(value_type = i64)]
        pub started: Millis,
        /// Submission, as claimed by the device.
        #[schema(value_type = Option<i64>)]
        pub submitted: Option<Millis>,
        /// Newest event received, by the server's clock.
        #[schema(value_type = i64)]
        pub received: Millis,
        /// Counts.
        #[schema(value_type = Object)]
        pub summary: InspectionSummary,
        /// Original photographs that are here.
        pub photos_here: u32,
        /// Original photographs named.
        pub photos_total: u32,
        /// Some of its events are held for release.
        pub held: bool,
    }

    /// Whether a photograph's bytes have arrived.
    #[derive(Copy, Eq)]
    #[serde(rename_all = "snake_case")]
    pub enum EvidencePlace {
        /// Whole and checked.
        Here,
        /// Still on the device.
        Awaiting,
    }

    /// Where a photograph is.
    pub struct EvidenceState {
        /// Evidence.
        #[schema(value_type = String)]
        pub evidence: EntityId,
        /// The original.
        #[schema(value_type = String)]
        pub sha256: BlobId,
        /// Where it is.
        pub state: EvidencePlace,
        /// Device that has it.
        pub device: Option<String>,
        /// When that device was last heard of.
        #[schema(value_type = Option<i64>)]
        pub last_seen: Option<Millis>,
        /// The thumbnail is here.
        pub thumbnail_here: bool,
        /// The preview is here.
        pub preview_here: bool,
    }

    /// What the server found when it checked an event.
    #[derive(Copy, Eq)]
    #[serde(rename_all = "snake_case")]
    pub enum SealState {
        /// Signed by the registered key, chained, permitted.
        Verified,
        /// Signed and chained, but waits for release.
        Held,
        /// Signed and chained, of a type from a newer program.
        UnknownType,
    }

    /// The check of one event's seal.
    pub struct SealCheck {
        /// Event.
        #[schema(value_type = String)]
        pub eid: EventId,
        /// Stream.
        #[schema(value_type = String)]
        pub stream: StreamId,
        /// Device's name.
        pub device: Option<String>,
        /// Place in the stream.
        #[ts(type = "number")]
        pub seq: u64,
        /// Outcome.
        pub state: SealState,
        /// Received, by the server's clock.
        #[schema(value_type = i64)]
        pub received: Millis,
    }

    /// A line of the history, newest first.
    pub struct HistoryRow {
        /// Event.
        #[schema(value_type = String)]
        pub eid: EventId,
        /// Type, for example `answer.set`.
        pub kind: String,
        /// Who, when, on which device.
        #[schema(value_type = Object)]
        pub author: Author,
        /// Received, by the server's clock.
        #[schema(value_type = i64)]
        pub received: Millis,
        /// In Chinese.
        pub summary_zh: String,
        /// In English.
        pub summary_en: String,
        /// A later value replaced it.
        pub superseded: bool,
    }

    /// Everything of one inspection. `frontier` is the root that the newest submission signed.
    pub struct InspectionPage {
        /// The inspection.
        #[schema(value_type = Object)]
        pub view: InspectionView,
        /// What a review refers to.
        #[schema(value_type = Option<String>)]
        pub frontier: Option<Hash32>,
        /// Photographs, those of its findings included.
        pub evidence: Vec<EvidenceState>,
        /// Checks.
        pub seals: Vec<SealCheck>,
        /// History.
        pub history: Vec<HistoryRow>,
        /// What the caller may do here.
        pub can: Vec<Can>,
    }

    /// `POST /api/inspections/{id}/review`.
    pub struct ReviewRequest {
        /// Accepted or returned.
        #[schema(value_type = String)]
        pub outcome: ReviewOutcome,
        /// Items to redo.
        #[schema(value_type = Vec<String>)]
        pub items: Vec<ItemKey>,
        /// Words.
        pub comment: Option<String>,
        /// The frontier that was looked at.
        #[schema(value_type = String)]
        pub frontier: Hash32,
    }

    /// `POST …/comments`.
    pub struct CommentRequest {
        /// Words.
        pub text: String,
        /// Item that it is about.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        pub key: Option<ItemKey>,
    }

    /// `POST /api/inspections/{id}/resolve`.
    pub struct ResolveRequest {
        /// Item.
        #[schema(value_type = String)]
        pub key: ItemKey,
        /// Value that holds from now on.
        #[schema(value_type = Option<Object>)]
        pub value: Option<AnswerValue>,
        /// Why.
        pub reason: String,
    }
}
