//! An example to start from.

use super::export::{ExportError, export};
use davy_core::checklist::load_yaml;

/// Why there is no template; a test makes sure that there is one.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The example has faults.
    #[error("the example has faults: {0}")]
    Faults(String),
    /// It cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// A small form (.xlsx) with one example of everything that a beginner needs.
///
/// # Errors
/// Never for the example that is built in.
pub fn template() -> Result<Vec<u8>, TemplateError> {
    let example = load_yaml("template.yaml", include_str!("template.yaml"));
    let example = example.map_err(|faults| TemplateError::Faults(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    Ok(export(&example)?)
}
