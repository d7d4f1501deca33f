//! Runs the synchronisation of an open vault in the background and says how it stands in the screens' words.

use crate::AppError;
use crate::view::{AppEvent, ChangedKind, SyncCause, SyncPhase, SyncProblem, SyncStatus};
use davy_core::fold::aggregate::AggregateKind;
use davy_core::id::OrgId;
use davy_protocol::enrol::EnrolRequest;
use davy_store::{Changes, Store};
use davy_sync::driver::Doing;
use davy_sync::http::Enrolled;
use davy_sync::remote::{Prover, Remote};
use davy_sync::{Cause, Driver, HttpConfig, HttpRemote, RemoteError, Status, Wake};
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// The running synchronisation.
pub struct SyncHandle {
    store: Store,
    running: Mutex<Option<davy_sync::driver::Handle>>,
}

/// Starts it.
///
/// # Errors
/// The server's address in the vault cannot be used.
pub fn start(store: &Store, events: &broadcast::Sender<AppEvent>) -> Result<SyncHandle, AppError> {
    let enrolment = store.enrolment();
    let remote = HttpRemote::new(&enrolment.server, enrolment.org, &HttpConfig::default()).map_err(remote_error)?;
    let driver = Driver::new(store.clone(), remote, Box::new(rand::random), davy_sync::driver::Config::default());
    let (told, observed) = (events.clone(), store.clone());
    let driver = driver.observed(Arc::new(move |status| {
        // Nobody listening is no fault.
        let _ = told.send(AppEvent::Sync { status: view(&observed, status) });
    }));
    let changed = events.clone();
    store.subscribe(move |changes| {
        for sha256 in &changes.pictures {
            let _ = changed.send(AppEvent::Picture { sha256: *sha256 });
        }
        if !changes.kinds.is_empty() || changes.deliveries {
            let _ = changed.send(changed_event(changes));
        }
    });
    Ok(SyncHandle { store: store.clone(), running: Mutex::new(Some(driver.spawn())) })
}

impl SyncHandle {
    /// How it stands.
    pub fn status(&self) -> SyncStatus {
        let status = self.running().as_ref().map(davy_sync::driver::Handle::status).unwrap_or_default();
        view(&self.store, &status)
    }

    /// Starts an attempt at once.
    pub fn now(&self) {
        if let Some(handle) = self.running().as_ref() {
            handle.wake(Wake::Person);
        }
    }

    /// Starts an attempt soon: the network changed, or the app came back to the front. Unlike a person's wish it is spread a
    /// little, because a whole shift may come back into the same network at once.
    pub fn network_changed(&self) {
        if let Some(handle) = self.running().as_ref() {
            handle.wake(Wake::Network);
        }
    }

    /// Starts fetching soon: a person looks at a picture that is not here.
    pub fn pictures_wanted(&self) {
        if let Some(handle) = self.running().as_ref() {
            handle.wake(Wake::Hint);
        }
    }

    /// Waits until everything is exchanged or a problem stands in the way.
    pub async fn settle(&self) -> SyncStatus {
        self.now();
        let mut quiet = 0;
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let status = self.status();
            // Two looks in a row: right after a wake the loop has not begun yet.
            quiet = if matches!(status.phase, SyncPhase::Idle | SyncPhase::Waiting) { quiet + 1 } else { 0 };
            let open = status.events_waiting > 0 || status.blobs_waiting > 0;
            let contacted = status.last_contact.is_some();
            if quiet >= 4 && (status.problem.is_some() || (contacted && !open)) {
                return status;
            }
        }
    }

    /// Ends it; nothing touches the store afterwards.
    pub async fn stop(&self) {
        let taken = self.running().take();
        if let Some(handle) = taken {
            handle.stop().await;
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<davy_sync::driver::Handle>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Exchanges a code for a registration.
///
/// # Errors
/// `code_…` as the server refuses it, else why the server was not reached.
pub async fn enrol(server: &str, request: &EnrolRequest) -> Result<Enrolled, AppError> {
    davy_sync::http::enrol(server, &HttpConfig::default(), request).await.map_err(remote_error)
}

/// What proves at the server that a request comes from this device, for a while.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceToken {
    /// Organisation: part of every address.
    pub organisation: OrgId,
    /// Goes into `Authorization: Bearer`.
    pub token: String,
    /// Seconds until it is worthless.
    pub expires_in: u64,
    /// Key by which the server signs receipts, as hexadecimal digits.
    pub server_key: String,
}

/// Proves the device's key to the server.
///
/// # Errors
/// Why the server was not reached.
pub async fn token(store: &Store) -> Result<DeviceToken, AppError> {
    let enrolment = store.enrolment();
    let remote = HttpRemote::new(&enrolment.server, enrolment.org, &HttpConfig::default()).map_err(remote_error)?;
    let prover = Prover { stream: enrolment.stream, key: store.signing_key().clone() };
    let (token, lasts) = remote.token(&prover).await.map_err(remote_error)?;
    let server_key = enrolment.server_key.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(DeviceToken { organisation: enrolment.org, token: token.0, expires_in: lasts.as_secs(), server_key })
}

fn remote_error(error: RemoteError) -> AppError {
    for code in ["code_unknown", "code_expired", "code_used", "code_malformed"] {
        if error.has_code(code) {
            let words = error.problem.as_ref().map_or_else(|| error.detail.clone(), |problem| problem.message.clone());
            return AppError::new(code, words);
        }
    }
    let (code, words) = match error.cause() {
        Cause::CaptivePortal => {
            ("captive_portal", "something else answers in the server's place: log in to this network or check the address")
        }
        Cause::Certificate => ("certificate", "the server's certificate is not trusted: ask your administrator"),
        Cause::Clock => ("clock", "this device's clock is wrong: set date and time"),
        Cause::DiskFull => ("disk_full", "this device has no free space"),
        Cause::Throttled => ("throttled", "too many attempts: wait a minute and try again"),
        _ => ("server_unreachable", "the server does not answer: check network and address, then try again"),
    };
    AppError::new(code, words).with(serde_json::json!({ "detail": error.detail }))
}

fn view(store: &Store, status: &Status) -> SyncStatus {
    let counters = store.sync_counters().unwrap_or_default();
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    SyncStatus {
        phase: match status.doing {
            Doing::Idle => SyncPhase::Idle,
            Doing::Contacting => SyncPhase::Contacting,
            Doing::Pushing => SyncPhase::Pushing,
            Doing::Pulling => SyncPhase::Pulling,
            Doing::Downloading => SyncPhase::Downloading,
            Doing::Uploading => SyncPhase::Uploading,
            Doing::Waiting => SyncPhase::Waiting,
        },
        problem: status.problem.as_ref().map(|problem| SyncProblem {
            cause: cause(problem.cause),
            since: problem.since,
            detail: problem.detail.clone(),
        }),
        last_contact: status.last_contact,
        next_attempt: status.next_attempt,
        events_waiting: small(counters.events_waiting),
        blobs_waiting: small(counters.blobs_waiting),
        bytes_waiting: counters.bytes_waiting,
        bytes_sent: counters.bytes_sent,
        saved: counters.saved,
        waiting: counters.waiting,
        sent: counters.sent,
        delivered: counters.delivered,
    }
}

const fn cause(cause: Cause) -> SyncCause {
    match cause {
        Cause::NoNetwork => SyncCause::NoNetwork,
        Cause::ServerUnreachable => SyncCause::ServerUnreachable,
        Cause::ServerError => SyncCause::ServerError,
        Cause::CaptivePortal => SyncCause::CaptivePortal,
        Cause::Certificate => SyncCause::Certificate,
        Cause::Revoked => SyncCause::Revoked,
        Cause::Throttled => SyncCause::Throttled,
        Cause::ServerFull => SyncCause::ServerFull,
        Cause::DiskFull => SyncCause::DiskFull,
        Cause::Clock => SyncCause::Clock,
        Cause::Refused => SyncCause::Refused,
        Cause::Version => SyncCause::Version,
        Cause::Internal => SyncCause::Internal,
    }
}

fn changed_event(changes: &Changes) -> AppEvent {
    let mut kinds: Vec<ChangedKind> = changes
        .kinds
        .iter()
        .map(|kind| match kind {
            AggregateKind::Inspection => ChangedKind::Inspections,
            AggregateKind::Finding => ChangedKind::Findings,
            AggregateKind::Region | AggregateKind::Person | AggregateKind::Site => ChangedKind::Directory,
            AggregateKind::Assignment => ChangedKind::Assignments,
            AggregateKind::Checklist => ChangedKind::Checklists,
        })
        .collect();
    kinds.extend(changes.deliveries.then_some(ChangedKind::Deliveries));
    kinds.sort_unstable();
    kinds.dedup();
    // A record of another kind among them is simply not found by the screen that asks for it.
    AppEvent::Changed { kinds, inspections: changes.roots.iter().map(|root| (*root).into()).collect() }
}
