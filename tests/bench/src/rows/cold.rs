//! A cold start: a new process, the PIN, the encrypted databases, *Today*; once more after `view.db` was lost.

use crate::Bench;
use crate::child::{self, PIN, Request};
use crate::content::{self, Sheet};
use crate::measure::{Samples, figure, ms, whole};
use crate::province::Province;
use crate::table::Row;
use anyhow::Result;
use davy_core::id::{InspectionId, SessionId};
use davy_store::{Keys, PinCost, Store, SystemClock, Vault};
use davy_sync::{Config, Driver, HttpConfig, HttpRemote};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Answers and findings of the inspections that are on the device.
pub(super) struct Filling {
    pub inspections: usize,
    pub answers: usize,
    pub findings: usize,
}

/// A device as an inspector carries it: enrolled, with directory and checklist pulled, then filled while offline.
pub(super) fn device(folder: &Path, sheet: Sheet, filling: &Filling) -> Result<Vec<InspectionId>> {
    let mut province = Province::start(folder, 3, sheet)?;
    let (secrets, enrolment) = province.enrol("measured device")?;
    let data = folder.join("device");
    Vault::create(&data, PIN, &secrets, enrolment.clone(), PinCost::default(), None)?;
    let store = Store::open(&data, &Keys::new(&secrets, enrolment), Arc::new(SystemClock))?;
    let remote = HttpRemote::new(&province.url, province.org, &HttpConfig::default())?;
    let mut driver = Driver::new(store.clone(), remote, Box::new(rand::random), Config::default());
    for _ in 0..20 {
        let outcome = province.client_threads.block_on(driver.run_once());
        anyhow::ensure!(outcome.complete, "the device could not read the directory: {:?}", outcome.problem);
        if store.missing_checklists()?.is_empty() {
            break;
        }
    }
    anyhow::ensure!(store.missing_checklists()?.is_empty(), "the checklist did not arrive");
    province.stop()?;
    let session = SessionId(rand::random());
    let mut made = Vec::with_capacity(filling.inspections);
    for at in 0..filling.inspections {
        let site = province.sites[at % province.sites.len()];
        let one = content::inspection(&province.sheet, site, province.person, filling.answers, filling.findings, None);
        store.append(province.person, session, one.events)?;
        made.push(one.inspection);
    }
    store.flush()?;
    Ok(made)
}

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.count(1_000, 5);
    let filling = Filling { inspections: count, answers: content::ANSWERS, findings: content::FINDINGS };
    device(&bench.folder, Sheet::coal_mines()?, &filling)?;
    let folder = bench.folder.join("device");
    let request = Request::Start { folder: folder.clone(), inspection: None };
    let (mut all, mut unlock, mut today, mut peak) = (Samples::default(), Samples::default(), Samples::default(), 0);
    for _ in 0..bench.count(5, 1) {
        let (answer, took) = child::ask(bench, &request)?;
        anyhow::ensure!(answer.found == count, "Today shows {} of {count} inspections", answer.found);
        all.push(took);
        unlock.push(Duration::from_secs_f64(answer.ms[0] / 1e3));
        today.push(Duration::from_secs_f64(answer.ms[1] / 1e3));
        peak = peak.max(answer.peak_kib);
    }
    for file in std::fs::read_dir(&folder)?.flatten() {
        if file.file_name().to_string_lossy().starts_with("view.db") {
            std::fs::remove_file(file.path())?;
        }
    }
    let (_, rebuilt) = child::ask(bench, &request)?;
    Ok(vec![
        Row::new(
            "cold",
            format!("cold start with {} inspections: process start to *Today* (files in the system's cache)", whole(count)),
            format!(
                "{} ms (PIN and opening {}, *Today* {}); peak {} MB; with `view.db` lost and rebuilt {} ms",
                figure(all.p50()),
                figure(unlock.p50()),
                figure(today.p50()),
                figure(peak as f64 / 1e3),
                figure(ms(rebuilt)),
            ),
        )
        .beside("of which Argon2id over 64 MiB is meant to be slow")
        .aim("≤ 1 s", all.p50() <= 1_000.0)
        .figure("ms", all.p50())
        .figure("today_ms", today.p50())
        .figure("rebuilt_ms", ms(rebuilt)),
    ])
}
