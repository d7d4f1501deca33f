//! davy-server
