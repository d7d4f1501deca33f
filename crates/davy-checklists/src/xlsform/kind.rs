//! The `type` cell: what a row is, under all the names that pyxform accepts.

use crate::xlsform::words::{Both, text, words};
use davy_core::checklist::Text;

/// What a row is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A group begins.
    BeginGroup,
    /// A repeat begins.
    BeginRepeat,
    /// A group for each choice of a list begins.
    BeginLoop(String),
    /// A group, repeat or loop ends.
    End(Closes),
    /// Something that an inspector sees, or that is computed.
    Question(Question),
    /// Something that every answer carries by itself.
    Recorded(Text),
    /// Old forms name themselves on the survey sheet.
    FormTitle,
    /// As above.
    FormId,
    /// It has no equivalent: why, and what to write instead.
    Refused(Text, Text),
}

/// What an `end` row closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closes {
    Group,
    Repeat,
    Loop,
}

/// A kind of question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Question {
    Text,
    /// Words of digits only.
    Digits,
    Decimal,
    /// A whole number, in a range that the type's name implies.
    Whole(Option<(i64, i64)>),
    Range,
    Choice {
        list: String,
        or_other: bool,
    },
    Many {
        list: String,
        or_other: bool,
    },
    Acknowledge,
    Moment {
        day_only: bool,
    },
    Position,
    Code,
    Image,
    Note,
    Calculate,
}

impl Question {
    /// The list of a question with choices.
    pub(crate) fn list(&self) -> Option<&str> {
        match self {
            Self::Choice { list, .. } | Self::Many { list, .. } => Some(list),
            _ => None,
        }
    }
}

/// Names of simple types, with underscores as blanks and in small letters.
const SIMPLE: &[(&[&str], Question)] = &[
    (&["text", "string", "q string", "add text prompt"], Question::Text),
    (&["phone number"], Question::Digits),
    (&["decimal", "q decimal", "add decimal prompt"], Question::Decimal),
    (&["integer", "int", "q int", "add integer prompt"], Question::Whole(None)),
    (&["percentage"], Question::Whole(Some((0, 100)))),
    (&["number of days in last month"], Question::Whole(Some((0, 31)))),
    (&["number of days in last six months"], Question::Whole(Some((0, 183)))),
    (&["number of days in last year"], Question::Whole(Some((0, 365)))),
    (&["range"], Question::Range),
    (&["acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"], Question::Acknowledge),
    (&["date", "q date", "add date prompt"], Question::Moment { day_only: true }),
    (
        &["datetime", "date time", "q date time", "q datetime", "add date time prompt", "add datetime prompt"],
        Question::Moment { day_only: false },
    ),
    (&["geopoint", "gps", "location", "q geopoint", "q location", "add location prompt"], Question::Position),
    (&["barcode", "q barcode", "add barcode prompt"], Question::Code),
    (&["image", "photo", "q image", "q picture", "add image prompt", "add photo prompt"], Question::Image),
    (&["note", "q note", "add note prompt"], Question::Note),
    (&["calculate", "q calculate", "add calculate prompt"], Question::Calculate),
];

const RECORDED: &[(&[&str], Both)] = &[
    (
        &["start", "end", "today", "start time", "end time", "get start time", "get end time", "get today"],
        ("本软件随每项作答自动记录时间", "Davy records the time with every answer"),
    ),
    (&["username", "uri:username"], ("本软件随每项作答自动记录作答人", "Davy records with every answer who gave it")),
    (
        &["deviceid", "device id", "imei", "get device id", "uri:deviceid"],
        ("本软件随每项作答自动记录所用的设备", "Davy records with every answer on which device it was given"),
    ),
    (&["audit"], ("本软件会记录每项作答的每次修改", "Davy records every change of every answer")),
    (
        &[
            "phonenumber",
            "get phone number",
            "uri:phonenumber",
            "simserial",
            "sim id",
            "get sim id",
            "uri:simserial",
            "subscriberid",
            "subscriber id",
            "get subscriber id",
            "uri:subscriberid",
            "email",
            "uri:email",
        ],
        (
            "这一项不需要问：本软件随每项作答记录人员和设备，从不读取SIM卡或邮箱地址",
            "nobody is asked this: Davy records the person and the device with every answer, and never reads a SIM card or an address",
        ),
    ),
];

const CHOICE: &[&str] = &["add select one prompt using", "select one from", "select one using", "select one", "select1", "q select1"];
const MANY: &[&str] = &[
    "add select multiple prompt using",
    "select all that apply from",
    "select all that apply",
    "select multiple from",
    "select multiple using",
    "select multiple",
    "q select",
];

/// What has no equivalent: types, why, what to write instead.
const REFUSED: &[(&[&str], Both, Both)] = &[
    (
        &["time"],
        ("本软件的日期和时间一起填写", "Davy asks for a day and a time together"),
        ("请改用dateTime，只填时刻时用text", "use dateTime, or text for a time of day alone"),
    ),
    (
        &["geotrace", "geoshape", "q geotrace", "q geoshape"],
        ("本软件只记录一个位置，不记录线路或区域", "Davy records a position, not a line or an area"),
        ("请改用geopoint，或拍摄平面图的照片", "use geopoint, or a photograph of the plan"),
    ),
    (
        &["audio", "q audio", "add audio prompt", "background-audio", "video", "q video", "add video prompt", "file", "add file prompt"],
        ("本软件用照片取证，不收录音、视频或文件", "Davy takes photographs as evidence, not sound, film or files"),
        ("请改用image或text", "use image, or text"),
    ),
    (
        &["rank"],
        ("本软件不支持给选项排序", "Davy has no order of choices"),
        ("请用select_one选出第一位", "use select_one for the first place"),
    ),
    (
        &["hidden"],
        ("隐藏问题的内容不是由人填写的", "a hidden question holds what nobody answered"),
        ("能由其他作答得出的内容，请用calculate", "use calculate for what follows from other answers"),
    ),
    (
        &["xml-external", "csv-external", "select one external", "select one from file", "select multiple from file"],
        ("检查表须自成一体，不能从其他文件取选项", "a checklist is complete in itself: no choices from other files"),
        ("请把选项写到工作表choices里", "put the choices on the choices sheet"),
    ),
    (
        &["start-geopoint", "background-geopoint"],
        ("本软件不会自行记录位置", "Davy records no position unasked"),
        ("请改用geopoint，由检查人员定位", "use geopoint: the inspector takes the position"),
    ),
    (&["osm"], ("本软件没有地图数据", "Davy has no map data"), ("请改用geopoint或text", "use geopoint or text")),
    (&["include"], ("表单不能引入另一份表单", "a form cannot include another one"), ("请把那份表单的行复制过来", "copy its rows")),
    (
        &["cascading select"],
        ("pyxform已不再支持这一类型", "pyxform gave this type up"),
        ("请用select_one配合choice_filter", "use select_one with choice_filter"),
    ),
];

/// Reads a type.
pub(crate) fn read(cell: &str) -> Kind {
    let words = cell.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    // One letter for one letter, so that what follows a name keeps its case and its underscores.
    let plain = words.to_ascii_lowercase().replace('_', " ");
    if let Some((_, question)) = SIMPLE.iter().find(|(names, _)| names.contains(&plain.as_str())) {
        return Kind::Question(question.clone());
    }
    if let Some((_, why)) = RECORDED.iter().find(|(names, _)| names.contains(&plain.as_str())) {
        return Kind::Recorded(text(*why));
    }
    if let Some(kind) = control(&words, &plain) {
        return kind;
    }
    if let Some((_, why, instead)) = REFUSED.iter().find(|(names, _, _)| names.iter().any(|name| after(&plain, name).is_some())) {
        return Kind::Refused(text(*why), text(*instead));
    }
    match plain.as_str() {
        "set form title" | "form title" => return Kind::FormTitle,
        "set form id" | "form id" => return Kind::FormId,
        _ => {}
    }
    let selects = CHOICE.iter().map(|name| (name, false)).chain(MANY.iter().map(|name| (name, true)));
    for (name, many) in selects {
        if let Some(from) = after(&plain, name) {
            return select(&words[from..], many);
        }
    }
    Kind::Refused(
        words!("`{words}`不是问题类型", "`{words}` is no type of question"),
        words!(
            "请用docs/checklist-authoring.md列出的类型，例如select_one、decimal、text",
            "use one of docs/checklist-authoring.md, for example select_one, decimal, text"
        ),
    )
}

/// Where the rest begins when the text begins with these words.
fn after(plain: &str, name: &str) -> Option<usize> {
    let rest = plain.strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with(' ')).then_some(name.len())
}

fn control(words: &str, plain: &str) -> Option<Kind> {
    let (begin, rest) = match (plain.strip_prefix("begin "), plain.strip_prefix("end ")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return None,
    };
    let (name, list) = rest.split_once(' ').unwrap_or((rest, ""));
    let list = list.strip_prefix("over ").unwrap_or(list);
    // The list in its own spelling stands at the end.
    let list = &words[words.len() - list.len()..];
    match (name, begin) {
        ("group", true) => Some(Kind::BeginGroup),
        ("repeat" | "lgroup" | "looped", true) => Some(Kind::BeginRepeat),
        ("loop", true) if list.is_empty() => Some(Kind::Refused(
            words!("loop没有写明选项列表", "the loop names no list"),
            words!("请写`begin loop over LIST`，或改用begin_repeat", "write `begin loop over LIST`, or begin_repeat"),
        )),
        ("loop", true) => Some(Kind::BeginLoop(list.to_owned())),
        ("group", false) => Some(Kind::End(Closes::Group)),
        ("repeat" | "lgroup" | "looped", false) => Some(Kind::End(Closes::Repeat)),
        ("loop", false) => Some(Kind::End(Closes::Loop)),
        _ => None,
    }
}

fn select(rest: &str, many: bool) -> Kind {
    let rest = rest.trim();
    let (list, other) = rest.split_once(' ').unwrap_or((rest, ""));
    let or_other = matches!(other.replace('_', " ").as_str(), "or other" | "or specify other");
    if list.is_empty() {
        return Kind::Refused(
            words!("没有写明选项列表", "the list of choices is not named"),
            words!("请写select_one LIST，并把列表写到工作表choices里", "write select_one LIST, with the list on the choices sheet"),
        );
    }
    if list.starts_with("${") {
        return Kind::Refused(
            words!("选项不能来自重复组", "choices cannot come from a repeat"),
            words!("请把选项写到工作表choices里", "list them on the choices sheet"),
        );
    }
    if !or_other && !other.is_empty() {
        return Kind::Refused(
            words!("列表后面的`{other}`没有意义", "`{other}` means nothing after the list"),
            words!("请写select_one LIST或select_one LIST or_other", "write select_one LIST or select_one LIST or_other"),
        );
    }
    let list = list.to_owned();
    Kind::Question(if many { Question::Many { list, or_other } } else { Question::Choice { list, or_other } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_by_all_their_names() {
        let choice = |list: &str, or_other| Kind::Question(Question::Choice { list: list.to_owned(), or_other });
        let many = |list: &str, or_other| Kind::Question(Question::Many { list: list.to_owned(), or_other });
        let cases = [
            ("select_one yes_no", choice("yes_no", false)),
            ("select one from Yes_No", choice("Yes_No", false)),
            ("select1 a_b", choice("a_b", false)),
            ("select_one colors or_other", choice("colors", true)),
            ("select one from sexes or specify other", choice("sexes", true)),
            ("select_multiple  happy_sad", many("happy_sad", false)),
            ("select all that apply from toilet_type or specify other", many("toilet_type", true)),
            ("begin_group", Kind::BeginGroup),
            ("begin repeat", Kind::BeginRepeat),
            ("begin loop over my_Columns", Kind::BeginLoop("my_Columns".to_owned())),
            ("end_loop", Kind::End(Closes::Loop)),
            ("end group", Kind::End(Closes::Group)),
            ("dateTime", Kind::Question(Question::Moment { day_only: false })),
            ("gps", Kind::Question(Question::Position)),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
        assert!(matches!(read("get start time"), Kind::Recorded(_)));
    }

    #[test]
    fn what_has_no_equivalent_says_why_and_what_instead() {
        for text in [
            "time",
            "audio",
            "select_one_external counties",
            "select_one_from_file a.csv",
            "rank list",
            "select_one",
            "select_one ${x}",
            "nonsense",
        ] {
            let Kind::Refused(why, instead) = read(text) else { panic!("{text} is not refused") };
            assert!([why.zh, why.en, instead.zh, instead.en].iter().all(|words| !words.is_empty()), "{text}");
        }
    }
}
