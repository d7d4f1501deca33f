//! How Davy's own columns write what XLSForm has no word for. Each is read and written here, side by side.

use super::words::words;
use davy_core::checklist::{Area, Basis, Confidence, Grade, Limit, Text};

/// A limit as a person writes it: the condition not yet read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LimitLine {
    pub pass: String,
    pub text: Text,
    pub when: Option<String>,
    pub grade: Option<Grade>,
}

/// Splits a line at `|`. `||` is no separator, `\|` a plain bar, `\n` a new line, `\\` a backslash.
fn split(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        let Some(part) = parts.last_mut() else { continue };
        match (c, letters.peek()) {
            ('\\', Some('n')) => {
                part.push('\n');
                letters.next();
            }
            ('\\', Some(next @ ('|' | '\\'))) => {
                part.push(*next);
                letters.next();
            }
            ('|', Some('|')) => {
                part.push_str("||");
                letters.next();
            }
            ('|', _) => parts.push(String::new()),
            _ => part.push(c),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "\\n")
}

/// A condition keeps its `||`.
fn escape_condition(text: &str) -> String {
    escape(text).replace("\\|\\|", "||")
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Reads `condition | 中文 | English | when: condition | grade: major`, one limit a line.
///
/// # Errors
/// What is wrong with which line.
pub(crate) fn read_limits(cell: &str) -> Result<Vec<LimitLine>, Text> {
    lines(cell).map(read_limit).collect()
}

fn read_limit(line: &str) -> Result<LimitLine, Text> {
    let mut parts = split(line).into_iter();
    let pass = parts
        .next()
        .filter(|pass| !pass.is_empty())
        .ok_or_else(|| words!("限值`{line}`没有条件", "the limit `{line}` has no condition"))?;
    let (mut words, mut when, mut grade) = (Vec::new(), None, None);
    for part in parts {
        if let Some(condition) = part.strip_prefix("when:") {
            when = Some(condition.trim().to_owned());
        } else if let Some(name) = part.strip_prefix("grade:") {
            let neither =
                || words!("等级`{}`既不是重大（major）也不是一般（general）", "the grade `{}` is neither major nor general", name.trim());
            grade = Some(read_grade(name).ok_or_else(neither)?);
        } else {
            words.push(part);
        }
    }
    let lacking = || words!("限值`{line}`需要中文和英文文字", "the limit `{line}` needs its words in Chinese and English");
    let text = match <[String; 2]>::try_from(words) {
        Ok([zh, en]) => Text { zh, en },
        Err(words) => match <[String; 1]>::try_from(words) {
            Ok([both]) => Text { zh: both.clone(), en: both },
            Err(_) => return Err(lacking()),
        },
    };
    if text.zh.is_empty() || text.en.is_empty() {
        return Err(lacking());
    }
    Ok(LimitLine { pass, text, when, grade })
}

/// Writes limits as `read_limits` reads them.
pub(crate) fn write_limits(limits: &[Limit]) -> String {
    let line = |limit: &Limit| {
        let mut line = format!("{} | {} | {}", escape_condition(&limit.pass), escape(&limit.text.zh), escape(&limit.text.en));
        if let Some(when) = &limit.when {
            line.push_str(&format!(" | when: {}", escape_condition(when)));
        }
        if let Some(grade) = limit.grade {
            line.push_str(&format!(" | grade: {}", write_grade(grade)));
        }
        line
    };
    limits.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads `id | 中文 | English`, one area a line.
///
/// # Errors
/// What is wrong with which line.
pub(crate) fn read_areas(cell: &str) -> Result<Vec<Area>, Text> {
    let area = |line: &str| {
        let parts = split(line);
        let (id, zh, en) = match parts.as_slice() {
            [id, both] => (id, both, both),
            [id, zh, en] => (id, zh, en),
            _ => return Err(words!("部位`{line}`不符合格式：编号 | 中文 | English", "the area `{line}` is not `id | 中文 | English`")),
        };
        Ok(Area { id: id.clone(), title: Text { zh: zh.clone(), en: en.clone() } })
    };
    lines(cell).map(area).collect()
}

/// Writes areas as `read_areas` reads them.
pub(crate) fn write_areas(areas: &[Area]) -> String {
    let line = |area: &Area| format!("{} | {} | {}", escape(&area.id), escape(&area.title.zh), escape(&area.title.en));
    areas.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads `standard clause; standard clause`; the clause may be absent.
pub(crate) fn read_basis(cell: &str) -> Vec<Basis> {
    let entries = cell.split([';', '；', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| match entry.split_once(char::is_whitespace) {
            Some((standard, clause)) => Basis { standard: standard.to_owned(), clause: Some(clause.trim().to_owned()) },
            None => Basis { standard: entry.to_owned(), clause: None },
        })
        .collect()
}

/// Writes a basis as `read_basis` reads it.
pub(crate) fn write_basis(basis: &[Basis]) -> String {
    let entry = |basis: &Basis| match &basis.clause {
        Some(clause) => format!("{} {clause}", basis.standard),
        None => basis.standard.clone(),
    };
    basis.iter().map(entry).collect::<Vec<_>>().join("; ")
}

/// Reads ids between blanks, commas or semicolons.
pub(crate) fn read_ids(cell: &str) -> Vec<String> {
    let separates = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '；' | '、');
    cell.split(separates).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// Reads a grade.
pub(crate) fn read_grade(cell: &str) -> Option<Grade> {
    match cell.trim().to_lowercase().as_str() {
        "major" | "重大" => Some(Grade::Major),
        "general" | "一般" => Some(Grade::General),
        _ => None,
    }
}

/// Writes a grade.
pub(crate) const fn write_grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Major => "major",
        Grade::General => "general",
    }
}

const CONFIDENCE: &[(&str, Confidence)] =
    &[("read", Confidence::Read), ("law", Confidence::Law), ("topic", Confidence::Topic), ("unverified", Confidence::Unverified)];

/// Reads a confidence.
pub(crate) fn read_confidence(cell: &str) -> Option<Confidence> {
    CONFIDENCE.iter().find(|(name, _)| cell.trim().eq_ignore_ascii_case(name)).map(|(_, confidence)| *confidence)
}

/// Writes a confidence.
pub(crate) fn write_confidence(confidence: Confidence) -> &'static str {
    CONFIDENCE.iter().find(|(_, of)| *of == confidence).map_or("", |(name, _)| name)
}

/// Reads yes or no as pyxform does. `None`: neither.
pub(crate) fn read_yes_no(cell: &str) -> Option<bool> {
    match cell.trim().to_lowercase().as_str() {
        "yes" | "true" | "true()" | "1" | "是" => Some(true),
        "no" | "false" | "false()" | "0" | "否" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(zh: &str, en: &str) -> Text {
        Text { zh: zh.to_owned(), en: en.to_owned() }
    }

    #[test]
    fn limits_are_written_and_read_back() {
        let limits = [
            Limit { pass: "value < 1.0".to_owned(), text: text("低于1 %", "CH4 < 1 %"), when: None, grade: None },
            Limit {
                pass: "value >= 2.0 || a.x == 'a|b'".to_owned(),
                text: text("一|二\n三", "back\\slash || bars"),
                when: Some("a.y == null || a.y == 'z'".to_owned()),
                grade: Some(Grade::Major),
            },
        ];
        let read = read_limits(&write_limits(&limits)).unwrap();
        for (line, limit) in read.iter().zip(&limits) {
            assert_eq!((&line.pass, &line.text, &line.when, line.grade), (&limit.pass, &limit.text, &limit.when, limit.grade));
        }
        assert_eq!(read.len(), 2);
    }

    #[test]
    fn limits_say_what_they_lack() {
        for (cell, expected) in [("| a | b", "no condition"), ("value < 1", "words"), ("value < 1 | a | b | grade: high", "grade")] {
            assert!(read_limits(cell).unwrap_err().en.contains(expected), "{cell}");
        }
        assert_eq!(read_limits(". < 1 | 低于1").unwrap()[0].text, text("低于1", "低于1"));
    }

    #[test]
    fn basis_and_areas_are_written_and_read_back() {
        let basis = read_basis("mem-order-10-2023 4(1); gb-15577-2018 ");
        assert_eq!(basis.len(), 2);
        assert_eq!(basis[0].clause.as_deref(), Some("4(1)"));
        assert_eq!(read_basis(&write_basis(&basis)), basis);
        let areas = read_areas("tank | 储罐 | Tank\npit | 地坑").unwrap();
        assert_eq!(areas[1].title, text("地坑", "地坑"));
        assert_eq!(read_areas(&write_areas(&areas)).unwrap(), areas);
    }
}
