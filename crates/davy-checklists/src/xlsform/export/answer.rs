//! One item as one row.

use super::lists::Lists;
use super::model::Model;
use super::row::Row;
use crate::xlsform::formats::{write_basis, write_confidence, write_grade, write_limits};
use crate::xlsform::import::numbers::{WHOLE, whole_text};
use crate::xlsform::xpath::{Expr, Operator, print};
use davy_core::checklist::{Accept, Choice, Item, Response};
use rust_decimal::Decimal;

pub(super) fn row(model: &Model<'_>, section: usize, item: &Item, lists: &mut Lists) -> Row {
    let name = model.name(&item.id);
    let mut row = Row::default().with("name", name).texts("label", &item.text);
    if name != item.id {
        row = row.with("davy::id", &item.id);
    }
    row = response(model, section, item, lists, row);
    for (column, text) in [("hint", &item.guidance), ("davy::evidence", &item.evidence)] {
        if let Some(text) = text {
            row = row.texts(column, text);
        }
    }
    if let Some(when) = &item.when {
        row = model.when(row, Some(section), when);
    }
    if let Some(grade) = item.grade {
        row = row.with("davy::grade", write_grade(grade));
    }
    if let Some(confidence) = item.confidence {
        row = row.with("davy::confidence", write_confidence(confidence));
    }
    if let Some(minutes) = item.valid_minutes {
        row = row.with("davy::valid_minutes", minutes.to_string());
    }
    if item.picture.is_some() {
        row = row.with("media::image", picture_name(item));
    }
    if item.camera_only && !matches!(item.response, Response::Photo) {
        row = row.with("davy::camera_only", "yes");
    }
    let answered = item.response.is_answered();
    let required = match (answered, item.optional) {
        (true, false) => "yes",
        (false, true) => "no",
        _ => "",
    };
    let fresh: Vec<&str> = item.needs_fresh.iter().map(|id| model.name(id)).collect();
    row.with("required", required)
        .with("davy::basis", write_basis(&item.basis))
        .with("davy::limits", write_limits(&item.limits))
        .with("davy::areas", item.areas.join(" "))
        .with("davy::theme", item.theme.clone().unwrap_or_default())
        .with("davy::needs_fresh", fresh.join(" "))
}

/// File name of an item's picture.
pub(super) fn picture_name(item: &Item) -> String {
    let ending = item.picture.as_ref().and_then(|picture| picture.media_type.strip_prefix("image/")).unwrap_or("png");
    format!("{}.{ending}", item.id)
}

fn response(model: &Model<'_>, section: usize, item: &Item, lists: &mut Lists, row: Row) -> Row {
    let plain = |kind: &str, row: Row| accept(model, section, item, row.with("type", kind));
    match &item.response {
        Response::PassFail => own_accept(item, row.with("type", format!("select_one {}", lists.pass_fail()))),
        Response::Choice { choices } => {
            let row = select(model, section, item, choices, "select_one", lists, row);
            accept(model, section, item, row)
        }
        Response::MultiChoice { choices } => {
            let row = select(model, section, item, choices, "select_multiple", lists, row);
            accept(model, section, item, row)
        }
        Response::Number { unit, min, max } => number(model, section, item, (*min, *max), row.with("davy::unit", unit)),
        Response::Text => plain("text", row),
        Response::DateTime => plain("dateTime", row),
        Response::Location => plain("geopoint", row),
        Response::Code => plain("barcode", row),
        Response::Photo => own_accept(item, row.with("type", "image").with("appearance", if item.camera_only { "new" } else { "" })),
        Response::Signature => own_accept(item, row.with("type", "image").with("appearance", "signature")),
        Response::Note => own_accept(item, row.with("type", "note")),
        Response::Calculated { value } => {
            let row = own_accept(item, row.with("type", "calculate"));
            match model.calculation(section, value) {
                Some((text, _)) => row.with("calculation", text),
                // Other programs need something to compute.
                None => {
                    let text = model.expr(value).and_then(|expr| print(&expr)).unwrap_or_else(|| "''".to_owned());
                    row.with("calculation", text).with("davy::calculation", value)
                }
            }
        }
    }
}

/// A list with its filter: `name = 'a' or (name = 'b' and …)`.
fn select(model: &Model<'_>, section: usize, item: &Item, choices: &[Choice], kind: &str, lists: &mut Lists, row: Row) -> Row {
    let mut own = vec![false; choices.len()];
    let mut filter: Option<Expr> = None;
    let mut complete = choices.iter().any(|choice| choice.when.is_some());
    for (choice, own) in choices.iter().zip(&mut own) {
        let named = Expr::binary(Operator::Equal, Expr::Name("name".to_owned()), Expr::Words(choice.id.clone()));
        let part = match &choice.when {
            None => Some(named),
            Some(cel) => {
                let condition = model.expr(cel);
                let exact = condition.as_ref().is_some_and(|condition| model.shown(Some(section), condition).as_ref() == Some(cel));
                *own = !exact;
                condition.map(|condition| Expr::binary(Operator::And, named, condition))
            }
        };
        complete &= part.is_some();
        if let Some(part) = part {
            filter = Some(filter.map_or(part.clone(), |filter| Expr::binary(Operator::Or, filter, part)));
        }
    }
    let text = filter.filter(|_| complete).and_then(|filter| print(&filter));
    if text.is_none() {
        // Without a filter each condition stands with its choice.
        for (own, choice) in own.iter_mut().zip(choices) {
            *own = choice.when.is_some();
        }
    }
    let list = lists.of(choices, &own, &item.id);
    row.with("type", format!("{kind} {list}")).with("choice_filter", text.unwrap_or_default())
}

/// Whether a condition asks for a whole number first.
pub(super) fn is_whole(cel: &str) -> bool {
    cel == WHOLE || cel.starts_with(&format!("{WHOLE} && "))
}

fn number(model: &Model<'_>, section: usize, item: &Item, (min, max): (Option<Decimal>, Option<Decimal>), row: Row) -> Row {
    let bound = |operator, bound: Option<Decimal>| bound.and_then(|bound| model.expr(&format!("value {operator} {}", double(bound)?)));
    let bounds = [bound(">=", min), bound("<=", max)].into_iter().flatten().reduce(|a, b| Expr::binary(Operator::And, a, b));
    let whole = item.accept.as_ref().is_some_and(|accept| is_whole(&accept.when));
    let row = row.with("type", if whole { "integer" } else { "decimal" });
    match &item.accept {
        None => return row.with("constraint", bounds.and_then(|bounds| print(&bounds)).unwrap_or_default()),
        Some(accept) if accept.when == WHOLE && accept.text == whole_text() => {
            return row.with("constraint", bounds.and_then(|bounds| print(&bounds)).unwrap_or_default());
        }
        Some(_) if bounds.is_none() => return accept_row(model, section, item, whole, row),
        Some(_) => {}
    }
    // Bounds and words together: other programs take both as one constraint, Davy its own columns.
    let condition = item.accept.as_ref().and_then(|accept| model.expr(&accept.when));
    let both = [bounds, condition].into_iter().flatten().reduce(|a, b| Expr::binary(Operator::And, a, b));
    let text = both.and_then(|both| print(&both)).unwrap_or_default();
    let decimal = |bound: Option<Decimal>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    own_accept(item, row.with("constraint", text).with("davy::min", decimal(min)).with("davy::max", decimal(max)))
}

fn double(bound: Decimal) -> Option<String> {
    crate::xlsform::translate::decimal(&bound.to_string())
}

fn accept(model: &Model<'_>, section: usize, item: &Item, row: Row) -> Row {
    accept_row(model, section, item, false, row)
}

/// A condition as a constraint with its words. `whole`: the type says the first part of it.
fn accept_row(model: &Model<'_>, section: usize, item: &Item, whole: bool, row: Row) -> Row {
    let Some(Accept { when, text }) = &item.accept else { return row };
    let rest =
        if whole { when.strip_prefix(WHOLE).and_then(|rest| rest.strip_prefix(" && (")?.strip_suffix(')')) } else { Some(when.as_str()) };
    let exact = rest.and_then(|rest| {
        let expr = model.expr(rest)?;
        (model.judged(section, item, &expr)? == rest).then(|| print(&expr))?
    });
    match exact {
        Some(constraint) => row.with("constraint", constraint).texts("constraint_message", text),
        None => {
            let constraint = model.expr(when).and_then(|expr| print(&expr)).unwrap_or_default();
            own_accept(item, row.with("constraint", constraint))
        }
    }
}

/// A condition in Davy's own column.
fn own_accept(item: &Item, row: Row) -> Row {
    match &item.accept {
        Some(Accept { when, text }) => row.with("davy::accept", when).texts("constraint_message", text),
        None => row,
    }
}
