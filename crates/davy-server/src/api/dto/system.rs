//! Devices, enrolment codes, the server itself.

use super::{Named, dto};
use davy_core::checklist::Text;
use davy_core::id::{DeviceId, PersonId, StreamId};
use davy_core::time::Millis;

dto! {
    /// `POST /api/enrolment-codes`.
    pub struct EnrolmentCodeRequest {
        /// For whom.
        #[schema(value_type = String)]
        pub person: PersonId,
        /// Minutes that it lasts.
        pub minutes: u32,
    }

    /// A new enrolment code: shown once.
    pub struct EnrolmentCode {
        /// Id.
        pub id: String,
        /// The code.
        pub code: String,
        /// The link in the QR.
        pub link: String,
        /// The QR as SVG.
        pub qr_svg: String,
        /// Valid until.
        #[schema(value_type = i64)]
        pub expires: Millis,
        /// For whom.
        pub person_name: String,
    }

    /// An enrolment code without its secret.
    pub struct OpenCode {
        /// Id.
        pub id: String,
        /// For whom.
        pub person: Named,
        /// Valid until.
        #[schema(value_type = i64)]
        pub expires: Millis,
        /// Used.
        pub used: bool,
    }

    /// Whether a device may send.
    #[derive(Copy, Eq)]
    #[serde(rename_all = "snake_case")]
    pub enum DeviceState {
        /// In use.
        Active,
        /// Revoked; what it sends is held.
        Revoked,
    }

    /// An enrolled device.
    pub struct DeviceRow {
        /// Device.
        #[schema(value_type = String)]
        pub device: DeviceId,
        /// Stream.
        #[schema(value_type = String)]
        pub stream: StreamId,
        /// Name.
        pub name: String,
        /// Enrolled for.
        pub person: Named,
        /// Enrolled when.
        #[schema(value_type = i64)]
        pub enrolled: Millis,
        /// Last contact.
        #[schema(value_type = Option<i64>)]
        pub last_seen: Option<Millis>,
        /// Last event received.
        #[ts(type = "number")]
        pub last_seq: u64,
        /// Events that it said it still holds.
        #[ts(type = "number")]
        pub pending_events: u64,
        /// Blobs that it said it still holds.
        #[ts(type = "number")]
        pub pending_blobs: u64,
        /// Their bytes.
        #[ts(type = "number")]
        pub pending_bytes: u64,
        /// State.
        pub state: DeviceState,
        /// Not heard of for a week.
        pub silent: bool,
    }

    /// `POST /api/devices/{stream}/revoke`.
    pub struct RevokeRequest {
        /// Why.
        pub reason: String,
    }

    /// The database.
    pub struct DatabaseFacts {
        /// Kind and version.
        pub kind: String,
        /// Bytes.
        #[ts(type = "number")]
        pub size_bytes: u64,
    }

    /// The blob store.
    pub struct BlobFacts {
        /// Blobs.
        #[ts(type = "number")]
        pub count: u64,
        /// Their bytes.
        #[ts(type = "number")]
        pub bytes: u64,
    }

    /// The log.
    pub struct LogFacts {
        /// Epoch.
        pub epoch: String,
        /// Last place.
        #[ts(type = "number")]
        pub head: u64,
    }

    /// The newest backup.
    pub struct BackupFacts {
        /// When it was finished.
        #[schema(value_type = Option<i64>)]
        pub last: Option<Millis>,
    }

    /// Facts for the administrator.
    pub struct SystemPage {
        /// Version of the server.
        pub version: String,
        /// Started.
        #[schema(value_type = i64)]
        pub started: Millis,
        /// Database.
        pub database: DatabaseFacts,
        /// Blobs.
        pub blobs: BlobFacts,
        /// Log.
        pub log: LogFacts,
        /// Backup.
        pub backup: BackupFacts,
        /// What "durable" rests on.
        #[schema(value_type = Object)]
        pub durable_note: Text,
    }
}
