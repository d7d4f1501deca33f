//! Many large photographs by tus: chunks of 1 MiB, each with its checksum, each fsynced before it is confirmed.

use crate::content::{self, Sheet};
use crate::measure::{Cpu, figure};
use crate::photo::incompressible;
use crate::province::{Province, Tablet};
use crate::table::Row;
use crate::{Bench, baseline};
use anyhow::{Context, Result};
use davy_core::event::{BlobRef, BlobRole};
use davy_core::id::{BlobId, ScopeId};
use davy_sync::Remote;
use davy_sync::remote::{UploadRequest, UploadState};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Instant;

const AIM: f64 = 300.0;
const FILE: usize = 4_000_000;
const CHUNK: usize = 1 << 20;
const CONNECTIONS: usize = 8;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.count(200, 4);
    let files: Arc<Vec<Vec<u8>>> = Arc::new((0..count).map(|_| incompressible(FILE)).collect());
    let bytes = (count * FILE) as f64 / 1e6;
    let before = baseline::files(&bench.folder.join("bare"), &files, CONNECTIONS)?;
    let mut province = Province::start(&bench.folder, 1, Sheet::coal_mines()?)?;
    let mut work = Vec::with_capacity(CONNECTIONS);
    for at in 0..CONNECTIONS {
        let mut tablet = province.tablet(&format!("tablet {at}"))?;
        let mine: Vec<usize> = (at..count).step_by(CONNECTIONS).collect();
        let requests = announce(&province, &mut tablet, &files, mine)?;
        work.push((tablet, requests));
    }
    let (cpu, started) = (Cpu::now(), Instant::now());
    province.client_threads.block_on(async {
        let tasks: Vec<_> = work.into_iter().map(|(tablet, requests)| tokio::spawn(send(tablet, requests, Arc::clone(&files)))).collect();
        for task in tasks {
            task.await??;
        }
        anyhow::Ok(())
    })?;
    let (took, cpu) = (started.elapsed(), Cpu::since(cpu));
    province.stop()?;
    let after = baseline::files(&bench.folder.join("bare"), &files, CONNECTIONS)?;
    let (speed, bare) = (bytes / took.as_secs_f64(), 2.0 * bytes / (before + after).as_secs_f64());
    let (each, client) = cpu.each(count);
    Ok(vec![
        Row::new(
            "upload",
            format!("upload of {count} files of 4 MB by tus, 1 MiB chunks, {CONNECTIONS} connections, each chunk fsynced"),
            format!("{} MB/s; CPU {} ms a file (devices {})", figure(speed), figure(each), figure(client)),
        )
        .beside(format!(
            "write + fsync of each file, {CONNECTIONS} threads: {} MB/s. rustus 637 MB/s flushed, @tus/server 144 MB/s unflushed (reported elsewhere)",
            figure(bare)
        ))
        .aim("≥ 300 MB/s", speed >= AIM)
        .figure("mb_per_s", speed)
        .figure("bare_mb_per_s", bare)
        .figure("cpu_ms_per_file", each),
    ])
}

/// The server takes a blob only when it has an event that names it.
fn announce(province: &Province, tablet: &mut Tablet, files: &[Vec<u8>], mine: Vec<usize>) -> Result<Vec<(usize, UploadRequest)>> {
    let site = *province.sites.first().context("there are no sites")?;
    let (scope, media_type) = (ScopeId::from(site), "image/jpeg");
    let mut requests = Vec::with_capacity(mine.len());
    for at in mine {
        let content = files.get(at).context("a file is missing")?;
        let (sha256, size) = (BlobId(Sha256::digest(content).into()), content.len() as u64);
        let named = BlobRef { sha256, size, media_type: media_type.to_owned(), role: BlobRole::Original };
        let made = content::inspection(&province.sheet, site, tablet.author.person, 1, 0, Some(named));
        let events = tablet.author.submit(made)?;
        let segment = tablet.author.seal(scope, events);
        province.client_threads.block_on(tablet.deliver(&[segment], tablet.author.seq()))?;
        requests.push((at, UploadRequest { sha256, size, scope, media_type: media_type.to_owned() }));
    }
    Ok(requests)
}

async fn send(tablet: Tablet, requests: Vec<(usize, UploadRequest)>, files: Arc<Vec<Vec<u8>>>) -> Result<()> {
    for (at, request) in requests {
        let content = files.get(at).context("a file is missing")?;
        let mut state = tablet.remote.upload_create(&tablet.token, &request, None).await?;
        let receipt = loop {
            let (url, offset) = match state {
                UploadState::Complete { receipt } => break receipt,
                UploadState::Open { url, offset } => (url, offset),
            };
            let rest = content.get(usize::try_from(offset)?..).context("the server is past the end")?;
            let chunk = rest.get(..CHUNK.min(rest.len())).unwrap_or_default().to_vec();
            state = tablet.remote.upload_patch(&tablet.token, &url, offset, chunk).await?;
        };
        tablet.check_blob(&receipt, request.sha256.0, request.size)?;
    }
    Ok(())
}
