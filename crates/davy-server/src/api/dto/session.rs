//! Who is signed in, errors, pages.

use super::dto;
use davy_core::event::Role;
use davy_core::id::PersonId;

dto! {
    /// What a person may do; the server answers with it and checks it again.
    #[derive(Copy, Eq)]
    #[serde(rename_all = "snake_case")]
    pub enum Can {
        /// Accept or return an inspection.
        Review,
        /// Add a comment.
        Comment,
        /// Settle contested values.
        Resolve,
        /// Confirm or change a grade.
        Grade,
        /// Make enrolment codes.
        Enrol,
        /// Revoke devices.
        Revoke,
        /// Add people.
        ManagePeople,
        /// Add and change sites.
        ManageSites,
        /// Give assignments.
        Assign,
        /// See the state of the server.
        SeeSystem,
        /// See checklists that are being written.
        SeeDrafts,
        /// Upload, publish and retire checklists.
        ManageChecklists,
    }

    /// Error envelope of every failed request.
    pub struct Problem {
        /// Stable word.
        pub code: String,
        /// For people.
        pub message: String,
        /// For programs.
        pub details: Option<ProblemDetails>,
    }

    /// What the console can act on in an error.
    pub struct ProblemDetails {
        /// Field that is wrong.
        pub field: Option<String>,
        /// Why, as a stable code.
        pub reason: Option<String>,
        /// What the words for the reason are filled with.
        #[schema(value_type = Option<Object>)]
        #[ts(type = "Record<string, string | number> | null")]
        pub values: Option<serde_json::Value>,
        /// When to try again.
        pub retry_after_seconds: Option<u32>,
    }

    /// An id with a name.
    pub struct Named {
        /// Id.
        pub id: String,
        /// Name.
        pub name: String,
    }

    /// The signed-in person.
    pub struct SessionPerson {
        /// Id.
        #[schema(value_type = String)]
        pub id: PersonId,
        /// Name.
        pub name: String,
        /// Role.
        #[schema(value_type = String)]
        pub role: Role,
    }

    /// A console session.
    pub struct Session {
        /// To be repeated in `x-davy-csrf` by every request that changes something.
        pub csrf: String,
        /// Who.
        pub person: SessionPerson,
        /// Organisation.
        pub organisation: Named,
        /// Region of the person.
        pub region: Option<Named>,
        /// Site of the person.
        pub site: Option<Named>,
        /// What they may do.
        pub can: Vec<Can>,
    }

    /// `POST /api/session`.
    pub struct SignInRequest {
        /// Login.
        pub login: String,
        /// Password.
        pub password: String,
    }
}

/// One page of a list; `next` is the cursor of the following page.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export_to = "console.ts")]
pub struct Page<T> {
    /// Rows.
    pub rows: Vec<T>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Rows in the whole list.
    #[ts(type = "number")]
    pub total: u64,
}
