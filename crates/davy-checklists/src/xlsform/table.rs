//! A sheet with heads: rows whose cells are read by the name of their column.

use super::columns::{self, Head, Role};
use super::report::{At, Report};
use super::words::words;
use super::workbook::Sheet;
use std::collections::BTreeMap;

/// The heads of a sheet by column.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Name of the sheet.
    pub sheet: String,
    heads: BTreeMap<u32, (Head, String)>,
    /// Rows from 1, below the head.
    pub rows: Vec<Cells>,
}

/// The cells of a row; its columns are in the table.
#[derive(Debug, Default, Clone)]
pub(crate) struct Cells {
    /// Row from 0.
    pub number: u32,
    cells: BTreeMap<u32, String>,
}

impl Cells {
    /// An empty row.
    pub(crate) fn at(number: u32) -> Self {
        Self { number, cells: BTreeMap::new() }
    }
}

impl Table {
    /// An empty sheet.
    pub(crate) fn named(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), ..Self::default() }
    }

    /// Reads the head of a sheet. Two columns of one meaning are a fault, a column that is not known a remark.
    pub(crate) fn read(sheet: &Sheet, role: Role, report: &mut Report) -> Self {
        let mut table = Self { sheet: sheet.name.clone(), ..Self::default() };
        let mut rows = sheet.rows.iter();
        let Some((_, first)) = rows.next().filter(|(row, _)| **row == 0) else {
            if !sheet.rows.is_empty() {
                let reason = words!("第一行是空的", "the first row is empty");
                report.fault(At::new(&sheet.name, 0, 0), reason, words!("请在第一行写入列名", "write the names of the columns into it"));
            }
            return table;
        };
        let doubled = first.values().any(|text| text.contains("::"));
        let mut seen: BTreeMap<Head, u32> = BTreeMap::new();
        for (column, text) in first {
            let head = columns::head(text, role, doubled);
            let at = At::new(&sheet.name, 0, *column);
            if let Some(other) = seen.get(&head) {
                let other = At::new(&sheet.name, 0, *other);
                let reason = words!("`{}`与{other}是同一列", "`{}` means the same column as {other}", text.trim());
                report.fault(at.clone(), reason, words!("请只保留其中一列", "keep one of them"));
            }
            if head.name.starts_with("davy::") && !head.known {
                let reason = words!("`{}`不是本软件的列", "`{}` is no column of Davy", text.trim());
                let instead = words!("请按docs/checklist-authoring.md中的列名填写", "write it as docs/checklist-authoring.md lists it");
                report.fault(at, reason, instead);
            }
            seen.entry(head.clone()).or_insert(*column);
            table.heads.insert(*column, (head, text.trim().to_owned()));
        }
        for (number, cells) in rows {
            table.rows.push(Cells { number: *number, cells: cells.clone() });
        }
        table
    }

    /// Remarks about columns that mean nothing to us and hold something. `used`: what filters may read.
    pub(crate) fn unknown(&self, used: &[&str], report: &mut Report) {
        let strange = self.heads.iter().filter(|(_, (head, _))| !head.known && !head.name.starts_with("davy::"));
        for (column, (_, text)) in strange {
            let read = used.iter().any(|filter| filter.contains(text.as_str()));
            if !read && self.rows.iter().any(|row| row.cells.contains_key(column)) {
                let said = words!("本软件不使用`{text}`列，已略去", "the column `{text}` means nothing to Davy and is left out");
                report.remark(At::new(&self.sheet, 0, *column), said);
            }
        }
        for row in &self.rows {
            if let Some((column, _)) = row.cells.iter().find(|(column, _)| !self.heads.contains_key(column)) {
                let said = words!("该单元格上方没有列名，已略去", "the cell stands under no head and is left out");
                report.remark(At::new(&self.sheet, row.number, *column), said);
                break;
            }
        }
    }

    /// A row with its columns.
    pub(crate) fn row<'a>(&'a self, cells: &'a Cells) -> Row<'a> {
        Row { table: self, cells }
    }

    /// Languages of the columns of these names, each once, in the order of the columns.
    pub(crate) fn languages(&self, names: &[&str]) -> Vec<String> {
        let mut languages: Vec<String> = Vec::new();
        for (column, (head, _)) in &self.heads {
            let used = names.contains(&head.name.as_str()) && self.rows.iter().any(|row| row.cells.contains_key(column));
            if used && !languages.contains(&head.language) {
                languages.push(head.language.clone());
            }
        }
        languages
    }

    /// Whether there is a column of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.heads.values().any(|(head, _)| head.name == name)
    }
}

/// A row of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    table: &'a Table,
    cells: &'a Cells,
}

impl<'a> Row<'a> {
    /// Row from 0.
    pub(crate) const fn number(&self) -> u32 {
        self.cells.number
    }

    /// A cell without the blanks around it; `None` when it is empty. The first language of the column, if it has any.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.all(name).map(|(_, text, _)| text.trim()).next()
    }

    /// Cells of a column in its languages: language, text as written, column.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = (&'a str, &'a str, u32)> + use<'a> {
        let (heads, cells) = (&self.table.heads, &self.cells.cells);
        let name = name.to_owned();
        heads.iter().filter(move |(_, (head, _))| head.name == name).filter_map(|(column, (head, _))| {
            let text = cells.get(column)?;
            Some((head.language.as_str(), text.as_str(), *column))
        })
    }

    /// Known columns in which this row has something.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let (heads, cells) = (&self.table.heads, &self.cells.cells);
        cells.keys().filter_map(|column| heads.get(column)).filter(|(head, _)| head.known).map(|(head, _)| head.name.as_str())
    }

    /// A cell by the head as written, for filters: `Some("")` when the column is there and the cell empty.
    pub(crate) fn by_head(&self, text: &str) -> Option<&'a str> {
        let (column, _) = self.table.heads.iter().find(|(_, (head, written))| written == text || (head.known && head.name == text))?;
        Some(self.cells.cells.get(column).map_or("", |text| text.trim()))
    }

    /// Where a cell of this name is, or would be: the row's first cell when there is no such column.
    pub(crate) fn at(&self, name: &str) -> At {
        let mut columns = self.table.heads.iter().filter(|(_, (head, _))| head.name == name).map(|(column, _)| *column);
        let filled = self.all(name).map(|(_, _, column)| column).next();
        let column = filled.or_else(|| columns.next()).or_else(|| self.cells.cells.keys().next().copied()).unwrap_or_default();
        At::new(&self.table.sheet, self.cells.number, column)
    }
}
