//! Documents from a hundred thousand stored events: decoding, then folding.

use crate::Bench;
use crate::author::Author;
use crate::content::{self, Sheet};
use crate::measure::{figure, ms, whole};
use crate::table::Row;
use anyhow::{Context, Result};
use davy_core::event::Event;
use davy_core::fold::Aggregate;
use davy_core::id::{Hash32, OrgId, PersonId, RootId, SiteId, StreamId};
use davy_protocol::event::decode_event;
use davy_protocol::{RawEvent, SigningKey};
use std::collections::HashMap;
use std::time::{Duration, Instant};

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.count(100_000, 500);
    let many = made(count, content::ANSWERS)?;
    let (decode, fold, documents) = refold(&many)?;
    // One record that a hundred thousand events made: nobody has it, but nothing may break at it.
    let single = made(count, count)?;
    let (_, alone, _) = refold(&single)?;
    let both = ms(decode) + ms(fold);
    Ok(vec![
        Row::new(
            "refold",
            format!("refold of {} events into {} documents, from their bytes", whole(many.len()), whole(documents)),
            format!("{} ms (decode and hash {}, fold {})", figure(both), figure(ms(decode)), figure(ms(fold))),
        )
        .beside(format!("fold of as many events in one single record: {} ms", figure(ms(alone))))
        .aim("≤ 1 s", both <= 1_000.0)
        .figure("decode_ms", ms(decode))
        .figure("fold_ms", ms(fold))
        .figure("single_fold_ms", ms(alone)),
    ])
}

fn made(count: usize, answers: usize) -> Result<Vec<RawEvent>> {
    let sheet = Sheet::coal_mines()?;
    let key = SigningKey::from_bytes(&rand::random());
    let mut author = Author::new(OrgId(rand::random()), PersonId(rand::random()), key, StreamId(rand::random()), Hash32([1; 32]));
    let (site, person) = (SiteId(rand::random()), author.person);
    let mut events = Vec::with_capacity(count + 100);
    while events.len() < count {
        let mut one = content::inspection(&sheet, site, person, answers, content::FINDINGS, None);
        if answers > sheet.items.len() {
            // The same items answered again and again.
            let again: Vec<_> = one.events.iter().skip(1).take(sheet.items.len().min(60)).cloned().collect();
            one.events.extend(again.iter().cycle().take(count).cloned());
        }
        let written = author.record(one.events, &mut HashMap::new())?;
        events.extend(written.into_iter().map(|(_, raw)| raw));
    }
    events.truncate(count);
    Ok(events)
}

/// Time to decode, time to fold, number of documents.
fn refold(raw: &[RawEvent]) -> Result<(Duration, Duration, usize)> {
    let started = Instant::now();
    let mut records: HashMap<RootId, Vec<Event>> = HashMap::new();
    for one in raw {
        let event = decode_event(one)?;
        records.entry(event.header.root).or_default().push(event);
    }
    let decode = started.elapsed();
    let started = Instant::now();
    let mut documents = 0;
    for events in records.values() {
        Aggregate::refold(events).context("a record has no beginning")?;
        documents += 1;
    }
    Ok((decode, started.elapsed(), documents))
}
