//! The one door for uploaded files: a checklist, or every fault with its place.

use super::fault::{self, Spot};
use super::library;
use crate::api::dto::{UploadFacts, UploadLine, UploadReport};
use davy_checklists::xlsform;
use davy_core::checklist::{Checklist, Grade, Library, Place, PublishError, Published, locate, publish, read_yaml};
use serde_json::json;

/// Largest file. The largest shipped pack has a fiftieth of it; pictures inside a spreadsheet need room.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Faults listed at most; a file with more has one cause that the first ones show.
const MOST_FAULTS: usize = 500;

/// A kind of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A checklist in YAML.
    Yaml,
    /// A spreadsheet in XLSForm.
    Spreadsheet,
}

impl FileKind {
    /// By the ending of the name; `None` for anything else.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "xlsx" | "xlsm" | "xls" => Some(Self::Spreadsheet),
            _ => None,
        }
    }
}

/// What a file gave.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// The checklist, if the file has one that is sound in itself.
    pub checklist: Option<Checklist>,
    /// What has to be corrected.
    pub faults: Vec<UploadLine>,
    /// What was taken differently.
    pub remarks: Vec<UploadLine>,
    text: Option<String>,
}

/// Reads a file.
#[must_use]
pub fn read_upload(name: &str, bytes: &[u8]) -> Upload {
    let mut upload = match FileKind::of(name) {
        Some(FileKind::Yaml) => yaml(bytes),
        Some(FileKind::Spreadsheet) => spreadsheet(name, bytes),
        None => refused(vec![fault::whole("file_kind", json!({}), "neither YAML nor a spreadsheet")]),
    };
    upload.faults.sort_by(|a, b| (&a.sheet, a.line).cmp(&(&b.sheet, b.line)));
    upload.faults.truncate(MOST_FAULTS);
    upload.remarks.truncate(MOST_FAULTS);
    upload
}

fn refused(faults: Vec<UploadLine>) -> Upload {
    Upload { faults, ..Upload::default() }
}

fn yaml(bytes: &[u8]) -> Upload {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refused(vec![fault::whole("not_text", json!({}), "the file is not text in UTF-8")]);
    };
    // Editors of some systems put a mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match read_yaml(text) {
        Ok(checklist) => Upload { checklist: Some(checklist), text: Some(text.to_owned()), ..Upload::default() },
        Err(faults) => refused(faults.iter().map(fault::of_text).collect()),
    }
}

fn spreadsheet(name: &str, bytes: &[u8]) -> Upload {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let options = xlsform::Options { name: Some(stem.to_owned()), ..xlsform::Options::default() };
    match xlsform::import(bytes, &options) {
        Ok(imported) => Upload {
            checklist: Some(imported.checklist),
            remarks: imported.remarks.iter().map(fault::of_remark).collect(),
            ..Upload::default()
        },
        Err(faults) => refused(faults.iter().map(fault::of_sheet).collect()),
    }
}

impl Upload {
    fn spot(&self, place: Place) -> Spot {
        self.text.as_deref().map_or((0, 0), |text| locate(text, place))
    }

    /// Freezes it against the library and the file's own standards; what cannot be becomes a fault.
    pub fn freeze(&mut self, mut library: Library) -> Option<Published> {
        let checklist = self.checklist.clone()?;
        library::add(&mut library, &checklist);
        match publish(checklist.clone(), &library) {
            Ok(published) => Some(published),
            Err(PublishError::Faults(faults)) => {
                let lines = faults.iter().take(MOST_FAULTS).map(|error| fault::of_content(error, Some(&checklist), self.spot(error.place)));
                let lines: Vec<UploadLine> = lines.collect();
                self.faults.extend(lines);
                None
            }
            Err(PublishError::Json(error)) => {
                self.faults.push(fault::whole("form", json!({ "words": error.to_string() }), error.to_string()));
                None
            }
        }
    }

    /// What is kept of it beside the bytes.
    #[must_use]
    pub fn report(&self) -> UploadReport {
        let facts = self.checklist.as_ref().map(|checklist| UploadFacts {
            id: checklist.id.clone(),
            version: checklist.version.clone(),
            industry: checklist.industry.clone(),
            title: checklist.title.clone(),
            items: count(checklist.items().count()),
            majors: majors(checklist),
        });
        UploadReport { facts, faults: self.faults.clone(), remarks: self.remarks.clone() }
    }
}

/// A number for people.
#[must_use]
pub fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Items whose failure suggests a major finding.
#[must_use]
pub fn majors(checklist: &Checklist) -> u32 {
    count(checklist.items().filter(|item| item.grade == Some(Grade::Major)).count())
}
