//! Checklists: published versions, uploaded files, trying one out.

use super::{Named, dto};
use davy_core::checklist::{Checklist, Grade, Text};
use davy_core::event::{AnswerValue, FindingEdited, ItemKey};
use davy_core::id::{BlobId, FindingId, InstanceId, RegionId, SiteId};
use davy_core::time::Millis;
use davy_core::view::{InspectionChange, InspectionView};

dto! {
    /// Where a version is meant for, with names.
    pub struct ChecklistPlaces {
        /// Regions with all below them.
        pub regions: Vec<Named>,
        /// Single sites within the caller's reach.
        pub sites: Vec<Named>,
        /// Single sites beyond it.
        pub others: u32,
    }

    /// The end of a version's use.
    pub struct ChecklistRetirement {
        /// When.
        #[schema(value_type = i64)]
        pub at: Millis,
        /// By whom.
        pub by: Option<String>,
        /// Why.
        pub reason: Option<String>,
    }

    /// A published checklist version.
    pub struct ChecklistRow {
        /// Checklist id.
        pub id: String,
        /// Version.
        pub version: String,
        /// SHA-256 of the published bytes.
        #[schema(value_type = String)]
        pub hash: BlobId,
        /// Industry slug.
        pub industry: String,
        /// Title.
        #[schema(value_type = Object)]
        pub title: Text,
        /// Number of items.
        pub items: u32,
        /// Items whose failure suggests a major finding.
        pub majors: u32,
        /// Published.
        #[schema(value_type = i64)]
        pub published: Millis,
        /// By whom; nobody for what was published on the server itself.
        pub by: Option<String>,
        /// Where it is meant for; absent: everywhere.
        pub places: Option<ChecklistPlaces>,
        /// No new inspection starts with it.
        pub retired: Option<ChecklistRetirement>,
        /// The uploaded file that it was published from.
        pub draft: Option<String>,
    }

    /// A part of the organisation: what is in either list.
    pub struct ChecklistTargetRequest {
        /// Regions with all below them.
        #[schema(value_type = Vec<String>)]
        pub regions: Vec<RegionId>,
        /// Single sites.
        #[schema(value_type = Vec<String>)]
        pub sites: Vec<SiteId>,
    }

    /// `POST /api/checklist-drafts/{id}/publish`, `PUT /api/checklists/{hash}/places`.
    pub struct PublishRequest {
        /// Where new inspections may start with it; absent: everywhere.
        pub target: Option<ChecklistTargetRequest>,
    }

    /// `POST /api/checklists/{hash}/retire`.
    pub struct RetireRequest {
        /// Why.
        pub reason: Option<String>,
    }

    /// Something found in an uploaded file, with its place.
    pub struct UploadLine {
        /// Sheet of a spreadsheet.
        pub sheet: Option<String>,
        /// Line, or row of the sheet, from 1.
        pub line: Option<u32>,
        /// Column: a number in a text, letters in a sheet.
        pub column: Option<String>,
        /// Item or section that it is about.
        pub of: Option<String>,
        /// Stable code.
        pub reason: String,
        /// What the words for the code are filled with.
        #[schema(value_type = Object)]
        #[ts(type = "Record<string, string | number | { zh: string, en: string }>")]
        pub values: serde_json::Value,
        /// In English.
        pub message: String,
    }

    /// What the file says about its checklist.
    pub struct UploadFacts {
        /// Checklist id.
        pub id: String,
        /// Version.
        pub version: String,
        /// Industry slug.
        pub industry: String,
        /// Title.
        #[schema(value_type = Object)]
        pub title: Text,
        /// Number of items.
        pub items: u32,
        /// Items whose failure suggests a major finding.
        pub majors: u32,
    }

    /// What was found in a file.
    #[derive(Default)]
    #[serde(default)]
    pub struct UploadReport {
        /// Facts, if the file could be read.
        pub facts: Option<UploadFacts>,
        /// What has to be corrected before it can be published.
        pub faults: Vec<UploadLine>,
        /// What was taken differently, or should be looked at.
        pub remarks: Vec<UploadLine>,
    }

    /// An uploaded file.
    pub struct DraftRow {
        /// Id.
        pub id: String,
        /// Name of the file.
        pub name: String,
        /// Bytes.
        #[ts(type = "number")]
        pub size: u64,
        /// When it was uploaded.
        #[schema(value_type = i64)]
        pub uploaded: Millis,
        /// By whom.
        pub by: Option<String>,
        /// Facts, if it could be read.
        pub facts: Option<UploadFacts>,
        /// Number of faults.
        pub faults: u32,
        /// Number of remarks.
        pub remarks: u32,
        /// The version that was published from it.
        #[schema(value_type = Option<String>)]
        pub published: Option<BlobId>,
    }

    /// One uploaded file with what is found in it now.
    pub struct DraftPage {
        /// The file.
        pub draft: DraftRow,
        /// What was found.
        pub report: UploadReport,
        /// The checklist, if the file could be read.
        #[schema(value_type = Option<Object>)]
        pub checklist: Option<Checklist>,
    }

    /// A finding that is raised in a preview.
    pub struct PreviewFinding {
        /// Failed item.
        #[schema(value_type = Option<String>)]
        pub key: Option<ItemKey>,
        /// Grade.
        #[schema(value_type = String)]
        pub grade: Grade,
        /// What is wrong.
        pub description: String,
        /// Where.
        pub area: Option<String>,
        /// What was done at once.
        pub measure: Option<String>,
        /// Who must rectify it.
        pub responsible: Option<String>,
        /// By which day.
        pub deadline: Option<String>,
    }

    /// New values of some fields of a finding; the others stay.
    #[ts(optional_fields = nullable)]
    pub struct PreviewEdit {
        /// What is wrong.
        pub description: Option<String>,
        /// Where.
        pub area: Option<String>,
        /// What was done at once.
        pub measure: Option<String>,
        /// Who must rectify it.
        pub responsible: Option<String>,
        /// By which day.
        pub deadline: Option<String>,
        /// Grade.
        #[schema(value_type = Option<String>)]
        pub grade: Option<Grade>,
    }

    /// One thing that a person does in a preview: the commands of the field app.
    #[serde(tag = "type", rename_all = "snake_case")]
    pub enum PreviewStep {
        /// Sets or takes back an answer.
        Answer {
            /// Item.
            #[schema(value_type = String)]
            key: ItemKey,
            /// Value.
            #[schema(value_type = Option<Object>)]
            value: Option<AnswerValue>,
        },
        /// Words beside an answer.
        Note {
            /// Item.
            #[schema(value_type = String)]
            key: ItemKey,
            /// Words.
            text: String,
        },
        /// Passes what is open in a section.
        PassSection {
            /// Section.
            section: String,
            /// Instance.
            #[schema(value_type = Option<String>)]
            instance: Option<InstanceId>,
        },
        /// Adds an instance of a repeat group.
        AddInstance {
            /// Section.
            section: String,
            /// Name.
            label: String,
        },
        /// Takes one back.
        RetractInstance {
            /// Instance.
            #[schema(value_type = String)]
            instance: InstanceId,
            /// Why.
            reason: String,
        },
        /// Adds a comment.
        Comment {
            /// Item.
            #[schema(value_type = Option<String>)]
            key: Option<ItemKey>,
            /// Words.
            text: String,
        },
        /// Raises a finding.
        Raise {
            /// The finding.
            finding: PreviewFinding,
        },
        /// Changes one.
        Edit {
            /// Which.
            #[schema(value_type = String)]
            finding: FindingId,
            /// How.
            change: PreviewEdit,
        },
        /// Takes one back.
        RetractFinding {
            /// Which.
            #[schema(value_type = String)]
            finding: FindingId,
            /// Why.
            reason: String,
        },
    }

    /// A step with when it was done, by the browser's clock.
    pub struct PreviewAct {
        /// When.
        #[schema(value_type = i64)]
        pub at: Millis,
        /// What.
        pub step: PreviewStep,
    }

    /// `POST /api/checklists/preview/answers`: a draft or a published version, what was done so far, what is done now.
    pub struct PreviewRequest {
        /// Uploaded file.
        pub draft: Option<String>,
        /// Published version.
        #[schema(value_type = Option<String>)]
        pub hash: Option<BlobId>,
        /// When the preview was opened, by the browser's clock.
        #[schema(value_type = i64)]
        pub opened: Millis,
        /// Minutes east of UTC.
        pub offset_minutes: i16,
        /// Done before, as it was answered.
        pub acts: Vec<PreviewAct>,
        /// Done now; absent to see the whole inspection.
        pub act: Option<PreviewAct>,
    }

    /// What the screen shows after it.
    pub struct PreviewAnswer {
        /// The whole inspection, when nothing was done.
        #[schema(value_type = Option<Object>)]
        pub view: Option<InspectionView>,
        /// What the act changed.
        #[schema(value_type = Option<Object>)]
        pub change: Option<InspectionChange>,
        /// The finding that it was about.
        #[schema(value_type = Option<String>)]
        pub finding: Option<FindingId>,
    }
}

impl From<PreviewEdit> for FindingEdited {
    fn from(edit: PreviewEdit) -> Self {
        let PreviewEdit { description, area, measure, responsible, deadline, grade } = edit;
        Self { description, area, measure, responsible, deadline, grade }
    }
}
