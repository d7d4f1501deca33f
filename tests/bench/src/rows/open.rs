//! Opening an inspection of a thousand items, the first time after a start and again.

use super::cold::{Filling, device};
use crate::Bench;
use crate::child::{self, Request};
use crate::content::Sheet;
use crate::measure::{Samples, figure, whole};
use crate::table::Row;
use anyhow::{Context, Result};
use std::time::Duration;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let items = bench.count(1_000, 50);
    let made = device(&bench.folder, Sheet::of_length(items)?, &Filling { inspections: 3, answers: items, findings: 5 })?;
    let inspection = made.first().context("nothing was made")?.to_string();
    let (mut first, mut again) = (Samples::default(), Samples::default());
    for _ in 0..bench.count(5, 1) {
        let request = Request::Start { folder: bench.folder.join("device"), inspection: Some(inspection.clone()) };
        let (answer, _) = child::ask(bench, &request)?;
        // Items whose condition a failed answer takes away are not shown.
        anyhow::ensure!(answer.found > items * 8 / 10, "{} of {items} items are shown", answer.found);
        first.push(Duration::from_secs_f64(answer.ms[2] / 1e3));
        again.push(Duration::from_secs_f64(answer.ms[3] / 1e3));
    }
    Ok(vec![
        Row::new(
            "open",
            format!("open an inspection of {} items: command to JSON, first time after the start", whole(items)),
            format!("{} ms; again {} ms", figure(first.p50()), figure(again.p50())),
        )
        .aim("≤ 50 ms", first.p50() <= 50.0)
        .figure("first_ms", first.p50())
        .figure("again_ms", again.p50()),
    ])
}
