//! Bodies of the events of the directory: regions, people, sites, assignments, checklists. Only the server writes them.

use super::inspection::ChecklistRef;
use super::value::{AssignmentState, InspectionKind, Role};
use super::wire::wire;
use crate::id::{PersonId, RegionId, SiteId};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

wire! {
    /// `region.set`, by the server.
    pub struct RegionSet {
        /// Name.
        #[n(0)] pub name: String,
        /// The region above it.
        #[n(1)] pub parent: Option<RegionId>,
    }

    /// `person.set`, by the server.
    pub struct PersonSet {
        /// Name.
        #[n(0)] pub name: String,
        /// Role.
        #[n(1)] pub role: Role,
        /// Still in service.
        #[n(2)] pub active: bool,
        /// Law-enforcement certificate or employee number.
        #[n(3)] pub badge: Option<String>,
    }

    /// A named duty at a site.
    pub struct SiteContact {
        /// For example "enterprise principal", "safety officer".
        #[n(0)] pub duty: String,
        /// Name.
        #[n(1)] pub name: String,
    }

    /// `site.set`, by the server.
    pub struct SiteSet {
        /// Name.
        #[n(0)] pub name: String,
        /// Enterprise it belongs to.
        #[n(1)] pub enterprise: String,
        /// Industry slug.
        #[n(2)] pub industry: String,
        /// Region it lies in.
        #[n(3)] pub region: RegionId,
        /// Address.
        #[n(4)] pub address: Option<String>,
        /// Named places on the site.
        #[n(5)] pub areas: Vec<String>,
        /// Who is responsible there.
        #[n(6)] pub contacts: Vec<SiteContact>,
    }

    /// `assignment.set`, by the server.
    pub struct AssignmentSet {
        /// Site.
        #[n(0)] pub site: SiteId,
        /// Checklist id; the newest published version at the start counts.
        #[n(1)] pub checklist: String,
        /// Why.
        #[n(2)] pub kind: InspectionKind,
        /// Who.
        #[n(3)] pub assignees: Vec<PersonId>,
        /// Due day, `YYYY-MM-DD`.
        #[n(4)] pub due: Option<String>,
        /// Words to the inspectors.
        #[n(5)] pub note: Option<String>,
        /// Open or withdrawn.
        #[n(6)] pub state: AssignmentState,
    }

    /// `checklist.published`, by the server; the bytes are the header's blob.
    pub struct ChecklistPublished {
        /// What was published.
        #[n(0)] pub checklist: ChecklistRef,
        /// Industry slug.
        #[n(1)] pub industry: String,
        /// Title in Chinese.
        #[n(2)] pub title_zh: String,
        /// Title in English.
        #[n(3)] pub title_en: String,
        /// Where new inspections may start with it; absent: everywhere.
        #[n(4)] pub target: Option<ChecklistTarget>,
    }

    /// The part of an organisation that a checklist version is meant for: what is named in either list.
    pub struct ChecklistTarget {
        /// Regions with all that lies below them.
        #[n(0)] pub regions: Vec<RegionId>,
        /// Single sites.
        #[n(1)] pub sites: Vec<SiteId>,
    }

    /// `checklist.retired`, by the server: no new inspection starts with this version; those that run keep it.
    /// Publishing the same version again puts it back into use.
    pub struct ChecklistRetired {
        /// Which version.
        #[n(0)] pub checklist: ChecklistRef,
        /// Why.
        #[n(1)] pub reason: Option<String>,
    }
}
