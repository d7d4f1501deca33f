//! Sealed inspections over HTTP, durable and receipted, devices and server on the same cores.

use crate::content::{self, Sheet};
use crate::machine::bytes_below;
use crate::measure::{Cpu, Samples, figure, rate};
use crate::province::{Province, Tablet};
use crate::table::Row;
use crate::{Bench, baseline};
use anyhow::{Context, Result};
use davy_core::id::{ScopeId, SiteId};
use davy_protocol::segment::{Limits, decode};
use std::time::{Duration, Instant};

/// What the issue aims at, inspections a second.
const AIM: f64 = 1_600.0;
/// Inspections in a transaction of the baseline.
const BATCH: usize = 16;

/// Pushes of one device, each with the head that its receipt must name.
pub(super) struct Work {
    pub tablet: Tablet,
    pub pushes: Vec<(Vec<Vec<u8>>, u64)>,
}

/// What a run over all devices yields.
pub(super) struct Run {
    pub took: Duration,
    pub latency: Samples,
    pub cpu: Cpu,
}

/// Devices with so many pushes of so many inspections each.
pub(super) fn prepare(province: &Province, devices: usize, pushes: usize, in_each: usize) -> Result<Vec<Work>> {
    (0..devices)
        .map(|at| {
            let mut tablet = province.tablet(&format!("tablet {at}"))?;
            let site = *province.sites.get(at % province.sites.len()).context("there are no sites")?;
            let pushes = (0..pushes)
                .map(|_| {
                    let segments = (0..in_each).map(|_| segment(&mut tablet, &province.sheet, site)).collect::<Result<Vec<_>>>()?;
                    Ok((segments, tablet.author.seq()))
                })
                .collect::<Result<Vec<_>>>()?;
            Ok(Work { tablet, pushes })
        })
        .collect()
}

fn segment(tablet: &mut Tablet, sheet: &Sheet, site: SiteId) -> Result<Vec<u8>> {
    let made = content::inspection(sheet, site, tablet.author.person, content::ANSWERS, content::FINDINGS, None);
    let events = tablet.author.submit(made)?;
    Ok(tablet.author.seal(ScopeId::from(site), events))
}

/// All devices at once, each one push after the other. The first of each device only warms up.
pub(super) fn deliver(province: &Province, work: Vec<Work>) -> Result<Run> {
    province.client_threads.block_on(async {
        let mut ready = Vec::with_capacity(work.len());
        for one in work {
            ready.push(tokio::spawn(async move {
                let mut pushes = one.pushes.into_iter();
                if let Some((segments, head)) = pushes.next() {
                    one.tablet.deliver(&segments, head).await?;
                }
                anyhow::Ok((one.tablet, pushes))
            }));
        }
        let mut warm = Vec::with_capacity(ready.len());
        for task in ready {
            warm.push(task.await??);
        }
        let (cpu, started) = (Cpu::now(), Instant::now());
        let tasks: Vec<_> = warm
            .into_iter()
            .map(|(tablet, pushes)| {
                tokio::spawn(async move {
                    let mut latency = Samples::default();
                    for (segments, head) in pushes {
                        let started = Instant::now();
                        tablet.deliver(&segments, head).await?;
                        latency.push(started.elapsed());
                    }
                    anyhow::Ok(latency)
                })
            })
            .collect();
        let mut latency = Samples::default();
        for task in tasks {
            latency.extend(task.await??);
        }
        Ok(Run { took: started.elapsed(), latency, cpu: Cpu::since(cpu) })
    })
}

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let (devices, pushes) = (bench.count(64, 4), bench.count(150, 3));
    rows.push(one_way(bench, "one", devices, pushes, 1)?);
    rows.push(one_way(bench, "batch", bench.count(16, 2), bench.count(60, 3), 10)?);
    Ok(rows)
}

fn one_way(bench: &Bench, name: &str, devices: usize, pushes: usize, in_each: usize) -> Result<Row> {
    let folder = bench.folder.join(name);
    let mut province = Province::start(&folder, devices.min(20), Sheet::coal_mines()?)?;
    let work = prepare(&province, devices, pushes, in_each)?;
    let sample: Vec<Vec<u8>> =
        work.iter().flat_map(|work| &work.pushes).flat_map(|(segments, _)| segments).take(BATCH * 200).cloned().collect();
    let all = devices * pushes * in_each;
    let before = bytes_below(&province.folder);
    let run = deliver(&province, work)?;
    province.stop()?;
    let stored = bytes_below(&province.folder).saturating_sub(before) / all as u64;
    let (count, events) = (devices * (pushes - 1) * in_each, events_of(&sample)?);
    let bare = bare(&folder, &sample)?;
    let (each, client) = run.cpu.each(count);
    let speed = rate(count, run.took);
    let raw = sample.iter().map(Vec::len).sum::<usize>() / sample.len().max(1);
    let sent = sample.iter().take(200).map(|segment| zstd::bulk::compress(segment, 3).map_or(0, |packed| packed.len())).sum::<usize>()
        / sample.len().clamp(1, 200);
    let what = format!(
        "server ingest of an inspection ({} answers, {} findings; {events} events, {} KB, {} KB packed), {in_each} a request, {devices} devices",
        content::ANSWERS,
        content::FINDINGS,
        figure(raw as f64 / 1e3),
        figure(sent as f64 / 1e3),
    );
    let measured = format!(
        "{}/s, {} events/s; request p50 {} ms, p99 {} ms; CPU {each:.2} ms an inspection (devices {client:.2}); {} KB stored",
        figure(speed),
        figure(speed * events as f64),
        figure(run.latency.p50()),
        figure(run.latency.p99()),
        figure(stored as f64 / 1e3),
    );
    Ok(Row::new("ingest", what, measured)
        .beside(format!(
            "bare INSERTs, {BATCH} inspections a transaction: {}/s. ODK Central 141/s, PouchDB 1,602 docs/s (reported elsewhere)",
            figure(bare)
        ))
        .aim("≥ 1,600/s", speed >= AIM)
        .figure("inspections_per_s", speed)
        .figure("cpu_ms", each)
        .figure("client_cpu_ms", client)
        .figure("stored_bytes", stored as f64)
        .figure("bare_per_s", bare))
}

fn events_of(sample: &[Vec<u8>]) -> Result<usize> {
    let first = sample.first().context("nothing was made")?;
    Ok(decode(first, Limits::default())?.events.len())
}

/// The same bytes by bare batched inserts: inspections a second.
fn bare(folder: &std::path::Path, sample: &[Vec<u8>]) -> Result<f64> {
    let mut db = baseline::server_database(&folder.join("bare.db"))?;
    let decoded = sample.iter().map(|segment| decode(segment, Limits::default())).collect::<Result<Vec<_>, _>>()?;
    let started = Instant::now();
    for batch in decoded.chunks(BATCH) {
        let events = batch.iter().flat_map(|segment| &segment.events);
        baseline::insert(&mut db, events.map(|event| (event.header, event.body.unwrap_or_default())))?;
    }
    Ok(rate(sample.len(), started.elapsed()))
}
