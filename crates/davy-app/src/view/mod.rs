//! What the field app's screens are given, beyond the views of `davy-core`.

use davy_core::checklist::Text;
use davy_core::event::{AssignmentState, BlobRole, InspectionKind, SiteContact};
use davy_core::id::{AssignmentId, BlobId, FindingId, InspectionId, PersonId, SiteId};
use davy_core::time::Millis;
use davy_core::view::{EvidenceView, FindingView, InspectionChange, InspectionStage, InspectionSummary};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the app can show right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "stage", rename_all = "snake_case")]
#[ts(export_to = "app.ts")]
pub enum AppStatus {
    /// No device key yet: show enrolment.
    NotEnrolled,
    /// Enrolled; the vault is closed.
    Locked {
        /// Organisation's name.
        organisation: String,
        /// Person's name.
        person: String,
        /// Seconds to wait before the next PIN is looked at; 0 = none.
        #[ts(type = "number")]
        wait_seconds: u64,
        /// Failed attempts since the last success.
        failed_attempts: u32,
        /// The system keychain can open the vault without the PIN.
        keychain: bool,
    },
    /// Open.
    Unlocked {
        /// Organisation's name.
        organisation: String,
        /// Person's id.
        person_id: PersonId,
        /// Person's name.
        person: String,
        /// This device's name.
        device: String,
        /// Server's address.
        server: String,
    },
    /// The data folder was written by a newer program.
    NewerDatabase {
        /// Version found.
        found: u32,
        /// Newest version that this program knows.
        known: u32,
    },
    /// Another instance holds the data folder.
    OtherInstance,
    /// The data folder cannot be read; nothing was changed.
    Damaged {
        /// What was found, for support.
        detail: String,
    },
}

/// The first screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct TodayView {
    /// Open assignments for this person, the next due first.
    pub assignments: Vec<AssignmentCard>,
    /// Unfinished inspections, the last touched first.
    pub drafts: Vec<InspectionCard>,
    /// Given back by a supervisor.
    pub returned: Vec<InspectionCard>,
    /// Contested: two devices disagree and a person must settle it.
    pub contested: Vec<InspectionCard>,
    /// Submitted or accepted, newest first, at most twenty.
    pub recent: Vec<InspectionCard>,
    /// Photographs whose event was never written (the app was killed in between).
    pub recovered_photos: Vec<RecoveredPhoto>,
}

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct AssignmentCard {
    /// Id.
    pub id: AssignmentId,
    /// Site.
    pub site: SiteId,
    /// Site's name.
    pub site_name: String,
    /// Checklist id.
    pub checklist: String,
    /// Checklist's title, when it is here.
    pub checklist_title: Option<Text>,
    /// Why.
    pub kind: InspectionKind,
    /// Due day.
    pub due: Option<String>,
    /// Past its day.
    pub overdue: bool,
    /// Words.
    pub note: Option<String>,
    /// State.
    pub state: AssignmentState,
    /// The inspection that was started for it, if any.
    pub inspection: Option<InspectionId>,
}

/// An inspection in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct InspectionCard {
    /// Id.
    pub id: InspectionId,
    /// Site.
    pub site: SiteId,
    /// Site's name.
    pub site_name: String,
    /// Checklist's title.
    pub checklist_title: Text,
    /// Why.
    pub kind: InspectionKind,
    /// Stage.
    pub stage: InspectionStage,
    /// Start, device's clock.
    pub started_at: Millis,
    /// Last change.
    pub changed_at: Millis,
    /// Counts.
    pub summary: InspectionSummary,
    /// Number of items to redo.
    pub redo: u32,
    /// How far its record got.
    pub delivery: Delivery,
}

/// How far a record got on its way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "app.ts")]
pub enum Delivery {
    /// Durable on this device, not yet sealed for sending.
    Saved,
    /// Sealed, waiting for its turn or for a network.
    Waiting,
    /// The server has a part of it: events without their photographs, or no verified receipt yet.
    Sent,
    /// Every event and photograph is covered by a verified receipt.
    Delivered,
}

/// A site in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SiteCard {
    /// Id.
    pub id: SiteId,
    /// Name.
    pub name: String,
    /// Enterprise.
    pub enterprise: String,
    /// Industry slug.
    pub industry: String,
    /// Region's name.
    pub region: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Findings that are not retracted.
    pub findings: u32,
    /// Of these, major.
    pub major: u32,
}

/// A site's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SiteView {
    /// The card.
    pub card: SiteCard,
    /// Named places.
    pub areas: Vec<String>,
    /// Who is responsible there.
    pub contacts: Vec<SiteContact>,
    /// Inspections here, newest first.
    pub inspections: Vec<InspectionCard>,
    /// Findings here, major first.
    pub findings: Vec<FindingView>,
    /// Checklists for it: those of its industry first.
    pub checklists: Vec<ChecklistCard>,
}

/// A checklist that can be started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct ChecklistCard {
    /// Id.
    pub id: String,
    /// Newest version here.
    pub version: String,
    /// Hash.
    pub hash: BlobId,
    /// Industry slug.
    pub industry: String,
    /// Title.
    pub title: Text,
    /// False while its content is still being downloaded.
    pub here: bool,
    /// Items in it, when it is here.
    pub items: u32,
}

/// Counts and health of the synchronisation; always on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SyncStatus {
    /// What the driver does.
    pub phase: SyncPhase,
    /// Why nothing moves, if so.
    pub problem: Option<SyncProblem>,
    /// Last complete contact, server's clock.
    pub last_contact: Option<Millis>,
    /// Next attempt, device's clock.
    pub next_attempt: Option<Millis>,
    /// Events not yet under a verified receipt.
    pub events_waiting: u32,
    /// Photographs and signatures not yet under a verified receipt.
    pub blobs_waiting: u32,
    /// Their bytes.
    #[ts(type = "number")]
    pub bytes_waiting: u64,
    /// Bytes of the running upload that the server has.
    #[ts(type = "number")]
    pub bytes_sent: u64,
    /// Records by how far they got.
    pub saved: u32,
    /// See `Delivery::Waiting`.
    pub waiting: u32,
    /// See `Delivery::Sent`.
    pub sent: u32,
    /// See `Delivery::Delivered`.
    pub delivered: u32,
}

/// What the driver does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "app.ts")]
pub enum SyncPhase {
    /// Everything is exchanged.
    Idle,
    /// Asking the server where we stand.
    Contacting,
    /// Sending events.
    Pushing,
    /// Receiving events.
    Pulling,
    /// Sending photographs.
    Uploading,
    /// Receiving checklists.
    Downloading,
    /// Waiting for the next attempt.
    Waiting,
}

/// Why nothing moves, in a form that names the remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SyncProblem {
    /// Cause.
    pub cause: SyncCause,
    /// Since when, device's clock.
    pub since: Millis,
    /// For support: what exactly was seen.
    pub detail: String,
}

/// The causes a person can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "app.ts")]
pub enum SyncCause {
    /// No network at all (name or route not found).
    NoNetwork,
    /// There is a network but the server does not answer.
    ServerUnreachable,
    /// It answers with an error of its own.
    ServerError,
    /// Something else answers in its place: a captive portal, a proxy.
    CaptivePortal,
    /// Its certificate is not trusted.
    Certificate,
    /// This device was revoked.
    Revoked,
    /// The server asks to wait.
    Throttled,
    /// The server has no space.
    ServerFull,
    /// This device has no space.
    DiskFull,
    /// This device's clock is so wrong that certificates or tokens fail.
    Clock,
    /// The server refuses a record as malformed; the others go on.
    Refused,
    /// This program is too old or too new for the server.
    Version,
    /// Anything else; `detail` says what.
    Internal,
}

/// One record on the sync page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RecordDelivery {
    /// Inspection, if it is one.
    pub inspection: Option<InspectionId>,
    /// Finding, if it is one.
    pub finding: Option<FindingId>,
    /// Words to recognise it by: site or description.
    pub title: String,
    /// How far.
    pub delivery: Delivery,
    /// Events in all and under receipt.
    pub events: u32,
    /// Events under a verified receipt.
    pub events_delivered: u32,
    /// Blobs in all.
    pub blobs: u32,
    /// Blobs under a verified receipt.
    pub blobs_delivered: u32,
    /// Last change.
    pub changed_at: Millis,
    /// What stands in the way of this record alone.
    pub problem: Option<String>,
}

/// A photograph in the store that no event names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RecoveredPhoto {
    /// Its SHA-256.
    pub sha256: BlobId,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// The inspection that was open when it was taken, if known.
    pub inspection: Option<InspectionId>,
    /// The item, if known.
    pub key: Option<davy_core::event::ItemKey>,
}

/// Answer to `attach_photo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct PhotoAttached {
    /// The photograph.
    pub evidence: EvidenceView,
    /// What it changed, when it belongs to an inspection.
    pub change: Option<InspectionChange>,
}

/// What is still open before signing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct FinishView {
    /// Required items without an answer.
    pub open: Vec<davy_core::event::ItemKey>,
    /// Failed items without a finding.
    pub failed_without_finding: Vec<davy_core::event::ItemKey>,
    /// Contested items.
    pub contested: Vec<davy_core::event::ItemKey>,
    /// Returned items not answered since.
    pub redo: Vec<davy_core::event::ItemKey>,
    /// Signatures that are missing for this kind of inspection.
    pub missing_signatures: Vec<davy_core::event::SignerRole>,
    /// Nothing forbids submitting (open items are allowed and are listed in the record as not checked).
    pub can_submit: bool,
}

/// Pushed to the screen when something changed by itself (sync, another window).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export_to = "app.ts")]
pub enum AppEvent {
    /// Records changed: reload what shows them.
    Changed {
        /// Which kinds.
        kinds: Vec<ChangedKind>,
        /// Which inspections, when known.
        inspections: Vec<InspectionId>,
    },
    /// The sync status changed.
    Sync {
        /// Now.
        status: SyncStatus,
    },
    /// A picture of another device is here now: show it where it was missing.
    Picture {
        /// Its hash, as in its address.
        sha256: BlobId,
    },
    /// The vault was closed.
    Locked,
}

/// Kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "app.ts")]
pub enum ChangedKind {
    /// Inspections.
    Inspections,
    /// Findings.
    Findings,
    /// Sites, regions, people.
    Directory,
    /// Assignments.
    Assignments,
    /// Checklists.
    Checklists,
    /// Deliveries.
    Deliveries,
}

/// The role of a blob in a photo address.
pub type PhotoRole = BlobRole;
