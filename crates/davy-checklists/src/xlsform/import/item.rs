//! One row as one item.

use super::form::Form;
use super::picture::Media;
use super::structure::Draft;
use crate::xlsform::formats::read_yes_no;
use crate::xlsform::kind::Question;
use crate::xlsform::language::Languages;
use crate::xlsform::report::{At, Report};
use crate::xlsform::table::Row;
use davy_core::checklist::{Item, Response, Text};

/// The form while its sections are made.
pub(super) struct Reading<'r, 'a> {
    pub form: &'r Form<'a>,
    pub languages: &'r mut Languages,
    pub report: &'r mut Report,
    pub media: &'r Media<'r>,
    /// Ids of the notes that carry the hints of groups.
    pub hints: Vec<String>,
}

/// Words that say how a question looks and not what it asks.
const LOOKS: &[&str] = &[
    "field-list",
    "table-list",
    "list-nolabel",
    "list",
    "minimal",
    "compact",
    "quick",
    "quickcompact",
    "autocomplete",
    "autocomplete_chars",
    "search",
    "horizontal",
    "horizontal-compact",
    "vertical",
    "columns",
    "columns-pack",
    "no-buttons",
    "likert",
    "image-map",
    "multiline",
    "numbers",
    "thousands-sep",
    "bearing",
    "counter",
    "hidden-answer",
    "masked",
    "no-calendar",
    "month-year",
    "year",
    "maps",
    "map",
    "placement-map",
    "picker",
    "rating",
    "no-ticks",
    "distress",
    "draw",
    "annotate",
    "new",
    "new-front",
    "signature",
    "label",
    "hide-input",
];

/// Columns whose content has no equivalent: why, what instead.
const REFUSED: &[(&str, &str, &str)] = &[
    ("audio", "a question has a picture at most, no sound", "write what the recording says"),
    ("video", "a question has a picture at most, no film", "write what the film shows"),
    ("big-image", "a question has one picture", "put the picture into image"),
    ("trigger", "what is computed follows the answers at once; a trigger has no equivalent", "delete trigger"),
    ("save_to", "Davy has no entities", "delete save_to"),
    ("intent", "Davy takes no answers from other programs", "delete intent"),
    ("data_type", "bind::type changes what is asked", "use the type itself"),
];

/// An item that only asks.
pub(super) fn plain(id: String, text: Text, response: Response) -> Item {
    Item {
        id,
        text,
        response,
        grade: None,
        basis: Vec::new(),
        confidence: None,
        guidance: None,
        evidence: None,
        limits: Vec::new(),
        when: None,
        areas: Vec::new(),
        theme: None,
        accept: None,
        picture: None,
        camera_only: false,
        optional: false,
        valid_minutes: None,
        needs_fresh: Vec::new(),
    }
}

impl<'a> Reading<'_, 'a> {
    /// The item of a question. `None`: its faults are reported.
    pub(super) fn item(&mut self, number: usize) -> Option<Item> {
        let form = self.form;
        let draft = &form.structure.items[number];
        if draft.of_other {
            return Some(self.other(number));
        }
        let row = draft.row;
        self.unsupported(draft);
        let (text, hint_used) = self.question_text(draft);
        let when = self.when(number);
        let answer = self.answer(number);
        let guidance = self.guidance(row, hint_used);
        let item = Item {
            guidance,
            evidence: self.text(row, "davy::evidence"),
            limits: self.limits(number),
            when,
            theme: row.get("davy::theme").map(str::to_owned),
            picture: self.picture(row),
            optional: self.optional(draft),
            ..plain(form.ids[number].clone(), text, Response::Text)
        };
        let item = self.own(number, item);
        let (response, accept, from_camera) = answer?;
        Some(Item { response, accept, camera_only: item.camera_only || from_camera, ..item })
    }

    /// The words that go with the choice `other`.
    fn other(&self, number: usize) -> Item {
        let form = self.form;
        let asked = &form.ids[number - 1];
        let when = match form.structure.items[number - 1].question {
            Question::Many { .. } => format!("'other' in a.{asked}"),
            _ => format!("a.{asked} == 'other'"),
        };
        let text = Text { zh: "请说明其他。".to_owned(), en: "Specify other.".to_owned() };
        Item { when: Some(when), optional: true, ..plain(form.ids[number].clone(), text, Response::Text) }
    }

    /// A text in both languages, without answers inside its words.
    pub(super) fn text(&mut self, row: Row<'a>, column: &str) -> Option<Text> {
        let text = self.languages.text(row, column)?;
        if text.zh.contains("${") || text.en.contains("${") {
            let reason = "the words contain an answer (${…}); words of a checklist are the same for everybody";
            self.report.fault(row.at(column), reason, "write the words without it");
        }
        Some(text)
    }

    /// The question, and whether the hint stands for it.
    fn question_text(&mut self, draft: &Draft<'a>) -> (Text, bool) {
        let row = draft.row;
        let label = self.text(row, "label");
        let hint = if label.is_none() { self.text(row, "hint") } else { None };
        let hint_used = hint.is_some();
        let own = label.or(hint).unwrap_or_else(|| {
            if draft.question != Question::Calculate {
                self.report.remark(row.at("label"), format!("the row has no label; its name `{}` stands for it", draft.name));
            }
            Text { zh: draft.name.clone(), en: draft.name.clone() }
        });
        let groups = draft.inside.clone();
        let text = groups.into_iter().rev().filter_map(|group| self.text(group, "label")).fold(own, |text, group| Text {
            zh: format!("{}：{}", group.zh.trim(), text.zh),
            en: format!("{}: {}", group.en.trim(), text.en),
        });
        (text, hint_used)
    }

    fn guidance(&mut self, row: Row<'a>, hint_used: bool) -> Option<Text> {
        let hint = if hint_used { None } else { self.text(row, "hint") };
        match (hint, self.text(row, "guidance_hint")) {
            (Some(hint), Some(more)) => Some(Text { zh: format!("{}\n{}", hint.zh, more.zh), en: format!("{}\n{}", hint.en, more.en) }),
            (hint, more) => hint.or(more),
        }
    }

    fn optional(&mut self, draft: &Draft<'a>) -> bool {
        let answered = !matches!(draft.question, Question::Note | Question::Calculate);
        let Some(cell) = draft.row.get("required") else { return answered };
        match read_yes_no(cell) {
            Some(required) => !required,
            None => {
                let reason = "required with a condition has no equivalent";
                self.report.fault(draft.row.at("required"), reason, "write yes or no; relevant can hide the question");
                answered
            }
        }
    }

    /// Columns that have no equivalent, and hints about looks.
    fn unsupported(&mut self, draft: &Draft<'a>) {
        let row = draft.row;
        for (column, reason, instead) in REFUSED {
            if row.get(column).is_some() {
                self.report.fault(row.at(column), *reason, *instead);
            }
        }
        if row.get("calculation").is_some() && draft.question != Question::Calculate {
            let reason = "a question that fills itself in has no equivalent: an answer is what a person gave";
            self.report.fault(row.at("calculation"), reason, "use the type calculate, or delete the calculation");
        }
        if row.get("default").is_some() {
            self.report.remark(row.at("default"), "the default is left out: an answer is what a person gave");
        }
        if row.get("required_message").is_some() {
            self.report.remark(row.at("required_message"), "Davy says itself what is missing");
        }
        self.misplaced(draft);
        self.looks(row);
    }

    /// Columns that mean something on other types only.
    fn misplaced(&mut self, draft: &Draft<'a>) {
        let row = draft.row;
        let number = matches!(draft.question, Question::Decimal | Question::Whole(_) | Question::Range);
        let elsewhere = [
            ("davy::unit", number, "a number"),
            ("davy::min", number, "a number"),
            ("davy::max", number, "a number"),
            ("davy::instance", false, "begin_repeat"),
            ("davy::calculation", draft.question == Question::Calculate, "calculate"),
        ];
        for (column, fits, place) in elsewhere {
            if !fits && row.get(column).is_some() {
                self.report.fault(row.at(column), format!("`{column}` belongs on {place}"), "delete the cell, or change the type");
            }
        }
        let nothing = [
            ("choice_filter", draft.question.list().is_some(), "no choices to filter"),
            (
                "constraint_message",
                row.get("constraint").is_some() || row.get("davy::accept").is_some(),
                "no constraint that would show it",
            ),
            ("repeat_count", false, "no repeat to count"),
        ];
        for (column, fits, lacks) in nothing {
            if !fits && row.get(column).is_some() {
                self.report.remark(row.at(column), format!("`{column}` is left out: there is {lacks}"));
            }
        }
    }

    fn looks(&mut self, row: Row<'a>) {
        let Some(cell) = row.get("appearance") else { return };
        if cell.contains("search(") || cell.contains("ex:") || cell.contains("printer:") {
            let reason = "the appearance brings in other files or programs; a checklist is complete in itself";
            self.report.fault(row.at("appearance"), reason, "put the choices on the choices sheet, ask in words");
            return;
        }
        let width =
            |word: &str| word.strip_prefix(['w', 'h']).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
        let numbered = |word: &str| word.rsplit_once('-').is_some_and(|(base, rest)| LOOKS.contains(&base) && rest.parse::<u32>().is_ok());
        let (known, unknown): (Vec<&str>, Vec<&str>) =
            cell.split_whitespace().partition(|word| LOOKS.contains(&word.to_lowercase().as_str()) || width(word) || numbered(word));
        if !unknown.is_empty() {
            self.report.remark(row.at("appearance"), format!("the appearance `{}` means nothing to Davy", unknown.join(" ")));
        }
        let meant = ["signature", "new", "label"];
        let looks: Vec<_> = known.into_iter().filter(|word| !meant.contains(word)).collect();
        if !looks.is_empty() {
            self.report.remark(row.at("appearance"), format!("how it looks is Davy's own: `{}` is left out", looks.join(" ")));
        }
    }

    pub(super) fn at(&self, number: usize) -> At {
        self.form.structure.items[number].row.at("name")
    }
}
