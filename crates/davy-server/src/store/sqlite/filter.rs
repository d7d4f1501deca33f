//! Building the `WHERE` of a list from its filters, values always bound.

use crate::store::{Keyset, ScopeFilter};
use davy_core::event::BlobRole;
use davy_core::id::OrgId;
use rusqlite::types::Value;

/// Conditions with their values in order.
#[derive(Default)]
pub(super) struct Conditions {
    clauses: Vec<String>,
    pub values: Vec<Value>,
}

impl Conditions {
    pub(super) fn add(&mut self, clause: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.clauses.push(clause.into());
        self.values.extend(values);
    }

    pub(super) fn equals(&mut self, column: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(format!("{column} = ?"), [Value::Text(value.to_owned())]);
        }
    }

    /// Many scopes go in as one JSON list that SQLite reads once into a lookup table.
    pub(super) fn scopes(&mut self, scopes: &ScopeFilter) {
        match scopes {
            ScopeFilter::All => {}
            ScopeFilter::One(scope) => self.add("scope = ?", [Value::Blob(scope.0.to_vec())]),
            ScopeFilter::Some(some) => {
                let list: Vec<String> = some.iter().map(|scope| format!("\"{}\"", hex::encode(scope.0))).collect();
                // The unary plus keeps the planner on the index of the order.
                self.add("+scope IN (SELECT unhex(value) FROM json_each(?))", [Value::Text(format!("[{}]", list.join(",")))]);
            }
        }
    }

    /// Rows that name original photographs which are not here; `column` of a reference holds the row's id.
    /// The literals repeat the condition of the partial index.
    pub(super) fn awaiting(&mut self, column: &str, org: OrgId) {
        let original = BlobRole::Original.code();
        let clause = format!("id IN (SELECT {column} FROM blob_ref WHERE org = ? AND here = 0 AND role = {original})");
        self.add(clause, [Value::Blob(org.0.to_vec())]);
    }

    /// Rows after a place in a list that runs downwards by an integer column.
    pub(super) fn below(&mut self, column: &str, after: Option<&Keyset>) {
        if let Some(after) = after {
            let value = after.value.parse().unwrap_or(i64::MAX);
            self.add(format!("({column}, row) < (?, ?)"), [Value::Integer(value), Value::Integer(after.row)]);
        }
    }

    pub(super) fn sql(&self) -> String {
        self.clauses.join(" AND ")
    }
}

/// Limit as a value; one more than asked for, to know whether there is a next page.
pub(super) fn one_more(limit: u32) -> Value {
    Value::Integer(i64::from(limit) + 1)
}
