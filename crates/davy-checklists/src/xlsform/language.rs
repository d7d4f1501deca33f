//! Which of a form's languages stand for 中文 and English.

use super::report::{At, Report};
use super::table::Row;
use super::words::{Both, words};
use davy_core::checklist::Text;
use std::collections::BTreeMap;

/// The two languages of a text, and where each is looked for.
#[derive(Debug, Default)]
pub(crate) struct Languages {
    zh: Vec<String>,
    en: Vec<String>,
    has_zh: bool,
    has_en: bool,
    /// Texts that lack one language though the form has both: column name and language (its name in both) → first cell and count.
    missing: BTreeMap<(String, Both), (At, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaks {
    Chinese,
    English,
    Other,
}

fn speaks(language: &str) -> Speaks {
    let lower = language.to_lowercase();
    let code = lower.rsplit_once('(').map_or("", |(_, code)| code.trim_end_matches(')').trim());
    let code = code.split(['-', '_']).next().unwrap_or_default();
    let name = lower.split('(').next().unwrap_or_default().trim();
    match (code, name) {
        ("zh" | "cmn" | "zho" | "chi", _) | ("", "zh" | "chinese" | "中文" | "汉语" | "简体中文" | "mandarin" | "zh-cn") => {
            Speaks::Chinese
        }
        ("en" | "eng", _) | ("", "en" | "english" | "英文" | "英语") => Speaks::English,
        _ => Speaks::Other,
    }
}

impl Languages {
    /// Decides by the languages of the columns (empty: a column without language) and the setting `default_language`.
    pub(crate) fn choose(columns: &[String], default: Option<&str>, at: At, report: &mut Report) -> Self {
        let speaks_of = |language: &str| match (language, default) {
            ("", Some(default)) => speaks(default),
            ("", None) => Speaks::Other,
            _ => speaks(language),
        };
        let of = |wanted: Speaks| columns.iter().filter(move |language| speaks_of(language) == wanted).cloned();
        let (chinese, english): (Vec<_>, Vec<_>) = (of(Speaks::Chinese).collect(), of(Speaks::English).collect());
        let mut rest: Vec<String> = default.into_iter().chain([""]).map(str::to_owned).collect();
        rest.extend(columns.iter().cloned());
        let order = |first: &[String], second: &[String]| {
            let mut all: Vec<String> = Vec::new();
            for language in first.iter().chain(&rest).chain(second) {
                if columns.contains(language) && !all.contains(language) {
                    all.push(language.clone());
                }
            }
            all
        };
        let languages = Self {
            zh: order(&chinese, &english),
            en: order(&english, &chinese),
            has_zh: !chinese.is_empty(),
            has_en: !english.is_empty(),
            missing: BTreeMap::new(),
        };
        languages.remark(columns, at, report);
        languages
    }

    fn remark(&self, columns: &[String], at: At, report: &mut Report) {
        let name = |language: &str| match language {
            "" => words!("未标明语言的列", "the columns without a language"),
            _ => words!("`{language}`", "`{language}`"),
        };
        match (self.has_zh, self.has_en) {
            _ if columns.is_empty() => {}
            (true, true) => {}
            (false, false) => {
                let Text { zh, en } = name(self.zh.first().map_or("", String::as_str));
                let said = words!(
                    "没有列标明为中文（zh）或英文（en），两种语言都使用{zh}的文字",
                    "no column is marked as Chinese (zh) or English (en); the words of {en} stand for both"
                );
                report.remark(at.clone(), said);
            }
            (true, false) => {
                let said =
                    words!("表单没有英文，两种语言都使用中文文字", "the form has no English; its Chinese words stand in both languages");
                report.remark(at.clone(), said);
            }
            (false, true) => {
                let said =
                    words!("表单没有中文，两种语言都使用英文文字", "the form has no Chinese; its English words stand in both languages");
                report.remark(at.clone(), said);
            }
        }
        let used = |language: &&String| !language.is_empty() && Some(*language) != self.zh.first() && Some(*language) != self.en.first();
        let left = columns.iter().filter(used).map(|language| name(language));
        let (zh, en): (Vec<String>, Vec<String>) = left.map(|text| (text.zh, text.en)).unzip();
        if !en.is_empty() {
            let (zh, en) = (zh.join("、"), en.join(", "));
            let said = words!(
                "本软件只有中文和英文，已有其中一种时略去{zh}",
                "Davy has Chinese and English; {en} is left out where one of them is there"
            );
            report.remark(at, said);
        }
    }

    /// The text of a row's column in both languages. `None` when it is empty in all.
    pub(crate) fn text(&mut self, row: Row<'_>, column: &str) -> Option<Text> {
        let cells: Vec<_> = row.all(column).filter(|(_, text, _)| !text.trim().is_empty()).collect();
        let find = |order: &[String]| {
            let found = order.iter().find_map(|language| cells.iter().find(|(of, _, _)| of == language));
            found.or_else(|| cells.first()).map(|(language, text, _)| ((*language).to_owned(), (*text).to_owned()))
        };
        let ((zh_from, zh), (en_from, en)) = (find(&self.zh)?, find(&self.en)?);
        if self.has_zh && self.has_en && zh_from == en_from {
            let lacks = if Some(&zh_from) == self.zh.first() { ("英文", "English") } else { ("中文", "Chinese") };
            let entry = self.missing.entry((column.to_owned(), lacks)).or_insert_with(|| (row.at(column), 0));
            entry.1 += 1;
        }
        Some(Text { zh, en })
    }

    /// Remarks about the texts that lacked a language.
    pub(crate) fn finish(self, report: &mut Report) {
        for ((column, (zh, en)), (at, count)) in self.missing {
            let said = words!(
                "`{column}`列有{count}处没有{zh}，以另一种语言的文字代替（这是第一处）",
                "{count} texts of `{column}` have no {en}; the words of the other language stand there (this is the first)"
            );
            report.remark(at, said);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(columns: &[&str], default: Option<&str>) -> (Vec<String>, Vec<String>, usize) {
        let columns: Vec<_> = columns.iter().map(|text| (*text).to_owned()).collect();
        let mut report = Report::default();
        let languages = Languages::choose(&columns, default, At::workbook(), &mut report);
        (languages.zh, languages.en, report.into_remarks().len())
    }

    #[test]
    fn languages_are_found_by_code_or_name() {
        for zh in ["中文 (zh)", "Chinese (zh-Hans)", "chinese", "中文"] {
            let (first, second, remarks) = orders(&["English (en)", zh], None);
            assert_eq!((first[0].as_str(), second[0].as_str(), remarks), (zh, "English (en)", 0));
        }
    }

    #[test]
    fn one_language_stands_for_both_with_a_remark() {
        assert_eq!(orders(&[""], None), (vec![String::new()], vec![String::new()], 1));
        let (zh, en, remarks) = orders(&["French (fr)", "Swahili (sw)"], Some("Swahili (sw)"));
        assert_eq!((zh[0].as_str(), en[0].as_str(), remarks), ("Swahili (sw)", "Swahili (sw)", 2));
    }

    #[test]
    fn columns_without_a_language_speak_the_default_one() {
        let (zh, en, remarks) = orders(&["", "Chinese (zh)"], Some("English (en)"));
        assert_eq!((zh[0].as_str(), en[0].as_str(), remarks), ("Chinese (zh)", "", 0));
    }
}
