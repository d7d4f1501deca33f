//! How a question is answered: its type, its choices, what is taken.

use super::choices::{self, OTHER};
use super::item::Reading;
use super::scope::Here;
use super::structure::Draft;
use crate::xlsform::formats::read_yes_no;
use crate::xlsform::kind::Question;
use crate::xlsform::table::Row;
use crate::xlsform::translate::{Outcome, Translator};
use crate::xlsform::words::words;
use davy_core::checklist::{Accept, Choice, Response, Text};

/// The only choice of `acknowledge`.
pub(super) const ACKNOWLEDGED: &str = "OK";

/// Response, what is taken, and whether photographs must come from the camera.
pub(super) type Answer = (Response, Option<Accept>, bool);

impl<'a> Reading<'_, 'a> {
    /// How a question is answered. `None`: its faults are reported.
    pub(super) fn answer(&mut self, number: usize) -> Option<Answer> {
        let form = self.form;
        let draft = &form.structure.items[number];
        let row = draft.row;
        self.parameters(draft);
        if form.is_pass_fail(draft) {
            self.pass_fail(draft);
            return Some((Response::PassFail, self.own_accept(row).flatten(), false));
        }
        let (response, from_camera) = match &draft.question {
            Question::Decimal | Question::Whole(_) | Question::Range => {
                let (response, accept) = self.numbers(number)?;
                return Some((response, accept, false));
            }
            Question::Text | Question::Digits => (Response::Text, false),
            Question::Choice { list, or_other } => (Response::Choice { choices: self.choices(number, list, *or_other)? }, false),
            Question::Many { list, or_other } => (Response::MultiChoice { choices: self.choices(number, list, *or_other)? }, false),
            Question::Acknowledge => {
                let title = Text { zh: "已确认".to_owned(), en: "OK".to_owned() };
                let choice = Choice { id: ACKNOWLEDGED.to_owned(), title, fails: false, when: None };
                (Response::Choice { choices: vec![choice] }, false)
            }
            Question::Moment { day_only } => {
                if *day_only {
                    self.report.remark(row.at("type"), words!("本软件同时询问日期和时间", "Davy asks for the day with its time"));
                }
                (Response::DateTime, false)
            }
            Question::Position => (Response::Location, false),
            Question::Code => (Response::Code, false),
            Question::Image => self.image(row),
            Question::Note => (Response::Note, false),
            Question::Calculate => (Response::Calculated { value: self.calculation(number)? }, false),
        };
        let accept = match response {
            _ if row.get("davy::accept").is_some() => self.own_accept(row).flatten(),
            Response::Note | Response::Calculated { .. } => {
                if row.get("constraint").is_some() {
                    let said = words!("此行无人作答，constraint不起作用", "nobody answers this row, so the constraint judges nothing");
                    self.report.remark(row.at("constraint"), said);
                }
                None
            }
            Response::Photo | Response::Signature if row.get("constraint").is_some() => {
                self.report.fault(
                    row.at("constraint"),
                    words!("照片和签字不能用constraint判断", "a photograph or signature cannot be judged by a constraint"),
                    words!("请删除constraint", "delete the constraint"),
                );
                None
            }
            _ => self.accept(number),
        };
        Some((response, accept, from_camera))
    }

    fn pass_fail(&mut self, draft: &Draft<'a>) {
        let row = draft.row;
        // Said once, where the list stands: it is the usual question, and other remarks must not drown in it.
        if let Some(first) = self.form.lists.get(choices::PASS_FAIL).and_then(<[_]>::first) {
            self.report.remark(
                first.row.at("list_name"),
                words!(
                    "选项列表pass_fail的问题按本软件自带的合格、不合格、不适用、未检查作答",
                    "questions of the list pass_fail are answered with Davy's own pass, fail, not applicable and not checked"
                ),
            );
        }
        for column in ["constraint", "choice_filter"] {
            if row.get(column).is_some() {
                let reason =
                    words!("合格和不合格始终可选，此处不支持{column}", "pass and fail are always offered; {column} has no equivalent here");
                let instead = words!("需要条件的问题请改用其他选项列表", "use another list for a question with conditions");
                self.report.fault(row.at(column), reason, instead);
            }
        }
    }

    fn image(&mut self, row: Row<'a>) -> (Response, bool) {
        let words: Vec<_> = row.get("appearance").unwrap_or_default().split_whitespace().collect();
        if words.contains(&"signature") {
            return (Response::Signature, false);
        }
        if words.iter().any(|word| matches!(*word, "draw" | "annotate")) {
            let said = words!("本软件只拍照，不支持在照片上绘画", "Davy takes a photograph; drawing on it has no equivalent");
            self.report.remark(row.at("appearance"), said);
        }
        (Response::Photo, words.iter().any(|word| word.starts_with("new")))
    }

    fn calculation(&mut self, number: usize) -> Option<String> {
        let form = self.form;
        let row = form.structure.items[number].row;
        if let Some(cel) = row.get("davy::calculation") {
            self.overruled(row, "calculation", "davy::calculation");
            return Some(cel.to_owned());
        }
        let Some(cell) = row.get("calculation") else {
            self.report.fault(
                row.at("calculation"),
                words!("缺少计算式", "the calculation is missing"),
                words!("请写明如何计算，例如${{length}} * ${{width}}", "write what is computed, for example ${{length}} * ${{width}}"),
            );
            return None;
        };
        let expr = self.parse(row.at("calculation"), cell)?;
        let here = Here::at(form, number);
        let mut translator = Translator::new(&here);
        let computed = translator.computed(&expr);
        let notes = translator.notes;
        self.notes(&row.at("calculation"), notes);
        self.keep(row.at("calculation"), computed).map(|(cel, _)| cel)
    }

    /// What an answer that is not a number must be.
    fn accept(&mut self, number: usize) -> Option<Accept> {
        let form = self.form;
        let draft = &form.structure.items[number];
        if let Some(own) = self.own_accept(draft.row) {
            return own;
        }
        if draft.question == Question::Digits {
            let text = Text { zh: "只填数字。".to_owned(), en: "Digits only.".to_owned() };
            return Some(Accept { when: "value.matches('^(?:[0-9]*)$')".to_owned(), text });
        }
        let cell = draft.row.get("constraint")?;
        let expr = self.parse(draft.row.at("constraint"), cell)?;
        let when = self.judged(number, &expr)?.into_when()?;
        Some(Accept { when, text: self.accept_text(draft.row) })
    }

    /// A constraint, which is always decided.
    pub(super) fn judged(&mut self, number: usize, expr: &crate::xlsform::xpath::Expr) -> Option<Outcome> {
        let form = self.form;
        let row = form.structure.items[number].row;
        let here = Here::judging(form, number);
        let mut translator = Translator::new(&here);
        let outcome = translator.decided(expr);
        let notes = translator.notes;
        self.notes(&row.at("constraint"), notes);
        self.keep(row.at("constraint"), outcome)
    }

    /// The words of a constraint.
    pub(super) fn accept_text(&mut self, row: Row<'a>) -> Text {
        if let Some(text) = self.text(row, "constraint_message") {
            return text;
        }
        let cell = row.get("constraint").unwrap_or_default();
        let said = words!(
            "该约束没有constraint_message，将直接显示表达式",
            "the constraint has no constraint_message; the expression itself is shown"
        );
        self.report.remark(row.at("constraint"), said);
        Text { zh: format!("应满足：{cell}"), en: format!("It must satisfy: {cell}") }
    }

    /// Davy's own columns go before `constraint`, which then is for other programs.
    pub(super) fn own_accept(&mut self, row: Row<'a>) -> Option<Option<Accept>> {
        if ["davy::accept", "davy::min", "davy::max"].iter().all(|column| row.get(column).is_none()) {
            return None;
        }
        let own = ["davy::accept", "davy::min", "davy::max"].into_iter().find(|column| row.get(column).is_some());
        self.overruled(row, "constraint", own.unwrap_or_default());
        let Some(when) = row.get("davy::accept") else { return Some(None) };
        let text = self.text(row, "davy::accept_text").or_else(|| self.text(row, "constraint_message"));
        if text.is_none() {
            let reason = words!("davy::accept缺少说明文字", "davy::accept has no words");
            let instead = words!("请在constraint_message中写明应填什么", "write into constraint_message what is expected");
            self.report.fault(row.at("davy::accept"), reason, instead);
        }
        Some(text.map(|text| Accept { when: when.to_owned(), text }))
    }

    /// The choices of a list, filtered for this question.
    fn choices(&mut self, number: usize, list: &str, or_other: bool) -> Option<Vec<Choice>> {
        let form = self.form;
        let row = form.structure.items[number].row;
        let Some(listed) = form.lists.get(list) else {
            self.report.fault(
                row.at("type"),
                words!("工作表choices中没有选项列表`{list}`", "the list `{list}` is not on the sheet choices"),
                words!(
                    "请在该工作表写入其选项，每个选项填写list_name、name和label",
                    "write its choices there, each with list_name, name and label"
                ),
            );
            return None;
        };
        let filter = match row.get("choice_filter") {
            Some(cell) => Some(self.parse(row.at("choice_filter"), cell)?),
            None => None,
        };
        let mut choices: Vec<Choice> = Vec::new();
        for choice in listed {
            let when = match (choice.row.get("davy::when"), &filter) {
                (Some(cel), _) => Some(cel.to_owned()),
                (None, Some(filter)) => self.choice_when(number, filter, choice.row)?.into_when(),
                (None, None) => None,
            };
            let made = self.choice(choice, when);
            self.add(&mut choices, made, choice);
        }
        if or_other && !choices.iter().any(|choice| choice.id == OTHER) {
            let title = Text { zh: "其他".to_owned(), en: "Other".to_owned() };
            choices.push(Choice { id: OTHER.to_owned(), title, fails: false, when: None });
        }
        if list == choices::PASS_FAIL && !form.lists.is_pass_fail(list) {
            self.report.remark(
                row.at("type"),
                words!(
                    "选项列表pass_fail含有pass、fail、na、not_checked以外的选项，因此按普通列表处理",
                    "the list pass_fail has other choices than pass, fail, na and not_checked, so it is an ordinary list"
                ),
            );
        }
        Some(choices)
    }

    fn choice(&mut self, listed: &choices::Listed<'a>, when: Option<String>) -> Choice {
        let row = listed.row;
        for column in ["image", "audio", "video", "big-image"] {
            if row.get(column).is_some() {
                self.report.fault(
                    row.at(column),
                    words!("选项只能有文字", "a choice has words only"),
                    words!(
                        "请在label中描述图片内容，或在问题上放一张图片",
                        "describe the picture in the label, or put one picture on the question"
                    ),
                );
            }
        }
        let title = self.text(row, "label").unwrap_or_else(|| {
            let said = words!("选项没有文字，用名称`{}`代替", "the choice has no label; its name `{}` stands for it", listed.id);
            self.report.remark(row.at("label"), said);
            Text { zh: listed.id.to_owned(), en: listed.id.to_owned() }
        });
        let fails = row.get("davy::fails").map_or(Some(false), read_yes_no);
        if fails.is_none() {
            let reason = words!("davy::fails只能填是（yes）或否（no）", "davy::fails is yes or no");
            let instead = words!("选中即判不合格的选项请填yes", "write yes where choosing it fails the item");
            self.report.fault(row.at("davy::fails"), reason, instead);
        }
        Choice { id: listed.id.to_owned(), title, fails: fails.unwrap_or_default(), when }
    }

    /// Adds a choice. Lists for filters name a choice once for each case in which it is offered.
    fn add(&mut self, choices: &mut Vec<Choice>, made: Choice, listed: &choices::Listed<'a>) {
        let Some(known) = choices.iter_mut().find(|choice| choice.id == made.id) else {
            choices.push(made);
            return;
        };
        if known.title != made.title || known.fails != made.fails {
            let reason =
                words!("选项`{}`在列表中出现两次且内容不同", "the choice `{}` is twice in its list, with different words", made.id);
            let instead = words!("请给每个选项取不同的name", "give each choice a name of its own");
            self.report.fault(listed.row.at("name"), reason, instead);
            return;
        }
        known.when = match (known.when.take(), made.when) {
            (Some(one), Some(other)) if one == "false" => Some(other),
            (Some(one), Some(other)) if other == "false" || one == other => Some(one),
            (Some(one), Some(other)) => Some(format!("{one} || {other}")),
            _ => None,
        };
    }
}
