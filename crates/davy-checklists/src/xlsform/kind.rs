//! The `type` cell: what a row is, under all the names that pyxform accepts.

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
    Recorded(&'static str),
    /// Old forms name themselves on the survey sheet.
    FormTitle,
    /// As above.
    FormId,
    /// It has no equivalent: why, and what to write instead.
    Refused(String, String),
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

const RECORDED: &[(&[&str], &str)] = &[
    (
        &["start", "end", "today", "start time", "end time", "get start time", "get end time", "get today"],
        "Davy records the time with every answer",
    ),
    (&["username", "uri:username"], "Davy records with every answer who gave it"),
    (&["deviceid", "device id", "imei", "get device id", "uri:deviceid"], "Davy records with every answer on which device it was given"),
    (&["audit"], "Davy records every change of every answer"),
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
        "nobody is asked this: Davy records the person and the device with every answer, and never reads a SIM card or an address",
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
const REFUSED: &[(&[&str], &str, &str)] = &[
    (&["time"], "Davy asks for a day and a time together", "use dateTime, or text for a time of day alone"),
    (
        &["geotrace", "geoshape", "q geotrace", "q geoshape"],
        "Davy records a position, not a line or an area",
        "use geopoint, or a photograph of the plan",
    ),
    (
        &["audio", "q audio", "add audio prompt", "background-audio", "video", "q video", "add video prompt", "file", "add file prompt"],
        "Davy takes photographs as evidence, not sound, film or files",
        "use image, or text",
    ),
    (&["rank"], "Davy has no order of choices", "use select_one for the first place"),
    (&["hidden"], "a hidden question holds what nobody answered", "use calculate for what follows from other answers"),
    (
        &["xml-external", "csv-external", "select one external", "select one from file", "select multiple from file"],
        "a checklist is complete in itself: no choices from other files",
        "put the choices on the choices sheet",
    ),
    (&["start-geopoint", "background-geopoint"], "Davy records no position unasked", "use geopoint: the inspector takes the position"),
    (&["osm"], "Davy has no map data", "use geopoint or text"),
    (&["include"], "a form cannot include another one", "copy its rows"),
    (&["cascading select"], "pyxform gave this type up", "use select_one with choice_filter"),
];

/// Reads a type.
pub(crate) fn read(text: &str) -> Kind {
    let words = text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    // One letter for one letter, so that what follows a name keeps its case and its underscores.
    let plain = words.to_ascii_lowercase().replace('_', " ");
    if let Some((_, question)) = SIMPLE.iter().find(|(names, _)| names.contains(&plain.as_str())) {
        return Kind::Question(question.clone());
    }
    if let Some((_, why)) = RECORDED.iter().find(|(names, _)| names.contains(&plain.as_str())) {
        return Kind::Recorded(why);
    }
    if let Some(kind) = control(&words, &plain) {
        return kind;
    }
    if let Some((_, why, instead)) = REFUSED.iter().find(|(names, _, _)| names.iter().any(|name| after(&plain, name).is_some())) {
        return Kind::Refused((*why).to_owned(), (*instead).to_owned());
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
        format!("`{words}` is no type of question"),
        "use one of docs/checklist-authoring.md, for example select_one, decimal, text".to_owned(),
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
        ("loop", true) if list.is_empty() => {
            Some(Kind::Refused("the loop names no list".to_owned(), "write `begin loop over LIST`, or begin_repeat".to_owned()))
        }
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
            "the list of choices is not named".to_owned(),
            "write select_one LIST, with the list on the choices sheet".to_owned(),
        );
    }
    if list.starts_with("${") {
        return Kind::Refused("choices cannot come from a repeat".to_owned(), "list them on the choices sheet".to_owned());
    }
    if !or_other && !other.is_empty() {
        return Kind::Refused(
            format!("`{other}` means nothing after the list"),
            "write select_one LIST or select_one LIST or_other".to_owned(),
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
            assert!(matches!(read(text), Kind::Refused(why, instead) if !why.is_empty() && !instead.is_empty()), "{text}");
        }
    }
}
