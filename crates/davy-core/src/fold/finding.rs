//! The finding: what is wrong, where, how grave, who must rectify it by when.

use crate::checklist::Grade;
use crate::event::{Event, FindingEdited, FindingGraded, FindingRaised, Payload};
use crate::fold::cell::insert_sorted;
use crate::fold::evidence::EvidenceSet;
use crate::fold::inspection::Comment;
use crate::fold::{Ancestry, Cell, Clock, Stamp};
use crate::id::{FindingId, ScopeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A finding as folded from its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingDoc {
    /// Id.
    pub id: FindingId,
    /// Scope.
    pub scope: ScopeId,
    /// How it was raised.
    pub raised: FindingRaised,
    /// By whom and when.
    pub stamp: Stamp,
    /// Newest change.
    pub changed: Stamp,
    /// What is wrong.
    pub description: Cell<Option<String>>,
    /// Where.
    pub area: Cell<Option<String>>,
    /// What was done at once.
    pub measure: Cell<Option<String>>,
    /// Who must rectify it.
    pub responsible: Cell<Option<String>>,
    /// By which day.
    pub deadline: Cell<Option<String>>,
    /// Grades as inspectors gave them and no supervisor settled.
    pub given: Cell<Grade>,
    /// Gradings by supervisors.
    pub graded: Cell<FindingGraded>,
    /// Photographs.
    pub evidence: EvidenceSet,
    /// Comments in time order.
    pub comments: Vec<Comment>,
    /// A critical event of a newer program is among its events.
    pub needs_upgrade: bool,
    /// Known events whose earlier changes are not here yet.
    pub waiting: u32,
    retractions: BTreeSet<(String, Clock)>,
    content: Clock,
    /// Causal edge.
    pub ancestry: Ancestry,
}

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingState<'a> {
    /// The grade is the inspectors'.
    Raised,
    /// A supervisor graded it.
    Confirmed,
    /// Raised by mistake, with the reason.
    Retracted(&'a str),
}

impl FindingDoc {
    /// Starts the document from its creating event.
    #[must_use]
    pub fn start(event: &Event, raised: &FindingRaised) -> Self {
        let stamp = Stamp::of(event);
        let mut clock = Clock::default();
        clock.raise(stamp.stream, stamp.seq);
        let text = |value: &Option<String>| {
            let mut cell = Cell::default();
            cell.write(stamp, &clock, value.clone());
            cell
        };
        let mut given = Cell::default();
        given.write(stamp, &clock, raised.grade);
        Self {
            id: event.header.root.into(),
            scope: event.header.scope,
            raised: raised.clone(),
            stamp,
            changed: stamp,
            description: text(&Some(raised.description.clone())),
            area: text(&raised.area),
            measure: text(&raised.measure),
            responsible: text(&raised.responsible),
            deadline: text(&raised.deadline),
            given,
            graded: Cell::default(),
            evidence: EvidenceSet::default(),
            comments: Vec::new(),
            needs_upgrade: false,
            waiting: 0,
            retractions: BTreeSet::new(),
            content: clock,
            ancestry: Ancestry::default(),
        }
    }

    /// Folds one placed event in.
    pub fn absorb(&mut self, event: &Event, clock: &Clock) {
        let stamp = Stamp::of(event);
        self.changed = self.changed.max(stamp);
        match &event.payload {
            Payload::FindingEdited(edited) => self.edit(stamp, clock, edited),
            Payload::FindingGraded(graded) => {
                self.given.clear_covered(clock);
                self.graded.write(stamp, clock, graded.clone());
            }
            Payload::FindingRetracted(retracted) => {
                self.retractions.insert((retracted.reason.clone(), clock.clone()));
            }
            Payload::EvidenceAttached(attached) => {
                self.content.raise(stamp.stream, stamp.seq);
                self.evidence.attach(event, attached);
            }
            Payload::EvidenceCaptioned(_) | Payload::EvidenceAnnotated(_) | Payload::EvidenceRetracted(_) => {
                self.evidence.absorb(event, clock)
            }
            Payload::CommentAdded(said) => insert_sorted(&mut self.comments, Comment { stamp, said: said.clone() }),
            Payload::Unknown => self.needs_upgrade |= event.header.crit,
            _ => {}
        }
    }

    fn edit(&mut self, stamp: Stamp, clock: &Clock, edited: &FindingEdited) {
        self.content.raise(stamp.stream, stamp.seq);
        let fields = [
            (&mut self.description, &edited.description),
            (&mut self.area, &edited.area),
            (&mut self.measure, &edited.measure),
            (&mut self.responsible, &edited.responsible),
            (&mut self.deadline, &edited.deadline),
        ];
        for (cell, value) in fields {
            if let Some(value) = value {
                cell.write(stamp, clock, Some(value.clone()).filter(|text| !text.is_empty()));
            }
        }
        if let Some(grade) = edited.grade {
            self.given.write(stamp, clock, grade);
        }
    }

    /// The grade that counts: the highest among those that no supervisor settled and the supervisors' own (I-24).
    #[must_use]
    pub fn grade(&self) -> Grade {
        let given = self.given.held().iter().map(|held| held.value);
        let graded = self.graded.held().iter().map(|held| held.value.grade);
        given.chain(graded).max().unwrap_or(self.raised.grade)
    }

    /// Whether grades differ and wait for a supervisor.
    #[must_use]
    pub fn is_grade_contested(&self) -> bool {
        let mut all = self.given.held().iter().map(|h| h.value).chain(self.graded.held().iter().map(|h| h.value.grade));
        let first = all.next();
        all.any(|grade| Some(grade) != first)
    }

    /// Whether any field or the grade is contested.
    #[must_use]
    pub fn is_contested(&self) -> bool {
        let fields = [&self.description, &self.area, &self.measure, &self.responsible, &self.deadline];
        self.is_grade_contested() || fields.into_iter().any(Cell::is_contested)
    }

    /// Where the finding stands. Work on it by somebody who did not know of a retraction revives it.
    #[must_use]
    pub fn state(&self) -> FindingState<'_> {
        match self.retractions.iter().find(|(_, clock)| clock.covers_all(&self.content)) {
            Some((reason, _)) => FindingState::Retracted(reason),
            None if self.graded.held().is_empty() => FindingState::Raised,
            None => FindingState::Confirmed,
        }
    }
}
