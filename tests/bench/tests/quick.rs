//! Every measurement runs to its end with small counts. No time is asserted.

use davy_bench::{Bench, rows};
use std::path::PathBuf;

#[test]
fn every_measurement_runs_and_checks_what_it_measures() {
    for (name, measure) in rows::ALL {
        let folder = tempfile::tempdir().unwrap();
        let bench = Bench { quick: true, folder: folder.path().to_owned(), program: PathBuf::from(env!("CARGO_BIN_EXE_davy-bench")) };
        let measured = measure(&bench).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        assert!(!measured.is_empty(), "{name} measured nothing");
        for row in measured {
            assert_eq!(row.name, *name);
            assert!(row.figures.values().all(|figure| figure.is_finite()), "{name}: {row:?}");
        }
    }
}
