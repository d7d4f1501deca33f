//! A checklist ready for work: conditions compiled, items indexed, the graph of who depends on whom.

use super::expression::{Expression, ExpressionError};
use super::model::{Checklist, Item, Response, Section};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A checklist with its conditions compiled.
#[derive(Debug)]
pub struct Compiled {
    checklist: Arc<Checklist>,
    sections: Vec<CompiledSection>,
    index: HashMap<String, (usize, usize)>,
    /// Item → items and sections whose conditions or limits read it.
    dependants: BTreeMap<String, Dependants>,
}

/// Who must be evaluated again when an item changes.
#[derive(Debug, Default, Clone)]
pub struct Dependants {
    /// Items.
    pub items: BTreeSet<String>,
    /// Indexes of sections.
    pub sections: BTreeSet<usize>,
}

#[derive(Debug)]
struct CompiledSection {
    when: Option<Expression>,
    items: Vec<CompiledItem>,
}

/// An item's compiled condition and limits.
#[derive(Debug)]
pub struct CompiledItem {
    /// Condition to be shown.
    pub when: Option<Expression>,
    /// Limits in order.
    pub limits: Vec<CompiledLimit>,
    /// What an answer must be to be taken.
    pub accept: Option<Expression>,
    /// Conditions of the choices, in their order.
    pub choices: Vec<Option<Expression>>,
    /// What a computed item computes.
    pub calculated: Option<Expression>,
}

impl CompiledItem {
    /// Every expression of the item that reads other items.
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let limits = self.limits.iter().flat_map(|limit| limit.when.iter().chain([&limit.pass]));
        let choices = self.choices.iter().flatten();
        self.when.iter().chain(limits).chain(&self.accept).chain(choices).chain(&self.calculated)
    }
}

/// A compiled limit.
#[derive(Debug)]
pub struct CompiledLimit {
    /// Counts while true.
    pub when: Option<Expression>,
    /// Within the limit while true.
    pub pass: Expression,
}

/// A fault found while compiling, with the place in the checklist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct CompileError {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

/// A place in a checklist by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The checklist as a whole.
    Checklist,
    /// A section's condition or id.
    Section(usize),
    /// An item's id.
    Item(usize, usize),
    /// An item's condition.
    ItemWhen(usize, usize),
    /// An item's limit.
    Limit(usize, usize, usize),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Two items or sections have one id.
    #[error("the id `{0}` is used twice; every id must be unique in the checklist")]
    DuplicateId(String),
    /// An id that conditions could not name.
    #[error("the id `{0}` is not allowed; use small letters, digits and `_`, starting with a letter")]
    MalformedId(String),
    /// A condition that does not parse.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// A condition that reads an item that does not exist.
    #[error("the condition reads a.{0}, but no item has this id")]
    UnknownItem(String),
    /// An area that does not exist.
    #[error("the area `{0}` is not listed under `areas`")]
    UnknownArea(String),
    /// A standard that is not listed.
    #[error("the standard `{0}` is not listed in standards")]
    UnknownStandard(String),
    /// A text lacks a language.
    #[error("the {language} text of {of} is empty; every text needs zh and en")]
    MissingLanguage {
        /// Which text, for people: `the title`, `choice b`.
        of: String,
        /// The language that is missing.
        language: &'static str,
    },
    /// `needs_fresh` names something that is not a reading with a time of validity.
    #[error("needs_fresh names `{0}`, but no item of this id has valid_minutes")]
    NotAReading(String),
    /// Computed items that read each other in a circle.
    #[error("the computed item `{0}` reads itself, directly or through others")]
    Circle(String),
    /// A list that must not be empty.
    #[error("{0}")]
    Empty(&'static str),
}

impl Compiled {
    /// Compiles a checklist.
    ///
    /// # Errors
    /// All faults found, each with its place.
    pub fn new(checklist: Checklist) -> Result<Self, Vec<CompileError>> {
        let mut compiler = Compiler { checklist: &checklist, faults: Vec::new(), known: known_ids(&checklist) };
        let sections = compiler.sections();
        compiler.faults.extend(super::wording::faults(&checklist));
        if !compiler.faults.is_empty() {
            return Err(compiler.faults);
        }
        circles(&checklist, &sections)?;
        let index = positions(&checklist);
        let dependants = dependants(&checklist, &sections);
        Ok(Self { checklist: Arc::new(checklist), sections, index, dependants })
    }

    /// The checklist as published.
    #[must_use]
    pub fn checklist(&self) -> &Checklist {
        &self.checklist
    }

    /// The same to keep.
    #[must_use]
    pub fn shared(&self) -> Arc<Checklist> {
        Arc::clone(&self.checklist)
    }

    /// Position (section, item) of an item id.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<(usize, usize)> {
        self.index.get(id).copied()
    }

    /// An item with its section and compiled parts.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<(&Section, &Item, &CompiledItem)> {
        let (section, item) = self.position(id)?;
        let whole = &self.checklist.sections[section];
        Some((whole, &whole.items[item], &self.sections[section].items[item]))
    }

    /// A section's condition.
    #[must_use]
    pub fn section_when(&self, section: usize) -> Option<&Expression> {
        self.sections.get(section).and_then(|section| section.when.as_ref())
    }

    /// Compiled parts of an item by position.
    #[must_use]
    pub fn parts(&self, section: usize, item: usize) -> &CompiledItem {
        &self.sections[section].items[item]
    }

    /// Who reads this item.
    #[must_use]
    pub fn dependants(&self, id: &str) -> Option<&Dependants> {
        self.dependants.get(id)
    }
}

fn known_ids(checklist: &Checklist) -> BTreeSet<&str> {
    checklist.sections.iter().flat_map(|section| &section.items).map(|item| item.id.as_str()).collect()
}

fn positions(checklist: &Checklist) -> HashMap<String, (usize, usize)> {
    let sections = checklist.sections.iter().enumerate();
    sections.flat_map(|(at, section)| section.items.iter().enumerate().map(move |(i, item)| (item.id.clone(), (at, i)))).collect()
}

fn dependants(checklist: &Checklist, sections: &[CompiledSection]) -> BTreeMap<String, Dependants> {
    let mut all: BTreeMap<String, Dependants> = BTreeMap::new();
    for (at, section) in sections.iter().enumerate() {
        for read in section.when.iter().flat_map(Expression::reads) {
            all.entry(read.clone()).or_default().sections.insert(at);
        }
        for (item, parts) in checklist.sections[at].items.iter().zip(&section.items) {
            for read in parts.expressions().flat_map(Expression::reads) {
                all.entry(read.clone()).or_default().items.insert(item.id.clone());
            }
        }
    }
    all
}

/// Refuses computed items that read themselves through one another.
fn circles(checklist: &Checklist, sections: &[CompiledSection]) -> Result<(), Vec<CompileError>> {
    let items = checklist.sections.iter().zip(sections).enumerate();
    let places = items.flat_map(|(s, (section, compiled))| {
        section.items.iter().zip(&compiled.items).enumerate().map(move |(i, (item, parts))| (Place::Item(s, i), item, parts))
    });
    let computed: BTreeMap<&str, (Place, &Expression)> =
        places.filter_map(|(place, item, parts)| Some((item.id.as_str(), (place, parts.calculated.as_ref()?)))).collect();
    for (id, (place, _)) in &computed {
        let (mut seen, mut open) = (BTreeSet::new(), vec![*id]);
        while let Some(at) = open.pop() {
            for read in computed.get(at).into_iter().flat_map(|(_, expression)| expression.reads()) {
                if read == id {
                    return Err(vec![CompileError { place: *place, fault: Fault::Circle((*id).to_owned()) }]);
                }
                if seen.insert(read.as_str()) {
                    open.push(read);
                }
            }
        }
    }
    Ok(())
}

struct Compiler<'a> {
    checklist: &'a Checklist,
    faults: Vec<CompileError>,
    known: BTreeSet<&'a str>,
}

impl Compiler<'_> {
    fn sections(&mut self) -> Vec<CompiledSection> {
        let mut section_ids = BTreeSet::new();
        let mut item_ids = BTreeSet::new();
        let areas: BTreeSet<&str> = self.checklist.areas.iter().map(|area| area.id.as_str()).collect();
        let mut compiled = Vec::with_capacity(self.checklist.sections.len());
        let checklist = self.checklist;
        for (at, section) in checklist.sections.iter().enumerate() {
            self.id(Place::Section(at), &section.id, &mut section_ids);
            if section.items.is_empty() {
                self.fault(Place::Section(at), Fault::Empty("a section needs at least one item"));
            }
            let when = self.expression(Place::Section(at), section.when.as_deref(), false);
            let mut items = Vec::with_capacity(section.items.len());
            for (i, item) in section.items.iter().enumerate() {
                self.id(Place::Item(at, i), &item.id, &mut item_ids);
                for area in item.areas.iter().filter(|area| !areas.contains(area.as_str())) {
                    self.fault(Place::Item(at, i), Fault::UnknownArea(area.clone()));
                }
                let lasting = |id: &&String| checklist.item(id).is_none_or(|item| item.valid_minutes.is_none());
                for id in item.needs_fresh.iter().filter(lasting) {
                    self.fault(Place::Item(at, i), Fault::NotAReading(id.clone()));
                }
                items.push(self.item(at, i, item));
            }
            compiled.push(CompiledSection { when, items });
        }
        compiled
    }

    fn item(&mut self, at: usize, i: usize, item: &Item) -> CompiledItem {
        let when = self.expression(Place::ItemWhen(at, i), item.when.as_deref(), false);
        let mut limits = Vec::with_capacity(item.limits.len());
        for (l, limit) in item.limits.iter().enumerate() {
            let place = Place::Limit(at, i, l);
            let condition = self.expression(place, limit.when.as_deref(), true);
            if let Some(pass) = self.expression(place, Some(&limit.pass), true) {
                limits.push(CompiledLimit { when: condition, pass });
            }
        }
        let accept = self.expression(Place::Item(at, i), item.accept.as_ref().map(|accept| accept.when.as_str()), true);
        let choices = item.response.choices();
        let choices = choices.iter().map(|choice| self.expression(Place::Item(at, i), choice.when.as_deref(), false)).collect();
        let calculated = match &item.response {
            Response::Calculated { value } => self.expression(Place::Item(at, i), Some(value), false),
            _ => None,
        };
        CompiledItem { when, limits, accept, choices, calculated }
    }

    fn expression(&mut self, place: Place, source: Option<&str>, in_limit: bool) -> Option<Expression> {
        match Expression::compile(source?, in_limit) {
            Ok(expression) => {
                let unknown: Vec<_> = expression.reads().iter().filter(|id| !self.known.contains(id.as_str())).cloned().collect();
                for id in unknown {
                    self.fault(place, Fault::UnknownItem(id));
                }
                Some(expression)
            }
            Err(error) => {
                self.fault(place, error.into());
                None
            }
        }
    }

    fn id(&mut self, place: Place, id: &str, seen: &mut BTreeSet<String>) {
        let well_formed = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !well_formed {
            self.fault(place, Fault::MalformedId(id.to_owned()));
        }
        if !seen.insert(id.to_owned()) {
            self.fault(place, Fault::DuplicateId(id.to_owned()));
        }
    }

    fn fault(&mut self, place: Place, fault: Fault) {
        self.faults.push(CompileError { place, fault });
    }
}
