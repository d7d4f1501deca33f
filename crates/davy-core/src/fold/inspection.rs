//! The inspection: answers, notes, instances of repeat groups, photographs, signatures, submission, review.

use crate::event::{
    AnswerValue, BlobRef, CommentAdded, Event, InspectionReviewed, InspectionStarted, InspectionSubmitted, InstanceAdded, ItemKey, Payload,
    ReviewOutcome, SignatureAdded, SignatureRefused, Verdict,
};
use crate::fold::cell::{Stamped, insert_sorted};
use crate::fold::evidence::EvidenceSet;
use crate::fold::{Ancestry, Cell, Clock, Stamp};
use crate::id::{EventId, InspectionId, InstanceId, ScopeId};
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// An inspection as folded from its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InspectionDoc {
    /// Id.
    pub id: InspectionId,
    /// Scope.
    pub scope: ScopeId,
    /// How it was started.
    pub started: InspectionStarted,
    /// By whom and when.
    pub stamp: Stamp,
    /// Newest change of any kind.
    pub changed: Stamp,
    /// Values of items.
    pub answers: BTreeMap<ItemKey, Cell<Option<AnswerValue>>>,
    /// Words beside answers.
    pub notes: BTreeMap<ItemKey, Cell<String>>,
    /// Events by which whole sections were passed at once.
    #[serde(default)]
    pub section_passes: BTreeSet<EventId>,
    /// Instances of repeat groups.
    pub instances: BTreeMap<InstanceId, Instance>,
    /// Photographs.
    pub evidence: EvidenceSet,
    /// Signatures in time order.
    pub signatures: Vec<Signature>,
    /// Refusals in time order.
    pub refusals: Vec<Refusal>,
    /// Submissions that no later one replaced.
    pub submissions: Vec<Submission>,
    /// Reviews in time order.
    pub reviews: Vec<Review>,
    /// Comments in time order.
    pub comments: Vec<Comment>,
    /// A critical event of a newer program is among its events.
    pub needs_upgrade: bool,
    /// Known events whose earlier changes are not here yet.
    pub waiting: u32,
    /// What was done in and to instances; an act may be known before the instance itself.
    instance_acts: BTreeMap<InstanceId, InstanceActs>,
    /// Newest content on each stream (answers, notes, instances, photographs).
    content: Clock,
    /// Causal edge.
    pub ancestry: Ancestry,
}

/// One instance of a repeat group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// When it was added, by whom.
    pub stamp: Stamp,
    /// Section and label.
    pub added: InstanceAdded,
}

/// What was done in and to one instance.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct InstanceActs {
    /// Retractions with what their authors knew.
    retractions: BTreeSet<(String, Clock)>,
    /// Answers, notes and photographs in it.
    touched: Clock,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// When, on whose device.
    pub stamp: Stamp,
    /// Role and name.
    pub signed: SignatureAdded,
    /// The drawing.
    pub image: Option<BlobRef>,
    clock: Clock,
}

/// A refusal to sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// When, recorded by whom.
    pub stamp: Stamp,
    /// Reason and witness.
    pub refused: SignatureRefused,
    clock: Clock,
}

/// A submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// When, by whom.
    pub stamp: Stamp,
    /// What it covers.
    pub submitted: InspectionSubmitted,
    clock: Clock,
}

/// A supervisor's decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// When, by whom.
    pub stamp: Stamp,
    /// Outcome and words.
    pub reviewed: InspectionReviewed,
    /// Returned items that were answered in knowledge of this review.
    pub redone: BTreeSet<ItemKey>,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// When, by whom.
    pub stamp: Stamp,
    /// Words.
    pub said: CommentAdded,
}

macro_rules! stamped {
    ($($name:ident),*) => {$(
        impl Stamped for $name {
            fn stamp(&self) -> &Stamp { &self.stamp }
        }
    )*};
}
stamped!(Signature, Refusal, Submission, Review, Comment);

/// Where an inspection stands, with what the stage rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InspectionState<'a> {
    /// Never submitted.
    Draft,
    /// Submitted, not decided.
    Submitted(&'a Submission),
    /// Something came in that no submission covers.
    Amended(&'a Submission),
    /// Given back.
    Returned(&'a Review),
    /// Accepted.
    Accepted(&'a Review),
}

impl InspectionDoc {
    /// Starts the document from its creating event.
    #[must_use]
    pub fn start(event: &Event, started: &InspectionStarted) -> Self {
        let stamp = Stamp::of(event);
        Self {
            id: event.header.root.into(),
            scope: event.header.scope,
            started: started.clone(),
            stamp,
            changed: stamp,
            answers: BTreeMap::new(),
            notes: BTreeMap::new(),
            section_passes: BTreeSet::new(),
            instances: BTreeMap::new(),
            evidence: EvidenceSet::default(),
            instance_acts: BTreeMap::new(),
            signatures: Vec::new(),
            refusals: Vec::new(),
            submissions: Vec::new(),
            reviews: Vec::new(),
            comments: Vec::new(),
            needs_upgrade: false,
            waiting: 0,
            content: Clock::default(),
            ancestry: Ancestry::default(),
        }
    }

    /// Folds one placed event in. Order-free among events that do not know of each other.
    pub fn absorb(&mut self, event: &Event, clock: &Clock) {
        let stamp = Stamp::of(event);
        self.changed = self.changed.max(stamp);
        match &event.payload {
            Payload::AnswerSet(set) => self.answer(stamp, clock, &set.key, set.value.clone()),
            Payload::AnswerResolved(set) => self.answer(stamp, clock, &set.key, set.value.clone()),
            Payload::SectionPassed(passed) => {
                self.section_passes.insert(event.eid);
                for item in &passed.items {
                    let key = ItemKey { item: item.clone(), instance: passed.instance };
                    self.answer(stamp, clock, &key, Some(AnswerValue::Verdict(Verdict::Pass)));
                }
            }
            Payload::NoteSet(note) => {
                self.touch(stamp, Some(&note.key));
                self.notes.entry(note.key.clone()).or_default().write(stamp, clock, note.text.clone());
            }
            Payload::InstanceAdded(added) => self.add_instance(event, stamp, added),
            Payload::InstanceRetracted(retracted) => {
                self.touch(stamp, None);
                let acts = self.instance_acts.entry(retracted.instance).or_default();
                acts.retractions.insert((retracted.reason.clone(), clock.clone()));
            }
            Payload::EvidenceAttached(attached) => {
                self.touch(stamp, attached.key.as_ref());
                self.evidence.attach(event, attached);
            }
            Payload::EvidenceCaptioned(_) | Payload::EvidenceAnnotated(_) | Payload::EvidenceRetracted(_) => {
                self.touch(stamp, None);
                self.evidence.absorb(event, clock);
            }
            Payload::SignatureAdded(signed) => {
                let image = event.header.blobs.first().cloned();
                insert_sorted(&mut self.signatures, Signature { stamp, signed: signed.clone(), image, clock: clock.clone() });
            }
            Payload::SignatureRefused(refused) => {
                insert_sorted(&mut self.refusals, Refusal { stamp, refused: refused.clone(), clock: clock.clone() });
            }
            Payload::InspectionSubmitted(submitted) => {
                self.submissions.retain(|old| !clock.covers(old.stamp.stream, old.stamp.seq));
                let submission = Submission { stamp, submitted: submitted.clone(), clock: clock.clone() };
                insert_sorted(&mut self.submissions, submission);
            }
            Payload::InspectionReviewed(reviewed) => {
                let review = Review { stamp, reviewed: reviewed.clone(), redone: BTreeSet::new() };
                insert_sorted(&mut self.reviews, review);
            }
            Payload::CommentAdded(said) => insert_sorted(&mut self.comments, Comment { stamp, said: said.clone() }),
            Payload::Unknown => self.needs_upgrade |= event.header.crit,
            _ => {}
        }
    }

    fn touch(&mut self, stamp: Stamp, key: Option<&ItemKey>) {
        self.content.raise(stamp.stream, stamp.seq);
        if let Some(instance) = key.and_then(|key| key.instance) {
            let acts = self.instance_acts.entry(instance).or_default();
            acts.touched.raise(stamp.stream, stamp.seq);
        }
    }

    fn answer(&mut self, stamp: Stamp, clock: &Clock, key: &ItemKey, value: Option<AnswerValue>) {
        self.touch(stamp, Some(key));
        for review in &mut self.reviews {
            if clock.covers(review.stamp.stream, review.stamp.seq) && review.reviewed.items.contains(key) {
                review.redone.insert(key.clone());
            }
        }
        self.answers.entry(key.clone()).or_default().write(stamp, clock, value);
    }

    fn add_instance(&mut self, event: &Event, stamp: Stamp, added: &InstanceAdded) {
        self.touch(stamp, None);
        let id = InstanceId(*event.header.ent.as_bytes());
        let fresh = Instance { stamp, added: added.clone() };
        match self.instances.entry(id) {
            Entry::Vacant(place) => drop(place.insert(fresh)),
            Entry::Occupied(mut known) if stamp < known.get().stamp => drop(known.insert(fresh)),
            Entry::Occupied(_) => {}
        }
    }

    /// Reason, if an instance is retracted and nobody worked in it without knowing so (an edit revives it).
    #[must_use]
    pub fn instance_retracted(&self, id: InstanceId) -> Option<&str> {
        let acts = self.instance_acts.get(&id)?;
        let holds = acts.retractions.iter().find(|(_, clock)| clock.covers_all(&acts.touched));
        holds.map(|(reason, _)| reason.as_str())
    }

    /// Where the inspection stands. A return outweighs everything until it is answered by a new submission.
    #[must_use]
    pub fn state(&self) -> InspectionState<'_> {
        let Some(last) = self.submissions.last() else {
            return InspectionState::Draft;
        };
        let active =
            |review: &&Review| !self.submissions.iter().any(|submission| submission.clock.covers(review.stamp.stream, review.stamp.seq));
        let returned = self.reviews.iter().rev().filter(active).find(|r| r.reviewed.outcome == ReviewOutcome::Returned);
        if let Some(review) = returned {
            return InspectionState::Returned(review);
        }
        if !self.submissions.iter().any(|submission| self.is_covered_by(&submission.clock)) {
            return InspectionState::Amended(last);
        }
        let accepts = |review: &&Review| review.reviewed.frontier == last.submitted.frontier.root;
        match self.reviews.iter().rev().filter(active).find(accepts) {
            Some(review) => InspectionState::Accepted(review),
            None => InspectionState::Submitted(last),
        }
    }

    fn is_covered_by(&self, clock: &Clock) -> bool {
        clock.covers_all(&self.content)
            && self.signatures.iter().all(|s| clock.covers(s.stamp.stream, s.stamp.seq))
            && self.refusals.iter().all(|r| clock.covers(r.stamp.stream, r.stamp.seq))
    }

    /// Signatures made after the last change of the content: those that stand under what is there now.
    pub fn current_signatures(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter().filter(|signature| signature.clock.covers_all(&self.content))
    }

    /// The refusal that stands under what is there now.
    #[must_use]
    pub fn current_refusal(&self) -> Option<&Refusal> {
        self.refusals.iter().rev().find(|refusal| refusal.clock.covers_all(&self.content))
    }

    /// Items of an active return that were not answered since.
    #[must_use]
    pub fn redo(&self) -> BTreeSet<&ItemKey> {
        match self.state() {
            InspectionState::Returned(review) => review.reviewed.items.iter().filter(|key| !review.redone.contains(*key)).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Whether answers may be changed now: a draft, or given back.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        !self.needs_upgrade && matches!(self.state(), InspectionState::Draft | InspectionState::Returned(_))
    }
}
