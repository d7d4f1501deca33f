//! Names of questions and groups as ids: `[a-z][a-z0-9_]*`, unique, and the same for the same form.

use std::collections::BTreeSet;

/// Whether a name can be an id as it is.
pub(crate) fn is_id(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A name as an id, not yet unique: `numberAsString` → `number_as_string`, `2nd-try` → `q_2nd_try`.
pub(crate) fn to_id(name: &str, prefix: &str) -> String {
    if is_id(name) {
        return name.to_owned();
    }
    let mut id = String::with_capacity(name.len());
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            id.push('_');
        }
        let plain = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        if plain != '_' || !id.ends_with('_') {
            id.push(plain);
        }
        before = c;
    }
    let id = id.trim_matches('_');
    match id.chars().next() {
        Some(first) if first.is_ascii_lowercase() => id.to_owned(),
        Some(_) => format!("{prefix}_{id}"),
        None => prefix.to_owned(),
    }
}

/// Ids given so far.
#[derive(Debug, Default)]
pub(crate) struct Taken(BTreeSet<String>);

impl Taken {
    /// Keeps an id for the one that asks first. False: somebody has it.
    pub(crate) fn reserve(&mut self, id: &str) -> bool {
        self.0.insert(id.to_owned())
    }

    /// The id, or the first of `id_2`, `id_3`, … that nobody has.
    pub(crate) fn unique(&mut self, id: &str) -> String {
        if self.reserve(id) {
            return id.to_owned();
        }
        let mut number = 2_u64;
        loop {
            let next = format!("{id}_{number}");
            if self.reserve(&next) {
                return next;
            }
            number += 1;
        }
    }
}

/// A form's id as a slug of checklists: `Spec test` → `spec-test`.
pub(crate) fn to_slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        let plain = if c.is_alphanumeric() || c == '_' { c.to_lowercase().next().unwrap_or(c) } else { '-' };
        if plain != '-' || !(slug.is_empty() || slug.ends_with('-')) {
            slug.push(plain);
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "form".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        let cases = [
            ("gas_ok", "gas_ok"),
            ("label-test", "label_test"),
            ("numberAsString", "number_as_string"),
            ("W1. Pump", "w1_pump"),
            ("2nd", "q_2nd"),
            ("_x_", "x"),
            ("气体", "q"),
            ("GPS", "gps"),
        ];
        for (name, expected) in cases {
            assert_eq!(to_id(name, "q"), expected, "{name}");
            assert!(is_id(&to_id(name, "q")));
        }
    }

    #[test]
    fn ids_are_unique() {
        let mut taken = Taken::default();
        let ids: Vec<_> = ["a", "a", "a_2", "a"].iter().map(|id| taken.unique(id)).collect();
        assert_eq!(ids, ["a", "a_2", "a_2_2", "a_3"]);
    }

    #[test]
    fn form_ids_become_slugs() {
        for (name, expected) in [("Spec test", "spec-test"), ("coal-mines", "coal-mines"), ("有限空间", "有限空间"), ("--", "form")]
        {
            assert_eq!(to_slug(name), expected);
        }
    }
}
