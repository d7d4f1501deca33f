//! Columns of findings for the ledger, with counts and the text index kept in step.

use super::filter::{Conditions, one_more};
use crate::store::{FindingCount, FindingIndex, FindingQuery, FindingRows, FindingSort, Keyset, Rows, ScopeFilter};
use davy_core::id::{BlobId, OrgId, PersonId, RootId, ScopeId, SiteId};
use davy_core::time::Millis;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, Row, params, params_from_iter};

const COLUMNS: &str = "row, id, org, scope, site, grade, stage, description, area, responsible, deadline, raised, received,
    raised_by, inspection, thumbnail, contested";
/// A count behind words or days is exact up to here.
const COUNT_LIMIT: u32 = 10_000;
/// The text index knows nothing shorter.
const TRIGRAM: usize = 3;

fn index_row(row: &Row<'_>) -> Result<(i64, FindingIndex)> {
    let index = FindingIndex {
        id: RootId(row.get(1)?).into(),
        org: OrgId(row.get(2)?),
        scope: ScopeId(row.get(3)?),
        site: SiteId(row.get(4)?),
        grade: row.get(5)?,
        stage: row.get(6)?,
        description: row.get(7)?,
        area: row.get(8)?,
        responsible: row.get(9)?,
        deadline: row.get(10)?,
        raised: Millis(row.get(11)?),
        received: Millis(row.get(12)?),
        raised_by: PersonId(row.get(13)?),
        inspection: row.get::<_, Option<[u8; 16]>>(14)?.map(|id| RootId(id).into()),
        thumbnail: row.get::<_, Option<[u8; 32]>>(15)?.map(BlobId),
        contested: row.get(16)?,
    };
    Ok((row.get(0)?, index))
}

pub(super) fn finding(c: &Connection, id: RootId) -> Result<Option<FindingIndex>> {
    c.prepare_cached(&format!("SELECT {COLUMNS} FROM finding WHERE id = ?"))?
        .query_row([id.as_bytes()], |row| Ok(index_row(row)?.1))
        .optional()
}

pub(super) fn findings_of(c: &Connection, inspection: RootId) -> Result<Vec<RootId>> {
    let mut statement = c.prepare_cached("SELECT id FROM finding WHERE inspection = ? ORDER BY row")?;
    statement.query_map([inspection.as_bytes()], |row| Ok(RootId(row.get(0)?)))?.collect()
}

fn conditions(query: &FindingQuery) -> Conditions {
    let mut conditions = Conditions::default();
    let org = Value::Blob(query.org.0.to_vec());
    // One site has its own index; the organisation is implied but checked.
    let column = if matches!(query.scopes, ScopeFilter::One(_)) { "+org = ?" } else { "org = ?" };
    conditions.add(column, [org]);
    conditions.scopes(&query.scopes);
    conditions.equals("grade", query.grade.as_deref());
    conditions.equals("stage", query.stage.as_deref());
    if let Some(from) = query.from {
        conditions.add("+raised >= ?", [Value::Integer(from.0)]);
    }
    if let Some(to) = query.to {
        conditions.add("+raised < ?", [Value::Integer(to.0)]);
    }
    if let Some(inspection) = query.inspection {
        conditions.add("inspection = ?", [Value::Blob(inspection.0.to_vec())]);
    }
    if query.contested {
        conditions.add("contested = 1", []);
    }
    if query.awaiting {
        conditions.awaiting("root", query.org);
    }
    if let Some(text) = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        add_text(&mut conditions, text);
    }
    conditions
}

const LIKE: &str = "(description LIKE ? ESCAPE '\\' OR area LIKE ? ESCAPE '\\' OR responsible LIKE ? ESCAPE '\\')";

fn add_text(conditions: &mut Conditions, text: &str) {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let like = Value::Text(format!("%{escaped}%"));
    let likes = [like.clone(), like.clone(), like];
    if text.chars().count() < TRIGRAM {
        return conditions.add(LIKE, likes);
    }
    let phrase = Value::Text(format!("\"{}\"", text.replace('"', "\"\"")));
    // What waits for the index is read itself; what the index knows of it is out of date.
    let sql = format!(
        "(row IN (SELECT rowid FROM finding_text WHERE finding_text MATCH ? EXCEPT SELECT row FROM finding_text_due)
          OR (row IN (SELECT row FROM finding_text_due) AND {LIKE}))"
    );
    conditions.add(sql, std::iter::once(phrase).chain(likes));
}

pub(super) fn findings(c: &Connection, query: &FindingQuery) -> Result<FindingRows> {
    let mut conditions = conditions(query);
    let total = total(c, query, &conditions)?;
    let order = match query.sort {
        FindingSort::Received => {
            conditions.below("received", query.after.as_ref());
            "received DESC, row DESC"
        }
        FindingSort::Deadline => {
            if let Some(after) = &query.after {
                let place = [Value::Text(after.value.clone()), Value::Integer(after.row)];
                conditions.add("(coalesce(deadline, '9999'), row) > (?, ?)", place);
            }
            "coalesce(deadline, '9999'), row"
        }
    };
    let sql = format!("SELECT {COLUMNS} FROM finding WHERE {} ORDER BY {order} LIMIT ?", conditions.sql());
    let mut values = conditions.values;
    values.push(one_more(query.limit));
    let mut found: Vec<(i64, FindingIndex)> =
        c.prepare_cached(&sql)?.query_map(params_from_iter(values), index_row)?.collect::<Result<_>>()?;
    let more = found.len() > query.limit as usize;
    found.truncate(query.limit as usize);
    let next = found.last().filter(|_| more).map(|(row, index)| Keyset {
        value: match query.sort {
            FindingSort::Received => index.received.0.to_string(),
            FindingSort::Deadline => index.deadline.clone().unwrap_or_else(|| "9999".to_owned()),
        },
        row: *row,
    });
    Ok(Rows { rows: found.into_iter().map(|(_, index)| index).collect(), next, total })
}

pub(super) fn findings_total(c: &Connection, query: &FindingQuery) -> Result<u64> {
    total(c, query, &conditions(query))
}

/// Totals come from the kept counts; only words, days and what few rows have are counted out.
fn total(c: &Connection, query: &FindingQuery, conditions: &Conditions) -> Result<u64> {
    let few = query.contested || query.awaiting;
    if !few && query.from.is_none() && query.to.is_none() && query.text.is_none() && query.inspection.is_none() {
        let wanted = |count: &&FindingCount| {
            query.grade.as_deref().is_none_or(|grade| grade == count.grade)
                && query.stage.as_deref().is_none_or(|stage| stage == count.stage)
        };
        return Ok(finding_counts(c, query.org, &query.scopes)?.iter().filter(wanted).map(|count| count.count).sum());
    }
    let most = if few { String::new() } else { format!("LIMIT {COUNT_LIMIT}") };
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM finding WHERE {} {most})", conditions.sql());
    c.prepare_cached(&sql)?.query_row(params_from_iter(conditions.values.iter()), |row| row.get(0))
}

pub(super) fn finding_counts(c: &Connection, org: OrgId, scopes: &ScopeFilter) -> Result<Vec<FindingCount>> {
    let mut statement = c.prepare_cached("SELECT scope, grade, stage, n FROM finding_count WHERE org = ? AND n > 0")?;
    let rows = statement.query_map([org.as_bytes()], |row| {
        Ok(FindingCount { scope: ScopeId(row.get(0)?), grade: row.get(1)?, stage: row.get(2)?, count: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<Vec<_>>>()?.into_iter().filter(|count| scopes.contains(count.scope)).collect())
}

pub(super) fn raised_since(c: &Connection, org: OrgId, scopes: &ScopeFilter, since: Millis) -> Result<Vec<Millis>> {
    let mut conditions = Conditions::default();
    conditions.add("org = ? AND raised >= ?", [Value::Blob(org.0.to_vec()), Value::Integer(since.0)]);
    conditions.scopes(scopes);
    let sql = format!("SELECT raised FROM finding WHERE {}", conditions.sql());
    c.prepare_cached(&sql)?.query_map(params_from_iter(conditions.values), |row| Ok(Millis(row.get(0)?)))?.collect()
}

pub(super) fn search_findings(c: &Connection, org: OrgId, scopes: &ScopeFilter, text: &str, limit: u32) -> Result<Vec<FindingIndex>> {
    let mut query = FindingQuery::new(org, scopes.clone(), limit);
    query.text = Some(text.to_owned());
    Ok(findings(c, &query)?.rows)
}

struct Known {
    scope: [u8; 16],
    grade: String,
    stage: String,
    text: String,
}

fn text_of(description: &str, area: Option<&str>, responsible: Option<&str>) -> String {
    [description, area.unwrap_or_default(), responsible.unwrap_or_default()].join("\n")
}

fn known(c: &Connection, id: &[u8; 16]) -> Result<Option<Known>> {
    c.prepare_cached("SELECT scope, grade, stage, description, area, responsible FROM finding WHERE id = ?")?
        .query_row([id], |row| {
            let (description, area, responsible): (String, Option<String>, Option<String>) = (row.get(3)?, row.get(4)?, row.get(5)?);
            let text = text_of(&description, area.as_deref(), responsible.as_deref());
            Ok(Known { scope: row.get(0)?, grade: row.get(1)?, stage: row.get(2)?, text })
        })
        .optional()
}

fn count(c: &Connection, org: OrgId, scope: &[u8; 16], grade: &str, stage: &str, change: i64) -> Result<()> {
    let mut statement = c.prepare_cached(
        "INSERT INTO finding_count (org, scope, grade, stage, n) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (org, scope, grade, stage) DO UPDATE SET n = n + ?5",
    )?;
    statement.execute(params![org.as_bytes(), scope, grade, stage, change]).map(|_| ())
}

pub(super) fn put_finding(c: &Connection, index: &FindingIndex) -> Result<()> {
    let old = known(c, index.id.as_bytes())?;
    if let Some(old) = &old {
        count(c, index.org, &old.scope, &old.grade, &old.stage, -1)?;
    }
    count(c, index.org, index.scope.as_bytes(), &index.grade, &index.stage, 1)?;
    let row: i64 = c
        .prepare_cached(
            "INSERT INTO finding (id, org, scope, site, grade, stage, description, area, responsible, deadline, raised, received,
               raised_by, inspection, thumbnail, contested) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
             ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, site = excluded.site, grade = excluded.grade, stage = excluded.stage,
               description = excluded.description, area = excluded.area, responsible = excluded.responsible,
               deadline = excluded.deadline, received = excluded.received, thumbnail = excluded.thumbnail, contested = excluded.contested
             RETURNING row",
        )?
        .query_row(
            params![
                index.id.as_bytes(),
                index.org.as_bytes(),
                index.scope.as_bytes(),
                index.site.as_bytes(),
                index.grade,
                index.stage,
                index.description,
                index.area,
                index.responsible,
                index.deadline,
                index.raised.0,
                index.received.0,
                index.raised_by.as_bytes(),
                index.inspection.map(|id| id.0),
                index.thumbnail.map(|id| id.0),
                index.contested
            ],
            |row| row.get(0),
        )?;
    let text = text_of(&index.description, index.area.as_deref(), index.responsible.as_deref());
    if old.as_ref().is_some_and(|old| old.text == text) {
        return Ok(());
    }
    // One that waits already is in the index, or not, as it was when it began to wait.
    c.prepare_cached("INSERT OR IGNORE INTO finding_text_due (row, known) VALUES (?, ?)")?.execute(params![row, old.is_some()]).map(|_| ())
}

/// Brings the words of findings that wait into the text index, at most so many. Returns whether others wait still.
pub(super) fn index_texts(c: &Connection, most: usize) -> Result<bool> {
    let mut due = c.prepare_cached(
        "SELECT d.row, d.known, f.description, f.area, f.responsible FROM finding_text_due d JOIN finding f ON f.row = d.row
         ORDER BY d.row LIMIT ?",
    )?;
    let mut remove = c.prepare_cached("DELETE FROM finding_text WHERE rowid = ?")?;
    let mut insert = c.prepare_cached("INSERT INTO finding_text (rowid, text) VALUES (?, ?)")?;
    let mut rows = due.query([most as i64])?;
    let (mut last, mut count) = (0_i64, 0);
    while let Some(row) = rows.next()? {
        let (description, area, responsible): (String, Option<String>, Option<String>) = (row.get(2)?, row.get(3)?, row.get(4)?);
        last = row.get(0)?;
        if row.get(1)? {
            remove.execute([last])?;
        }
        insert.execute(params![last, text_of(&description, area.as_deref(), responsible.as_deref())])?;
        count += 1;
    }
    drop(rows);
    c.prepare_cached("DELETE FROM finding_text_due WHERE row <= ?")?.execute([last])?;
    Ok(count == most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use davy_core::id::FindingId;

    const ORG: OrgId = OrgId([1; 16]);

    fn put(c: &Connection, id: u8, description: &str) {
        let index = FindingIndex {
            id: FindingId([id; 16]),
            org: ORG,
            scope: ScopeId([2; 16]),
            site: SiteId([2; 16]),
            grade: "general".to_owned(),
            stage: "raised".to_owned(),
            description: description.to_owned(),
            area: None,
            responsible: None,
            deadline: None,
            raised: Millis(1),
            received: Millis(i64::from(id)),
            raised_by: PersonId([3; 16]),
            inspection: None,
            thumbnail: None,
            contested: false,
        };
        put_finding(c, &index).unwrap();
    }

    fn found(c: &Connection, text: &str) -> Vec<u8> {
        let mut ids: Vec<u8> = search_findings(c, ORG, &ScopeFilter::All, text, 10).unwrap().iter().map(|row| row.id.0[0]).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn a_search_finds_the_same_whether_the_index_knows_the_words_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let c = super::super::open::writer(&folder.path().join("davy.db")).unwrap();
        for (id, text) in [(1, "皮带机巷无防护栏"), (2, "皮带机巷照明不足"), (3, "emergency lighting dead")] {
            put(&c, id, text);
        }
        let all = |c: &Connection| ["皮带机巷", "照明不足", "LIGHT", "没有这个"].map(|text| found(c, text));
        let expected = [vec![1, 2], vec![2], vec![3], vec![]];
        assert_eq!(all(&c), expected, "nothing is in the index yet");
        assert!(index_texts(&c, 2).unwrap(), "one is left");
        assert_eq!(all(&c), expected, "some are");
        assert!(!index_texts(&c, 2).unwrap());
        assert_eq!(all(&c), expected, "all are");
        put(&c, 2, "皮带机巷灯已修复");
        put(&c, 2, "皮带机巷灯具已修复");
        let edited = |c: &Connection| ["照明不足", "灯已修复", "灯具已修复", "皮带机巷"].map(|text| found(c, text));
        let expected = [vec![], vec![], vec![2], vec![1, 2]];
        assert_eq!(edited(&c), expected, "the index still has the words of before");
        assert!(!index_texts(&c, 2).unwrap());
        assert_eq!(edited(&c), expected);
        assert!(!index_texts(&c, 2).unwrap(), "nothing waits: nothing is done");
        assert_eq!(edited(&c), expected);
    }
}
