//! The table: what was measured, what stands beside it, what was aimed at.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Name of the measurement that it belongs to.
    pub name: &'static str,
    /// What was measured.
    pub what: String,
    /// The result.
    pub measured: String,
    /// The baseline, measured in the same run unless it says otherwise.
    pub beside: String,
    /// What was aimed at; empty when there is no aim.
    pub aim: String,
    /// Whether it was met; absent without an aim.
    pub met: Option<bool>,
    /// The figures for programs. The unit is the end of the name.
    pub figures: BTreeMap<&'static str, f64>,
}

impl Row {
    /// A line without an aim.
    #[must_use]
    pub fn new(name: &'static str, what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            name,
            what: what.into(),
            measured: measured.into(),
            beside: "–".to_owned(),
            aim: String::new(),
            met: None,
            figures: BTreeMap::new(),
        }
    }

    /// With a baseline.
    #[must_use]
    pub fn beside(mut self, beside: impl Into<String>) -> Self {
        self.beside = beside.into();
        self
    }

    /// With an aim and whether it was met.
    #[must_use]
    pub fn aim(mut self, aim: impl Into<String>, met: bool) -> Self {
        self.aim = aim.into();
        self.met = Some(met);
        self
    }

    /// With a figure for programs.
    #[must_use]
    pub fn figure(mut self, name: &'static str, value: f64) -> Self {
        self.figures.insert(name, value);
        self
    }
}

/// The table as Markdown, which also reads well in a terminal.
#[must_use]
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from("| what | measured | beside | aim | met |\n|---|---|---|---|---|\n");
    for row in rows {
        let met = match row.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        let aim = if row.aim.is_empty() { "–" } else { &row.aim };
        // Writing into a String cannot fail.
        let _ = writeln!(text, "| {} | {} | {} | {aim} | {met} |", row.what, row.measured, row.beside);
    }
    text
}
