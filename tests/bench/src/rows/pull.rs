//! A second device reads everything that others did: the pages alone, then with everything verified and stored.

use super::ingest;
use crate::Bench;
use crate::content::Sheet;
use crate::measure::{Cpu, figure, rate, whole};
use crate::province::{Province, Tablet};
use crate::table::Row;
use anyhow::{Context, Result};
use davy_protocol::message::{MAX_PULL_EVENTS, PullRequest, ScopeCursor};
use davy_store::{InspectionFilter, Keys, Store, SystemClock};
use davy_sync::{Config, Driver, HttpConfig, HttpRemote, Remote};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const AIM: f64 = 6_000.0;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let (devices, pushes, each) = (bench.count(20, 2), bench.count(50, 3), bench.count(10, 2));
    let mut province = Province::start(&bench.folder, devices, Sheet::coal_mines()?)?;
    let work = ingest::prepare(&province, devices, pushes, each)?;
    ingest::deliver(&province, work)?;
    let count = devices * pushes * each;
    let reader = province.tablet("reader")?;
    let cpu = Cpu::now();
    let (events, pages) = province.client_threads.block_on(read(&reader))?;
    let (wire, wire_cpu) = (rate(count, pages), Cpu::since(cpu).each(count));
    let (stored, cpu) = store(&province, &bench.folder.join("reader"), count)?;
    let (speed, cpu) = (rate(count, stored), cpu.each(count));
    province.stop()?;
    Ok(vec![
        Row::new(
            "pull",
            format!("pull of {} inspections by a second device: everything verified and in its encrypted database", whole(count)),
            format!("{}/s, {} events/s; CPU {:.2} ms an inspection", figure(speed), figure(rate(events, stored)), cpu.0),
        )
        .beside("PouchDB changes feed 3,166 docs/s (reported elsewhere)")
        .aim("≥ 6,000/s", speed >= AIM)
        .figure("inspections_per_s", speed)
        .figure("cpu_ms", cpu.0),
        Row::new(
            "pull",
            "the same, the pages read and decoded, nothing stored",
            format!(
                "{}/s, {} events/s; CPU {:.2} ms an inspection (device {:.2})",
                figure(wire),
                figure(rate(events, pages)),
                wire_cpu.0,
                wire_cpu.1
            ),
        )
        .aim("≥ 6,000/s", wire >= AIM)
        .figure("inspections_per_s", wire)
        .figure("cpu_ms", wire_cpu.0),
    ])
}

/// Follows every scope to its end and counts the events.
async fn read(reader: &Tablet) -> Result<(usize, Duration)> {
    let started = Instant::now();
    let hello = reader.hello().await?;
    let mut open: Vec<ScopeCursor> = hello.scopes.iter().map(|scope| ScopeCursor { scope: scope.scope, after: 0 }).collect();
    let mut events = 0;
    while !open.is_empty() {
        let request = PullRequest { epoch: hello.epoch, scopes: open.clone(), limit: MAX_PULL_EVENTS };
        let answer = reader.remote.pull(&reader.token, &request).await?;
        anyhow::ensure!(!answer.pages.is_empty(), "the server answered without a page");
        for page in answer.pages {
            events += page.runs.iter().map(|run| run.events.len()).sum::<usize>();
            let at = open.iter().position(|cursor| cursor.scope == page.scope).context("a page of a scope that was not asked for")?;
            if page.more {
                open[at].after = page.next;
            } else {
                open.swap_remove(at);
            }
        }
    }
    Ok((events, started.elapsed()))
}

/// A fresh device with its own store, driven as the app drives it.
fn store(province: &Province, folder: &Path, count: usize) -> Result<(Duration, Cpu)> {
    let (secrets, enrolment) = province.enrol("second device")?;
    let keys = Keys::new(&secrets, enrolment);
    let store = Store::open(folder, &keys, Arc::new(SystemClock))?;
    let remote = HttpRemote::new(&province.url, province.org, &HttpConfig::default())?;
    let mut driver = Driver::new(store, remote, Box::new(rand::random), Config::default());
    let (cpu, started) = (Cpu::now(), Instant::now());
    let outcome = province.client_threads.block_on(driver.run_once());
    let (took, cpu) = (started.elapsed(), Cpu::since(cpu));
    anyhow::ensure!(outcome.complete, "the device could not read everything: {:?}", outcome.problem);
    let found = driver.store().list_inspections(&InspectionFilter::default())?.len();
    anyhow::ensure!(found == count, "{found} of {count} inspections arrived");
    Ok((took, cpu))
}
