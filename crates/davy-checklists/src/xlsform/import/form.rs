//! The form with its names resolved: ids, lists, and what each question yields.

use super::Tables;
use super::choices::{self, Lists};
use super::scope::Here;
use super::structure::{self, Draft, Structure};
use crate::xlsform::kind::Question;
use crate::xlsform::names::{Taken, is_id, to_id};
use crate::xlsform::report::Report;
use crate::xlsform::translate::{Kind, Translator};
use crate::xlsform::words::words;
use crate::xlsform::xpath;

/// Calculations that read one another are understood in this many steps.
const STEPS: usize = 12;

pub(super) struct Form<'a> {
    pub structure: Structure<'a>,
    pub lists: Lists<'a>,
    /// Ids of the questions.
    pub ids: Vec<String>,
    /// Ids of the sections.
    pub sections: Vec<String>,
    /// What each question yields.
    pub kinds: Vec<Kind>,
}

impl<'a> Form<'a> {
    pub(super) fn read(tables: &'a Tables, report: &mut Report) -> Self {
        let structure = structure::read(tables, report);
        if structure.items.is_empty() && report.is_clean() {
            let at = crate::xlsform::report::At::new(&tables.survey.sheet, 1, 0);
            report.fault(at, words!("表单里没有问题", "the form asks nothing"), words!("请至少写一个问题", "write at least one question"));
        }
        let lists = choices::lists(tables, report);
        let ids = item_ids(&structure, report);
        let sections = section_ids(&structure);
        let kinds = structure.items.iter().map(|draft| kind_of(draft, &lists)).collect();
        let mut form = Self { structure, lists, ids, sections, kinds };
        form.understand_calculations();
        form
    }

    /// Finds out what calculations yield, which may depend on other calculations.
    fn understand_calculations(&mut self) {
        for _ in 0..STEPS {
            let mut kinds = self.kinds.clone();
            for (number, draft) in self.structure.items.iter().enumerate() {
                let cell = draft.row.get("calculation").filter(|_| draft.question == Question::Calculate);
                let own = draft.row.get("davy::calculation");
                let Some(Ok(expr)) = cell.filter(|_| own.is_none()).map(xpath::parse) else { continue };
                let here = Here::at(self, number);
                if let Ok((_, kind)) = Translator::new(&here).computed(&expr) {
                    kinds[number] = kind;
                }
            }
            if kinds == self.kinds {
                return;
            }
            self.kinds = kinds;
        }
    }

    /// Whether a question is answered with pass and fail.
    pub(super) fn is_pass_fail(&self, draft: &Draft<'_>) -> bool {
        matches!(&draft.question, Question::Choice { list, or_other: false } if self.lists.is_pass_fail(list))
    }
}

/// Names that are ids keep them; the others are made so, with a remark.
fn item_ids(structure: &Structure<'_>, report: &mut Report) -> Vec<String> {
    let mut taken = Taken::default();
    let own = |draft: &Draft<'_>| if draft.of_other { None } else { draft.row.get("davy::id").map(str::to_owned) };
    let kept: Vec<Option<String>> = structure
        .items
        .iter()
        .map(|draft| own(draft).or_else(|| Some(draft.name.clone()).filter(|name| is_id(name))).filter(|id| taken.reserve(id)))
        .collect();
    let pairs = structure.items.iter().zip(kept);
    pairs
        .map(|(draft, kept)| {
            kept.unwrap_or_else(|| {
                let id = taken.unique(&to_id(&draft.name, "q"));
                report.remark(draft.row.at("name"), words!("`{}`在本软件中的编号是`{id}`", "`{}` has the id `{id}` in Davy", draft.name));
                id
            })
        })
        .collect()
}

fn section_ids(structure: &Structure<'_>) -> Vec<String> {
    let mut taken = Taken::default();
    let name = |section: &structure::SectionDraft<'_>| match section.groups.last() {
        Some(row) => row.get("davy::id").map_or_else(|| to_id(row.get("name").unwrap_or("section"), "section"), str::to_owned),
        None => "general".to_owned(),
    };
    structure.sections.iter().map(|section| taken.unique(&name(section))).collect()
}

fn kind_of(draft: &Draft<'_>, lists: &Lists<'_>) -> Kind {
    let whole = |whole| Kind::Number { whole };
    match &draft.question {
        Question::Text | Question::Digits | Question::Code => Kind::Words { computed: false },
        Question::Decimal | Question::Range => whole(false),
        Question::Whole(_) => whole(true),
        Question::Choice { list, or_other } => Kind::Choice(lists.ids(list, *or_other)),
        Question::Many { list, or_other } => Kind::Many(lists.ids(list, *or_other)),
        Question::Acknowledge => Kind::Choice(vec![super::answer::ACKNOWLEDGED.to_owned()]),
        Question::Moment { .. } => Kind::Moment,
        Question::Position => Kind::Position,
        Question::Note | Question::Image => Kind::Nothing,
        Question::Calculate => Kind::Unknown,
    }
}
