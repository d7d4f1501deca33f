//! Inspections with one photograph each: the record is pushed, then the photograph is sent and its receipt verified.

use crate::content::{self, Sheet};
use crate::measure::{Cpu, Samples, figure, rate};
use crate::photo::incompressible;
use crate::province::{Province, Tablet};
use crate::table::Row;
use crate::{Bench, baseline};
use anyhow::{Context, Result};
use davy_core::event::{BlobRef, BlobRole};
use davy_core::id::{BlobId, ScopeId, SiteId};
use davy_sync::Remote;
use davy_sync::remote::{UploadRequest, UploadState};
use sha2::{Digest, Sha256};
use std::time::Instant;

const AIM: f64 = 450.0;
const SIZE: usize = 300_000;

struct Piece {
    segment: Vec<u8>,
    head: u64,
    request: UploadRequest,
    photo: Vec<u8>,
}

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let (devices, each) = (bench.count(32, 2), bench.count(50, 2));
    let mut province = Province::start(&bench.folder, devices.min(20), Sheet::coal_mines()?)?;
    let mut work = Vec::with_capacity(devices);
    for at in 0..devices {
        let mut tablet = province.tablet(&format!("tablet {at}"))?;
        let site = *province.sites.get(at % province.sites.len()).context("there are no sites")?;
        let pieces = (0..each).map(|_| piece(&mut tablet, &province.sheet, site)).collect::<Result<Vec<_>>>()?;
        work.push((tablet, pieces));
    }
    let photos: Vec<Vec<u8>> = work.iter().flat_map(|(_, pieces)| pieces).map(|piece| piece.photo.clone()).collect();
    let bare = baseline::files(&bench.folder.join("bare"), &photos, 8)?;
    let count = photos.len();
    drop(photos);
    let (cpu, started) = (Cpu::now(), Instant::now());
    let latency = province.client_threads.block_on(async {
        let tasks: Vec<_> = work.into_iter().map(|(tablet, pieces)| tokio::spawn(send(tablet, pieces))).collect();
        let mut latency = Samples::default();
        for task in tasks {
            latency.extend(task.await??);
        }
        anyhow::Ok(latency)
    })?;
    let (took, cpu) = (started.elapsed(), Cpu::since(cpu));
    province.stop()?;
    let (speed, files) = (rate(count, took), rate(count, bare));
    let (each, client) = cpu.each(count);
    Ok(vec![
        Row::new(
            "photos",
            format!("the same with one 300 KB photo each, {devices} devices"),
            format!(
                "{}/s ({} MB/s); both p50 {} ms, p99 {} ms; CPU {each:.2} ms (devices {client:.2})",
                figure(speed),
                figure(speed * SIZE as f64 / 1e6),
                figure(latency.p50()),
                figure(latency.p99()),
            ),
        )
        .beside(format!("the files alone, written with fsync by 8 threads: {}/s. ODK Central 56/s (reported elsewhere)", figure(files)))
        .aim("≥ 450/s", speed >= AIM)
        .figure("inspections_per_s", speed)
        .figure("files_per_s", files)
        .figure("cpu_ms", each),
    ])
}

fn piece(tablet: &mut Tablet, sheet: &Sheet, site: SiteId) -> Result<Piece> {
    let photo = incompressible(SIZE);
    let sha256 = BlobId(Sha256::digest(&photo).into());
    let (size, media_type) = (photo.len() as u64, "image/jpeg".to_owned());
    let named = BlobRef { sha256, size, media_type: media_type.clone(), role: BlobRole::Original };
    let made = content::inspection(sheet, site, tablet.author.person, content::ANSWERS, content::FINDINGS, Some(named));
    let events = tablet.author.submit(made)?;
    let scope = ScopeId::from(site);
    let segment = tablet.author.seal(scope, events);
    Ok(Piece { segment, head: tablet.author.seq(), request: UploadRequest { sha256, size, scope, media_type }, photo })
}

async fn send(tablet: Tablet, pieces: Vec<Piece>) -> Result<Samples> {
    let mut latency = Samples::default();
    for piece in pieces {
        let started = Instant::now();
        tablet.deliver(&[piece.segment], piece.head).await?;
        match tablet.remote.upload_create(&tablet.token, &piece.request, Some(piece.photo)).await? {
            UploadState::Complete { receipt } => tablet.check_blob(&receipt, piece.request.sha256.0, piece.request.size)?,
            other => anyhow::bail!("the photograph is not complete: {other:?}"),
        }
        latency.push(started.elapsed());
    }
    Ok(latency)
}
