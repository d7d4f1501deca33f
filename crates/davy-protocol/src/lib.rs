//! davy-protocol
