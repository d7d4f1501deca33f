//! The cells of .xlsx, .xlsm and .xls.

use super::{MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Sheet, Workbook, inflate, legacy, too_much_text, whole};
use crate::xlsform::report::{At, SheetFault};
use crate::xlsform::words::words;
use calamine::{Data, Reader, Xls, Xlsx};
use davy_core::checklist::Text;
use std::io::Cursor;

/// Sheets of a form beside those that carry data; more are not read.
const MAX_SHEETS: usize = 64;

type Read = Result<Workbook, Vec<SheetFault>>;

pub(super) fn any(bytes: &[u8]) -> Read {
    let save_as = || words!("请把表单另存为.xlsx", "save the form as .xlsx");
    if bytes.starts_with(b"PK") {
        if let Some(reason) = inflate::fault(bytes) {
            let instead = words!(
                "请用电子表格软件重新保存表单，并去掉用不到的内容",
                "save the form again with a spreadsheet program, without what it does not need"
            );
            return Err(vec![whole(reason, instead)]);
        }
        return packed(bytes);
    }
    if bytes.starts_with(&legacy::SIGNATURE) {
        if let Some(reason) = legacy::fault(bytes) {
            return Err(vec![whole(reason, save_as())]);
        }
        return old(bytes);
    }
    Err(vec![whole(words!("文件既不是.xlsx也不是.xls", "the file is neither .xlsx nor .xls"), save_as())])
}

/// The reader speaks English only.
fn not_read(error: &dyn std::error::Error) -> Text {
    words!("无法读取工作簿（{error}）", "the workbook cannot be read ({error})")
}

fn packed(bytes: &[u8]) -> Read {
    let unreadable = |error: calamine::XlsxError| vec![whole(not_read(&error), words!("请重新保存为.xlsx", "save it again as .xlsx"))];
    let mut file: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut book = Filling::default();
    for name in file.sheet_names().into_iter().take(MAX_SHEETS) {
        // Charts and macro sheets have no cells.
        let Ok(mut reader) = file.worksheet_cells_reader(&name) else { continue };
        book.begin(&name);
        while let Some(cell) = reader.next_cell().map_err(unreadable)? {
            if !book.take(cell.get_position(), cell.get_value().clone().into()) {
                break;
            }
        }
    }
    book.end()
}

fn old(bytes: &[u8]) -> Read {
    let unreadable = |error: calamine::XlsError| vec![whole(not_read(&error), words!("请另存为.xlsx", "save it as .xlsx"))];
    let mut file: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut book = Filling::default();
    for name in file.sheet_names().into_iter().take(MAX_SHEETS) {
        let range = file.worksheet_range(&name).map_err(unreadable)?;
        book.begin(&name);
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let at = |start: u32, offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            if !book.take((at(top, row), at(left, column)), value.clone()) {
                break;
            }
        }
    }
    book.end()
}

/// A workbook while its cells come in.
#[derive(Default)]
struct Filling {
    book: Workbook,
    faults: Vec<SheetFault>,
    text: usize,
}

impl Filling {
    fn begin(&mut self, name: &str) {
        self.book.sheets.push(Sheet { name: name.to_owned(), ..Sheet::default() });
    }

    /// Takes a cell; false: there is no use in more of this sheet.
    fn take(&mut self, (row, column): (u32, u32), value: Data) -> bool {
        let Some(sheet) = self.book.sheets.last_mut() else { return false };
        let at = || At::new(&sheet.name, row, column);
        let text = match words(&value) {
            Ok(text) if text.trim().is_empty() => return true,
            Ok(text) => text,
            Err(reason) => {
                let instead = words!("请改正公式，或直接填写数值", "correct the formula, or write the value itself");
                self.faults.push(SheetFault { at: at(), reason, instead });
                return self.faults.len() < 100;
            }
        };
        let fault = if row >= MAX_ROWS {
            Some(words!("工作表超过{MAX_ROWS}行", "the sheet has more than {MAX_ROWS} rows"))
        } else if column >= MAX_COLUMNS {
            Some(words!("工作表超过{MAX_COLUMNS}列", "the sheet has more than {MAX_COLUMNS} columns"))
        } else if text.chars().count() > MAX_CELL {
            Some(words!("单元格超过{MAX_CELL}个字符", "the cell has more than {MAX_CELL} characters"))
        } else if self.text + text.len() > MAX_TEXT {
            Some(too_much_text())
        } else {
            None
        };
        if let Some(reason) = fault {
            let instead = words!("请拆分表单，或删去用不到的内容", "split the form, or delete what it does not need");
            self.faults.push(SheetFault { at: at(), reason, instead });
            return false;
        }
        self.text += text.len();
        sheet.rows.entry(row).or_default().insert(column, text);
        true
    }

    fn end(self) -> Read {
        if self.faults.is_empty() { Ok(self.book) } else { Err(self.faults) }
    }
}

/// A cell as a person reads it.
fn words(value: &Data) -> Result<String, Text> {
    Ok(match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
        }
        Data::Error(error) => return Err(words!("单元格显示错误{error}", "the cell shows the error {error}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (value, expected) in [(Data::Float(1101.0), "1101"), (Data::Float(18.31), "18.31"), (Data::Bool(true), "TRUE")] {
            assert_eq!(words(&value).unwrap(), expected);
        }
    }

    #[test]
    fn a_shared_text_named_by_very_many_cells_stays_within_bounds() {
        let mut book = Filling::default();
        book.begin("survey");
        let text = "x".repeat(30_000);
        let cells = (0..MAX_ROWS).flat_map(|row| (0..100).map(move |column| (row, column)));
        let taken = cells.take_while(|at| book.take(*at, Data::String(text.clone()))).count();
        assert!(taken * text.len() <= MAX_TEXT);
        assert!(book.end().unwrap_err()[0].reason.en.contains("MiB of text"));
    }
}
