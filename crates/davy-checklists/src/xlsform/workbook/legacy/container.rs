//! The compound file around an .xls: sectors chained by a table, a directory of streams.

/// The first bytes of a compound file.
pub(in crate::xlsform::workbook) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Sector numbers from here on are marks, not sectors.
const MARKS: u32 = 0xFFFF_FFFA;
/// Streams shorter than this lie in the mini stream.
const SHORT: usize = 4096;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// The stream that holds the cells; `None` when the file is damaged. Never longer than the file.
pub(super) fn workbook_stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = match u16_at(bytes, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let sectors = Sectors { bytes, size, first: size };
    let table = allocation(bytes, &sectors)?;
    let directory = sectors.chain(u32_at(bytes, 48)?, &table, usize::MAX)?;
    let entries: Vec<&[u8]> = directory.chunks_exact(128).collect();
    let entry = ["workbook", "book"].iter().find_map(|name| entries.iter().find(|entry| is_named(entry, name)))?;
    let (start, length) = (u32_at(entry, 116)?, usize::try_from(u32_at(entry, 120)?).ok()?);
    if length >= SHORT {
        return sectors.chain(start, &table, length);
    }
    let root = entries.first()?;
    let short = sectors.chain(u32_at(root, 116)?, &table, usize::try_from(u32_at(root, 120)?).ok()?)?;
    let short_table: Vec<u32> = numbers(&sectors.chain(u32_at(bytes, 60)?, &table, usize::MAX)?).collect();
    Sectors { bytes: &short, size: 64, first: 0 }.chain(start, &short_table, length)
}

/// The table that says which sector follows which.
fn allocation(bytes: &[u8], sectors: &Sectors<'_>) -> Option<Vec<u32>> {
    let mut parts: Vec<u32> = numbers(bytes.get(76..512)?).filter(|sector| *sector < MARKS).collect();
    let mut next = u32_at(bytes, 68)?;
    let most = bytes.len() / sectors.size + 1;
    for _ in 0..most {
        if next >= MARKS {
            break;
        }
        let more: Vec<u32> = numbers(sectors.get(next)?).collect();
        let (last, listed) = more.split_last()?;
        parts.extend(listed.iter().filter(|sector| **sector < MARKS));
        next = *last;
    }
    if parts.len() > most {
        return None;
    }
    let mut table = Vec::new();
    for part in parts {
        table.extend(numbers(sectors.get(part)?));
    }
    Some(table)
}

fn is_named(entry: &[u8], name: &str) -> bool {
    let letters = name.encode_utf16().chain([0]);
    let stored = entry.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    stored.zip(letters).all(|(a, b)| a == b || u8::try_from(a).is_ok_and(|a| u16::from(a.to_ascii_lowercase()) == b))
}

struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    /// Where sector 0 begins.
    first: usize,
}

impl Sectors<'_> {
    /// A sector; the last one of a file may be cut short.
    fn get(&self, sector: u32) -> Option<&[u8]> {
        let start = usize::try_from(sector).ok()?.checked_mul(self.size)?.checked_add(self.first)?;
        let rest = self.bytes.get(start..)?;
        if rest.is_empty() { None } else { rest.get(..self.size.min(rest.len())) }
    }

    fn chain(&self, start: u32, table: &[u32], length: usize) -> Option<Vec<u8>> {
        let (mut stream, mut sector) = (Vec::new(), start);
        // A chain that comes back to itself ends here.
        for _ in 0..=self.bytes.len() / self.size {
            if sector >= MARKS || stream.len() >= length {
                break;
            }
            stream.extend_from_slice(self.get(sector)?);
            sector = *table.get(usize::try_from(sector).ok()?)?;
        }
        stream.truncate(length);
        Some(stream)
    }
}
