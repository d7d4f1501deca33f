//! A checklist as the text of its file.

use davy_core::checklist::{Checklist, load_yaml};

/// Why a checklist has no text.
#[derive(Debug, thiserror::Error)]
pub enum YamlError {
    /// It could not be written.
    #[error("the checklist cannot be written as YAML: {0}")]
    Write(#[from] serde_saphyr::ser_error::Error),
    /// What was written does not read as the same checklist.
    #[error("the checklist does not come back from its text as it was: {0}")]
    NotKept(String),
}

/// The text of a checklist's file; it is read back to make sure that it says the same.
///
/// # Errors
/// It cannot be written, or has faults, so that its file would be refused.
pub fn to_text(checklist: &Checklist) -> Result<String, YamlError> {
    let text = serde_saphyr::to_string(checklist)?;
    match load_yaml("checklist.yaml", &text) {
        Ok(back) if back == *checklist => Ok(text),
        Ok(_) => Err(YamlError::NotKept("a text changed".to_owned())),
        Err(faults) => Err(YamlError::NotKept(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))),
    }
}
