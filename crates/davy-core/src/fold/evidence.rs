//! The photographs of an inspection or a finding: what was attached, said about it, marked over it, hidden.

use crate::event::{BlobRef, Event, EvidenceAttached, Mark, Payload};
use crate::fold::{Cell, Clock, Stamp};
use crate::id::EntityId;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A photograph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// When attached, by whom.
    pub stamp: Stamp,
    /// What was said when it was attached.
    pub attached: EvidenceAttached,
    /// Its blobs.
    pub blobs: Vec<BlobRef>,
}

/// Photographs: a set that only grows. A caption or a mark may be known before its photograph.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EvidenceSet {
    photos: BTreeMap<EntityId, Evidence>,
    captions: BTreeMap<EntityId, Cell<String>>,
    marks: BTreeMap<EntityId, Cell<Vec<Mark>>>,
    /// Reasons for hiding. Two people may hide one for two reasons: the smaller text is shown.
    hidden: BTreeMap<EntityId, BTreeSet<String>>,
}

impl EvidenceSet {
    /// Adds a photograph.
    pub(super) fn attach(&mut self, event: &Event, attached: &EvidenceAttached) {
        let stamp = Stamp::of(event);
        let fresh = Evidence { stamp, attached: attached.clone(), blobs: event.header.blobs.clone() };
        match self.photos.entry(event.header.ent) {
            Entry::Vacant(place) => drop(place.insert(fresh)),
            Entry::Occupied(mut known) if stamp < known.get().stamp => drop(known.insert(fresh)),
            Entry::Occupied(_) => {}
        }
    }

    /// Captions, marks and retractions.
    pub(super) fn absorb(&mut self, event: &Event, clock: &Clock) {
        match &event.payload {
            Payload::EvidenceCaptioned(captioned) => {
                let cell = self.captions.entry(captioned.evidence).or_default();
                cell.write(Stamp::of(event), clock, captioned.caption.clone());
            }
            Payload::EvidenceAnnotated(annotated) => {
                let cell = self.marks.entry(annotated.evidence).or_default();
                cell.write(Stamp::of(event), clock, annotated.marks.clone());
            }
            Payload::EvidenceRetracted(retracted) => {
                self.hidden.entry(retracted.evidence).or_default().insert(retracted.reason.clone());
            }
            _ => {}
        }
    }

    /// All photographs, hidden ones included.
    pub fn all(&self) -> impl Iterator<Item = (EntityId, &Evidence)> {
        self.photos.iter().map(|(id, photo)| (*id, photo))
    }

    /// Photographs that are not hidden.
    pub fn shown(&self) -> impl Iterator<Item = &Evidence> {
        self.photos.iter().filter(|(id, _)| !self.hidden.contains_key(id)).map(|(_, photo)| photo)
    }

    /// The caption that was written last.
    #[must_use]
    pub fn caption(&self, id: EntityId) -> Option<&str> {
        self.captions.get(&id)?.newest().map(|held| held.value.as_str()).filter(|text| !text.is_empty())
    }

    /// What is written about the photographs: captions that hold, words of marks.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let captions = self.photos.keys().filter_map(|id| self.caption(*id));
        let marks = self.photos.keys().flat_map(|id| self.marks(*id));
        captions.chain(marks.filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text.as_str()),
            Mark::Arrow { .. } | Mark::Frame { .. } => None,
        }))
    }

    /// The marks over it. Those that two people made without knowing of each other are all shown: a mark points at something and
    /// takes nothing away.
    pub fn marks(&self, id: EntityId) -> impl Iterator<Item = &Mark> {
        self.marks.get(&id).into_iter().flat_map(|cell| cell.held()).flat_map(|held| &held.value)
    }

    /// Reason for hiding, if hidden.
    #[must_use]
    pub fn retracted(&self, id: EntityId) -> Option<&str> {
        self.hidden.get(&id)?.first().map(String::as_str)
    }
}
