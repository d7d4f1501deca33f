//! Forms in XLSForm, the spreadsheet format of ODK, KoboToolbox and others, in and out.
//!
//! `workbook` reads the file within bounds; `columns` and `table` find the cells; `kind` reads what a row is; `import` makes the
//! checklist, with `xpath` and `translate` for its expressions; `export` writes a workbook that other programs take too and that
//! imports back to the same checklist. What has no equivalent is refused with its cell and what to write instead, all at once;
//! what is taken differently or left out without loss is a remark.

mod columns;
mod export;
mod formats;
mod import;
mod kind;
mod language;
mod names;
mod report;
mod reverse;
mod table;
mod template;
mod translate;
mod words;
mod workbook;
mod xpath;

pub use export::{ExportError, export};
pub use import::{Imported, Options, import};
pub use report::{At, Remark, SheetFault};
pub use template::{TemplateError, template};
pub use workbook::{MAX_CELL, MAX_COLUMNS, MAX_FILE, MAX_ROWS};
