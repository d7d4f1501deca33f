//! A field app without a screen, to be killed: records and synchronises until somebody ends it.
//!
//! Writes one line to its output for each event that was shown as saved. Arguments: data folder, PIN, server, inspection.

use anyhow::{Context, Result};
use davy_core::event::{CommentAdded, EvidenceAttached, PhotoSource};
use davy_core::id::{EntityId, InspectionId, RootId, SessionId};
use davy_store::{NewEvent, Store, SystemClock, Vault, as_inspection};
use davy_sync::machine::{self, Wake};
use davy_sync::{Config, Driver, HttpConfig, HttpRemote};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Photographs are this large: several chunks each.
const PHOTO: usize = 40 * 1024;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    davy_world::process::say_started();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, pin, server, inspection] = arguments.as_slice() else { anyhow::bail!("data folder, PIN, server, inspection expected") };
    let keys = Vault::open_with_pin(Path::new(dir), pin, &SystemClock)?;
    let store = Store::open(Path::new(dir), &keys, Arc::new(SystemClock))?;
    let remote = HttpRemote::new(server, keys.enrolment.org, &HttpConfig::default())?;
    let config = Config {
        machine: machine::Config { settle_ms: 1, ..machine::Config::default() },
        chunk: (16 * 1024, 32 * 1024),
        batch: (2 * 1024, 8 * 1024),
        ..Config::default()
    };
    let handle = Driver::new(store.clone(), remote, Box::new(rand::random), config).spawn();
    handle.wake(Wake::Person);
    record(&store, inspection.parse()?)
}

/// Records for ever; the process ends when its output is closed, or is killed.
fn record(store: &Store, inspection: InspectionId) -> Result<()> {
    let document = store.aggregate(inspection.into())?.context("the inspection is not here")?;
    let scope = as_inspection(&document).context("not an inspection")?.scope;
    let root: RootId = inspection.into();
    let (person, session) = (store.enrolment().person, SessionId(rand::random()));
    let mut out = std::io::stdout().lock();
    for round in 0_u64.. {
        let event = if round % 6 == 5 {
            let bytes: Vec<u8> = (0..PHOTO).map(|_| rand::random()).collect();
            let intake = store.intake(&bytes)?;
            let payload = EvidenceAttached {
                key: None,
                source: PhotoSource::Camera,
                name: None,
                width: intake.width,
                height: intake.height,
                captured_at: None,
                position: None,
                defect: intake.defect,
            };
            NewEvent { scope, ent: EntityId(rand::random()), root, payload: payload.into(), blobs: intake.blobs() }
        } else {
            let payload = CommentAdded { key: None, text: format!("round {round}") };
            NewEvent { scope, ent: root.into(), root, payload: payload.into(), blobs: Vec::new() }
        };
        for event in store.append(person, session, vec![event])? {
            writeln!(out, "{}", event.eid)?;
        }
        out.flush()?;
    }
    Ok(())
}
