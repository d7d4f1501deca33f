//! The field app's window: a thin shell around `davy-app`.
//!
//! What lives here: the window, the permissions of the page, the folder the data lives in, and three doors between
//! page and core: commands (`command`), photographs (`photo`) and events (`event`). No decision about
//! inspections is made here, and no command branches on the platform: what differs is behind one function each
//! in `desktop.rs` and `mobile.rs`, which both go by the name `platform`.

mod command;
mod event;
mod photo;
mod range;
mod window;

#[cfg(not(any(target_os = "android", target_os = "ios")))]
#[path = "desktop.rs"]
mod platform;
#[cfg(any(target_os = "android", target_os = "ios"))]
#[path = "mobile.rs"]
mod platform;

use std::sync::Arc;

use davy_app::{App, AppConfig};
use tauri::{AppHandle, Manager, RunEvent};
use tracing_subscriber::EnvFilter;

/// Why the window could not open. Shown in the terminal; nothing was written by then.
type SetupError = Box<dyn std::error::Error>;

/// Opens the window and returns when it is closed. The work is sealed and the files are closed before that.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    let filter = EnvFilter::try_from_env("DAVY_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let builder = platform::prepare(tauri::Builder::default())
        .register_asynchronous_uri_scheme_protocol(photo::SCHEME, photo::answer)
        .invoke_handler(tauri::generate_handler![command::command, command::attach_photo])
        .setup(|handle| set_up(handle.handle()));
    match builder.build(tauri::generate_context!()) {
        Ok(app) => app.run(on_run_event),
        Err(error) => {
            tracing::error!("the window cannot open: {error}. Nothing was changed; stored work is safe.");
            std::process::exit(1);
        }
    }
}

/// Opens the core on the data folder, then the window. The core may find the folder locked, damaged or in use:
/// that is a state which the page shows, not an error here.
fn set_up(handle: &AppHandle) -> Result<(), SetupError> {
    let config = AppConfig { data_dir: platform::data_dir(handle)?, device_name: platform::device_name() };
    let app = tauri::async_runtime::block_on(async { App::new(config) });
    event::forward(handle.clone(), &app);
    handle.manage(app);
    window::open(handle)?;
    platform::opened(handle);
    Ok(())
}

fn on_run_event(handle: &AppHandle, event: RunEvent) {
    if matches!(event, RunEvent::Exit) {
        let app = Arc::clone(&handle.state::<Arc<App>>());
        tauri::async_runtime::block_on(async move { app.shutdown().await });
    }
}
