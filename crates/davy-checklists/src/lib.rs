//! Checklists as files. `davy-core` knows what a checklist is; this package knows how people keep and exchange them.
//!
//! `folder` reads a folder of packs with their standards and clause libraries; `check` proves what holds across the files of such
//! a folder; `ids` keeps the record of every id that was ever released; `coverage` counts and writes the table of the docs;
//! `yaml` writes a checklist's file; `xlsform` takes and gives forms in the spreadsheet format of ODK and KoboToolbox.

pub mod check;
pub mod coverage;
pub mod folder;
pub mod ids;
pub mod xlsform;
pub mod yaml;

pub use check::check;
pub use coverage::{Coverage, coverage};
pub use folder::{ClauseFile, Folder, Pack};
