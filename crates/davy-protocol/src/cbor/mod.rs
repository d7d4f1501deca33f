//! Strict check of deterministic CBOR (RFC 8949 §4.2.1): shortest heads, definite lengths, map keys sorted by
//! their bytes and unique, no trailing bytes, no tags, depth and size bounded. Floats are not used by the protocol.
//!
//! Bytes that pass are hashed and kept as received; nobody encodes them again.

pub mod read;

pub use read::{FormError, ReadError, Reader};

/// Bounds of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes.
    pub bytes: usize,
    /// Deepest nesting of arrays and maps.
    pub depth: u8,
}

/// Bounds of a header.
pub const HEADER: Limits = Limits { bytes: 8 * 1024, depth: 8 };
/// Bounds of a body: 16 KiB.
pub const BODY: Limits = Limits { bytes: 16 * 1024, depth: 8 };
/// Bounds of a signed object (seal, receipt, anchor, record): 32 KiB. A seal of 256 events in 256 scopes has 19 KiB.
pub const SIGNED: Limits = Limits { bytes: 32 * 1024, depth: 8 };
/// Bounds of a request or answer of the sync session, decompressed: 4 MiB.
pub const MESSAGE: Limits = Limits { bytes: 4 * 1024 * 1024, depth: 12 };

/// Why bytes are not deterministic CBOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {fault}")]
pub struct CborError {
    /// Where.
    pub offset: usize,
    /// What.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More bytes than allowed.
    #[error("too long")]
    TooLong,
    /// Ends in the middle of an item.
    #[error("ends too early")]
    Truncated,
    /// Bytes after the item.
    #[error("bytes after the end")]
    Trailing,
    /// A length or number not in its shortest form.
    #[error("not in shortest form")]
    NotShortest,
    /// An item of indefinite length.
    #[error("indefinite length")]
    Indefinite,
    /// Reserved, tag, float or undefined.
    #[error("a type that the protocol does not use")]
    ForbiddenType,
    /// Nested too deeply.
    #[error("nested too deeply")]
    TooDeep,
    /// Map keys out of order.
    #[error("map keys not sorted")]
    Unsorted,
    /// A map key twice.
    #[error("map key twice")]
    DuplicateKey,
    /// Text that is not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
}

/// Checks that `bytes` are exactly one item in deterministic encoding. Allocates nothing; time is linear.
///
/// # Errors
/// The first fault with its place.
pub fn check(bytes: &[u8], limits: Limits) -> Result<(), CborError> {
    if bytes.len() > limits.bytes {
        return Err(CborError { offset: limits.bytes, fault: Fault::TooLong });
    }
    let mut walker = Walker { bytes, at: 0 };
    walker.item(limits.depth)?;
    if walker.at == bytes.len() { Ok(()) } else { walker.fail(Fault::Trailing) }
}

struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walker<'_> {
    fn fail<T>(&self, fault: Fault) -> Result<T, CborError> {
        Err(CborError { offset: self.at, fault })
    }

    fn item(&mut self, depth: u8) -> Result<(), CborError> {
        let start = self.at;
        let (major, value) = self.head()?;
        match major {
            0 | 1 => Ok(()),
            2 => self.skip(value).map(drop),
            3 => {
                let text = self.skip(value)?;
                if std::str::from_utf8(&self.bytes[text]).is_ok() { Ok(()) } else { self.fail(Fault::NotUtf8) }
            }
            4 => {
                let depth = self.deeper(start, depth)?;
                (0..value).try_for_each(|_| self.item(depth))
            }
            5 => {
                let depth = self.deeper(start, depth)?;
                self.map(value, depth)
            }
            // Simple values: false, true, null.
            7 if (20..=22).contains(&value) && self.at == start + 1 => Ok(()),
            _ => {
                self.at = start;
                self.fail(Fault::ForbiddenType)
            }
        }
    }

    fn deeper(&mut self, start: usize, depth: u8) -> Result<u8, CborError> {
        match depth.checked_sub(1) {
            Some(depth) => Ok(depth),
            None => {
                self.at = start;
                self.fail(Fault::TooDeep)
            }
        }
    }

    fn map(&mut self, pairs: u64, depth: u8) -> Result<(), CborError> {
        let mut last: Option<std::ops::Range<usize>> = None;
        for _ in 0..pairs {
            let start = self.at;
            self.item(depth)?;
            let key = start..self.at;
            if let Some(last) = last {
                match self.bytes[last].cmp(&self.bytes[key.clone()]) {
                    std::cmp::Ordering::Less => {}
                    std::cmp::Ordering::Equal => {
                        return Err(CborError { offset: start, fault: Fault::DuplicateKey });
                    }
                    std::cmp::Ordering::Greater => {
                        return Err(CborError { offset: start, fault: Fault::Unsorted });
                    }
                }
            }
            last = Some(key);
            self.item(depth)?;
        }
        Ok(())
    }

    /// Major type and argument; for simple values the argument is their number.
    fn head(&mut self) -> Result<(u8, u64), CborError> {
        head(self.bytes, &mut self.at).map_err(|fault| CborError { offset: self.at, fault })
    }

    fn skip(&mut self, length: u64) -> Result<std::ops::Range<usize>, CborError> {
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        match end {
            Some(end) if end <= self.bytes.len() => {
                let range = self.at..end;
                self.at = end;
                Ok(range)
            }
            _ => self.fail(Fault::Truncated),
        }
    }
}

/// Reads the head of an item at `at` and moves behind it; `at` stays on the head if it is faulty.
#[inline]
fn head(bytes: &[u8], at: &mut usize) -> Result<(u8, u64), Fault> {
    let first = *bytes.get(*at).ok_or(Fault::Truncated)?;
    let (major, short) = (first >> 5, first & 0x1f);
    let (width, least) = match short {
        0..=23 => {
            *at += 1;
            return Ok((major, u64::from(short)));
        }
        24 => (1, 24),
        25 => (2, 0x100),
        26 => (4, 0x1_0000),
        27 => (8, 0x1_0000_0000),
        31 => return Err(Fault::Indefinite),
        _ => return Err(Fault::ForbiddenType),
    };
    if major == 7 {
        return Err(Fault::ForbiddenType);
    }
    let argument = bytes.get(*at + 1..*at + 1 + width).ok_or(Fault::Truncated)?;
    let value = argument.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    if value < least {
        return Err(Fault::NotShortest);
    }
    *at += 1 + width;
    Ok((major, value))
}
