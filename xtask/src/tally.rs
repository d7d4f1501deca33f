//! Counts what the test runners report, and keeps what failed: one line of theirs at a time, or their JSON.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// Lines of a fault's own words that are repeated at the end; the rest stands where it happened.
const WORDS: usize = 12;

/// Passed and failed tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, and steps that broke before they could count.
    pub failed: u64,
    /// The tests that failed, each with its first words: repeated below everything else, where nobody has to look for them.
    pub faults: Vec<String>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.faults.extend(other.faults);
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
        Self { passed: u64::from(succeeded), failed: u64::from(!succeeded), faults: Vec::new() }
    }

    /// A runner that ended badly without naming a failed test still failed; one that ran nothing tested nothing.
    pub fn closed(mut self, succeeded: bool) -> Self {
        if self.failed == 0 && (!succeeded || self.passed == 0) {
            self.failed = 1;
        }
        self
    }

    /// Adds what a line of `cargo test` says: `test result: ok. 3 passed; 0 failed; …`, `test name ... FAILED`.
    pub fn read_cargo(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.faults.push(name.to_owned());
        }
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

    /// Adds what a line of Node's test runner says: `# pass 3` or `ℹ pass 3`, `✖ name`; a cancelled test has failed.
    pub fn read_node(&mut self, line: &str) {
        if let Some(name) = line.trim().strip_prefix("✖ ").filter(|name| !name.ends_with(':')) {
            // It names them once where they happen and once at its end.
            if !self.faults.iter().any(|known| known == name) {
                self.faults.push(name.to_owned());
            }
        }
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
        let failed = list(report, "testResults")
            .flat_map(|file| list(file, "assertionResults"))
            .filter(|test| text(test, "/status") == "failed")
            .map(|test| fault(text(test, "/fullName"), text(test, "/failureMessages/0")));
        Self { passed: number("numPassedTests"), failed: number("numFailedTests"), faults: failed.collect() }
    }

    /// Reads Playwright's JSON report. A test that passed only at the second try has passed; a skipped one counts nowhere.
    pub fn of_playwright(report: &Value) -> Self {
        let number = |name: &str| report.pointer(&format!("/stats/{name}")).and_then(Value::as_u64).unwrap_or(0);
        let mut faults = Vec::new();
        playwright_faults(report, &mut faults);
        Self { passed: number("expected") + number("flaky"), failed: number("unexpected"), faults }
    }
}

/// The failed tests of a suite and of those inside it; a file is a suite.
fn playwright_faults(suite: &Value, faults: &mut Vec<String>) {
    for spec in list(suite, "specs") {
        let tests = list(spec, "tests").filter(|test| text(test, "/status") == "unexpected");
        faults.extend(tests.map(|test| {
            let name = format!("[{}] {}: {}", text(test, "/projectName"), text(spec, "/file"), text(spec, "/title"));
            fault(&name, text(test, "/results/0/error/message"))
        }));
    }
    for inner in list(suite, "suites") {
        playwright_faults(inner, faults);
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A failed test with the first of its words.
fn fault(name: &str, words: &str) -> String {
    let words = words.lines().filter(|line| !line.trim().is_empty()).take(WORDS).map(|line| format!("\n    {line}"));
    std::iter::once(name.to_owned()).chain(words).collect()
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
        assert_eq!((cargo.passed, cargo.failed), (15, 2));

        let mut node = Tally::default();
        for line in ["# tests 5", "# pass 4", "# fail 1", "# cancelled 1", "ℹ pass 2", "ok 1 - pass 9"] {
            node.read_node(line);
        }
        assert_eq!((node.passed, node.failed), (6, 2));

        let vitest = Tally::of_vitest(&json!({ "numPassedTests": 7, "numFailedTests": 1 }));
        assert_eq!((vitest.passed, vitest.failed), (7, 1));
        let playwright = Tally::of_playwright(&json!({ "stats": { "expected": 8, "unexpected": 1, "flaky": 1, "skipped": 3 } }));
        assert_eq!((playwright.passed, playwright.failed), (9, 1));
    }

    #[test]
    fn what_failed_is_kept_with_its_first_words() {
        let mut lines = Tally::default();
        for line in ["test fold::any_order ... FAILED", "test fold::twice ... ok", "test result: FAILED. 1 passed; 1 failed; 0 ignored"] {
            lines.read_cargo(line);
        }
        for line in [
            "✔ the PIN opens the device (3ms)",
            "✖ a photograph is shown at once (5ms)",
            "✖ failing tests:",
            "✖ a photograph is shown at once (5ms)",
        ] {
            lines.read_node(line);
        }
        assert_eq!(lines.faults, ["fold::any_order", "a photograph is shown at once (5ms)"]);

        let vitest = json!({ "testResults": [{ "assertionResults": [
            { "status": "passed", "fullName": "a" },
            { "status": "failed", "fullName": "b", "failureMessages": ["expected 1\n\nto be 2"] },
        ] }] });
        assert_eq!(Tally::of_vitest(&vitest).faults, ["b\n    expected 1\n    to be 2"]);

        let test =
            |status: &str| json!({ "projectName": "phone-en", "status": status, "results": [{ "error": { "message": "no button" } }] });
        let spec = |title: &str, status: &str| json!({ "file": "pin.spec.ts", "title": title, "tests": [test(status)] });
        let playwright = json!({ "suites": [{
            "specs": [spec("wrong PIN", "expected")],
            "suites": [{ "specs": [spec("forgotten PIN", "unexpected")] }],
        }] });
        assert_eq!(Tally::of_playwright(&playwright).faults, ["[phone-en] pin.spec.ts: forgotten PIN\n    no button"]);
    }

    #[test]
    fn a_run_that_broke_or_tested_nothing_has_failed() {
        for (passed, failed, succeeded, expected) in
            [(0, 0, true, 1), (0, 0, false, 1), (3, 0, true, 0), (3, 0, false, 1), (1, 2, false, 2)]
        {
            let tally = Tally { passed, failed, faults: Vec::new() };
            assert_eq!(tally.closed(succeeded).failed, expected, "{passed} {failed} {succeeded}");
        }
    }
}
