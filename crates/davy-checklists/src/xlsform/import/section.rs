//! Sections with their items.

use super::Origin;
use super::conditions::all;
use super::item::{Reading, plain};
use super::scope::Here;
use crate::xlsform::report::At;
use crate::xlsform::table::Row;
use crate::xlsform::words::words;
use davy_core::checklist::{Item, Repeat, Response, Section, Text};

/// Columns that are read on a group.
const GROUP: &[&str] = &[
    "type",
    "name",
    "label",
    "hint",
    "relevant",
    "repeat_count",
    "appearance",
    "image",
    "audio",
    "video",
    "big-image",
    "disabled",
    "davy::id",
    "davy::when",
    "davy::instance",
];

/// All sections, and where they stand.
pub(super) fn sections(reading: &mut Reading<'_, '_>) -> (Vec<Section>, Origin) {
    let form = reading.form;
    let mut origin = Origin::default();
    let mut sections = Vec::new();
    let mut explained = Vec::new();
    for (index, draft) in form.structure.sections.iter().enumerate() {
        let here = Here::at_section(form);
        let conditions = draft.groups.iter().filter_map(|row| reading.row_when(*row, &here)).collect();
        let (mut items, mut places): (Vec<Item>, Vec<At>) = (Vec::new(), Vec::new());
        for number in &draft.items {
            let inside = &form.structure.items[*number].inside;
            for (depth, group) in
                draft.groups.iter().map(|group| (0, group)).chain(inside.iter().enumerate().map(|(at, group)| (at + 1, group)))
            {
                if !explained.contains(&group.number()) {
                    explained.push(group.number());
                    if let Some(note) = reading.hint_of(*group) {
                        let conditions =
                            inside[..depth].iter().filter_map(|row| reading.row_when(*row, &Here::at(form, *number))).collect();
                        items.push(Item { when: all(conditions), ..note });
                        places.push(group.at("hint"));
                    }
                }
            }
            if let Some(item) = reading.item(*number) {
                items.push(item);
                places.push(reading.at(*number));
            }
        }
        let own = draft.groups.last();
        origin.sections.push(own.map_or_else(|| reading.at(draft.items.first().copied().unwrap_or_default()), |row| row.at("name")));
        origin.items.push(places);
        let title = reading.title(&draft.groups);
        let repeat = own.filter(|_| draft.repeat).map(|row| {
            let instance = reading.text(*row, "davy::instance").or_else(|| reading.text(*row, "label"));
            Repeat { title: instance.unwrap_or_else(|| title.clone()) }
        });
        sections.push(Section { id: form.sections[index].clone(), title, items, when: all(conditions), repeat });
    }
    origin.whole = origin.sections.first().cloned();
    (sections, origin)
}

impl<'a> Reading<'_, 'a> {
    /// The headings of the groups, the outermost first.
    fn title(&mut self, groups: &[Row<'a>]) -> Text {
        let titles: Vec<Text> = groups.iter().filter_map(|row| self.text(*row, "label")).collect();
        let join = |of: fn(&Text) -> &str| titles.iter().map(of).collect::<Vec<_>>().join(" › ");
        match (titles.is_empty(), groups.last()) {
            (false, _) => Text { zh: join(|text| &text.zh), en: join(|text| &text.en) },
            (true, None) => Text { zh: "一般".to_owned(), en: "General".to_owned() },
            (true, Some(row)) => {
                let name = row.get("name").unwrap_or("section").to_owned();
                self.report.remark(
                    row.at("label"),
                    words!("分组没有标题，用名称`{name}`作标题", "the group has no label; its name `{name}` is the heading"),
                );
                Text { zh: name.clone(), en: name }
            }
        }
    }

    /// Columns that mean something on a question only.
    fn of_questions(&mut self, row: Row<'a>) {
        for column in row.filled() {
            if GROUP.contains(&column) {
                continue;
            }
            if matches!(column, "save_to" | "intent" | "trigger") || column.starts_with("davy::") {
                self.report.fault(
                    row.at(column),
                    words!("`{column}`不能用在分组上", "`{column}` has no equivalent on a group"),
                    words!("请写在分组里的问题上，或删除", "put it on the questions of the group, or delete it"),
                );
            } else {
                self.report.remark(
                    row.at(column),
                    words!("`{column}`在分组上不起作用，已略去", "`{column}` means nothing on a group and is left out"),
                );
            }
        }
    }

    /// A group's hint as a note at its beginning: sections have none.
    fn hint_of(&mut self, row: Row<'a>) -> Option<Item> {
        for column in ["image", "audio", "video", "big-image"] {
            if row.get(column).is_some() {
                self.report.fault(
                    row.at(column),
                    words!("分组不能配图片、声音或视频", "a group has no picture, sound or film"),
                    words!("请把图片放到分组里的说明（note）上", "put the picture on a note inside the group"),
                );
            }
        }
        self.of_questions(row);
        if row.get("appearance").is_some() {
            self.report.remark(
                row.at("appearance"),
                words!("分组的外观由本软件决定，appearance已略去", "how a group looks is Davy's own; the appearance is left out"),
            );
        }
        let text = self.text(row, "hint")?;
        self.report.remark(row.at("hint"), words!("分组的提示作为说明放在分组开头", "the hint of the group is a note at its beginning"));
        let name = crate::xlsform::names::to_id(row.get("name").unwrap_or("group"), "group");
        let ids = (1_u32..).map(|count| if count == 1 { format!("{name}_hint") } else { format!("{name}_hint_{count}") });
        let id = ids.into_iter().find(|id| !self.form.ids.contains(id) && !self.hints.contains(id))?;
        self.hints.push(id.clone());
        Some(plain(id, text, Response::Note))
    }
}
