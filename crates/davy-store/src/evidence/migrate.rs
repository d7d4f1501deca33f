//! Numbered, forward-only migrations, one transaction each. A file newer than the program is left untouched.

use crate::error::{Result, StoreError};
use rusqlite::{Connection, TransactionBehavior};

/// Migrations of `evidence.db`; never edited once released (a test holds their hashes).
pub(crate) const EVIDENCE: &[&str] = &[include_str!("../../migrations/evidence-001.sql")];
/// Migrations of `view.db`. It is disposable: a change may also replace the list and start from an empty file.
pub(crate) const VIEW: &[&str] = &[include_str!("../../migrations/view-001.sql")];

/// Format of an open database.
pub(crate) fn version(db: &Connection) -> Result<u32> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Brings the database to the newest format. Killed in between, the next start goes on at the same step.
pub(crate) fn migrate(db: &mut Connection, steps: &[&str]) -> Result<()> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    // Read before locking: usually there is nothing to do.
    let found = version(db)?;
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    for (number, step) in (1u32..).zip(steps).skip(found as usize) {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn released_migrations_are_never_edited() {
        let hash = |text: &&str| hex::encode(Sha256::digest(text))[..16].to_owned();
        assert_eq!(EVIDENCE.iter().map(hash).collect::<Vec<_>>(), ["ed5ee520d51f17ef"]);
    }

    #[test]
    fn evidence_migrations_never_touch_what_was_written() {
        for step in EVIDENCE.iter().skip(1) {
            let step = step.to_uppercase();
            for table in ["EVENT", "SEAL", "RECEIPT", "BLOB", "STREAM"] {
                for verb in ["DELETE FROM", "UPDATE", "DROP TABLE"] {
                    assert!(!step.contains(&format!("{verb} {table}")), "{verb} {table}");
                }
            }
        }
    }

    #[test]
    fn a_newer_file_is_named_and_left_alone() {
        let mut db = Connection::open_in_memory().unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        let error = migrate(&mut db, EVIDENCE).unwrap_err();
        assert!(matches!(error, StoreError::NewerDatabase { found: 99, known: 1 }));
        let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0)).unwrap();
        assert_eq!(tables, 0);
    }

    #[test]
    fn a_step_that_fails_leaves_the_format_before_it() {
        let mut db = Connection::open_in_memory().unwrap();
        let steps = ["CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"];
        assert!(migrate(&mut db, &steps).is_err());
        assert_eq!(version(&db).unwrap(), 1);
        let b: u32 = db.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'b'", [], |r| r.get(0)).unwrap();
        assert_eq!(b, 0, "nothing of the failed step stays");
    }
}
