//! A few read connections, lent out one at a time.

use super::{Profile, open};
use crate::error::Result;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};
use zeroize::Zeroizing;

const MOST: usize = 3;

struct Idle {
    free: Vec<Connection>,
    opened: usize,
}

/// Read connections of one database.
pub(crate) struct Readers {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    idle: Mutex<Idle>,
    returned: Condvar,
}

impl Readers {
    pub fn new(path: PathBuf, key: Zeroizing<[u8; 32]>) -> Self {
        Self { path, key, idle: Mutex::new(Idle { free: Vec::new(), opened: 0 }), returned: Condvar::new() }
    }

    /// Runs a read. Waits while all connections are in use; a read must not start another one.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let connection = self.borrow()?;
        let outcome = read(&connection);
        self.lock().free.push(connection);
        self.returned.notify_one();
        outcome
    }

    fn borrow(&self) -> Result<Connection> {
        let mut idle = self.lock();
        loop {
            if let Some(connection) = idle.free.pop() {
                return Ok(connection);
            }
            if idle.opened < MOST {
                idle.opened += 1;
                break;
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
        drop(idle);
        let opened = open(&self.path, &self.key, Profile::Evidence).and_then(|db| {
            db.pragma_update(None, "query_only", true)?;
            Ok(db)
        });
        if opened.is_err() {
            self.lock().opened -= 1;
            self.returned.notify_one();
        }
        opened
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
