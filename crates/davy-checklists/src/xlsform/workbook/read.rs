//! The cells of .xlsx, .xlsm and .xls.

use super::{MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Sheet, Workbook, inflate, legacy, whole};
use crate::xlsform::report::{At, SheetFault};
use calamine::{Data, Reader, Xls, Xlsx};
use std::io::Cursor;

/// Sheets of a form beside those that carry data; more are not read.
const MAX_SHEETS: usize = 64;

type Read = Result<Workbook, Vec<SheetFault>>;

pub(super) fn any(bytes: &[u8]) -> Read {
    const SAVE_AS: &str = "save the form as .xlsx";
    if bytes.starts_with(b"PK") {
        if let Some(reason) = inflate::fault(bytes) {
            return Err(vec![whole(reason, "save the form again with a spreadsheet program, without what it does not need")]);
        }
        return packed(bytes);
    }
    if bytes.starts_with(&legacy::SIGNATURE) {
        if let Some(reason) = legacy::fault(bytes) {
            return Err(vec![whole(reason, SAVE_AS)]);
        }
        return old(bytes);
    }
    Err(vec![whole("the file is neither .xlsx nor .xls", SAVE_AS)])
}

fn packed(bytes: &[u8]) -> Read {
    let unreadable = |error: calamine::XlsxError| vec![whole(format!("the workbook cannot be read ({error})"), "save it again as .xlsx")];
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
    let unreadable = |error: calamine::XlsError| vec![whole(format!("the workbook cannot be read ({error})"), "save it as .xlsx")];
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
                let instead = "correct the formula, or write the value itself".to_owned();
                self.faults.push(SheetFault { at: at(), reason, instead });
                return self.faults.len() < 100;
            }
        };
        let fault = if row >= MAX_ROWS {
            Some(format!("the sheet has more than {MAX_ROWS} rows"))
        } else if column >= MAX_COLUMNS {
            Some(format!("the sheet has more than {MAX_COLUMNS} columns"))
        } else if text.chars().count() > MAX_CELL {
            Some(format!("the cell has more than {MAX_CELL} characters"))
        } else if self.text + text.len() > MAX_TEXT {
            Some(format!("the cells hold more than {} MiB of text together", MAX_TEXT / 1_048_576))
        } else {
            None
        };
        if let Some(reason) = fault {
            self.faults.push(SheetFault { at: at(), reason, instead: "split the form, or delete what it does not need".to_owned() });
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
fn words(value: &Data) -> Result<String, String> {
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
        Data::Error(error) => return Err(format!("the cell shows the error {error}")),
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
        assert!(book.end().unwrap_err()[0].reason.contains("MiB of text"));
    }
}
