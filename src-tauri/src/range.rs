//! The `Range` header as far as images need it: one range, from a first to a last byte.
//!
//! Anything else (several ranges, the last n bytes, other units) is answered with the whole, which HTTP allows.

/// A first byte and, where given, a last byte (inclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// First byte.
    pub first: u64,
    /// Last byte, inclusive; `None` means up to the end.
    pub last: Option<u64>,
}

/// Reads a `Range` header; `None` when the whole should be sent.
#[must_use]
pub fn parse(header: &str) -> Option<ByteRange> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let first = number(first)?;
    let last = if last.trim().is_empty() { None } else { Some(number(last)?) };
    last.is_none_or(|last| last >= first).then_some(ByteRange { first, last })
}

/// Digits only: the standard parser would also take a sign.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{ByteRange, parse};

    #[test]
    fn one_range_is_read_and_everything_else_means_the_whole() {
        let range = |first, last| Some(ByteRange { first, last });
        let cases = [
            ("bytes=0-0", range(0, Some(0))),
            ("bytes=0-499", range(0, Some(499))),
            ("bytes=500-", range(500, None)),
            (" bytes=1-2 ", range(1, Some(2))),
            ("bytes=9-1", None),
            ("bytes=-500", None),
            ("bytes=0-1,5-6", None),
            ("bytes=+1-2", None),
            ("bytes=a-b", None),
            ("bytes=", None),
            ("items=0-1", None),
            ("bytes=99999999999999999999-", None),
        ];
        for (header, expected) in cases {
            assert_eq!(parse(header), expected, "{header}");
        }
    }
}
