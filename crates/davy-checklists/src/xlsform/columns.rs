//! The heads of a sheet: aliases, prefixes and languages brought to one name each, as pyxform reads them.

/// What a head names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Head {
    /// Our one name for the column, or its own name when it is not known.
    pub name: String,
    /// Language as written, for example `English (en)`; empty without one.
    pub language: String,
    /// Whether the column means something to us.
    pub known: bool,
}

/// Which sheet a head stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Survey,
    Choices,
    Settings,
}

/// Columns of the survey sheet under their names and aliases.
const SURVEY: &[(&str, &[&str])] = &[
    ("type", &["command"]),
    ("name", &["tag", "value"]),
    ("label", &["caption"]),
    ("hint", &[]),
    ("guidance_hint", &[]),
    ("relevant", &["relevance", "bind::relevant"]),
    ("constraint", &["bind::constraint"]),
    ("constraint_message", &["constraining_message", "bind::jr:constraintmsg", "jr:constraintmsg", "constraint_msg", "constraint-msg"]),
    ("calculation", &["calculate", "bind::calculate", "bind::calculation"]),
    ("choice_filter", &[]),
    ("required", &["bind::required"]),
    ("required_message", &["requiredmsg", "bind::jr:requiredmsg", "jr:requiredmsg"]),
    ("read_only", &["readonly", "bind::readonly"]),
    ("repeat_count", &["count", "jr:count", "control::jr:count", "body::jr:count"]),
    ("appearance", &["control::appearance", "body::appearance"]),
    ("parameters", &[]),
    ("default", &[]),
    ("disabled", &[]),
    ("trigger", &[]),
    ("save_to", &["bind::entities:saveto"]),
    ("intent", &["body::intent", "control::intent"]),
    ("data_type", &["bind::type"]),
    ("image", &["media::image"]),
    ("big-image", &["media::big-image"]),
    ("audio", &["media::audio"]),
    ("video", &["media::video"]),
];

const CHOICES: &[(&str, &[&str])] = &[
    ("list_name", &["list"]),
    ("name", &["value"]),
    ("label", &["caption"]),
    ("image", &["media::image"]),
    ("big-image", &["media::big-image"]),
    ("audio", &["media::audio"]),
    ("video", &["media::video"]),
];

const SETTINGS: &[(&str, &[&str])] = &[
    ("form_title", &["title", "set_form_title"]),
    ("form_id", &["id_string", "set_form_id"]),
    ("version", &[]),
    ("default_language", &[]),
];

/// Davy's own columns, without their prefix.
const SURVEY_OWN: &[&str] = &[
    "id",
    "grade",
    "basis",
    "confidence",
    "evidence",
    "unit",
    "areas",
    "theme",
    "camera_only",
    "limits",
    "valid_minutes",
    "needs_fresh",
    "instance",
    "when",
    "accept",
    "accept_text",
    "min",
    "max",
    "calculation",
];
const CHOICES_OWN: &[&str] = &["fails", "when"];
const SETTINGS_OWN: &[&str] = &["title", "industry", "summary", "areas", "id", "version"];

/// Reads a head. `doubled`: some head of the sheet separates with `::`, so that a single `:` belongs to a name.
pub(crate) fn head(text: &str, role: Role, doubled: bool) -> Head {
    let text = text.replace('\u{a0}', " ");
    let parts = if doubled || text.contains("::") { split(&text, "::") } else { single(&text) };
    let (known, own) = match role {
        Role::Survey => (SURVEY, SURVEY_OWN),
        Role::Choices => (CHOICES, CHOICES_OWN),
        Role::Settings => (SETTINGS, SETTINGS_OWN),
    };
    let snake = |part: &str| part.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
    let first = parts.first().map(|part| snake(part)).unwrap_or_default();
    if first == "davy" {
        let name = parts.get(1).map(|part| snake(part)).unwrap_or_default();
        let language = parts.get(2).cloned().unwrap_or_default();
        return Head { known: own.contains(&name.as_str()), name: format!("davy::{name}"), language };
    }
    // On the choices sheet a head becomes a tag for pyxform, where `::` breaks its conversion.
    if let Some(name) = first.strip_prefix("davy_")
        && own.contains(&name)
    {
        return Head { known: true, name: format!("davy::{name}"), language: parts.get(1).cloned().unwrap_or_default() };
    }
    // The longest prefix that names a column; what follows is the language.
    for taken in [2, 1] {
        let Some(prefix) = parts.get(..taken) else { continue };
        let name = prefix.iter().map(|part| snake(part)).collect::<Vec<_>>().join("::");
        let named = known.iter().find(|(own, aliases)| *own == name || aliases.contains(&name.as_str()));
        if let Some((column, _)) = named
            && parts.len() <= taken + 1
        {
            let language = parts.get(taken).cloned().unwrap_or_default();
            return Head { name: (*column).to_owned(), language, known: true };
        }
    }
    Head { name: text.trim().to_owned(), language: String::new(), known: false }
}

fn split(text: &str, separator: &str) -> Vec<String> {
    text.split(separator).map(|part| part.trim().to_owned()).collect()
}

/// Old forms separate with one colon; `jr:` is a name's own.
fn single(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in split(text, ":") {
        match parts.last_mut() {
            Some(last) if last == "jr" => *last = format!("jr:{part}"),
            _ => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_as_pyxform_reads_them() {
        let cases = [
            ("type", false, "type", ""),
            ("Label", false, "label", ""),
            ("label::English (en)", true, "label", "English (en)"),
            ("label:English", false, "label", "English"),
            ("caption : macedonian", false, "label", "macedonian"),
            ("constraint message", false, "constraint_message", ""),
            ("bind:jr:constraintMsg", false, "constraint_message", ""),
            ("bind: relevant", false, "relevant", ""),
            ("media::image::English", true, "image", "English"),
            ("image::english", true, "image", "english"),
            ("media:image", false, "image", ""),
            ("read only", false, "read_only", ""),
            ("requiredMsg", true, "required_message", ""),
            ("davy::evidence::中文 (zh)", true, "davy::evidence", "中文 (zh)"),
            ("davy: grade", false, "davy::grade", ""),
        ];
        for (text, doubled, name, language) in cases {
            let read = head(text, Role::Survey, doubled);
            assert_eq!((read.name.as_str(), read.language.as_str(), read.known), (name, language, true), "{text}");
        }
        assert_eq!(head("list name", Role::Choices, false).name, "list_name");
        for fails in ["davy::fails", "davy_fails", "davy:fails"] {
            assert_eq!(head(fails, Role::Choices, false).name, "davy::fails");
        }
        for unknown in ["bind::saveIncomplete", "text:english", "davy::nothing", "tutorial notes", ""] {
            assert!(!head(unknown, Role::Survey, true).known, "{unknown}");
        }
    }
}
