//! Ids in SQL: written and read as blobs of exactly their length.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

/// Carries any typed id to and from SQL, so that the core needs no SQL traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sql<T>(pub T);

macro_rules! ids {
    ($($name:ident),*) => {$(
        impl ToSql for Sql<davy_core::id::$name> {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
            }
        }
        impl FromSql for Sql<davy_core::id::$name> {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let bytes = value.as_blob()?;
                davy_core::id::$name::from_slice(bytes).map(Self).ok_or(FromSqlError::InvalidBlobSize {
                    expected_size: size_of::<davy_core::id::$name>(),
                    blob_size: bytes.len(),
                })
            }
        }
    )*};
}
ids!(ScopeId, StreamId, PersonId, AnchorId, RootId, SiteId, InspectionId, FindingId, AssignmentId, EventId, BlobId, Hash32);

/// SQLite's integers are signed; ours that are not stay far below the limit.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The way back; a negative value would be damage and reads as 0.
pub(crate) fn uint(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
