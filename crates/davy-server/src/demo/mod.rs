//! A demo organisation: a directory in Chinese, the published packs, and a few real inspections. Nothing is faked:
//! the directory is signed by the server, and the inspections come from a device with its own key that enrols,
//! seals, pushes and uploads through the public routes.

mod device;
mod inspection;
mod picture;
mod world;

use crate::admin::{Admin, AdminError, NewCode};
use crate::error::ApiError;
use davy_core::event::Role;
use davy_core::id::OrgId;
use serde::Serialize;
use std::path::PathBuf;

/// What to make.
#[derive(Debug, Clone)]
pub struct SeedRequest {
    /// Folder of checklist packs.
    pub checklists: PathBuf,
    /// Address of the server for enrolment links.
    pub url: String,
}

/// A login of the demo.
#[derive(Debug, Clone, Serialize)]
pub struct DemoLogin {
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
    /// Where they are.
    pub place: String,
}

/// The demo organisation.
#[derive(Debug, Clone, Serialize)]
pub struct Demo {
    /// Organisation.
    pub organisation: OrgId,
    /// Its name.
    pub name: String,
    /// Logins for the console.
    pub logins: Vec<DemoLogin>,
    /// Enrolment code for the demo tablet.
    pub code: String,
    /// The same as a link.
    pub link: String,
    /// For whom the tablet is.
    pub inspector: String,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// An administrative step.
    #[error(transparent)]
    Admin(#[from] AdminError),
    /// A route answered otherwise than it should.
    #[error("the demo's device was refused at {step}: {said}")]
    Route {
        /// Which step.
        step: &'static str,
        /// What was said.
        said: String,
    },
    /// Something could not be made.
    #[error("the demo could not make {what}")]
    Make {
        /// What.
        what: &'static str,
    },
}

impl From<ApiError> for DemoError {
    fn from(error: ApiError) -> Self {
        Self::Admin(error.into())
    }
}

/// Minutes that the tablet's code lasts.
const CODE_MINUTES: u32 = 24 * 60;

/// Makes the demo organisation, or finds the one that is there. Each call makes a new code for the tablet.
///
/// # Errors
/// See [`DemoError`]. A call that failed half way is continued by the next one.
pub async fn seed(admin: &Admin, request: &SeedRequest) -> Result<Demo, DemoError> {
    let known = admin.organisations().await?.into_iter().find(|(_, name)| name == world::ORGANISATION);
    let org = match known {
        Some((org, _)) => org,
        None => admin.create_organisation(world::ORGANISATION).await?,
    };
    admin.publish_packs(org, &request.checklists).await?;
    let world = world::World::make(admin, org).await?;
    inspection::history(admin, org, &world, &request.url).await?;
    let tablet: NewCode = admin.create_code(org, world.tablet, CODE_MINUTES, &request.url).await?;
    Ok(Demo {
        organisation: org,
        name: world::ORGANISATION.to_owned(),
        logins: world.logins,
        code: tablet.code,
        link: tablet.link,
        inspector: tablet.person_name,
    })
}
