//! Counts what the test runners report: one line of theirs at a time, or their JSON.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// Passed and failed tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, and steps that broke before they could count.
    pub failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Tally {
    /// A check that is not made of tests counts as one.
    pub fn of_check(succeeded: bool) -> Self {
        Self { passed: u64::from(succeeded), failed: u64::from(!succeeded) }
    }

    /// A runner that ended badly without naming a failed test still failed; one that ran nothing tested nothing.
    pub fn closed(mut self, succeeded: bool) -> Self {
        if self.failed == 0 && (!succeeded || self.passed == 0) {
            self.failed = 1;
        }
        self
    }

    /// Adds what a line of `cargo test` says: `test result: ok. 3 passed; 0 failed; …`.
    pub fn read_cargo(&mut self, line: &str) {
        let Some(rest) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        let Some((_, counts)) = rest.split_once(". ") else {
            return;
        };
        for part in counts.split("; ") {
            match part.split_once(' ') {
                Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }

    /// Adds what a line of Node's test runner says: `# pass 3` or `ℹ pass 3`; a cancelled test has failed.
    pub fn read_node(&mut self, line: &str) {
        let Some(rest) = line.trim().strip_prefix("# ").or_else(|| line.trim().strip_prefix("ℹ ")) else {
            return;
        };
        match rest.split_once(' ') {
            Some(("pass", number)) => self.passed += number.parse().unwrap_or(0),
            Some(("fail" | "cancelled", number)) => self.failed += number.parse().unwrap_or(0),
            _ => {}
        }
    }

    /// Reads Vitest's JSON report.
    pub fn of_vitest(report: &Value) -> Self {
        let number = |name: &str| report.get(name).and_then(Value::as_u64).unwrap_or(0);
        Self { passed: number("numPassedTests"), failed: number("numFailedTests") }
    }

    /// Reads Playwright's JSON report. A test that passed only at the second try has passed; a skipped one counts nowhere.
    pub fn of_playwright(report: &Value) -> Self {
        let number = |name: &str| report.pointer(&format!("/stats/{name}")).and_then(Value::as_u64).unwrap_or(0);
        Self { passed: number("expected") + number("flaky"), failed: number("unexpected") }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_lines_of_every_runner_are_added_up() {
        let mut cargo = Tally::default();
        for line in [
            "test fold::tests::any_order_gives_the_same_state ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            "a line that says test result: ok. 5 passed",
        ] {
            cargo.read_cargo(line);
        }
        assert_eq!(cargo, Tally { passed: 15, failed: 2 });

        let mut node = Tally::default();
        for line in ["# tests 5", "# pass 4", "# fail 1", "# cancelled 1", "ℹ pass 2", "ok 1 - pass 9"] {
            node.read_node(line);
        }
        assert_eq!(node, Tally { passed: 6, failed: 2 });

        let vitest = Tally::of_vitest(&json!({ "numPassedTests": 7, "numFailedTests": 1 }));
        assert_eq!(vitest, Tally { passed: 7, failed: 1 });
        let playwright = json!({ "stats": { "expected": 8, "unexpected": 1, "flaky": 1, "skipped": 3 } });
        assert_eq!(Tally::of_playwright(&playwright), Tally { passed: 9, failed: 1 });
    }

    #[test]
    fn a_run_that_broke_or_tested_nothing_has_failed() {
        let none = Tally::default();
        let some = Tally { passed: 3, failed: 0 };
        let cases = [(none, true, 1), (none, false, 1), (some, true, 0), (some, false, 1), (Tally { passed: 1, failed: 2 }, false, 2)];
        for (tally, succeeded, failed) in cases {
            assert_eq!(tally.closed(succeeded).failed, failed, "{tally} {succeeded}");
        }
    }
}
