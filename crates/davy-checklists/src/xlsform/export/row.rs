//! Rows to write.

use super::{EN, ZH};
use davy_core::checklist::Text;
use std::collections::BTreeMap;

/// Cells by the head of their column.
#[derive(Debug, Default, Clone)]
pub(super) struct Row(pub BTreeMap<String, String>);

impl Row {
    /// With a cell; an empty one is left out.
    pub(super) fn with(mut self, column: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.insert(column.to_owned(), text);
        }
        self
    }

    /// With a text in both languages.
    pub(super) fn texts(self, column: &str, text: &Text) -> Self {
        self.with(&format!("{column}::{ZH}"), &text.zh).with(&format!("{column}::{EN}"), &text.en)
    }
}
