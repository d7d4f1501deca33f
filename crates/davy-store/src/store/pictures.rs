//! Pictures of other devices: which are missing, which a person wishes to see, and taking them in.

use super::Store;
use crate::changes::Changes;
use crate::error::Result;
use crate::view::pictures::{self, Picture};
use davy_core::event::BlobRole;
use davy_core::id::BlobId;
use std::sync::PoisonError;

/// Most wishes remembered; an older one is simply made again by looking again.
const WISHES: usize = 64;

impl Store {
    /// Pictures to fetch, in this order: what a person wishes to see, thumbnails of findings, signatures and other
    /// thumbnails, the newest first. Larger ones are fetched on wish only.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn missing_pictures(&self, most: u32) -> Result<Vec<Picture>> {
        let mut wanted = self.wishes().clone();
        wanted.retain(|picture| !self.has_blob(picture.sha256));
        let inner = &*self.inner;
        inner.view.read(inner, |db| {
            while wanted.len() < most as usize {
                let found = pictures::missing(db, most)?;
                // Own pictures are here from the start; that is noticed once.
                let (here, missing): (Vec<_>, Vec<_>) = found.into_iter().partition(|picture| self.has_blob(picture.sha256));
                for picture in &here {
                    pictures::mark_here(db, picture.sha256)?;
                }
                if here.is_empty() {
                    wanted.extend(missing.into_iter().filter(|picture| !wanted.contains(picture)).collect::<Vec<_>>());
                    break;
                }
            }
            wanted.truncate(most as usize);
            Ok(wanted)
        })
    }

    /// Notes that a person wants to see a picture. `false`: it is here, or no record names it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn wish_picture(&self, id: BlobId) -> Result<bool> {
        if self.has_blob(id) {
            return Ok(false);
        }
        let inner = &*self.inner;
        let Some(picture) = inner.view.read(inner, |db| pictures::get(db, id))? else { return Ok(false) };
        let mut wishes = self.wishes();
        wishes.retain(|wish| wish.sha256 != id);
        wishes.insert(0, picture);
        wishes.truncate(WISHES);
        Ok(true)
    }

    /// Whether a record names this picture, whoever made it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(crate) fn is_named(&self, id: BlobId) -> Result<bool> {
        let inner = &*self.inner;
        Ok(inner.view.read(inner, |db| pictures::get(db, id))?.is_some())
    }

    /// A picture came in: the lists know it, screens are told.
    pub(super) fn picture_arrived(&self, id: BlobId, role: BlobRole) -> Result<()> {
        self.wishes().retain(|wish| wish.sha256 != id);
        let inner = &*self.inner;
        inner.view.read(inner, |db| pictures::mark_here(db, id))?;
        tracing::debug!(%id, ?role, "a picture of another device is here");
        inner.listeners.tell(&Changes { pictures: vec![id], remote: true, ..Changes::default() });
        Ok(())
    }

    fn wishes(&self) -> std::sync::MutexGuard<'_, Vec<Picture>> {
        self.inner.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
