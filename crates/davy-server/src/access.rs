//! Who may see and do what: the one place. Every read of a console or a device takes its scopes from here;
//! nothing else makes a [`ScopeFilter`]. What is out of reach is answered like what does not exist.

use crate::directory::Directory;
use crate::error::{ApiError, ApiResult};
use crate::store::{ScopeFilter, StreamRow};
use davy_core::event::{AssignmentState, Role};
use davy_core::id::{OrgId, PersonId, RegionId, ScopeId, SiteId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The sites a person reaches. The scope `root` (directory and checklists) is open to every member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All sites of the organisation.
    All,
    /// These, sorted.
    Sites(Arc<[ScopeId]>),
}

impl Reach {
    /// Whether a site's scope is inside.
    #[must_use]
    pub fn contains(&self, scope: ScopeId) -> bool {
        match self {
            Self::All => true,
            Self::Sites(sites) => sites.binary_search(&scope).is_ok(),
        }
    }
}

/// What a person may do to things within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
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

impl Action {
    /// All of them.
    pub const EVERY: [Self; 12] = [
        Self::Review,
        Self::Comment,
        Self::Resolve,
        Self::Grade,
        Self::Enrol,
        Self::Revoke,
        Self::ManagePeople,
        Self::ManageSites,
        Self::Assign,
        Self::SeeSystem,
        Self::SeeDrafts,
        Self::ManageChecklists,
    ];

    /// The word in the console's `can`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Comment => "comment",
            Self::Resolve => "resolve",
            Self::Grade => "grade",
            Self::Enrol => "enrol",
            Self::Revoke => "revoke",
            Self::ManagePeople => "manage_people",
            Self::ManageSites => "manage_sites",
            Self::Assign => "assign",
            Self::SeeSystem => "see_system",
            Self::SeeDrafts => "see_drafts",
            Self::ManageChecklists => "manage_checklists",
        }
    }

    /// Whether a role has it.
    #[must_use]
    pub const fn is_of(self, role: Role) -> bool {
        match (role, self) {
            (Role::Supervisor, Self::ManagePeople | Self::ManageSites | Self::SeeSystem | Self::ManageChecklists) => false,
            (Role::Supervisor | Role::Administrator, _) => true,
            (Role::Committee, Self::Comment | Self::SeeDrafts) | (Role::Auditor, Self::SeeSystem | Self::SeeDrafts) => true,
            (Role::Inspector | Role::EnterpriseOfficer, Self::Comment) => true,
            _ => false,
        }
    }
}

/// What a list is narrowed to beside the reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// One site.
    pub site: Option<SiteId>,
    /// Sites at and below a region.
    pub region: Option<RegionId>,
    /// Sites of an industry.
    pub industry: Option<String>,
    /// Words in the names of site or enterprise.
    pub site_text: Option<String>,
}

/// A person with what they may see, for one request.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Organisation.
    pub org: OrgId,
    /// Person.
    pub person: PersonId,
    /// Role.
    pub role: Role,
    /// Directory of this request.
    pub directory: Arc<Directory>,
    reach: Reach,
}

impl Viewer {
    /// A member of the organisation; `None` for somebody unknown or out of service.
    #[must_use]
    pub fn of(directory: &Arc<Directory>, person: PersonId) -> Option<Self> {
        let doc = directory.people.get(&person).filter(|doc| doc.set.active)?;
        let role = doc.set.role;
        Some(Self { org: directory.org, person, role, reach: reach(directory, person, role), directory: Arc::clone(directory) })
    }

    /// Whether something in a scope may be shown.
    #[must_use]
    pub fn may_read(&self, scope: ScopeId) -> bool {
        scope == ScopeId::ROOT || self.reach.contains(scope)
    }

    /// Whether a device of this person may write in a scope. Directory and checklists come from the server alone.
    #[must_use]
    pub fn may_write(&self, scope: ScopeId) -> bool {
        scope != ScopeId::ROOT && self.role != Role::Auditor && self.reach.contains(scope)
    }

    /// Shows something only if its scope may be read.
    ///
    /// # Errors
    /// Not found, whether it is out of reach or not there at all.
    pub fn show<T>(&self, found: Option<T>, scope: impl Fn(&T) -> ScopeId) -> ApiResult<T> {
        found.filter(|found| self.may_read(scope(found))).ok_or_else(ApiError::not_found)
    }

    /// Whether the role has an action.
    #[must_use]
    pub const fn can(&self, action: Action) -> bool {
        action.is_of(self.role)
    }

    /// Insists on an action.
    ///
    /// # Errors
    /// The role does not have it.
    pub fn require(&self, action: Action) -> ApiResult<()> {
        if self.can(action) { Ok(()) } else { Err(ApiError::not_allowed()) }
    }

    /// All scopes a device of this person gets: the directory and the sites within reach.
    #[must_use]
    pub fn granted(&self) -> Vec<ScopeId> {
        let sites: Vec<ScopeId> = match &self.reach {
            Reach::All => self.directory.sites.keys().map(|site| ScopeId::from(*site)).collect(),
            Reach::Sites(sites) => sites.to_vec(),
        };
        std::iter::once(ScopeId::ROOT).chain(sites).collect()
    }

    /// Everything within reach.
    #[must_use]
    pub fn everything(&self) -> ScopeFilter {
        match &self.reach {
            Reach::All => ScopeFilter::All,
            Reach::Sites(sites) => ScopeFilter::Some(Arc::clone(sites)),
        }
    }

    /// What is within reach and within a list's own filters.
    #[must_use]
    pub fn scopes(&self, narrow: &Narrow) -> ScopeFilter {
        if let Some(site) = narrow.site {
            let scope = ScopeId::from(site);
            return if self.reach.contains(scope) { ScopeFilter::One(scope) } else { ScopeFilter::Some(Arc::new([])) };
        }
        if *narrow == Narrow::default() {
            return self.everything();
        }
        let regions = narrow.region.map(|top| self.directory.subtree(top));
        let text = narrow.site_text.as_ref().map(|text| text.to_lowercase());
        let fits = self.directory.sites.iter().filter(|(id, doc)| {
            self.reach.contains(ScopeId::from(**id))
                && regions.as_ref().is_none_or(|regions| regions.contains(&doc.set.region))
                && narrow.industry.as_ref().is_none_or(|industry| *industry == doc.set.industry)
                && text
                    .as_ref()
                    .is_none_or(|text| doc.set.name.to_lowercase().contains(text) || doc.set.enterprise.to_lowercase().contains(text))
        });
        ScopeFilter::Some(fits.map(|(id, _)| ScopeId::from(*id)).collect())
    }

    /// Whether a person is listed for this one: everybody for those who reach everything, people of the own region or
    /// sites for supervisors and committees, oneself for all others.
    #[must_use]
    pub fn may_see_person(&self, person: PersonId) -> bool {
        if person == self.person || self.reach == Reach::All {
            return self.directory.people.contains_key(&person);
        }
        if !matches!(self.role, Role::Supervisor | Role::Committee | Role::Auditor) {
            return false;
        }
        let Some(account) = self.directory.accounts.get(&person) else {
            return false;
        };
        let in_region = account.region.is_some_and(|region| self.regions().contains(&region));
        let at_site = account.site.is_some_and(|site| self.reach.contains(ScopeId::from(site)));
        match (account.region, account.site) {
            (_, Some(_)) => at_site,
            (Some(_), None) => in_region,
            (None, None) => false,
        }
    }

    /// Devices of people that this one may see.
    pub fn visible_streams(&self) -> impl Iterator<Item = &StreamRow> {
        self.directory.streams.values().filter(|stream| stream.person.is_some_and(|person| self.may_see_person(person)))
    }

    /// Regions whose names and trees this person may see: the subtree of their own, or all.
    #[must_use]
    pub fn regions(&self) -> BTreeSet<RegionId> {
        match (&self.reach, self.directory.accounts.get(&self.person).and_then(|account| account.region)) {
            (Reach::Sites(_), Some(top)) => self.directory.subtree(top),
            (Reach::Sites(sites), None) => {
                let mine = sites.iter().filter_map(|scope| self.directory.sites.get(&SiteId::from(*scope)));
                mine.map(|doc| doc.set.region).collect()
            }
            (Reach::All, _) => self.directory.regions.keys().copied().collect(),
        }
    }
}

/// Administrators reach everything. Others reach their site, or the sites of their region, or, when neither is
/// set, everything (committee, auditor) or nothing (all others); and the sites of their open assignments.
fn reach(directory: &Directory, person: PersonId, role: Role) -> Reach {
    let account = directory.accounts.get(&person);
    let (region, site) = account.map_or((None, None), |account| (account.region, account.site));
    let mut sites: BTreeSet<ScopeId> = match (role, site, region) {
        (Role::Administrator, _, _) | (Role::Committee | Role::Auditor, None, None) => {
            return Reach::All;
        }
        (_, Some(site), _) => BTreeSet::from([ScopeId::from(site)]),
        (_, None, Some(region)) => {
            let regions = directory.subtree(region);
            let inside = directory.sites.iter().filter(|(_, doc)| regions.contains(&doc.set.region));
            inside.map(|(id, _)| ScopeId::from(*id)).collect()
        }
        (_, None, None) => BTreeSet::new(),
    };
    let mine = directory.assignments.iter().filter(|doc| doc.set.state == AssignmentState::Open && doc.set.assignees.contains(&person));
    sites.extend(mine.map(|doc| ScopeId::from(doc.set.site)));
    Reach::Sites(sites.into_iter().collect())
}
