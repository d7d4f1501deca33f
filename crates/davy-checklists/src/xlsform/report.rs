//! What is said about a form: faults that refuse it and remarks about what was taken differently, each with its cell.

use davy_core::checklist::Text;
use std::fmt;

/// A cell as a person finds it in the spreadsheet program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Name of the sheet; `workbook` for the file as a whole.
    pub sheet: String,
    /// Row from 1.
    pub row: u32,
    /// Letter of the column: `A`, `AB`.
    pub column: String,
}

impl At {
    /// A cell by its numbers from 0.
    pub(crate) fn new(sheet: &str, row: u32, column: u32) -> Self {
        Self { sheet: sheet.to_owned(), row: row.saturating_add(1), column: letters(column) }
    }

    /// The file as a whole.
    pub(crate) fn workbook() -> Self {
        Self::new("workbook", 0, 0)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}!{}{}", self.sheet, self.column, self.row)
    }
}

/// Letters of a column counted from 0.
fn letters(column: u32) -> String {
    let (mut rest, mut letters) = (u64::from(column) + 1, Vec::new());
    while rest > 0 {
        // The remainder is below 26.
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default()));
        rest = (rest - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

/// Why a form was refused, with what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {}; {}", reason.en, instead.en)]
pub struct SheetFault {
    /// Which cell.
    pub at: At,
    /// What is wrong, or has no equivalent.
    pub reason: Text,
    /// What to write instead.
    pub instead: Text,
}

/// Something that was taken differently, or left out because nothing is lost by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Which cell.
    pub at: At,
    /// What was done.
    pub text: Text,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.text.en)
    }
}

/// Faults listed at most; a form with more has one cause that the first ones show.
const MOST: usize = 500;

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    faults: Vec<SheetFault>,
    remarks: Vec<Remark>,
}

impl Report {
    pub(crate) fn fault(&mut self, at: At, reason: Text, instead: Text) {
        let fault = SheetFault { at, reason, instead };
        if self.faults.len() < MOST && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    pub(crate) fn remark(&mut self, at: At, text: Text) {
        let remark = Remark { at, text };
        if self.remarks.len() < MOST && !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    pub(crate) const fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults in the order of the sheets.
    pub(crate) fn into_faults(mut self) -> Vec<SheetFault> {
        self.faults.sort_by(|a, b| order(&a.at).cmp(&order(&b.at)));
        self.faults
    }

    pub(crate) fn into_remarks(mut self) -> Vec<Remark> {
        self.remarks.sort_by(|a, b| order(&a.at).cmp(&order(&b.at)));
        self.remarks
    }
}

/// Short columns first: `Z` stands before `AA`.
fn order(at: &At) -> (&str, u32, usize, &str) {
    (&at.sheet, at.row, at.column.len(), &at.column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_the_spreadsheet() {
        let cases = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")];
        for (column, expected) in cases {
            assert_eq!(letters(column), expected);
        }
        assert_eq!(At::new("survey", 4, 27).to_string(), "survey!AB5");
    }
}
