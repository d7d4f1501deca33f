//! A photograph of a camera: thumbnail, preview, orientation, hash, encryption, beside `vipsthumbnail` making both copies.

use crate::child::{self, Request};
use crate::machine::peak_kib;
use crate::measure::{Samples, figure};
use crate::table::Row;
use crate::{Bench, photo};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let sizes: &[(&'static str, u32, u32)] =
        if bench.quick { &[("3 MP", 2000, 1500)] } else { &[("12 MP", 4000, 3000), ("48 MP", 8000, 6000)] };
    sizes.iter().map(|(name, width, height)| one(bench, name, *width, *height)).collect()
}

fn one(bench: &Bench, name: &str, width: u32, height: u32) -> Result<Row> {
    let picture = bench.folder.join(format!("{width}.jpg"));
    let bytes = photo::jpeg(width, height)?;
    std::fs::write(&picture, &bytes)?;
    let times = bench.count(7, 2);
    let request = Request::Intake { folder: bench.folder.join(format!("store-{width}")), photo: picture.clone(), times };
    let (answer, _) = child::ask(bench, &request)?;
    let mut samples = Samples::default();
    answer.ms.iter().skip(1).for_each(|ms| samples.push(Duration::from_secs_f64(ms / 1e3)));
    let what = format!(
        "{name} JPEG intake ({} MB): both copies from one decode, orientation, hash, encrypt, fsync",
        figure(bytes.len() as f64 / 1e6)
    );
    let measured = format!("{} ms, peak {} MB", figure(samples.p50()), figure(answer.peak_kib as f64 / 1e3));
    let row = Row::new("intake", what, measured).figure("ms", samples.p50()).figure("peak_mb", answer.peak_kib as f64 / 1e3);
    let Some((vips, peak)) = vips(&picture, bench, times)? else {
        return Ok(row.beside("`vipsthumbnail` is not installed (libvips-tools)"));
    };
    let ratio = samples.p50() / vips;
    Ok(row
        .beside(format!(
            "`vipsthumbnail`, both copies and nothing else: {} ms, peak {} MB ({ratio:.2}×)",
            figure(vips),
            figure(peak as f64 / 1e3)
        ))
        .aim("≤ 0.5×", ratio <= 0.5)
        .figure("vips_ms", vips))
}

/// Median of both runs together, and the larger peak; `None` when it is not installed.
fn vips(picture: &Path, bench: &Bench, times: usize) -> Result<Option<(f64, u64)>> {
    if Command::new("vipsthumbnail").arg("--vips-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Ok(None);
    }
    let (mut samples, mut peak) = (Samples::default(), 0);
    for _ in 0..times {
        let started = Instant::now();
        for side in [320, 1600] {
            let target = bench.folder.join(format!("vips-{side}.jpg"));
            let mut command = Command::new("vipsthumbnail");
            command.arg(picture).arg("--size").arg(format!("{side}x{side}>")).arg("--output").arg(&target);
            let mut running = command.spawn().context("vipsthumbnail does not start")?;
            let process = running.id().to_string();
            let status = loop {
                peak = peak.max(peak_kib(&process).unwrap_or(0));
                if let Some(status) = running.try_wait()? {
                    break status;
                }
                std::thread::sleep(Duration::from_millis(1));
            };
            anyhow::ensure!(status.success() && target.is_file(), "vipsthumbnail failed");
        }
        samples.push(started.elapsed());
    }
    Ok(Some((samples.p50(), peak)))
}
