//! A reader of known forms: each step names the type that must come next and accepts its one deterministic encoding.
//! Headers, seals and segments are read in a single pass, without a tree of values and without copies.

use super::{CborError, Fault, head};

/// Deterministic CBOR, but not what was expected at this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {expected} expected")]
pub struct FormError {
    /// Where.
    pub offset: usize,
    /// What should have been there.
    pub expected: &'static str,
}

/// Why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not deterministic CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Another form than expected.
    #[error(transparent)]
    Form(#[from] FormError),
}

type Read<T> = Result<T, ReadError>;

/// Reads one known form from a slice.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the start of `bytes`, which must not be longer than `most`.
    ///
    /// # Errors
    /// [`Fault::TooLong`].
    pub const fn new(bytes: &'a [u8], most: usize) -> Read<Self> {
        if bytes.len() > most {
            return Err(ReadError::Cbor(CborError { offset: most, fault: Fault::TooLong }));
        }
        Ok(Self { bytes, at: 0 })
    }

    /// Where the reader stands.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// A form error at an offset.
    ///
    /// # Errors
    /// Always; for use with `?`.
    pub const fn fail<T>(&self, offset: usize, expected: &'static str) -> Read<T> {
        Err(ReadError::Form(FormError { offset, expected }))
    }

    /// Ends reading: nothing may follow.
    ///
    /// # Errors
    /// [`Fault::Trailing`].
    pub fn end(self) -> Read<()> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(CborError { offset: self.at, fault: Fault::Trailing }.into()) }
    }

    fn typed(&mut self, major: u8, expected: &'static str) -> Read<u64> {
        let start = self.at;
        let (found, value) = head(self.bytes, &mut self.at).map_err(|fault| CborError { offset: start, fault })?;
        if found == major { Ok(value) } else { self.fail(start, expected) }
    }

    /// A number of at most `most`.
    ///
    /// # Errors
    /// Anything else.
    pub fn uint(&mut self, most: u64, expected: &'static str) -> Read<u64> {
        let start = self.at;
        let value = self.typed(0, expected)?;
        if value <= most { Ok(value) } else { self.fail(start, expected) }
    }

    /// A number that may be negative.
    ///
    /// # Errors
    /// Anything else, or a number outside 64 bits.
    pub fn int(&mut self, expected: &'static str) -> Read<i64> {
        let start = self.at;
        let (major, value) = head(self.bytes, &mut self.at).map_err(|fault| CborError { offset: start, fault })?;
        match (major, i64::try_from(value)) {
            (0, Ok(value)) => Ok(value),
            (1, Ok(value)) => Ok(-1 - value),
            _ => self.fail(start, expected),
        }
    }

    /// The next map key, which must be this one.
    ///
    /// # Errors
    /// Another key.
    pub fn key(&mut self, key: u8, name: &'static str) -> Read<()> {
        let start = self.at;
        if self.typed(0, name)? == u64::from(key) { Ok(()) } else { self.fail(start, name) }
    }

    /// A map with exactly so many pairs.
    ///
    /// # Errors
    /// Anything else.
    pub fn map(&mut self, pairs: u64, expected: &'static str) -> Read<()> {
        let start = self.at;
        if self.typed(5, expected)? == pairs { Ok(()) } else { self.fail(start, expected) }
    }

    /// An array with exactly so many items.
    ///
    /// # Errors
    /// Anything else.
    pub fn array(&mut self, items: u64, expected: &'static str) -> Read<()> {
        let start = self.at;
        if self.typed(4, expected)? == items { Ok(()) } else { self.fail(start, expected) }
    }

    /// An array with at most so many items; returns how many.
    ///
    /// # Errors
    /// Anything else.
    pub fn list(&mut self, most: usize, expected: &'static str) -> Read<usize> {
        let start = self.at;
        let items = self.typed(4, expected)?;
        match usize::try_from(items) {
            Ok(items) if items <= most => Ok(items),
            _ => self.fail(start, expected),
        }
    }

    fn take(&mut self, start: usize, length: u64) -> Read<&'a [u8]> {
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        let Some(taken) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            return Err(CborError { offset: start, fault: Fault::Truncated }.into());
        };
        self.at += taken.len();
        Ok(taken)
    }

    /// A byte string.
    ///
    /// # Errors
    /// Anything else.
    pub fn bytes(&mut self, expected: &'static str) -> Read<&'a [u8]> {
        let start = self.at;
        let length = self.typed(2, expected)?;
        self.take(start, length)
    }

    /// A byte string of exactly `N` bytes.
    ///
    /// # Errors
    /// Anything else.
    pub fn fixed<const N: usize>(&mut self, expected: &'static str) -> Read<[u8; N]> {
        let start = self.at;
        match self.bytes(expected)?.try_into() {
            Ok(fixed) => Ok(fixed),
            Err(_) => self.fail(start, expected),
        }
    }

    /// A text of at most `most` bytes.
    ///
    /// # Errors
    /// Anything else.
    pub fn text(&mut self, most: usize, expected: &'static str) -> Read<&'a str> {
        let start = self.at;
        let length = self.typed(3, expected)?;
        let bytes = self.take(start, length)?;
        match std::str::from_utf8(bytes) {
            Ok(text) if bytes.len() <= most => Ok(text),
            Ok(_) => self.fail(start, expected),
            Err(_) => Err(CborError { offset: start, fault: Fault::NotUtf8 }.into()),
        }
    }

    /// True or false.
    ///
    /// # Errors
    /// Anything else.
    pub fn bool(&mut self, expected: &'static str) -> Read<bool> {
        let start = self.at;
        match self.typed(7, expected)? {
            20 => Ok(false),
            21 => Ok(true),
            _ => self.fail(start, expected),
        }
    }

    /// Whether null comes next; it is then passed.
    pub fn null(&mut self) -> bool {
        let null = self.bytes.get(self.at) == Some(&0xf6);
        self.at += usize::from(null);
        null
    }
}
