//! Every text of a checklist exists in both languages.

use super::compile::{CompileError, Fault, Place};
use super::model::{Checklist, Item, Text};

/// A fault for each text that lacks a language.
pub(super) fn faults(checklist: &Checklist) -> Vec<CompileError> {
    let mut texts: Vec<(Place, String, &Text)> = vec![
        (Place::Checklist, "the title".to_owned(), &checklist.title),
        (Place::Checklist, "the summary".to_owned(), &checklist.summary),
    ];
    texts.extend(checklist.areas.iter().map(|area| (Place::Checklist, format!("area {}", area.id), &area.title)));
    for (s, section) in checklist.sections.iter().enumerate() {
        texts.push((Place::Section(s), "the heading".to_owned(), &section.title));
        texts.extend(section.repeat.iter().map(|repeat| (Place::Section(s), "the repeat group".to_owned(), &repeat.title)));
        for (i, item) in section.items.iter().enumerate() {
            texts.extend(of_item(item).into_iter().map(|(of, text)| (Place::Item(s, i), of, text)));
        }
    }
    let missing = |(place, of, text): (Place, String, &Text)| {
        let language = match (text.zh.trim(), text.en.trim()) {
            ("", _) => "zh",
            (_, "") => "en",
            _ => return None,
        };
        Some(CompileError { place, fault: Fault::MissingLanguage { of, language } })
    };
    texts.into_iter().filter_map(missing).collect()
}

fn of_item(item: &Item) -> Vec<(String, &Text)> {
    let mut texts = vec![("the question".to_owned(), &item.text)];
    texts.extend(item.guidance.iter().map(|text| ("the guidance".to_owned(), text)));
    texts.extend(item.evidence.iter().map(|text| ("the evidence".to_owned(), text)));
    texts.extend(item.limits.iter().enumerate().map(|(l, limit)| (format!("limit {}", l + 1), &limit.text)));
    texts.extend(item.accept.iter().map(|accept| ("what is accepted".to_owned(), &accept.text)));
    texts.extend(item.response.choices().iter().map(|choice| (format!("choice {}", choice.id), &choice.title)));
    texts
}
