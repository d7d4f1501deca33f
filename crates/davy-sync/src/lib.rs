//! davy-sync
