//! davy-app
