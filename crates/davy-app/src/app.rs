//! The app's life: not enrolled, locked, open. One `App` a data folder.

use crate::command::attach_photo;
use crate::registry::{self, parse};
use crate::session::Session;
use crate::sync::{self, DeviceToken, SyncHandle};
use crate::view::{AppEvent, AppStatus, SyncStatus};
use crate::{AppError, Reason};
use davy_core::id::BlobId;
use davy_protocol::enrol::{EnrolRequest, EnrolmentCode, parse_link, stream_id};
use davy_protocol::seal::SealReason;
use davy_store::clock::{Clock, SystemClock};
use davy_store::vault::{Enrolment, Keys, PinCost, Secrets, SystemKeychain, UnlockError, Vault, VaultState};
use davy_store::{Store, StoreError};
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, broadcast};
use ts_rs::TS;

/// Where the data lives and how the device calls itself.
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// Folder of vault, databases and photographs.
    pub data_dir: PathBuf,
    /// Name offered at enrolment.
    pub device_name: String,
}

/// Request of `enrol`.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct Enrol {
    /// Server's address; may be empty when `code` is the whole link.
    pub server: String,
    /// The code as typed, or the link of the QR.
    pub code: String,
    /// New PIN: at least six digits.
    pub pin: String,
    /// Name of this device; empty takes the suggestion.
    pub device_name: String,
}

/// Request of `check_code`.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct CheckCode {
    /// Server's address; may be empty when `code` is the whole link.
    pub server: String,
    /// The code as typed, or the link of the QR.
    pub code: String,
}

/// Request of `unlock`.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct Unlock {
    /// PIN.
    pub pin: String,
}

/// Shortest PIN.
const MIN_PIN: usize = 6;

/// A decrypted photograph, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoBytes {
    /// Media type by its content.
    pub media_type: String,
    /// The bytes asked for.
    pub bytes: Vec<u8>,
    /// Bytes of the whole.
    pub total: u64,
}

/// An open vault with its background synchronisation.
struct Open {
    session: Session,
    status: AppStatus,
    sync: SyncHandle,
}

/// The field app on one data folder.
pub struct App {
    config: AppConfig,
    clock: Arc<dyn Clock>,
    open: RwLock<Option<Arc<Open>>>,
    /// Enrolling, unlocking and locking happen one after the other.
    life: Mutex<()>,
    events: broadcast::Sender<AppEvent>,
    pin_cost: PinCost,
}

impl App {
    /// The app on a folder. Nothing is opened or written yet. Must run inside a Tokio runtime.
    #[must_use]
    pub fn new(config: AppConfig) -> Arc<Self> {
        Self::with_clock(config, Arc::new(SystemClock), PinCost::default())
    }

    /// The same with another clock and PIN cost: for tests.
    #[must_use]
    pub fn with_clock(config: AppConfig, clock: Arc<dyn Clock>, pin_cost: PinCost) -> Arc<Self> {
        let (events, _) = broadcast::channel(256);
        Arc::new(Self { config, clock, open: RwLock::default(), life: Mutex::new(()), events, pin_cost })
    }

    /// What changes by itself.
    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.events.subscribe()
    }

    /// Runs a command.
    ///
    /// # Errors
    /// `{ code, message, details }` as the screens expect them.
    pub async fn dispatch(self: &Arc<Self>, name: &str, request: Value) -> Result<Value, AppError> {
        match name {
            "app_status" => json(&self.status().await?),
            // Asked before a PIN is chosen: a typing error is said where it was made. Nothing is sent.
            "check_code" => {
                let CheckCode { server, code } = parse(request)?;
                server_and_code(&server, &code).and_then(|_| json(&()))
            }
            "enrol" => json(&self.enrol(parse(request)?).await?),
            "unlock" => {
                let Unlock { pin } = parse(request)?;
                json(&self.unlock(move |app| Vault::open_with_pin(&app.config.data_dir, &pin, &*app.clock)).await?)
            }
            "unlock_with_keychain" => {
                let open = |app: &Self| Vault::open_with_keychain(&app.config.data_dir, &app.keychain());
                json(&self.unlock(open).await?)
            }
            "lock" => json(&self.lock().await?),
            "sync_status" => json(&self.current()?.sync.status()),
            "sync_now" => json(&self.sync_now()?),
            "network_changed" => json(&self.network_changed()?),
            _ => self.run(name.to_owned(), request).await,
        }
    }

    async fn run(self: &Arc<Self>, name: String, request: Value) -> Result<Value, AppError> {
        let open = self.current()?;
        blocking(move || {
            registry::run(&open.session, &name, request)
                .unwrap_or_else(|| Err(AppError::invalid("command", Reason::Request(format!("there is no command `{name}`")))))
        })
        .await
    }

    /// Takes a photograph in; `request` is an `AttachPhoto`.
    ///
    /// # Errors
    /// As every command.
    pub async fn attach_photo(self: &Arc<Self>, request: Value, bytes: Vec<u8>) -> Result<Value, AppError> {
        let open = self.current()?;
        let request = parse(request)?;
        blocking(move || json(&attach_photo::run(&open.session, request, &bytes)?)).await
    }

    /// Decrypts a photograph for the screen. `range` is first and last byte, both included.
    ///
    /// # Errors
    /// `not_found` when the bytes are not on this device.
    pub async fn photo(&self, sha256: &str, range: Option<(u64, u64)>) -> Result<PhotoBytes, AppError> {
        let open = self.current()?;
        let id: BlobId = sha256.parse().map_err(|_| AppError::not_found("photograph"))?;
        blocking(move || {
            let Some(bytes) = open.session.store().read_blob(id)? else {
                // Another device's: fetched as soon as the server can be reached; `picture` is told then.
                if open.session.store().wish_picture(id)? {
                    open.sync.pictures_wanted();
                }
                return Err(AppError::not_found("photograph"));
            };
            let (total, media_type) = (bytes.len() as u64, davy_store::photo::media_type(&bytes).to_owned());
            let bytes = match range {
                None => bytes,
                Some((first, last)) => part(&bytes, first, last),
            };
            Ok(PhotoBytes { media_type, bytes, total })
        })
        .await
    }

    /// Seals the work, stops the synchronisation and closes the files.
    pub async fn shutdown(&self) {
        let _one = self.life.lock().await;
        self.close().await;
    }

    /// Waits until everything is exchanged or a problem stands in the way; for the terminal.
    ///
    /// # Errors
    /// The vault is closed.
    pub async fn settle(&self) -> Result<SyncStatus, AppError> {
        let open = self.current()?;
        Ok(open.sync.settle().await)
    }

    /// Proves the device's key to the server; for the terminal, where other programs need to speak as this device.
    ///
    /// # Errors
    /// The vault is closed, or the server was not reached.
    pub async fn token(&self) -> Result<DeviceToken, AppError> {
        let open = self.current()?;
        sync::token(open.session.store()).await
    }

    fn current(&self) -> Result<Arc<Open>, AppError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or_else(|| AppError::new("locked", "the app is locked; enter the PIN"))
    }

    async fn status(&self) -> Result<AppStatus, AppError> {
        if let Ok(open) = self.current() {
            return Ok(open.status.clone());
        }
        Ok(match Vault::state(&self.config.data_dir, &*self.clock) {
            Ok(VaultState::Absent) => AppStatus::NotEnrolled,
            Ok(VaultState::Locked { screen, failed, wait_seconds, keychain }) => AppStatus::Locked {
                organisation: screen.organisation,
                person: screen.person,
                wait_seconds,
                failed_attempts: failed,
                keychain,
            },
            Err(error) => trouble(error)?,
        })
    }

    async fn enrol(self: &Arc<Self>, request: Enrol) -> Result<AppStatus, AppError> {
        let _one = self.life.lock().await;
        if !matches!(Vault::state(&self.config.data_dir, &*self.clock)?, VaultState::Absent) {
            return Err(AppError::not_allowed(Reason::Enrolled));
        }
        if request.pin.len() < MIN_PIN || !request.pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AppError::new("pin_too_short", format!("the PIN needs at least {MIN_PIN} digits")));
        }
        let (server, code) = server_and_code(&request.server, &request.code)?;
        let secrets = Secrets::generate();
        let device_name = Some(request.device_name.trim()).filter(|name| !name.is_empty()).unwrap_or(&self.config.device_name).to_owned();
        let enrolment = self.exchange(&server, code, &secrets, device_name).await?;
        let keychain = self.keychain();
        let (dir, cost, pin) = (self.config.data_dir.clone(), self.pin_cost, request.pin);
        let keys = blocking(move || Ok(Vault::create(&dir, &pin, &secrets, enrolment, cost, Some(&keychain))?)).await?;
        self.open(keys).await
    }

    async fn exchange(&self, server: &str, code: EnrolmentCode, secrets: &Secrets, device_name: String) -> Result<Enrolment, AppError> {
        let mut request = EnrolRequest {
            code: code.to_string(),
            key: [0; 32],
            device_name: device_name.clone(),
            platform: std::env::consts::OS.to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            nonce: rand::random(),
            signature: Vec::new(),
        };
        request.sign(&secrets.signing);
        let davy_sync::http::Enrolled { response: answer, record } = sync::enrol(server, &request).await?;
        Ok(Enrolment {
            server: server.to_owned(),
            org: answer.org,
            org_name: answer.org_name,
            stream: stream_id(&answer.record),
            device: record.device,
            device_name,
            record: answer.record,
            server_key: answer.server_key,
            person: answer.person,
            person_name: answer.person_name,
            role: answer.role,
        })
    }

    async fn unlock(
        self: &Arc<Self>,
        open: impl FnOnce(&Self) -> Result<Keys, UnlockError> + Send + 'static,
    ) -> Result<AppStatus, AppError> {
        let _one = self.life.lock().await;
        if let Ok(open) = self.current() {
            return Ok(open.status.clone());
        }
        let app = Arc::clone(self);
        let keys = blocking(move || Ok(open(&app)?)).await?;
        self.open(keys).await
    }

    async fn open(self: &Arc<Self>, keys: Keys) -> Result<AppStatus, AppError> {
        let (dir, clock) = (self.config.data_dir.clone(), Arc::clone(&self.clock));
        let enrolment = keys.enrolment.clone();
        let opened = blocking(move || Ok(Store::open(&dir, &keys, clock)?)).await;
        let store = match opened {
            Ok(store) => store,
            Err(error) if matches!(error.code(), "other_instance") => {
                return Ok(AppStatus::OtherInstance);
            }
            Err(error) => return Err(error),
        };
        let sync = sync::start(&store, &self.events)?;
        let status = AppStatus::Unlocked {
            organisation: enrolment.org_name,
            person_id: enrolment.person,
            person: enrolment.person_name,
            device: enrolment.device_name,
            server: enrolment.server,
        };
        let session = Session::new(store);
        let open = Arc::new(Open { session, status: status.clone(), sync });
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open);
        Ok(status)
    }

    async fn lock(self: &Arc<Self>) -> Result<AppStatus, AppError> {
        let _one = self.life.lock().await;
        self.close().await;
        self.status().await
    }

    /// Takes the open vault away, waits for commands that still run, seals and closes.
    async fn close(&self) {
        let taken = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        let Some(open) = taken else { return };
        open.sync.stop().await;
        let store = open.session.store().clone();
        let sealed = blocking(move || {
            store.seal(SealReason::Lock, None)?;
            store.flush()?;
            Ok(())
        })
        .await;
        if let Err(error) = sealed {
            tracing::warn!(%error, "the last events are sealed at the next start");
        }
        let _ = self.events.send(AppEvent::Locked);
    }

    fn sync_now(&self) -> Result<SyncStatus, AppError> {
        let open = self.current()?;
        open.sync.now();
        Ok(open.sync.status())
    }

    fn network_changed(&self) -> Result<SyncStatus, AppError> {
        let open = self.current()?;
        open.sync.network_changed();
        Ok(open.sync.status())
    }

    fn keychain(&self) -> SystemKeychain {
        SystemKeychain::new(self.config.data_dir.to_string_lossy())
    }
}

/// Bytes `first` to `last`, both included, as far as they exist.
fn part(bytes: &[u8], first: u64, last: u64) -> Vec<u8> {
    let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(bytes.len());
    bytes.get(at(first)..at(last.saturating_add(1))).unwrap_or_default().to_vec()
}

/// States that the screen shows instead of an error.
fn trouble(error: UnlockError) -> Result<AppStatus, AppError> {
    match error {
        UnlockError::Newer { found, known } => Ok(AppStatus::NewerDatabase { found, known }),
        UnlockError::Damaged { detail } => Ok(AppStatus::Damaged { detail }),
        UnlockError::Store(StoreError::OtherInstance) => Ok(AppStatus::OtherInstance),
        other => Err(other.into()),
    }
}

fn server_and_code(server: &str, code: &str) -> Result<(String, EnrolmentCode), AppError> {
    let (server, code) = parse_link(code).unwrap_or_else(|| (server.trim().to_owned(), code.to_owned()));
    let server = server.trim_end_matches('/').to_owned();
    if !(server.starts_with("https://") || server.starts_with("http://")) {
        return Err(AppError::invalid("server", Reason::Address));
    }
    let code = EnrolmentCode::parse(&code).map_err(|error| AppError::new("code_malformed", error.to_string()))?;
    Ok((server, code))
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::new("internal", error.to_string()))
}

/// Store work leaves the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, AppError> + Send + 'static) -> Result<T, AppError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(AppError::new("internal", format!("the step was interrupted: {error}"))),
    }
}
