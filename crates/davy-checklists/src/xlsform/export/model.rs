//! What names and conditions of a checklist are in its form.

use super::row::Row;
use crate::xlsform::names::Taken;
use crate::xlsform::reverse::to_xpath;
use crate::xlsform::translate::{Kind, Named, Outcome, Refusal, Scope, Translator};
use crate::xlsform::xpath::{Expr, print};
use davy_core::checklist::{Checklist, Item, Response, Text};
use std::collections::HashMap;

/// Calculations that read one another are understood in this many steps.
const STEPS: usize = 12;
/// Names that pyxform keeps for itself: the block of metadata and the root of the answers.
const RESERVED: &[&str] = &["meta", "data"];

pub(super) struct Model<'c> {
    checklist: &'c Checklist,
    /// Name of an item by its id, with its section and what it yields.
    items: HashMap<&'c str, Known>,
    /// Id by name.
    ids: HashMap<String, &'c str>,
    sections: Vec<String>,
}

struct Known {
    name: String,
    section: usize,
    kind: Kind,
    readable: bool,
}

impl<'c> Model<'c> {
    pub(super) fn new(checklist: &'c Checklist) -> Self {
        let mut taken = Taken::default();
        for name in checklist.items().map(|item| item.id.as_str()).chain(RESERVED.iter().copied()) {
            taken.reserve(name);
        }
        let mut items = HashMap::new();
        for (section, item) in
            checklist.sections.iter().enumerate().flat_map(|(at, section)| section.items.iter().map(move |item| (at, item)))
        {
            let reserved = RESERVED.contains(&item.id.as_str());
            let name = if reserved { taken.unique(&format!("{}_item", item.id)) } else { item.id.clone() };
            let readable = !matches!(item.response, Response::Photo | Response::Signature);
            items.insert(item.id.as_str(), Known { name, section, kind: kind_of(item), readable });
        }
        // A group that is called like a question would make references to the question ambiguous.
        let sections = checklist.sections.iter().map(|section| taken.unique(&section.id)).collect();
        let ids = items.iter().map(|(id, known)| (known.name.clone(), *id)).collect();
        let mut model = Self { checklist, items, ids, sections };
        model.understand_calculations();
        model
    }

    pub(super) fn section_name(&self, index: usize) -> &str {
        self.sections.get(index).map_or("", String::as_str)
    }

    pub(super) fn name<'m>(&'m self, id: &'m str) -> &'m str {
        self.items.get(id).map_or(id, |known| &known.name)
    }

    fn understand_calculations(&mut self) {
        for _ in 0..STEPS {
            let mut found = Vec::new();
            for (section, item) in self.checklist.sections.iter().enumerate().flat_map(|(at, s)| s.items.iter().map(move |item| (at, item)))
            {
                let Response::Calculated { value } = &item.response else { continue };
                if let Some((_, kind)) = self.calculation(section, value)
                    && self.items.get(item.id.as_str()).is_some_and(|known| known.kind != kind)
                {
                    found.push((item.id.as_str(), kind));
                }
            }
            if found.is_empty() {
                return;
            }
            for (id, kind) in found {
                if let Some(known) = self.items.get_mut(id) {
                    known.kind = kind;
                }
            }
        }
    }

    /// CEL as an expression that may stand in this section.
    pub(super) fn expr(&self, cel: &str) -> Option<Expr> {
        to_xpath(cel, &|id| self.items.get(id).map(|known| known.name.clone()))
    }

    /// A calculation that comes back exactly, and what it yields.
    pub(super) fn calculation(&self, section: usize, cel: &str) -> Option<(String, Kind)> {
        let expr = self.expr(cel)?;
        let here = Here { model: self, section: Some(section), dot: None };
        let (back, kind) = Translator::new(&here).computed(&expr).ok()?;
        (back == cel).then_some(())?;
        Some((print(&expr)?, kind))
    }

    /// A row with its condition: plain where it comes back exactly, with Davy's own column beside it otherwise.
    pub(super) fn when(&self, row: Row, section: Option<usize>, cel: &str) -> Row {
        let expr = self.expr(cel);
        let text = expr.as_ref().and_then(print).unwrap_or_default();
        let exact = expr.is_some_and(|expr| self.shown(section, &expr).is_some_and(|back| back == cel));
        let row = row.with("relevant", text);
        if exact { row } else { row.with("davy::when", cel) }
    }

    /// What the import makes of a condition.
    pub(super) fn shown(&self, section: Option<usize>, expr: &Expr) -> Option<String> {
        let here = Here { model: self, section, dot: None };
        Translator::new(&here).shown(expr).ok().and_then(Outcome::into_when)
    }

    /// What the import makes of a constraint.
    pub(super) fn judged(&self, section: usize, item: &Item, expr: &Expr) -> Option<String> {
        let dot = self.items.get(item.id.as_str()).map(|known| known.kind.clone());
        let here = Here { model: self, section: Some(section), dot };
        match Translator::new(&here).decided(expr).ok()? {
            Outcome::Cel(cel) => Some(cel),
            Outcome::Always(_) => None,
        }
    }
}

fn kind_of(item: &Item) -> Kind {
    let ids = || item.response.choices().iter().map(|choice| choice.id.clone()).collect();
    match &item.response {
        Response::PassFail => Kind::Choice(["pass", "fail", "na", "not_checked"].map(str::to_owned).to_vec()),
        Response::Choice { .. } => Kind::Choice(ids()),
        Response::MultiChoice { .. } => Kind::Many(ids()),
        Response::Number { .. } => {
            let whole = item.accept.as_ref().is_some_and(|accept| super::answer::is_whole(&accept.when));
            Kind::Number { whole }
        }
        Response::Text | Response::Code => Kind::Words { computed: false },
        Response::DateTime => Kind::Moment,
        Response::Location => Kind::Position,
        Response::Photo | Response::Signature | Response::Note => Kind::Nothing,
        Response::Calculated { .. } => Kind::Unknown,
    }
}

struct Here<'m, 'c> {
    model: &'m Model<'c>,
    section: Option<usize>,
    dot: Option<Kind>,
}

impl Scope for Here<'_, '_> {
    fn reference(&self, name: &str) -> Result<Named, Refusal> {
        let known = self.model.ids.get(name).and_then(|id| Some((*id, self.model.items.get(id)?)));
        let Some((id, known)) = known else { return Err(unread()) };
        let repeated = self.model.checklist.sections.get(known.section).is_some_and(|section| section.repeat.is_some());
        if !known.readable || (repeated && self.section != Some(known.section)) {
            return Err(unread());
        }
        Ok(Named { id: id.to_owned(), kind: known.kind.clone() })
    }

    fn beside(&self, _: &str) -> Result<Named, Refusal> {
        Err(unread())
    }

    fn dot(&self) -> Option<Kind> {
        self.dot.clone()
    }

    fn column(&self, _: &str) -> Option<String> {
        None
    }
}

/// Why a reference has no form here. Nobody reads it: the caller goes another way.
fn unread() -> Refusal {
    let silent = || Text { zh: String::new(), en: String::new() };
    Refusal::new(silent(), silent())
}
