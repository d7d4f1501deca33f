//! What names mean at a place of the form.

use super::form::Form;
use super::structure::Entry;
use crate::xlsform::kind::Question;
use crate::xlsform::table::Row;
use crate::xlsform::translate::{Kind, Named, Refusal, Scope};
use crate::xlsform::words::words;
use davy_core::checklist::Text;

/// The place of an expression.
pub(super) struct Here<'f, 'a> {
    form: &'f Form<'a>,
    /// The section whose answers of the same instance it may read.
    repeat: Option<usize>,
    /// The group that `../name` looks into.
    group: usize,
    /// The question that `.` means.
    dot: Option<Kind>,
    choice: Option<Row<'a>>,
}

impl<'f, 'a> Here<'f, 'a> {
    /// At a question.
    pub(super) fn at(form: &'f Form<'a>, number: usize) -> Self {
        let draft = &form.structure.items[number];
        let repeat = form.structure.sections[draft.section].repeat.then_some(draft.section);
        Self { form, repeat, group: draft.group, dot: None, choice: None }
    }

    /// At the condition of a whole section: it is evaluated outside of its repeat.
    pub(super) const fn at_section(form: &'f Form<'a>) -> Self {
        Self { form, repeat: None, group: 0, dot: None, choice: None }
    }

    /// With `.` meaning the answer.
    pub(super) fn judging(form: &'f Form<'a>, number: usize) -> Self {
        Self { dot: Some(form.kinds[number].clone()), ..Self::at(form, number) }
    }

    /// For one choice of a filtered list.
    pub(super) fn filtering(form: &'f Form<'a>, number: usize, choice: Row<'a>) -> Self {
        Self { choice: Some(choice), ..Self::at(form, number) }
    }

    fn named(&self, number: usize) -> Result<Named, Refusal> {
        let draft = &self.form.structure.items[number];
        if self.form.structure.sections[draft.section].repeat && self.repeat != Some(draft.section) {
            return Err(Refusal::new(
                words!("`{}`在重复组内，有多个作答", "`{}` is asked in a repeat, which has many answers to it", draft.name),
                words!("请只在该重复组内引用，或改在重复组之前询问", "read it inside its repeat only, or ask before the repeat"),
            ));
        }
        if draft.question == Question::Image {
            return Err(Refusal::new(
                words!("`{}`是照片或签字，条件不能引用", "`{}` is a photograph or signature, which a condition cannot read", draft.name),
                words!("请用select_one询问是否已拍照或签字", "ask with select_one whether it was taken"),
            ));
        }
        Ok(Named { id: self.form.ids[number].clone(), kind: self.form.kinds[number].clone() })
    }
}

/// A refusal without words: the fault stands at another cell already.
fn told_elsewhere() -> Refusal {
    Refusal::new(Text { zh: String::new(), en: String::new() }, Text { zh: String::new(), en: String::new() })
}

impl Scope for Here<'_, '_> {
    fn reference(&self, name: &str) -> Result<Named, Refusal> {
        match self.form.structure.names.get(name).map(Vec::as_slice) {
            Some([Entry::Item(number)]) => self.named(*number),
            Some([Entry::Recorded(Text { zh, en })]) => Err(Refusal::new(
                words!("条件不能引用`{name}`：{zh}", "`{name}` cannot be read by a condition: {en}"),
                words!("请删除该条件，或为此设一个问题", "leave this condition out, or ask a question for it"),
            )),
            Some([Entry::Group]) => Err(Refusal::new(
                words!("`{name}`是分组，不是问题", "`{name}` is a group, not a question"),
                words!("请引用一个问题", "name a question"),
            )),
            Some([Entry::Refused]) => Err(told_elsewhere()),
            Some([]) | None => Err(Refusal::new(
                words!("没有名为`{name}`的问题", "no question has the name `{name}`"),
                words!("请与名称列name中的写法一致，包括大小写", "write the name as in the column name, with the same letters"),
            )),
            Some(_) => Err(Refusal::new(
                words!("有多行的名称是`{name}`", "several rows have the name `{name}`"),
                words!("请给每行取不同的name", "give each row a name of its own"),
            )),
        }
    }

    fn beside(&self, name: &str) -> Result<Named, Refusal> {
        let entries = self.form.structure.names.get(name).map_or(&[][..], Vec::as_slice);
        let mut here = entries.iter().filter_map(|entry| match entry {
            Entry::Item(number) if self.form.structure.items[*number].group == self.group => Some(*number),
            _ => None,
        });
        if let Some(number) = here.next() {
            return self.named(number);
        }
        if entries.contains(&Entry::Refused) {
            return Err(told_elsewhere());
        }
        Err(Refusal::new(
            words!("../{name}：同一分组中没有这个名称的问题", "`../{name}`: no question beside this one has the name"),
            words!("请写${{{name}}}", "write ${{{name}}}"),
        ))
    }

    fn dot(&self) -> Option<Kind> {
        self.dot.clone()
    }

    fn column(&self, name: &str) -> Option<String> {
        self.choice?.by_head(name).map(str::to_owned)
    }
}
