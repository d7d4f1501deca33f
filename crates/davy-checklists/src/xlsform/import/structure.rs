//! Rows in groups and repeats as sections with their questions.

use super::Tables;
use crate::xlsform::formats::read_yes_no;
use crate::xlsform::kind::{self, Closes, Kind, Question};
use crate::xlsform::report::Report;
use crate::xlsform::table::Row;
use crate::xlsform::words::words;
use davy_core::checklist::Text;
use std::collections::{BTreeMap, BTreeSet};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// A question by its number.
    Item(usize),
    /// Something that every answer carries.
    Recorded(Text),
    /// A group or repeat.
    Group,
    /// It was refused at its own row.
    Refused,
}

/// A question with its place.
pub(super) struct Draft<'a> {
    pub row: Row<'a>,
    pub question: Question,
    /// Name as written; notes may have none.
    pub name: String,
    pub section: usize,
    /// The group that it stands in, by number; 0 outside of all.
    pub group: usize,
    /// Groups between its repeat and it, which sections cannot hold.
    pub inside: Vec<Row<'a>>,
    /// The text that goes with `or_other`, instead of the row's own question.
    pub of_other: bool,
}

/// A section with the groups around it, from the outermost to its own.
pub(super) struct SectionDraft<'a> {
    pub groups: Vec<Row<'a>>,
    /// Numbers of these groups.
    key: Vec<usize>,
    pub repeat: bool,
    /// Questions by number.
    pub items: Vec<usize>,
}

/// The form in order.
#[derive(Default)]
pub(super) struct Structure<'a> {
    pub sections: Vec<SectionDraft<'a>>,
    pub items: Vec<Draft<'a>>,
    pub names: BTreeMap<String, Vec<Entry>>,
    /// Title and id that old forms write on the survey sheet.
    pub title: Option<Row<'a>>,
    pub id: Option<&'a str>,
}

struct Open<'a> {
    row: Row<'a>,
    number: usize,
    closes: Closes,
    used: bool,
}

struct Walk<'a, 'r> {
    structure: Structure<'a>,
    open: Vec<Open<'a>>,
    groups: usize,
    /// Names by the group that they stand in.
    seen: BTreeSet<(usize, String)>,
    report: &'r mut Report,
}

pub(super) fn read<'a>(tables: &'a Tables, report: &mut Report) -> Structure<'a> {
    let mut walk = Walk { structure: Structure::default(), open: Vec::new(), groups: 0, seen: BTreeSet::new(), report };
    for cells in &tables.survey.rows {
        walk.row(tables.survey.row(cells));
    }
    for open in std::mem::take(&mut walk.open) {
        walk.report.fault(
            open.row.at("type"),
            words!("这个分组或重复组没有结束", "the group or repeat is never closed"),
            words!("请在它最后一个问题的下面写end_group或end_repeat", "write end_group or end_repeat below its last question"),
        );
    }
    walk.structure
}

impl<'a> Walk<'a, '_> {
    fn row(&mut self, row: Row<'a>) {
        if row.get("disabled").is_some_and(|cell| read_yes_no(cell) == Some(true)) {
            self.report.remark(row.at("disabled"), words!("这一行标为停用（disabled），已略去", "the row is disabled and left out"));
            return;
        }
        let Some(cell) = row.get("type") else {
            if row.get("name").is_some() || row.get("label").is_some() {
                self.report.fault(
                    row.at("type"),
                    words!("这一行没有类型", "the row has no type"),
                    words!("请写上类型，例如text", "write a type, for example text"),
                );
            } else {
                self.report.remark(
                    row.at("type"),
                    words!("没有type、name和label的行视为注释，已略去", "a row without type, name and label is a comment and left out"),
                );
            }
            return;
        };
        match kind::read(cell) {
            Kind::BeginGroup => self.begin(row, Closes::Group),
            Kind::BeginRepeat => self.begin(row, Closes::Repeat),
            Kind::BeginLoop(_) => {
                self.looped(row);
                self.begin(row, Closes::Loop);
            }
            Kind::End(closes) => self.end(row, closes),
            Kind::Question(question) => self.question(row, question),
            Kind::Recorded(why) => {
                self.report.remark(row.at("type"), why.clone());
                self.name(row, Entry::Recorded(why));
            }
            Kind::FormTitle => self.structure.title = Some(row),
            Kind::FormId => self.structure.id = row.get("name"),
            Kind::Refused(reason, instead) => {
                self.report.fault(row.at("type"), reason, instead);
                self.name(row, Entry::Refused);
            }
        }
    }

    fn looped(&mut self, row: Row<'a>) {
        self.report.fault(
            row.at("type"),
            words!(
                "loop会按列表的每个选项复制问题，本软件的编号无法与之对应",
                "a loop copies its questions for each choice of a list, which Davy's ids do not follow"
            ),
            words!("请改用begin_repeat，或为每个选项分别写出问题", "use begin_repeat, or write the questions out for each choice"),
        );
    }

    fn begin(&mut self, row: Row<'a>, closes: Closes) {
        self.name(row, Entry::Group);
        if closes == Closes::Repeat && self.open.iter().any(|open| open.closes == Closes::Repeat) {
            self.report.fault(
                row.at("type"),
                words!("重复组里不能再有重复组", "a repeat inside a repeat has no equivalent"),
                words!(
                    "请在外层里写明内层的内容，或两层合用一个重复组",
                    "name the inner thing in the outer one, or use one repeat for both"
                ),
            );
        }
        if row.get("repeat_count").is_some() {
            let reason = words!(
                "重复几次由检查人员现场添加决定，不能事先固定",
                "Davy counts the instances that the inspector adds; a fixed count has no equivalent"
            );
            self.report.fault(row.at("repeat_count"), reason, words!("请删除repeat_count", "delete repeat_count"));
        }
        if row.get("name").is_none() {
            self.report.fault(
                row.at("name"),
                words!("分组没有名称", "the group has no name"),
                words!("请写上名称，只用小写字母、数字和_", "write a name of small letters, digits and _"),
            );
        }
        self.groups += 1;
        self.open.push(Open { row, number: self.groups, closes, used: false });
    }

    fn end(&mut self, row: Row<'a>, closes: Closes) {
        let is_last = self.open.last().is_some_and(|open| open.closes == closes);
        if !is_last {
            self.report.fault(
                row.at("type"),
                words!("这里没有与它对应的开头", "it closes nothing that is open here"),
                words!("请让每个begin都有对应的end，并先结束里层", "match every begin with its end, the inner one first"),
            );
            return;
        }
        if let Some(open) = self.open.pop()
            && !open.used
        {
            self.report.remark(open.row.at("type"), words!("分组里没有问题，已略去", "the group has no question and is left out"));
        }
    }

    fn question(&mut self, row: Row<'a>, question: Question) {
        let name = match row.get("name") {
            Some(name) => name.to_owned(),
            // As pyxform calls them.
            None if question == Question::Note => format!("generated_note_name_{}", row.number() + 1),
            None => {
                self.report.fault(
                    row.at("name"),
                    words!("问题没有名称", "the question has no name"),
                    words!("请写上名称，只用小写字母、数字和_", "write a name of small letters, digits and _"),
                );
                return;
            }
        };
        let question = self.shown_only(row, question);
        let other = matches!(question, Question::Choice { or_other: true, .. } | Question::Many { or_other: true, .. });
        self.push(row, question, name.clone(), false);
        if other {
            self.push(row, Question::Text, format!("{name}_other"), true);
        }
    }

    /// A question that cannot be answered is a note.
    fn shown_only(&mut self, row: Row<'a>, question: Question) -> Question {
        let heading = row.get("appearance").is_some_and(|cell| cell.split_whitespace().any(|word| word == "label"));
        if heading && question.list().is_some() {
            self.report.remark(
                row.at("appearance"),
                words!("选项表格的表头不能作答，按说明处理", "the heads of a table of choices are a note: they cannot be answered"),
            );
            return Question::Note;
        }
        let Some(cell) = row.get("read_only").filter(|_| !matches!(question, Question::Note | Question::Calculate)) else {
            return question;
        };
        match read_yes_no(cell) {
            Some(false) => question,
            Some(true) if row.get("default").is_some() || row.get("calculation").is_some() => {
                self.report.fault(
                    row.at("read_only"),
                    words!("本软件不支持只读并显示内容的问题", "a question that is only read and shows a value has no equivalent"),
                    words!(
                        "请把内容写进说明（note）的题目文字，或用calculate计算",
                        "write the value into the label of a note, or compute it with calculate"
                    ),
                );
                question
            }
            Some(true) => {
                self.report.remark(row.at("read_only"), words!("只读的问题按说明处理", "a question that is only read is a note"));
                Question::Note
            }
            None => {
                self.report.fault(
                    row.at("read_only"),
                    words!("read_only里不能写条件", "read_only with a condition has no equivalent"),
                    words!("请写成问题或说明（note），并各自写好relevant", "ask it or make it a note, each with its relevant"),
                );
                question
            }
        }
    }

    fn push(&mut self, row: Row<'a>, question: Question, name: String, of_other: bool) {
        let group = self.open.last().map_or(0, |open| open.number);
        for open in &mut self.open {
            open.used = true;
        }
        let section = self.section();
        let number = self.structure.items.len();
        self.entry(row, &name, Entry::Item(number));
        let repeat = self.open.iter().position(|open| open.closes == Closes::Repeat);
        let inside = repeat.map_or_else(Vec::new, |at| self.open[at + 1..].iter().map(|open| open.row).collect());
        self.structure.items.push(Draft { row, question, name, section, group, inside, of_other });
        self.structure.sections[section].items.push(number);
    }

    /// The section of what is open now: the last one while it goes on, a new one otherwise.
    fn section(&mut self) -> usize {
        let repeat = self.open.iter().position(|open| open.closes == Closes::Repeat);
        let groups = &self.open[..repeat.map_or(self.open.len(), |at| at + 1)];
        let key: Vec<usize> = groups.iter().map(|open| open.number).collect();
        let sections = &mut self.structure.sections;
        if sections.last().is_none_or(|last| last.key != key) {
            let groups = groups.iter().map(|open| open.row).collect();
            sections.push(SectionDraft { groups, key, repeat: repeat.is_some(), items: Vec::new() });
        }
        sections.len() - 1
    }

    fn name(&mut self, row: Row<'a>, entry: Entry) {
        if let Some(name) = row.get("name") {
            self.entry(row, name, entry);
        }
    }

    fn entry(&mut self, row: Row<'a>, name: &str, entry: Entry) {
        let group = self.open.last().map_or(0, |open| open.number);
        if !self.seen.insert((group, name.to_owned())) {
            self.report.fault(
                row.at("name"),
                words!("名称`{name}`在这个分组里用了两次", "the name `{name}` is used twice in this group"),
                words!("请给每个问题各起一个名称", "give each question a name of its own"),
            );
        }
        self.structure.names.entry(name.to_owned()).or_default().push(entry);
    }
}
