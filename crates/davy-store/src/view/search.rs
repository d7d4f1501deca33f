//! Search in words of records, Chinese and Latin alike.
//!
//! FTS5 with trigrams finds any part of three characters or more without knowing where words end. Shorter parts,
//! the rule in Chinese, are found by scanning: the texts of one device are a few megabytes.

use super::rows::kind_from_code;
use crate::error::Result;
use crate::evidence::sql::Sql;
use davy_core::fold::aggregate::AggregateKind;
use davy_core::id::RootId;
use rusqlite::{Connection, params_from_iter};

/// A record that contains what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Kind of record.
    pub kind: AggregateKind,
    /// Record.
    pub root: RootId,
    /// The line of its words with the first match, lower case.
    pub line: String,
}

/// Parts of a query beyond these are ignored.
const MOST_PARTS: usize = 8;
const INDEX_BATCH: u32 = 2000;

/// Records that contain every part of the query, newest first.
pub(crate) fn search(db: &mut Connection, query: &str, limit: u32) -> Result<Vec<SearchHit>> {
    let query = query.to_lowercase();
    let parts: Vec<&str> = query.split_whitespace().take(MOST_PARTS).collect();
    let Some(first) = parts.first().copied() else {
        return Ok(Vec::new());
    };
    index_pending(db)?;
    let (long, short): (Vec<&str>, Vec<&str>) = parts.iter().partition(|part| part.chars().count() >= 3);
    let mut sql = "SELECT id, kind, text FROM words WHERE 1".to_owned();
    let mut values = Vec::new();
    if !long.is_empty() {
        sql.push_str(" AND n IN (SELECT rowid FROM words_index WHERE words_index MATCH ?)");
        let quoted: Vec<String> = long.iter().map(|part| format!("\"{}\"", part.replace('"', "\"\""))).collect();
        values.push(quoted.join(" AND "));
    }
    for part in short {
        sql.push_str(" AND instr(text, ?) > 0");
        values.push(part.to_owned());
    }
    sql.push_str(" ORDER BY n DESC LIMIT ");
    sql.push_str(&limit.to_string());
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        let text: String = row.get(2)?;
        Ok((row.get::<_, Sql<RootId>>(0)?.0, row.get::<_, u8>(1)?, line_with(&text, first)))
    })?;
    let mut hits = Vec::new();
    for row in rows {
        let (root, kind, line) = row?;
        hits.extend(kind_from_code(kind).map(|kind| SearchHit { kind, root, line }));
    }
    Ok(hits)
}

fn line_with(text: &str, part: &str) -> String {
    text.lines().find(|line| line.contains(part)).or_else(|| text.lines().next()).unwrap_or_default().to_owned()
}

/// Brings the trigram index up to date; records written since the last search wait for this.
fn index_pending(db: &mut Connection) -> Result<()> {
    loop {
        let tx = db.transaction()?;
        let pending: Vec<i64> = tx
            .prepare_cached("SELECT n FROM words WHERE indexed = 0 ORDER BY n LIMIT ?1")?
            .query_map([INDEX_BATCH], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        if pending.is_empty() {
            return Ok(());
        }
        {
            let mut index = tx.prepare_cached("INSERT INTO words_index (rowid, text) SELECT n, text FROM words WHERE n = ?1")?;
            let mut mark = tx.prepare_cached("UPDATE words SET indexed = 1 WHERE n = ?1")?;
            for n in pending {
                index.execute([n])?;
                mark.execute([n])?;
            }
        }
        tx.commit()?;
    }
}
