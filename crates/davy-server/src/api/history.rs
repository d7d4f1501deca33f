//! One line of words for each event, in both languages. Pure.

use davy_core::checklist::{Compiled, Grade};
use davy_core::event::{AnswerValue, Event, ItemKey, Payload, ReviewOutcome, SectionPassed, Verdict};
use davy_core::fold::{FindingDoc, InspectionDoc};
use davy_core::id::EventId;
use std::collections::HashSet;

/// Longest quotation in a line, in characters.
const QUOTE: usize = 80;

/// What the words are made from.
pub struct Words<'a> {
    /// Checklist version, when it is here.
    pub compiled: Option<&'a Compiled>,
    /// The inspection, for what was replaced.
    pub inspection: Option<&'a InspectionDoc>,
    /// The findings, for what was replaced.
    pub findings: &'a [FindingDoc],
}

type Line = (String, String);

fn line(zh: impl Into<String>, en: impl Into<String>) -> Line {
    (zh.into(), en.into())
}

fn quote(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTE).collect();
    if text.chars().nth(QUOTE).is_some() {
        short.push('…');
    }
    short
}

const fn verdict(value: Verdict) -> (&'static str, &'static str) {
    match value {
        Verdict::Pass => ("合格", "pass"),
        Verdict::Fail => ("不合格", "fail"),
        Verdict::NotApplicable => ("不适用", "not applicable"),
        Verdict::NotChecked => ("未检查", "not checked"),
    }
}

const fn grade(grade: Grade) -> (&'static str, &'static str) {
    match grade {
        Grade::General => ("一般隐患", "general"),
        Grade::Major => ("重大隐患", "major"),
    }
}

fn value(value: Option<&AnswerValue>) -> Line {
    match value {
        None => line("撤回答案", "answer taken back"),
        Some(AnswerValue::Verdict(value)) => {
            let (zh, en) = verdict(*value);
            line(zh, en)
        }
        Some(AnswerValue::Choice(id)) => line(id, id),
        Some(AnswerValue::Choices(ids)) => line(ids.join("、"), ids.join(", ")),
        Some(AnswerValue::Number(number)) => line(number.to_string(), number.to_string()),
        Some(AnswerValue::Text(text) | AnswerValue::Code(text)) => line(quote(text), quote(text)),
        Some(AnswerValue::DateTime(at)) => {
            let text = jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| "—".to_owned(), |at| at.to_string());
            (text.clone(), text)
        }
        Some(AnswerValue::Location(at)) => {
            let text = format!("{:.5}, {:.5}", f64::from(at.lat_e7) / 1e7, f64::from(at.lon_e7) / 1e7);
            (text.clone(), text)
        }
    }
}

impl Words<'_> {
    fn item(&self, key: &ItemKey) -> Line {
        match self.compiled.and_then(|compiled| compiled.item(&key.item)) {
            Some((_, item, _)) => (quote(&item.text.zh), quote(&item.text.en)),
            None => (key.to_string(), key.to_string()),
        }
    }

    fn about(&self, key: &ItemKey, (zh, en): Line) -> Line {
        let (item_zh, item_en) = self.item(key);
        (format!("{item_zh}：{zh}"), format!("{item_en}: {en}"))
    }

    fn section(&self, passed: &SectionPassed) -> Line {
        let sections = self.compiled.map(|compiled| compiled.checklist().sections.iter());
        let title = sections.and_then(|mut all| all.find(|section| section.id == passed.section)).map(|section| &section.title);
        let (zh, en) = title.map_or((passed.section.as_str(), passed.section.as_str()), |title| (&title.zh, &title.en));
        let count = passed.items.len();
        line(format!("{}：整节判为合格，{count}项", quote(zh)), format!("{}: passed as a whole, {count} items", quote(en)))
    }

    /// One line for an event.
    #[must_use]
    pub fn describe(&self, event: &Event) -> Line {
        match &event.payload {
            Payload::InspectionStarted(_) => line("开始检查", "inspection started"),
            Payload::AnswerSet(set) => self.about(&set.key, value(set.value.as_ref())),
            Payload::AnswerResolved(set) => {
                let (zh, en) = value(set.value.as_ref());
                self.about(&set.key, (format!("裁定为{zh}（{}）", quote(&set.reason)), format!("settled as {en} ({})", quote(&set.reason))))
            }
            Payload::SectionPassed(passed) => self.section(passed),
            Payload::NoteSet(note) => {
                self.about(&note.key, (format!("备注“{}”", quote(&note.text)), format!("note “{}”", quote(&note.text))))
            }
            Payload::InstanceAdded(added) => line(format!("增加{}", quote(&added.label)), format!("added {}", quote(&added.label))),
            Payload::InstanceRetracted(gone) => {
                line(format!("撤销一组（{}）", quote(&gone.reason)), format!("group withdrawn ({})", quote(&gone.reason)))
            }
            Payload::EvidenceAttached(_) => line("附上照片", "photo attached"),
            Payload::EvidenceCaptioned(set) => {
                line(format!("照片说明“{}”", quote(&set.caption)), format!("photo caption “{}”", quote(&set.caption)))
            }
            Payload::EvidenceAnnotated(set) if set.marks.is_empty() => line("撤去照片标注", "photo marks taken back"),
            Payload::EvidenceAnnotated(set) => {
                let count = set.marks.len();
                line(format!("照片标注{count}处"), format!("photo marked in {count} {}", if count == 1 { "place" } else { "places" }))
            }
            Payload::EvidenceRetracted(gone) => {
                line(format!("隐藏照片（{}）", quote(&gone.reason)), format!("photo hidden ({})", quote(&gone.reason)))
            }
            Payload::SignatureAdded(signed) => line(format!("{}签名", signed.name), format!("signed by {}", signed.name)),
            Payload::SignatureRefused(refused) => line(
                format!("拒绝签名：{}；见证人{}", quote(&refused.reason), refused.witness),
                format!("signature refused: {}; witness {}", quote(&refused.reason), refused.witness),
            ),
            Payload::InspectionSubmitted(_) => line("提交检查", "inspection submitted"),
            Payload::InspectionReviewed(review) => {
                let comment = review.comment.as_deref().map(quote).unwrap_or_default();
                match review.outcome {
                    ReviewOutcome::Accepted => line(format!("审核通过 {comment}").trim_end(), format!("accepted {comment}").trim_end()),
                    ReviewOutcome::Returned => line(
                        format!("退回{}项 {comment}", review.items.len()).trim_end(),
                        format!("returned, {} items {comment}", review.items.len()).trim_end(),
                    ),
                }
            }
            Payload::CommentAdded(said) => line(format!("意见“{}”", quote(&said.text)), format!("comment “{}”", quote(&said.text))),
            _ => describe_finding(event),
        }
    }
}

fn describe_finding(event: &Event) -> Line {
    match &event.payload {
        Payload::FindingRaised(raised) => {
            let (zh, en) = grade(raised.grade);
            line(format!("提出{zh}：{}", quote(&raised.description)), format!("{en} finding raised: {}", quote(&raised.description)))
        }
        Payload::FindingEdited(edited) => {
            let fields = [
                (edited.description.is_some(), "描述", "description"),
                (edited.area.is_some(), "部位", "area"),
                (edited.measure.is_some(), "措施", "measure"),
                (edited.responsible.is_some(), "责任人", "responsible person"),
                (edited.deadline.is_some(), "期限", "deadline"),
                (edited.grade.is_some(), "级别", "grade"),
            ];
            let of = |pick: fn(&(bool, &'static str, &'static str)) -> &'static str, sep: &str| {
                fields.iter().filter(|field| field.0).map(pick).collect::<Vec<_>>().join(sep)
            };
            line(format!("修改隐患：{}", of(|field| field.1, "、")), format!("finding changed: {}", of(|field| field.2, ", ")))
        }
        Payload::FindingGraded(set) => {
            let (zh, en) = grade(set.grade);
            let reason = set.reason.as_deref().map(quote).unwrap_or_default();
            line(format!("定级为{zh} {reason}").trim_end(), format!("graded {en} {reason}").trim_end())
        }
        Payload::FindingRetracted(gone) => {
            line(format!("撤销隐患（{}）", quote(&gone.reason)), format!("finding withdrawn ({})", quote(&gone.reason)))
        }
        Payload::Unknown => {
            line(format!("新版本程序的记录（{}）", event.header.kind), format!("record of a newer program ({})", event.header.kind))
        }
        Payload::Withheld => line("内容未公开", "content withheld"),
        _ => line(event.header.kind.clone(), event.header.kind.clone()),
    }
}

/// Answers and notes that no longer stand: a later one, made in knowledge of them, replaced them.
#[must_use]
pub fn superseded<'e>(events: impl Iterator<Item = &'e Event>, words: &Words<'_>) -> HashSet<EventId> {
    let stands = |event: &Event| match (&event.payload, words.inspection) {
        (Payload::AnswerSet(set), Some(doc)) => {
            doc.answers.get(&set.key).is_some_and(|cell| cell.held().iter().any(|held| held.stamp.eid == event.eid))
        }
        (Payload::AnswerResolved(set), Some(doc)) => {
            doc.answers.get(&set.key).is_some_and(|cell| cell.held().iter().any(|held| held.stamp.eid == event.eid))
        }
        // A section's pass stands as long as one of its answers does.
        (Payload::SectionPassed(_), Some(doc)) => {
            doc.answers.values().any(|cell| cell.held().iter().any(|held| held.stamp.eid == event.eid))
        }
        (Payload::NoteSet(note), Some(doc)) => {
            doc.notes.get(&note.key).is_some_and(|cell| cell.held().iter().any(|held| held.stamp.eid == event.eid))
        }
        (Payload::FindingGraded(_), _) => words
            .findings
            .iter()
            .filter(|doc| davy_core::id::RootId::from(doc.id) == event.header.root)
            .all(|doc| doc.graded.held().iter().any(|held| held.stamp.eid == event.eid)),
        (Payload::InspectionSubmitted(_), Some(doc)) => doc.submissions.iter().any(|kept| kept.stamp.eid == event.eid),
        _ => true,
    };
    events.filter(|event| !stands(event)).map(|event| event.eid).collect()
}
