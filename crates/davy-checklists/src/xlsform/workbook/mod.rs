//! Spreadsheet files as plain cells, within bounds: what is too large is refused before it is held in memory.
//!
//! The reader of other people's making allocates what a file asks for: the area between two cells, what a zip entry
//! unpacks to, one shared text as often as cells name it. So a file is measured first (`inflate`, `legacy`), and a
//! panic in the reader is an unreadable file and not the end of the program.

mod inflate;
mod legacy;
mod read;

use crate::xlsform::report::{At, SheetFault};
use crate::xlsform::words::words;
use davy_core::checklist::Text;
use std::collections::BTreeMap;

/// Largest file in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// Most rows of a sheet.
pub const MAX_ROWS: u32 = 20_000;
/// Most columns of a sheet.
pub const MAX_COLUMNS: u32 = 512;
/// Longest text of a cell in characters: what a spreadsheet program takes.
pub const MAX_CELL: usize = 32_767;
/// Bytes that a file may unpack to.
pub(crate) const MAX_UNPACKED: u64 = 64 * 1024 * 1024;
/// Bytes of text in all cells together.
pub(crate) const MAX_TEXT: usize = 48 * 1024 * 1024;

/// One sheet: row → column → text, both from 0; empty cells are absent.
#[derive(Debug, Default, Clone)]
pub(crate) struct Sheet {
    pub name: String,
    pub rows: BTreeMap<u32, BTreeMap<u32, String>>,
}

/// The sheets of a file in their order.
#[derive(Debug, Default)]
pub(crate) struct Workbook {
    pub sheets: Vec<Sheet>,
}

impl Workbook {
    /// A sheet by its name, whatever the case.
    pub(crate) fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name.trim().eq_ignore_ascii_case(name))
    }
}

/// Reads a file.
///
/// # Errors
/// It is too large, no workbook, or holds more than the bounds allow; all faults.
pub(crate) fn open(bytes: &[u8]) -> Result<Workbook, Vec<SheetFault>> {
    if bytes.len() > MAX_FILE {
        let (size, most) = (bytes.len() / 1_048_576, MAX_FILE / 1_048_576);
        return Err(vec![whole(
            words!("文件有{size} MiB，超过{most} MiB", "the file has {size} MiB, more than {most}"),
            words!("请删去表单用不到的图片和工作表", "take out pictures and sheets that the form does not need"),
        )]);
    }
    // A panic in the reader leaves nothing behind: it works on these bytes alone.
    std::panic::catch_unwind(|| read::any(bytes)).unwrap_or_else(|_| {
        Err(vec![whole(
            words!("文件已损坏", "the file is damaged"),
            words!("请用电子表格软件打开，另存为.xlsx", "open it in a spreadsheet program and save it as .xlsx"),
        )])
    })
}

fn too_much_text() -> Text {
    words!("所有单元格的文字合计超过{} MiB", "the cells hold more than {} MiB of text together", MAX_TEXT / 1_048_576)
}

/// A fault of the file as a whole.
fn whole(reason: Text, instead: Text) -> SheetFault {
    SheetFault { at: At::workbook(), reason, instead }
}
