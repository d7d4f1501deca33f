//! Start and stop: one process a data folder, HTTP or HTTPS, background chores, a graceful end.

use crate::admin::Admin;
use crate::app::App;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, ConfigError};
use crate::router;
use crate::store::StoreError;
use crate::uploads::sweep::sweep;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Requests under way have this long at a stop.
const GRACE: Duration = Duration::from_secs(10);
const CHORES: Duration = Duration::from_secs(10 * 60);
/// Without any backup, what is this old counts as durable (`docs/sync.md`, stages).
const RETAIN_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration must not be started.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Another server uses the folder.
    #[error("another davy-server is running on {path}; stop it first, or give another --data")]
    Locked {
        /// Folder.
        path: PathBuf,
    },
    /// A folder cannot be used.
    #[error("{path} cannot be used: {source}")]
    Folder {
        /// Folder.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The address cannot be listened on.
    #[error("{listen} cannot be listened on: {source}")]
    Listen {
        /// Address.
        listen: SocketAddr,
        /// Cause.
        source: io::Error,
    },
    /// Certificate or key cannot be read.
    #[error("the certificate or its key cannot be used: {source}")]
    Tls {
        /// Cause.
        source: io::Error,
    },
    /// The database cannot be opened.
    #[error("the database cannot be opened: {source}")]
    Store {
        /// Cause.
        #[from]
        source: StoreError,
    },
}

/// Starts servers.
pub struct Server;

/// A server that runs. Dropping it without [`RunningServer::stop`] ends it at once.
pub struct RunningServer {
    addr: SocketAddr,
    secure: bool,
    admin: Admin,
    handle: Handle<SocketAddr>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    _lock: std::fs::File,
}

impl Server {
    /// Starts a server with the machine's clock. Returns once it listens.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config) -> Result<RunningServer, StartError> {
        Self::start_with(config, Arc::new(SystemClock)).await
    }

    /// Starts a server with a given clock.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_with(config: Config, clock: Arc<dyn Clock>) -> Result<RunningServer, StartError> {
        config.check()?;
        let lock = lock(&config)?;
        let listen = config.listen;
        let tls = tls(&config).await?;
        let app = App::open(config, clock).await?;
        let listener = std::net::TcpListener::bind(listen).map_err(|source| StartError::Listen { listen, source })?;
        let prepared = listener.set_nonblocking(true).and_then(|()| listener.local_addr());
        let addr = prepared.map_err(|source| StartError::Listen { listen, source })?;
        let (handle, stop) = (Handle::new(), CancellationToken::new());
        let service = router::build(Arc::clone(&app), stop.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let secure = tls.is_some();
        let serving = match tls {
            Some(tls) => {
                let server = axum_server::from_tcp_rustls(listener, tls).map_err(|source| StartError::Listen { listen, source })?;
                let server = server.handle(handle.clone());
                tokio::spawn(async move { log_end(server.serve(service).await) })
            }
            None => {
                let server = axum_server::from_tcp(listener).map_err(|source| StartError::Listen { listen, source })?;
                let server = server.handle(handle.clone());
                tokio::spawn(async move { log_end(server.serve(service).await) })
            }
        };
        let chores = tokio::spawn(chores(Arc::clone(&app), stop.clone()));
        tracing::info!(%addr, secure, data = %app.config.data.display(), "listening");
        Ok(RunningServer { addr, secure, admin: Admin::new(app), handle, stop, tasks: vec![serving, chores], _lock: lock })
    }
}

impl RunningServer {
    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as a URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.addr)
    }

    /// Administration on the same store.
    #[must_use]
    pub const fn admin(&self) -> &Admin {
        &self.admin
    }

    /// Stops: no new requests, those under way finish within ten seconds.
    pub async fn stop(mut self) {
        self.stop.cancel();
        self.handle.graceful_shutdown(Some(GRACE));
        for task in std::mem::take(&mut self.tasks) {
            let _ = task.await;
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.stop.cancel();
        self.handle.shutdown();
    }
}

fn log_end(end: io::Result<()>) {
    if let Err(error) = end {
        tracing::error!(%error, "serving ended");
    }
}

fn lock(config: &Config) -> Result<std::fs::File, StartError> {
    let folder = |source| StartError::Folder { path: config.data.clone(), source };
    std::fs::create_dir_all(&config.data).map_err(folder)?;
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(config.lock()).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::Locked { path: config.data.clone() }),
        Err(std::fs::TryLockError::Error(source)) => Err(folder(source)),
    }
}

async fn tls(config: &Config) -> Result<Option<RustlsConfig>, StartError> {
    match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            let tls = RustlsConfig::from_pem_file(certificate, key).await;
            tls.map(Some).map_err(|source| StartError::Tls { source })
        }
        _ => Ok(None),
    }
}

/// Every ten minutes: expired uploads and sessions go, the durable watermark follows.
async fn chores(app: Arc<App>, stop: CancellationToken) {
    loop {
        let now = app.clock.now();
        if let Err(error) = sweep(&app).await {
            tracing::warn!(%error, "expired uploads could not be removed");
        }
        let chore = app.store.transact(move |tx| {
            tx.end_sessions(None, now)?;
            tx.raise_durable(now.plus(-RETAIN_MS))
        });
        if let Err(error) = chore.await {
            tracing::warn!(%error, "a chore failed");
        }
        tokio::select! {
            () = tokio::time::sleep(CHORES) => {}
            () = stop.cancelled() => return,
        }
    }
}
