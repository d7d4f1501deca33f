//! Regions, sites, people, assignments.

use super::{Can, FindingRow, InspectionRow, Named, dto};
use davy_core::checklist::Text;
use davy_core::event::{AssignmentState, InspectionKind, Role, SiteContact};
use davy_core::id::{AssignmentId, InspectionId, PersonId, RegionId, SiteId};

dto! {
    /// A line of the list of sites.
    pub struct SiteRow {
        /// Id.
        #[schema(value_type = String)]
        pub id: SiteId,
        /// Name.
        pub name: String,
        /// Enterprise.
        pub enterprise: String,
        /// Industry slug.
        pub industry: String,
        /// Region.
        #[schema(value_type = String)]
        pub region: RegionId,
        /// Its name.
        pub region_name: String,
        /// Inspections.
        #[ts(type = "number")]
        pub inspections: u64,
        /// Findings, not retracted.
        #[ts(type = "number")]
        pub findings: u64,
        /// Of these, major.
        #[ts(type = "number")]
        pub major: u64,
    }

    /// One site.
    pub struct SitePage {
        /// Id.
        #[schema(value_type = String)]
        pub id: SiteId,
        /// Name.
        pub name: String,
        /// Enterprise.
        pub enterprise: String,
        /// Industry slug.
        pub industry: String,
        /// Region.
        #[schema(value_type = String)]
        pub region: RegionId,
        /// Its name.
        pub region_name: String,
        /// Address.
        pub address: Option<String>,
        /// Named places.
        pub areas: Vec<String>,
        /// Who is responsible there.
        #[schema(value_type = Vec<Object>)]
        pub contacts: Vec<SiteContact>,
        /// Newest inspections.
        pub inspections: Vec<InspectionRow>,
        /// Newest findings.
        pub findings: Vec<FindingRow>,
        /// What the caller may do here.
        pub can: Vec<Can>,
    }

    /// `POST /api/sites`, `PUT /api/sites/{id}`.
    pub struct SiteRequest {
        /// Name.
        pub name: String,
        /// Enterprise.
        pub enterprise: String,
        /// Industry slug.
        pub industry: String,
        /// Region.
        #[schema(value_type = String)]
        pub region: RegionId,
        /// Address.
        pub address: Option<String>,
        /// Named places.
        pub areas: Vec<String>,
        /// Who is responsible there.
        #[schema(value_type = Vec<Object>)]
        pub contacts: Vec<SiteContact>,
    }

    /// A region that the caller may see.
    pub struct RegionNode {
        /// Id.
        #[schema(value_type = String)]
        pub id: RegionId,
        /// Name.
        pub name: String,
        /// The region above it.
        #[schema(value_type = Option<String>)]
        pub parent: Option<RegionId>,
    }

    /// A person.
    pub struct PersonRow {
        /// Id.
        #[schema(value_type = String)]
        pub id: PersonId,
        /// Name.
        pub name: String,
        /// Role.
        #[schema(value_type = String)]
        pub role: Role,
        /// Login, if they have one.
        pub login: Option<String>,
        /// Region.
        pub region: Option<Named>,
        /// Site.
        pub site: Option<Named>,
        /// In service.
        pub active: bool,
        /// Certificate or employee number.
        pub badge: Option<String>,
    }

    /// `POST /api/people`.
    pub struct PersonRequest {
        /// Name.
        pub name: String,
        /// Role.
        #[schema(value_type = String)]
        pub role: Role,
        /// Login for the console.
        pub login: Option<String>,
        /// Password for the console.
        pub password: Option<String>,
        /// Region whose sites they reach.
        #[schema(value_type = Option<String>)]
        pub region: Option<RegionId>,
        /// The only site they reach.
        #[schema(value_type = Option<String>)]
        pub site: Option<SiteId>,
        /// Certificate or employee number.
        pub badge: Option<String>,
    }

    /// An assignment.
    pub struct AssignmentRow {
        /// Id.
        #[schema(value_type = String)]
        pub id: AssignmentId,
        /// Site.
        #[schema(value_type = String)]
        pub site: SiteId,
        /// Its name.
        pub site_name: String,
        /// Checklist id.
        pub checklist: String,
        /// Title of its newest version.
        #[schema(value_type = Object)]
        pub checklist_title: Text,
        /// Why.
        #[schema(value_type = String)]
        pub kind: InspectionKind,
        /// Who.
        pub assignees: Vec<Named>,
        /// Due day.
        pub due: Option<String>,
        /// Words.
        pub note: Option<String>,
        /// Open or withdrawn.
        #[schema(value_type = String)]
        pub state: AssignmentState,
        /// The inspection that fulfils it.
        #[schema(value_type = Option<String>)]
        pub inspection: Option<InspectionId>,
    }

    /// `POST /api/assignments`.
    pub struct AssignmentRequest {
        /// Site.
        #[schema(value_type = String)]
        pub site: SiteId,
        /// Checklist id.
        pub checklist: String,
        /// Why.
        #[schema(value_type = String)]
        pub kind: InspectionKind,
        /// Who.
        #[schema(value_type = Vec<String>)]
        pub assignees: Vec<PersonId>,
        /// Due day, `YYYY-MM-DD`.
        pub due: Option<String>,
        /// Words.
        pub note: Option<String>,
    }
}
