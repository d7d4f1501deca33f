//! The one-time code as people read and type it, and the link that carries it.
//!
//! Eleven characters of Crockford's base 32 are random (55 bits), the twelfth is a check: every single wrong character
//! and every swap of two neighbours is found before the server is asked, so that a typing error is told apart from a
//! code that is not known.

use davy_core::id::Hash32;
use sha2::{Digest, Sha256};
use std::fmt;

/// Crockford's base 32 without I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters that carry the secret; one more checks them.
const SECRET: usize = 11;
/// Longest text that is looked at.
const MAX_LINK: usize = 2048;

/// A one-time code: eleven random characters and one check character, shown as `XXXX-XXXX-XXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode([u8; SECRET + 1]);

/// A text that cannot be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Wrong number of characters.
    #[error("a code has twelve letters and digits; this one has {0}")]
    Length(usize),
    /// A character that codes do not use.
    #[error("`{0}` does not occur in codes")]
    Character(char),
    /// A typing error.
    #[error("the code was mistyped: its last character does not fit the others")]
    Mistyped,
}

impl EnrolmentCode {
    /// A code from random bytes, of which five bits each are used.
    #[must_use]
    pub fn from_random(random: [u8; SECRET]) -> Self {
        let mut code = [0; SECRET + 1];
        for (symbol, byte) in code.iter_mut().zip(random) {
            *symbol = byte & 31;
        }
        code[SECRET] = check(&code[..SECRET]);
        Self(code)
    }

    /// Reads a code as people type it: any case, blanks and dashes anywhere, full-width characters of an input method,
    /// O for 0, I and L for 1.
    ///
    /// # Errors
    /// Wrong length, a foreign character, or a check character that does not fit.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut code = [0; SECRET + 1];
        let mut found = 0;
        for typed in text.chars().filter(|c| !is_separator(*c)) {
            let c = normalise(typed);
            let symbol = ALPHABET.iter().position(|known| char::from(*known) == c).ok_or(CodeError::Character(typed))?;
            if let Some(place) = code.get_mut(found) {
                *place = symbol as u8;
            }
            found += 1;
        }
        if found != code.len() {
            return Err(CodeError::Length(found));
        }
        if check(&code[..SECRET]) == code[SECRET] { Ok(Self(code)) } else { Err(CodeError::Mistyped) }
    }

    /// What the server stores: SHA-256("davy1/code" ‖ symbols).
    #[must_use]
    pub fn hash(&self) -> Hash32 {
        Hash32(Sha256::new().chain_update(b"davy1/code").chain_update(self.0).finalize().into())
    }

    /// The link in the QR: `davy://enrol?server=…&code=…`.
    #[must_use]
    pub fn link(&self, server: &str) -> String {
        let mut escaped = String::with_capacity(server.len() + 8);
        for byte in server.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
                other => escaped.push_str(&format!("%{other:02X}")),
            }
        }
        format!("davy://enrol?server={escaped}&code={self}")
    }
}

/// Product in GF(32), reduced by x⁵ + x² + 1.
const fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b > 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 0x20 != 0 {
            a ^= 0x25;
        }
        b >>= 1;
    }
    product
}

/// Σ symbolᵢ·αⁱ⁺¹ in GF(32) with α = 2. No weight is 0 and no two are equal, the check symbol's own weight 1 included:
/// therefore what the module's head promises.
fn check(symbols: &[u8]) -> u8 {
    symbols.iter().rev().fold(0, |sum, symbol| times(sum ^ symbol, 2))
}

/// Full-width forms become ASCII, lower case upper case, look-alikes their digit.
fn normalise(c: char) -> char {
    let ascii = match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ => c,
    };
    match ascii.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}

/// Blanks, dots and dashes of any script, and what is copied along without being seen.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '_' | '.' | '·' | '—' | '－' | '＿' | '．' | '−' | 'ー' | '\u{2010}'..='\u{2015}' | '\u{200b}' | '\u{feff}')
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, symbol) in self.0.iter().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(*symbol)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for EnrolmentCode {
    /// A code is a secret until it is used: logs do not get it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentCode(…)")
    }
}

/// Server and code from a link; `None` if the text is not such a link or its server is not an http address.
#[must_use]
pub fn parse_link(text: &str) -> Option<(String, String)> {
    if text.len() > MAX_LINK {
        return None;
    }
    let text = text.trim();
    let query = text.strip_prefix("davy://enrol?").or_else(|| text.strip_prefix("davy://enrol/?"))?;
    let field = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let server = unescape(field("server")?)?;
    is_server(&server).then_some(())?;
    Some((server, unescape(field("code")?)?))
}

/// `http(s)://host[:port][/path]`, without user, query, fragment or blanks.
fn is_server(address: &str) -> bool {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let foreign = |c: char| matches!(c, '@' | '?' | '#' | '\\') || c.is_whitespace() || c.is_control();
    host.is_some_and(|host| !host.is_empty() && !host.starts_with(['/', ':']) && !host.contains(foreign))
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'%' {
            let mut byte = [0];
            hex::decode_to_slice(tail.get(..2)?, &mut byte).ok()?;
            bytes.push(byte[0]);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> EnrolmentCode {
        EnrolmentCode::from_random([15, 15, 6, 21, 25, 24, 9, 17, 5, 0, 8])
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let text = code().to_string();
        assert_eq!(&text[..13], "FF6N-SR9H-508");
        let wide = |c| if c == '-' { '－' } else { char::from_u32(u32::from(c) + 0xfee0).unwrap() };
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', " "),
            text.replace('-', ""),
            text.replace('-', "—"),
            text.replace('0', "o"),
            format!("  {text}\u{3000}\n"),
            text.chars().map(wide).collect(),
        ] {
            assert_eq!(EnrolmentCode::parse(&typed), Ok(code()), "{typed}");
        }
        assert_eq!(format!("{:?}", code()), "EnrolmentCode(…)");
    }

    #[test]
    fn one_may_be_typed_as_the_letters_that_look_like_it() {
        let code = EnrolmentCode::from_random([1; SECRET]);
        for letter in ["i", "I", "l", "L"] {
            assert_eq!(EnrolmentCode::parse(&code.to_string().replace('1', letter)), Ok(code.clone()), "{letter}");
        }
    }

    #[test]
    fn wrong_texts_are_told_apart() {
        let text = code().to_string();
        let last = if text.ends_with('W') { "X" } else { "W" };
        for (typed, error) in [
            (String::new(), CodeError::Length(0)),
            ("FF6N-SR9H".to_owned(), CodeError::Length(8)),
            (format!("{text}-1"), CodeError::Length(13)),
            ("FF6N-SR9H-508U".to_owned(), CodeError::Character('U')),
            ("FF6N-SR9H-50井V".to_owned(), CodeError::Character('井')),
            (format!("{}{last}", &text[..13]), CodeError::Mistyped),
        ] {
            assert_eq!(EnrolmentCode::parse(&typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn every_wrong_character_and_every_swap_of_neighbours_is_a_typing_error() {
        for random in [[0; SECRET], [31; SECRET], [15, 15, 6, 21, 25, 24, 9, 17, 5, 0, 8], [0, 31, 0, 31, 0, 31, 0, 31, 0, 31, 0]] {
            let code = EnrolmentCode::from_random(random).0;
            for place in 0..code.len() {
                for symbol in (0..32).filter(|symbol| *symbol != code[place]) {
                    let mut other = code;
                    other[place] = symbol;
                    assert_eq!(EnrolmentCode::parse(&EnrolmentCode(other).to_string()), Err(CodeError::Mistyped), "{other:?}");
                }
                if place + 1 < code.len() && code[place] != code[place + 1] {
                    let mut other = code;
                    other.swap(place, place + 1);
                    assert_eq!(EnrolmentCode::parse(&EnrolmentCode(other).to_string()), Err(CodeError::Mistyped), "{other:?}");
                }
            }
        }
    }

    #[test]
    fn a_link_gives_back_server_and_code() {
        for server in ["https://davy.example.gov.cn", "http://127.0.0.1:8080", "https://[::1]:8443/davy", "https://安监.example"] {
            let link = code().link(server);
            assert!(link.is_ascii(), "{link}");
            assert_eq!(parse_link(&link), Some((server.to_owned(), code().to_string())));
        }
    }

    #[test]
    fn other_texts_are_not_links() {
        for text in [
            "https://example.com/menu",
            "davy://enrol",
            "davy://enrol?code=FF6N",
            "davy://enrol?server=https%3A%2F%2Fa.b",
            "davy://enrol?server=javascript%3Aalert&code=FF6N",
            "davy://enrol?server=https%3A%2F%2Fuser@host&code=FF6N",
            "davy://enrol?server=https%3A%2F%2F&code=FF6N",
            "davy://enrol?server=https%3A%2&code=FF6N",
        ] {
            assert_eq!(parse_link(text), None, "{text}");
        }
    }
}
