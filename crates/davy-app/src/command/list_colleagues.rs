//! `list_colleagues`: who can be the second inspector.

use super::None;
use crate::AppError;
use crate::session::Session;
use davy_core::event::Role;
use davy_core::view::PersonName;

/// Active inspectors and enterprise officers other than the person at work, by name.
///
/// # Errors
/// The store cannot be read.
pub fn run(session: &Session, _: None) -> Result<Vec<PersonName>, AppError> {
    let directory = session.directory()?;
    let inspects = |role: Role| matches!(role, Role::Inspector | Role::EnterpriseOfficer | Role::Supervisor);
    let people = directory.people.values().filter(|doc| doc.set.active && inspects(doc.set.role) && doc.id != session.person());
    let mut names: Vec<_> = people.map(|doc| PersonName { id: doc.id, name: Some(doc.set.name.clone()) }).collect();
    names.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(names)
}
