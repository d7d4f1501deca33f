//! Forms made in tests.

use davy_checklists::xlsform::{Imported, Options, SheetFault, import};
use rust_xlsxwriter::Workbook;

/// A sheet: lines of cells between `|`, without blanks around them; `_` is an empty cell, `\|` a bar.
pub type Sheet<'a> = (&'a str, &'a str);

/// A workbook of these sheets.
pub fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, text) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, line) in (0_u32..).zip(text.trim().lines()) {
            for (column, cell) in (0_u16..).zip(line.trim().split(" | ")) {
                if !matches!(cell.trim(), "_" | "") {
                    sheet.write_string(row, column, cell.trim().replace("\\|", "|").replace("\\n", "\n")).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Takes a form of these sheets.
pub fn take(sheets: &[Sheet<'_>]) -> Result<Imported, Vec<SheetFault>> {
    import(&workbook(sheets), &Options::default())
}

/// Takes a form that has no fault.
pub fn taken(sheets: &[Sheet<'_>]) -> Imported {
    take(sheets).unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// The faults of a form as text.
pub fn faults(sheets: &[Sheet<'_>]) -> Vec<String> {
    take(sheets).expect_err("the form is refused").iter().map(ToString::to_string).collect()
}
