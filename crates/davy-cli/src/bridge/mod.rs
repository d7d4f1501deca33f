//! `davy bridge`: the field app's commands over loopback HTTP, for a plain browser on the same machine.
//!
//! Only this machine can connect, only a browser that was opened with the printed address is let in, and only pages
//! of this address may call (`auth`). The same registry of commands serves here and in the window.

mod auth;
mod files;
mod routes;

use crate::Folder;
use anyhow::{Context, Result};
use davy_app::{App, AppConfig};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::watch;

/// Arguments of `davy bridge`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Secret of the address; drawn at random when absent.
    #[arg(long, env = "DAVY_BRIDGE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Name offered at enrolment.
    #[arg(long, default_value = "browser")]
    name: String,
}

/// What every route needs.
#[derive(Clone)]
struct Bridge {
    app: Arc<App>,
    token: Arc<str>,
    /// Becomes true when the program should end: a page that listens would otherwise keep it for ever.
    stopped: watch::Receiver<bool>,
}

/// Serves until Ctrl-C, then seals and closes.
pub async fn run(arguments: Arguments) -> Result<()> {
    let app = App::new(AppConfig { data_dir: arguments.folder.data, device_name: arguments.name });
    let token = arguments.token.unwrap_or_else(|| hex::encode(rand::random::<[u8; 16]>()));
    let (stop, stopped) = watch::channel(false);
    let bridge = Bridge { app: Arc::clone(&app), token: token.as_str().into(), stopped };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| format!("{address} is not free; choose another --port"))?;
    let address = listener.local_addr()?;
    println!("field app: http://{address}/?token={token}");
    let ending = async move {
        stop_signal().await;
        stop.send_replace(true);
    };
    axum::serve(listener, routes::router(bridge)).with_graceful_shutdown(ending).await?;
    app.shutdown().await;
    Ok(())
}

/// Resolves at Ctrl-C or a polite stop.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
