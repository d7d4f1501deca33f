//! One answer, durable: the store's append beside a bare INSERT of the same bytes with the same settings, in turns.

use crate::content::{self, Sheet};
use crate::measure::{Samples, figure};
use crate::table::Row;
use crate::{Bench, baseline, child};
use anyhow::{Context, Result};
use davy_core::id::{SessionId, SiteId};
use davy_protocol::event::{encode_body, encode_header};

/// Steps of one kind before the other kind has its turn.
const TURN: usize = 25;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let sheet = Sheet::coal_mines()?;
    let (store, person) = child::lonely_store(&bench.folder.join("device"))?;
    let mut bare = baseline::device_database(&bench.folder.join("bare.db"))?;
    let session = SessionId(rand::random());
    let (warm, count) = (bench.count(500, 10), bench.count(5_000, 50));
    let (mut ours, mut bares) = (Samples::default(), Samples::default());
    let (mut done, mut turn) = (0, Vec::with_capacity(TURN));
    while done < warm + count {
        let made = content::inspection(&sheet, SiteId(rand::random()), person, content::ANSWERS, 0, None);
        for (at, event) in made.events.into_iter().enumerate() {
            let mut took = Samples::default();
            let written = took.time(|| store.append(person, session, vec![event]))?;
            let event = written.first().context("nothing was written")?;
            turn.push((encode_header(&event.header), encode_body(&rand::random(), &event.payload)?));
            // The first event makes the inspection; what is measured are its answers.
            if at > 0 && done >= warm {
                ours.extend(took);
            }
            done += 1;
            if turn.len() == TURN {
                for (header, body) in turn.drain(..) {
                    let mut took = Samples::default();
                    took.time(|| baseline::insert(&mut bare, [(&header[..], &body[..])]))?;
                    if done >= warm {
                        bares.extend(took);
                    }
                }
            }
        }
    }
    let ratio = (ours.p50() / bares.p50(), ours.p99() / bares.p99());
    Ok(vec![
        Row::new("append", "append of one answer, durable: p50, p99", format!("{:.2} ms, {:.2} ms", ours.p50(), ours.p99()))
            .beside(format!("bare INSERT: {:.2} ms, {:.2} ms ({:.1}×, {:.1}×)", bares.p50(), bares.p99(), ratio.0, ratio.1))
            .aim(format!("≤ 2× ({} ms)", figure(2.0 * bares.p50())), ratio.0 <= 2.0 && ratio.1 <= 2.0)
            .figure("p50_ms", ours.p50())
            .figure("p99_ms", ours.p99())
            .figure("bare_p50_ms", bares.p50())
            .figure("bare_p99_ms", bares.p99()),
    ])
}
