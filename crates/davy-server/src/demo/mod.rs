//! A demo organisation.
