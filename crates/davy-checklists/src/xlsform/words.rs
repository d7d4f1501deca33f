//! Words in both languages with the same values: what is said about a form is read by the person who wrote it.

use davy_core::checklist::Text;

/// `words!("有{n}行", "{n} rows")`: both are formatted with the same values.
macro_rules! words {
    ($zh:literal, $en:literal $(, $($value:tt)*)?) => {
        davy_core::checklist::Text { zh: format!($zh $(, $($value)*)?), en: format!($en $(, $($value)*)?) }
    };
}

pub(crate) use words;

/// A text without values: 中文, English.
pub(crate) type Both = (&'static str, &'static str);

pub(crate) fn text((zh, en): Both) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}
