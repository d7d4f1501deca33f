//! One row as one item.

use super::form::Form;
use super::picture::Media;
use super::structure::Draft;
use crate::xlsform::formats::read_yes_no;
use crate::xlsform::kind::Question;
use crate::xlsform::language::Languages;
use crate::xlsform::report::{At, Report};
use crate::xlsform::table::Row;
use crate::xlsform::words::{Both, text, words};
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
const REFUSED: &[(&str, Both, Both)] = &[
    (
        "audio",
        ("问题最多配一张图片，不能配声音", "a question has a picture at most, no sound"),
        ("请用文字写出录音的内容", "write what the recording says"),
    ),
    (
        "video",
        ("问题最多配一张图片，不能配视频", "a question has a picture at most, no film"),
        ("请用文字写出视频的内容", "write what the film shows"),
    ),
    ("big-image", ("一个问题只能配一张图片", "a question has one picture"), ("请把图片写到image列", "put the picture into image")),
    (
        "trigger",
        ("计算结果随作答即时更新，本软件不支持trigger", "what is computed follows the answers at once; a trigger has no equivalent"),
        ("请删除trigger", "delete trigger"),
    ),
    ("save_to", ("本软件没有实体（entities）", "Davy has no entities"), ("请删除save_to", "delete save_to")),
    ("intent", ("本软件不从其他程序取得作答", "Davy takes no answers from other programs"), ("请删除intent", "delete intent")),
    ("data_type", ("bind::type会改变所问的内容", "bind::type changes what is asked"), ("请直接写所需的类型", "use the type itself")),
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
            let reason = words!(
                "文字里引用了作答（${{…}}），而检查表的文字对所有人都相同",
                "the words contain an answer (${{…}}); words of a checklist are the same for everybody"
            );
            self.report.fault(row.at(column), reason, words!("请去掉文字里的引用", "write the words without it"));
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
                let text = words!("这一行没有题目文字，用名称`{}`代替", "the row has no label; its name `{}` stands for it", draft.name);
                self.report.remark(row.at("label"), text);
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
                self.report.fault(
                    draft.row.at("required"),
                    words!("required里不能写条件", "required with a condition has no equivalent"),
                    words!("请写yes或no，需要时用relevant隐藏问题", "write yes or no; relevant can hide the question"),
                );
                answered
            }
        }
    }

    /// Columns that have no equivalent, and hints about looks.
    fn unsupported(&mut self, draft: &Draft<'a>) {
        let row = draft.row;
        for (column, reason, instead) in REFUSED {
            if row.get(column).is_some() {
                self.report.fault(row.at(column), text(*reason), text(*instead));
            }
        }
        if row.get("calculation").is_some() && draft.question != Question::Calculate {
            self.report.fault(
                row.at("calculation"),
                words!(
                    "本软件不支持自动填写的问题：作答须由人填写",
                    "a question that fills itself in has no equivalent: an answer is what a person gave"
                ),
                words!("请把类型改为calculate，或删除计算", "use the type calculate, or delete the calculation"),
            );
        }
        if row.get("default").is_some() {
            self.report.remark(
                row.at("default"),
                words!("默认值已略去：作答须由人填写", "the default is left out: an answer is what a person gave"),
            );
        }
        if row.get("required_message").is_some() {
            self.report.remark(row.at("required_message"), words!("漏填时由本软件自行提示", "Davy says itself what is missing"));
        }
        self.misplaced(draft);
        self.looks(row);
    }

    /// Columns that mean something on other types only.
    fn misplaced(&mut self, draft: &Draft<'a>) {
        let row = draft.row;
        let number = matches!(draft.question, Question::Decimal | Question::Whole(_) | Question::Range);
        let elsewhere = [
            ("davy::unit", number, ("数值问题", "a number")),
            ("davy::min", number, ("数值问题", "a number")),
            ("davy::max", number, ("数值问题", "a number")),
            ("davy::instance", false, ("begin_repeat", "begin_repeat")),
            ("davy::calculation", draft.question == Question::Calculate, ("calculate", "calculate")),
        ];
        for (column, fits, (zh, en)) in elsewhere {
            if !fits && row.get(column).is_some() {
                self.report.fault(
                    row.at(column),
                    words!("`{column}`只能用在{zh}上", "`{column}` belongs on {en}"),
                    words!("请清空这个单元格，或更改类型", "delete the cell, or change the type"),
                );
            }
        }
        let nothing = [
            ("choice_filter", draft.question.list().is_some(), ("没有可筛选的选项", "no choices to filter")),
            (
                "constraint_message",
                row.get("constraint").is_some() || row.get("davy::accept").is_some(),
                ("没有会用到它的约束", "no constraint that would show it"),
            ),
            ("repeat_count", false, ("没有可计次数的重复组", "no repeat to count")),
        ];
        for (column, fits, (zh, en)) in nothing {
            if !fits && row.get(column).is_some() {
                self.report.remark(row.at(column), words!("`{column}`已略去：{zh}", "`{column}` is left out: there is {en}"));
            }
        }
    }

    fn looks(&mut self, row: Row<'a>) {
        let Some(cell) = row.get("appearance") else { return };
        if cell.contains("search(") || cell.contains("ex:") || cell.contains("printer:") {
            self.report.fault(
                row.at("appearance"),
                words!(
                    "appearance引入了其他文件或程序，而检查表须自成一体",
                    "the appearance brings in other files or programs; a checklist is complete in itself"
                ),
                words!("请把选项写到工作表choices里，用文字提问", "put the choices on the choices sheet, ask in words"),
            );
            return;
        }
        let width =
            |word: &str| word.strip_prefix(['w', 'h']).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
        let numbered = |word: &str| word.rsplit_once('-').is_some_and(|(base, rest)| LOOKS.contains(&base) && rest.parse::<u32>().is_ok());
        let (known, unknown): (Vec<&str>, Vec<&str>) =
            cell.split_whitespace().partition(|word| LOOKS.contains(&word.to_lowercase().as_str()) || width(word) || numbered(word));
        if !unknown.is_empty() {
            let unknown = unknown.join(" ");
            self.report.remark(
                row.at("appearance"),
                words!("本软件不识别外观设置`{unknown}`", "the appearance `{unknown}` means nothing to Davy"),
            );
        }
        let meant = ["signature", "new", "label"];
        let looks: Vec<_> = known.into_iter().filter(|word| !meant.contains(word)).collect();
        if !looks.is_empty() {
            let looks = looks.join(" ");
            self.report.remark(
                row.at("appearance"),
                words!("外观由本软件决定：`{looks}`已略去", "how it looks is Davy's own: `{looks}` is left out"),
            );
        }
    }

    pub(super) fn at(&self, number: usize) -> At {
        self.form.structure.items[number].row.at("name")
    }
}
