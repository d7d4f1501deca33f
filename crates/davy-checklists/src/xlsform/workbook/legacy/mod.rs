//! Measures an .xls before it is read: the reader reserves the area that a sheet claims and repeats a shared text in every cell
//! that names it, so a few bytes could ask for all memory there is.

mod container;
mod records;
mod strings;

pub(super) use container::SIGNATURE;

use crate::xlsform::words::words;
use davy_core::checklist::Text;

/// What is wrong with the file; `None` when it may be read.
pub(super) fn fault(bytes: &[u8]) -> Option<Text> {
    match container::workbook_stream(bytes) {
        Some(stream) => records::fault(&stream),
        None => Some(damaged()),
    }
}

fn damaged() -> Text {
    words!(".xls文件已损坏", "the .xls file is damaged")
}
