//! How long the shared texts of an .xls are, without reading them. A text may go on in the next record, with its width told anew.

use super::container::{u16_at, u32_at};

/// Bytes that each shared text takes at most once it is read.
pub(super) fn lengths(parts: &[&[u8]]) -> Vec<usize> {
    let mut walk = Walk { parts, part: 0, at: 8 };
    let mut lengths = Vec::new();
    while let Some(length) = walk.text() {
        lengths.push(length);
    }
    lengths
}

struct Walk<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Walk<'_> {
    /// What is left of this record; the next one when nothing is.
    fn rest(&mut self) -> Option<&[u8]> {
        while self.at >= self.parts.get(self.part)?.len() {
            self.part += 1;
            self.at = 0;
        }
        self.parts[self.part].get(self.at..)
    }

    /// Passes one text over and says its length.
    fn text(&mut self) -> Option<usize> {
        let head = self.rest()?;
        let (letters, flags) = (usize::from(u16_at(head, 0)?), *head.get(2)?);
        let (mut used, mut after) = (3, 0_usize);
        if flags & 0x08 != 0 {
            after += 4 * usize::from(u16_at(head, used)?);
            used += 2;
        }
        if flags & 0x04 != 0 {
            after = after.saturating_add(usize::try_from(u32_at(head, used)?).ok()?);
            used += 4;
        }
        self.at += used;
        self.letters(letters, flags & 1 != 0)?;
        self.skip(after)?;
        Some(letters.saturating_mul(3))
    }

    fn letters(&mut self, mut left: usize, mut wide: bool) -> Option<()> {
        while left > 0 {
            let part = self.part;
            let rest = self.rest()?.len();
            if self.part != part {
                wide = self.rest()?.first()? & 1 != 0;
                self.at += 1;
                continue;
            }
            let width = if wide { 2 } else { 1 };
            let here = left.min(rest / width);
            // Half a letter at the end of a record is damage; it is passed over.
            self.at += if here == 0 { rest } else { here * width };
            left -= here;
        }
        Some(())
    }

    fn skip(&mut self, mut left: usize) -> Option<()> {
        while left > 0 {
            let here = left.min(self.rest()?.len());
            self.at += here;
            left -= here;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_across_records_and_with_their_formats() {
        let head = [0_u8; 8];
        let first = [&head[..], &[3, 0, 0], b"abc", &[4, 0, 8, 1, 0], b"wxyz", &[9; 4], &[3, 0, 0], b"de"].concat();
        let second = [&[1_u8][..], &[b'f', 0], &[2, 0, 1], &[b'g', 0, b'h', 0]].concat();
        assert_eq!(lengths(&[&first, &second]), [9, 12, 9, 6]);
    }

    #[test]
    fn damage_ends_the_list() {
        assert!(lengths(&[&[0; 8], &[200, 0, 1, 5]]).is_empty());
        assert!(lengths(&[]).is_empty());
    }
}
