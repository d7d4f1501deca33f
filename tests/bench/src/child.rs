//! Steps in a process of their own: only there a start is cold and a peak of memory belongs to one thing.

use crate::Bench;
use crate::machine::peak_kib;
use crate::measure::ms;
use anyhow::{Context, Result};
use davy_app::{App, AppConfig};
use davy_core::event::Role;
use davy_core::id::{DeviceId, OrgId, PersonId};
use davy_core::time::Millis;
use davy_protocol::SigningKey;
use davy_protocol::enrol::{EnrolmentRecord, stream_id};
use davy_store::{Enrolment, Keys, Secrets, Store, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// PIN of the measured devices.
pub const PIN: &str = "258036";

/// What a process of its own shall do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Takes a photograph in, this many times.
    Intake {
        /// Empty folder.
        folder: PathBuf,
        /// JPEG.
        photo: PathBuf,
        /// Times.
        times: usize,
    },
    /// Unlocks a device and opens *Today*; then an inspection, twice, if one is named.
    Start {
        /// Data folder of the device.
        folder: PathBuf,
        /// Inspection to open.
        inspection: Option<String>,
    },
}

/// What it measured.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Milliseconds of each step.
    pub ms: Vec<f64>,
    /// Peak of memory in KiB.
    pub peak_kib: u64,
    /// What was found, to be checked.
    pub found: usize,
}

/// Starts this program for one request; also tells how long the whole process took.
///
/// # Errors
/// It does not start, or fails.
pub fn ask(bench: &Bench, request: &Request) -> Result<(Answer, Duration)> {
    let started = Instant::now();
    let output = Command::new(&bench.program).arg("--child").arg(serde_json::to_string(request)?).output()?;
    let took = started.elapsed();
    anyhow::ensure!(output.status.success(), "a step failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok((serde_json::from_slice(&output.stdout)?, took))
}

/// Does a request; the answer as JSON.
///
/// # Errors
/// It cannot be read or done.
pub fn run(request: &str) -> Result<String> {
    let answer = match serde_json::from_str(request)? {
        Request::Intake { folder, photo, times } => intake(&folder, &photo, times)?,
        Request::Start { folder, inspection } => {
            let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let answer = threads.block_on(start(folder, inspection))?;
            threads.shutdown_background();
            answer
        }
    };
    Ok(serde_json::to_string(&answer)?)
}

/// The same picture each time, with other bytes after its end: the store writes a photograph that it has only once.
fn intake(folder: &Path, photo: &Path, times: usize) -> Result<Answer> {
    let (store, _) = lonely_store(folder)?;
    let mut answer = Answer::default();
    for _ in 0..times {
        let mut bytes = std::fs::read(photo)?;
        bytes.extend(rand::random::<[u8; 16]>());
        let started = Instant::now();
        let intake = store.intake(&bytes)?;
        answer.ms.push(ms(started.elapsed()));
        anyhow::ensure!(intake.defect.is_none() && intake.thumbnail.is_some() && intake.preview.is_some(), "no copies were made");
        anyhow::ensure!(intake.width < intake.height, "the orientation was not applied");
        answer.found += 1;
    }
    answer.peak_kib = peak_kib("self").unwrap_or(0);
    Ok(answer)
}

async fn start(folder: PathBuf, inspection: Option<String>) -> Result<Answer> {
    let mut answer = Answer::default();
    let app = App::new(AppConfig { data_dir: folder, device_name: "measured".to_owned() });
    let mut step = async |name: &str, request: Value| -> Result<Value> {
        let started = Instant::now();
        let view = app.dispatch(name, request).await.map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
        let text = serde_json::to_vec(&view)?;
        answer.ms.push(ms(started.elapsed()));
        anyhow::ensure!(!text.is_empty(), "{name} answered nothing");
        Ok(view)
    };
    step("unlock", json!({ "pin": PIN })).await?;
    let today = step("today", json!({})).await?;
    let mut found = today.get("drafts").and_then(Value::as_array).map_or(0, Vec::len);
    if let Some(inspection) = inspection {
        for _ in 0..2 {
            let view = step("open_inspection", json!({ "inspection": inspection })).await?;
            found = view.get("items").and_then(Value::as_array).map_or(0, Vec::len);
        }
    }
    answer.found = found;
    answer.peak_kib = peak_kib("self").unwrap_or(0);
    app.shutdown().await;
    Ok(answer)
}

/// A store of a device whose server nobody will ask: real keys, a signed enrolment record, no network.
///
/// # Errors
/// The folder cannot be used.
pub fn lonely_store(folder: &Path) -> Result<(Store, PersonId)> {
    let server = SigningKey::from_bytes(&rand::random());
    let (secrets, org, person) = (Secrets::generate(), OrgId(rand::random()), PersonId(rand::random()));
    let record = EnrolmentRecord {
        org,
        device: DeviceId(rand::random()),
        key: secrets.signing.verifying_key().to_bytes(),
        person,
        issued_ms: Millis(0),
        assurance: 0,
        nonce: rand::random(),
    };
    let signed = record.sign(&server, org);
    let enrolment = Enrolment {
        server: "http://127.0.0.1:9".to_owned(),
        org,
        org_name: "Measured".to_owned(),
        stream: stream_id(&signed),
        device: record.device,
        device_name: "measured".to_owned(),
        record: signed,
        server_key: server.verifying_key().to_bytes(),
        person,
        person_name: "李检查员".to_owned(),
        role: Role::Inspector,
    };
    let store = Store::open(folder, &Keys::new(&secrets, enrolment), Arc::new(SystemClock)).context("the store cannot be opened")?;
    Ok((store, person))
}
