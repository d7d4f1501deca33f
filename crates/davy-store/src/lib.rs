//! davy-store
