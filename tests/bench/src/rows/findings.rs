//! The ledger of a large organisation: first page over HTTP as the console asks for it.

use crate::Bench;
use crate::content::{self, Sheet};
use crate::measure::{Samples, figure, whole};
use crate::province::{LOGIN, PASSWORD, Province};
use crate::table::Row;
use anyhow::{Context, Result};
use davy_core::id::ScopeId;
use reqwest::Client;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use std::time::Instant;

/// Findings of each inspection here; a segment holds 256 events.
const EACH: usize = 100;
const PAGE: u64 = 50;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let inspections = bench.count(1_000, 3);
    let mut province = Province::start(&bench.folder, 20, Sheet::coal_mines()?)?;
    fill(&province, inspections)?;
    let times = bench.count(200, 3);
    let kinds = [("first page", ""), ("major only", "&grade=major"), ("by search 风门", "&q=%E9%A3%8E%E9%97%A8")];
    let results = province.client_threads.block_on(async {
        let client = Client::builder().build()?;
        let cookie = sign_in(&client, &province.url).await?;
        let mut results = Vec::new();
        for (_, query) in kinds {
            let url = format!("{}/api/findings?limit={PAGE}{query}", province.url);
            results.push(ask(&client, &url, &cookie, times).await?);
        }
        anyhow::Ok(results)
    })?;
    province.stop()?;
    let count = inspections * EACH;
    let first = results.first().context("nothing was asked")?;
    anyhow::ensure!(first.1 == count as u64, "the ledger counts {} of {count} findings", first.1);
    let others: Vec<String> = kinds
        .iter()
        .zip(&results)
        .skip(1)
        .map(|((name, _), (samples, total))| format!("{name} ({}) {} ms", *total, figure(samples.p50())))
        .collect();
    Ok(vec![
        Row::new(
            "findings",
            format!("first page ({PAGE} rows and the total) of {} findings over HTTP", whole(count)),
            format!("p50 {} ms, p99 {} ms; {}", figure(first.0.p50()), figure(first.0.p99()), others.join(", ")),
        )
        .aim("≤ 5 ms", first.0.p50() <= 5.0)
        .figure("p50_ms", first.0.p50())
        .figure("p99_ms", first.0.p99())
        .figure("major_ms", results[1].0.p50())
        .figure("search_ms", results[2].0.p50()),
    ])
}

fn fill(province: &Province, inspections: usize) -> Result<()> {
    let mut tablet = province.tablet("filler")?;
    let mut segments = Vec::new();
    for at in 0..inspections {
        let site = province.sites[at % province.sites.len()];
        let made = content::inspection(&province.sheet, site, tablet.author.person, 0, EACH, None);
        let events = tablet.author.submit(made)?;
        segments.push(tablet.author.seal(ScopeId::from(site), events));
        if segments.len() == 12 || at + 1 == inspections {
            province.client_threads.block_on(tablet.deliver(&segments, tablet.author.seq()))?;
            segments.clear();
        }
    }
    Ok(())
}

async fn sign_in(client: &Client, url: &str) -> Result<String> {
    let answer = client.post(format!("{url}/api/session")).json(&json!({ "login": LOGIN, "password": PASSWORD })).send().await?;
    let answer = answer.error_for_status()?;
    let cookie = answer.headers().get(SET_COOKIE).context("no session")?.to_str()?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

/// Times of the requests and the total that the page states.
async fn ask(client: &Client, url: &str, cookie: &str, times: usize) -> Result<(Samples, u64)> {
    let (mut samples, mut total) = (Samples::default(), 0);
    for at in 0..times + 5 {
        let started = Instant::now();
        let answer = client.get(url).header(COOKIE, cookie).send().await?.error_for_status()?;
        let bytes = answer.bytes().await?;
        if at >= 5 {
            samples.push(started.elapsed());
        }
        let page: Value = serde_json::from_slice(&bytes)?;
        total = page.get("total").and_then(Value::as_u64).context("the page states no total")?;
    }
    Ok((samples, total))
}
