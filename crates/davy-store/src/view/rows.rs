//! What lists show of each record, computed from its document.

use super::{pictures, put_words};
use crate::error::{Result, StoreError};
use crate::evidence::sql::Sql;
use davy_core::checklist::Grade;
use davy_core::event::{AnswerValue, BlobRef, BlobRole, ChecklistRef, InspectionKind, ItemKey};
use davy_core::fold::aggregate::AggregateKind;
use davy_core::fold::{Aggregate, EvidenceSet, FindingDoc, FindingState, InspectionDoc, InspectionState};
use davy_core::id::{AssignmentId, BlobId, FindingId, InspectionId, PersonId, RootId, ScopeId, SiteId};
use davy_core::time::Millis;
use davy_core::view::{FindingStage, InspectionStage, InspectionSummary};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

/// An inspection in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectionRow {
    /// Id.
    pub id: InspectionId,
    /// Scope.
    pub scope: ScopeId,
    /// Site.
    pub site: SiteId,
    /// Why it is made.
    pub kind: InspectionKind,
    /// Where it stands.
    pub stage: InspectionStage,
    /// Assignment that it fulfils.
    pub assignment: Option<AssignmentId>,
    /// Its checklist version.
    pub checklist: ChecklistRef,
    /// Who inspects.
    pub inspectors: Vec<PersonId>,
    /// Who started it.
    pub started_by: PersonId,
    /// Start, by the author's clock.
    pub started_at: Millis,
    /// Newest change, by its author's clock.
    pub changed_at: Millis,
    /// An answer or a note has several values.
    pub contested: bool,
    /// Items to redo.
    pub redo: u32,
    /// Contains critical events of a newer program.
    pub needs_upgrade: bool,
    /// Events that wait for earlier ones.
    pub waiting: u32,
    /// Counts; `None` while its checklist is not on this device.
    #[serde(skip)]
    pub summary: Option<InspectionSummary>,
}

/// A finding in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// Id.
    pub id: FindingId,
    /// Scope.
    pub scope: ScopeId,
    /// Site.
    pub site: SiteId,
    /// Inspection that it came from.
    pub inspection: Option<InspectionId>,
    /// Failed item.
    pub key: Option<ItemKey>,
    /// Stage.
    pub stage: FindingStage,
    /// Grade that counts.
    pub grade: Grade,
    /// A field or the grade has several values.
    pub contested: bool,
    /// What is wrong.
    pub description: String,
    /// Where.
    pub area: Option<String>,
    /// Who must rectify it.
    pub responsible: Option<String>,
    /// By which day.
    pub deadline: Option<String>,
    /// Who raised it.
    pub raised_by: PersonId,
    /// When, by the author's clock.
    pub raised_at: Millis,
    /// Newest change, by its author's clock.
    pub changed_at: Millis,
    /// Photographs that are not hidden.
    pub photos: u32,
    /// Thumbnail of the first one.
    pub thumbnail: Option<BlobId>,
}

/// A blob that a record names, when, and how soon it is fetched.
type Named = (BlobRef, Millis, u8);

/// What is written of a record.
pub(crate) enum IndexRow {
    Inspection(Box<InspectionRow>, String, Vec<Named>),
    Finding(Box<FindingRow>, String, Vec<Named>),
    Directory(AggregateKind, Box<Aggregate>, String),
}

pub(crate) const fn kind_code(kind: AggregateKind) -> u8 {
    match kind {
        AggregateKind::Inspection => 1,
        AggregateKind::Finding => 2,
        AggregateKind::Region => 3,
        AggregateKind::Person => 4,
        AggregateKind::Site => 5,
        AggregateKind::Assignment => 6,
        AggregateKind::Checklist => 7,
    }
}

pub(crate) const fn kind_from_code(code: u8) -> Option<AggregateKind> {
    Some(match code {
        1 => AggregateKind::Inspection,
        2 => AggregateKind::Finding,
        3 => AggregateKind::Region,
        4 => AggregateKind::Person,
        5 => AggregateKind::Site,
        6 => AggregateKind::Assignment,
        7 => AggregateKind::Checklist,
        _ => return None,
    })
}

pub(crate) const fn stage_code(stage: InspectionStage) -> u8 {
    match stage {
        InspectionStage::Draft => 0,
        InspectionStage::Submitted => 1,
        InspectionStage::Amended => 2,
        InspectionStage::Returned => 3,
        InspectionStage::Accepted => 4,
    }
}

pub(crate) const fn finding_stage_code(stage: FindingStage) -> u8 {
    match stage {
        FindingStage::Raised => 0,
        FindingStage::Confirmed => 1,
        FindingStage::Retracted => 2,
    }
}

impl IndexRow {
    pub fn of(aggregate: &Aggregate) -> Self {
        match aggregate {
            Aggregate::Inspection(doc) => Self::Inspection(Box::new(inspection(doc)), inspection_words(doc), pictures::of(aggregate)),
            Aggregate::Finding(doc) => {
                let row = finding(doc);
                let words = finding_words(doc, &row);
                Self::Finding(Box::new(row), words, pictures::of(aggregate))
            }
            other => Self::Directory(other.kind(), Box::new(other.clone()), directory_words(other)),
        }
    }

    /// Writes the row. Returns whether the directory changed.
    pub fn write(&self, db: &Connection, root: RootId) -> Result<bool> {
        match self {
            Self::Inspection(row, words, named) => {
                write_inspection(db, row)?;
                pictures::insert(db, named)?;
                put_words(db, root, kind_code(AggregateKind::Inspection), words)?;
                Ok(false)
            }
            Self::Finding(row, words, named) => {
                write_finding(db, row)?;
                pictures::insert(db, named)?;
                put_words(db, root, kind_code(AggregateKind::Finding), words)?;
                Ok(false)
            }
            Self::Directory(kind, aggregate, words) => {
                let text = to_json(aggregate)?;
                db.prepare_cached("INSERT INTO directory (id, kind, row) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET row = ?3")?
                    .execute(params![Sql(root), kind_code(*kind), text])?;
                put_words(db, root, kind_code(*kind), words)?;
                Ok(true)
            }
        }
    }
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(StoreError::damaged)
}

fn write_inspection(db: &Connection, row: &InspectionRow) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO inspection (id, site, assignment, stage, contested, started_ms, changed_ms, row, checklist)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET site = ?2, assignment = ?3, stage = ?4, contested = ?5, started_ms = ?6,
         changed_ms = ?7, row = ?8, checklist = ?9, summary = NULL",
    )?
    .execute(params![
        Sql(row.id),
        Sql(row.site),
        row.assignment.map(Sql),
        stage_code(row.stage),
        row.contested,
        row.started_at.0,
        row.changed_at.0,
        to_json(row)?,
        Sql(row.checklist.hash)
    ])?;
    Ok(())
}

fn write_finding(db: &Connection, row: &FindingRow) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO finding (id, site, inspection, stage, grade, raised_ms, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET site = ?2, inspection = ?3, stage = ?4, grade = ?5, raised_ms = ?6, row = ?7",
    )?
    .execute(params![
        Sql(row.id),
        Sql(row.site),
        row.inspection.map(Sql),
        finding_stage_code(row.stage),
        u8::from(row.grade == Grade::Major),
        row.raised_at.0,
        to_json(row)?
    ])?;
    // Its inspection counts it.
    if let Some(inspection) = row.inspection {
        db.prepare_cached("UPDATE inspection SET summary = NULL WHERE id = ?1 AND summary IS NOT NULL")?.execute([Sql(inspection)])?;
    }
    Ok(())
}

fn inspection(doc: &InspectionDoc) -> InspectionRow {
    let stage = match doc.state() {
        InspectionState::Draft => InspectionStage::Draft,
        InspectionState::Submitted(_) => InspectionStage::Submitted,
        InspectionState::Amended(_) => InspectionStage::Amended,
        InspectionState::Returned(_) => InspectionStage::Returned,
        InspectionState::Accepted(_) => InspectionStage::Accepted,
    };
    InspectionRow {
        id: doc.id,
        scope: doc.scope,
        site: doc.started.site,
        kind: doc.started.kind,
        stage,
        assignment: doc.started.assignment,
        checklist: doc.started.checklist.clone(),
        inspectors: doc.started.inspectors.clone(),
        started_by: doc.stamp.actor,
        started_at: doc.stamp.wall.ms,
        changed_at: doc.changed.wall.ms,
        contested: doc.answers.values().any(|cell| cell.is_contested()) || doc.notes.values().any(|cell| cell.is_contested()),
        redo: count(doc.redo().len()),
        needs_upgrade: doc.needs_upgrade,
        waiting: doc.waiting,
        summary: None,
    }
}

fn finding(doc: &FindingDoc) -> FindingRow {
    let stage = match doc.state() {
        FindingState::Raised => FindingStage::Raised,
        FindingState::Confirmed => FindingStage::Confirmed,
        FindingState::Retracted(_) => FindingStage::Retracted,
    };
    let text = |cell: &davy_core::fold::Cell<Option<String>>| cell.newest().and_then(|held| held.value.clone());
    FindingRow {
        id: doc.id,
        scope: doc.scope,
        site: doc.raised.site,
        inspection: doc.raised.inspection,
        key: doc.raised.key.clone(),
        stage,
        grade: doc.grade(),
        contested: doc.is_contested(),
        description: text(&doc.description).unwrap_or_default(),
        area: text(&doc.area),
        responsible: text(&doc.responsible),
        deadline: text(&doc.deadline),
        raised_by: doc.stamp.actor,
        raised_at: doc.stamp.wall.ms,
        changed_at: doc.changed.wall.ms,
        photos: count(doc.evidence.shown().count()),
        thumbnail: first_thumbnail(&doc.evidence),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn first_thumbnail(evidence: &EvidenceSet) -> Option<BlobId> {
    let first = evidence.shown().min_by_key(|photo| photo.stamp)?;
    first.blobs.iter().find(|blob| blob.role == BlobRole::Thumbnail).map(|blob| blob.sha256)
}

/// Lower-case words, one text a line.
fn joined<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut words = String::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if !words.is_empty() {
            words.push('\n');
        }
        words.push_str(&text.to_lowercase());
    }
    words
}

fn inspection_words(doc: &InspectionDoc) -> String {
    let notes = doc.notes.values().flat_map(|cell| cell.held()).map(|held| held.value.as_str());
    let answers = doc.answers.values().flat_map(|cell| cell.held()).filter_map(|held| match &held.value {
        Some(AnswerValue::Text(text) | AnswerValue::Code(text)) => Some(text.as_str()),
        _ => None,
    });
    let labels = doc.instances.values().map(|instance| instance.added.label.as_str());
    let comments = doc.comments.iter().map(|comment| comment.said.text.as_str());
    joined(notes.chain(answers).chain(labels).chain(comments).chain(doc.evidence.words()))
}

fn finding_words(doc: &FindingDoc, row: &FindingRow) -> String {
    let fields = [&doc.description, &doc.area, &doc.measure, &doc.responsible];
    let held = fields.into_iter().flat_map(|cell| cell.held()).filter_map(|held| held.value.as_deref());
    let comments = doc.comments.iter().map(|comment| comment.said.text.as_str());
    joined(held.chain(comments).chain(doc.evidence.words()).chain(row.key.iter().map(|key| key.item.as_str())))
}

fn directory_words(aggregate: &Aggregate) -> String {
    match aggregate {
        Aggregate::Region(doc) => joined([doc.set.name.as_str()]),
        Aggregate::Person(doc) => joined([doc.set.name.as_str()].into_iter().chain(doc.set.badge.as_deref())),
        Aggregate::Site(doc) => {
            let set = &doc.set;
            let contacts = set.contacts.iter().map(|contact| contact.name.as_str());
            joined([set.name.as_str(), &set.enterprise].into_iter().chain(set.address.as_deref()).chain(contacts))
        }
        Aggregate::Assignment(doc) => joined(doc.set.note.as_deref()),
        Aggregate::Checklist(doc) => joined([doc.set.title_zh.as_str(), &doc.set.title_en, &doc.set.checklist.id]),
        Aggregate::Inspection(_) | Aggregate::Finding(_) => String::new(),
    }
}
