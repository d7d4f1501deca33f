//! The records of an .xls: how much room its sheets claim.

use super::container::{u16_at, u32_at};
use super::{damaged, strings};
use crate::xlsform::words::words;
use crate::xlsform::workbook::{MAX_TEXT, too_much_text};
use davy_core::checklist::Text;

/// Cells between the outermost ones, all sheets together: 20,000 rows of 200 columns. A cell takes 32 bytes while it is read.
const MAX_AREA: u64 = 4_000_000;
const MAX_SHEETS: usize = 64;

const EOF: u16 = 0x000A;
const FORMULA: u16 = 0x0006;
const CONTINUE: u16 = 0x003C;
const BOUND_SHEET: u16 = 0x0085;
const MULTIPLE: u16 = 0x00BD;
const SHARED_STRINGS: u16 = 0x00FC;
const LABEL_SHARED: u16 = 0x00FD;
const DIMENSIONS: u16 = 0x0200;
const BEGIN: u16 = 0x0809;

/// Record type and data from a place in the stream on; it ends where the stream is damaged.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.0, 0)?;
        let end = 4 + usize::from(u16_at(self.0, 2)?);
        let data = self.0.get(4..end)?;
        self.0 = self.0.get(end..)?;
        Some((kind, data))
    }
}

pub(super) fn fault(stream: &[u8]) -> Option<Text> {
    let mut sheets = Vec::new();
    let mut shared: Vec<&[u8]> = Vec::new();
    let mut in_shared = false;
    for (kind, data) in Records(stream) {
        in_shared = kind == SHARED_STRINGS || (in_shared && kind == CONTINUE);
        match kind {
            EOF => break,
            BOUND_SHEET => sheets.push(u32_at(data, 0)),
            _ if in_shared => shared.push(data),
            _ => {}
        }
    }
    if sheets.len() > MAX_SHEETS {
        return Some(words!("文件的工作表超过{MAX_SHEETS}个", "the file has more than {MAX_SHEETS} sheets"));
    }
    let lengths = strings::lengths(&shared);
    let (mut area, mut text) = (0_u64, 0_usize);
    for position in sheets {
        let Some(sheet) = position.and_then(|at| stream.get(usize::try_from(at).ok()?..)) else {
            return Some(damaged());
        };
        let measured = measure(sheet, &lengths)?;
        area = area.saturating_add(measured.area);
        text = text.saturating_add(measured.text);
    }
    if area > MAX_AREA {
        return Some(words!("各工作表的范围合计超过{MAX_AREA}个单元格", "the sheets reach over more than {MAX_AREA} cells"));
    }
    (text > MAX_TEXT).then(too_much_text)
}

#[derive(Default)]
struct Measured {
    area: u64,
    text: usize,
}

fn measure(sheet: &[u8], lengths: &[usize]) -> Option<Measured> {
    let mut measured = Measured::default();
    let mut depth = 0_usize;
    let mut corners: Option<[u64; 4]> = None;
    for (kind, data) in Records(sheet) {
        match kind {
            BEGIN => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            // Charts inside a sheet are passed over.
            _ if depth > 1 => {}
            DIMENSIONS => measured.area = measured.area.max(claimed(data)),
            FORMULA | MULTIPLE | LABEL_SHARED | 0x0203..=0x0205 | 0x00D6 | 0x027E => {
                let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
                let more = if kind == MULTIPLE { (data.len() / 6) as u64 } else { 0 };
                let (row, column) = (u64::from(row), u64::from(column));
                let [top, left, bottom, right] = corners.unwrap_or([row, column, row, column]);
                corners = Some([top.min(row), left.min(column), bottom.max(row), right.max(column + more)]);
                if kind == LABEL_SHARED {
                    let index = u32_at(data, 6).and_then(|index| usize::try_from(index).ok());
                    measured.text = measured.text.saturating_add(index.and_then(|index| lengths.get(index)).copied().unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    let area = corners.map_or(0, |[top, left, bottom, right]| (bottom - top + 1) * (right - left + 1));
    measured.area = measured.area.max(area);
    Some(measured)
}

/// The area that a sheet says it has, which the reader reserves. What makes no sense counts as too large.
fn claimed(data: &[u8]) -> u64 {
    let small = |at: usize| u16_at(data, at).map(u64::from);
    let large = |at: usize| u32_at(data, at).map(u64::from);
    let corners = match data.len() {
        10 => (small(0), small(2), small(4), small(6)),
        14 | 16 => (large(0), large(4), small(8), small(10)),
        // The reader refuses it.
        _ => return 0,
    };
    let (Some(top), Some(bottom), Some(left), Some(right)) = corners else { return 0 };
    if bottom == 0 || right == 0 {
        return 1;
    }
    let left = if left > 0xFF || right < left { 0 } else { left };
    let rows = bottom.checked_sub(top).filter(|rows| *rows > 0);
    rows.map_or(u64::MAX, |rows| rows.saturating_mul(right.saturating_sub(left).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn file(sheet: &[Vec<u8>]) -> Vec<u8> {
        let bound = |at: u32| record(BOUND_SHEET, &[&at.to_le_bytes()[..], &[0; 4]].concat());
        let shared = record(SHARED_STRINGS, &[&[1, 0, 0, 0, 1, 0, 0, 0][..], &30_000_u16.to_le_bytes(), &[0]].concat());
        let text = record(CONTINUE, &[&[0_u8][..], &vec![b'x'; 30_000]].concat());
        let head = |at| [record(BEGIN, &[0; 16]), bound(at), shared.clone(), text.clone(), record(EOF, &[])].concat();
        let at = u32::try_from(head(0).len()).unwrap();
        [head(at), record(BEGIN, &[0; 16]), sheet.concat(), record(EOF, &[])].concat()
    }

    fn cell(kind: u16, row: u16, column: u16) -> Vec<u8> {
        record(kind, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 6]].concat())
    }

    #[test]
    fn two_far_corners_are_refused() {
        assert_eq!(fault(&file(&[cell(0x0203, 0, 0), cell(0x0203, 100, 20)])), None);
        assert!(fault(&file(&[cell(0x0203, 0, 0), cell(0x0203, 65_535, 65_535)])).unwrap().en.contains("cells"));
    }

    #[test]
    fn a_claimed_area_is_refused_when_it_is_vast_or_senseless() {
        let claim = |top: u32, bottom: u32| {
            let corners = [&top.to_le_bytes()[..], &bottom.to_le_bytes(), &[0, 0, 0xFF, 0], &[0; 2]].concat();
            fault(&file(&[record(DIMENSIONS, &corners)]))
        };
        assert_eq!(claim(0, 50), None);
        assert!(claim(0, 0xFFFF_FFFF).is_some() && claim(9, 3).is_some());
    }

    #[test]
    fn a_shared_text_that_very_many_cells_name_is_refused() {
        let cells: Vec<_> = (0..2_000).map(|row| cell(LABEL_SHARED, row, 0)).collect();
        assert!(fault(&file(&cells)).unwrap().en.contains("text"));
        assert_eq!(fault(&file(&cells[..100])), None);
    }
}
