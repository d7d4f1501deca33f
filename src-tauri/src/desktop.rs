//! What is particular to a desktop: a data folder that can be chosen, one instance a folder, signals, WebKitGTK.

use std::path::{Path, PathBuf};

use clap::Parser;
use sha2::{Digest, Sha256};
use tauri::{AppHandle, Manager, WebviewWindow, Wry};

use crate::SetupError;

/// The program's arguments.
#[derive(Parser)]
#[command(name = "davy-field", version, about = "The field app of Davy in a window")]
struct Arguments {
    /// Folder of this device's data; without it the system's folder for the app.
    #[arg(long, env = "DAVY_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A second start with the same data folder brings the first window to the front and ends.
pub fn prepare(builder: tauri::Builder<Wry>) -> tauri::Builder<Wry> {
    let name = instance_name(Arguments::parse().data.as_deref());
    let plugin = tauri_plugin_single_instance::Builder::new()
        .callback(|handle, _, _| {
            if let Some(window) = handle.get_webview_window("main")
                && let Err(error) = window.unminimize().and_then(|()| window.set_focus())
            {
                tracing::warn!(%error, "the open window could not be brought to the front");
            }
        })
        .dbus_id(name)
        .build();
    builder.plugin(plugin)
}

/// Two folders are two devices and may be open at once: the folder is part of the name.
fn instance_name(data: Option<&Path>) -> String {
    let Some(data) = data else {
        return "org.davy.field".to_owned();
    };
    let path = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let digest = hex::encode(Sha256::digest(path.as_os_str().as_encoded_bytes()));
    format!("org.davy.field.at{}", digest.get(..16).unwrap_or_default())
}

/// The folder that holds this device's data.
///
/// # Errors
/// When the system names no folder for the app.
pub fn data_dir(handle: &AppHandle) -> Result<PathBuf, SetupError> {
    match Arguments::parse().data {
        Some(data) => Ok(std::path::absolute(data)?),
        None => Ok(handle.path().app_data_dir()?),
    }
}

/// The name a new device suggests for itself: the computer's.
pub fn device_name() -> String {
    let from_file = std::fs::read_to_string("/etc/hostname").ok();
    let name = std::env::var("COMPUTERNAME").ok().or(from_file).unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "Desktop".to_owned() } else { name.to_owned() }
}

/// Ctrl-C and a polite stop close the window in order: the work is sealed as if the person had closed it.
pub fn opened(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        stop_signal().await;
        handle.exit(0);
    });
}

#[cfg(unix)]
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

#[cfg(not(unix))]
async fn stop_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// WebKitGTK offers `getUserMedia` only when asked to.
///
/// # Errors
/// When the window is already gone.
#[cfg(target_os = "linux")]
pub fn enable_camera(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_enable_media_stream(true);
        }
    })
}

/// The other systems offer the camera by themselves.
///
/// # Errors
/// Never.
#[cfg(not(target_os = "linux"))]
pub fn enable_camera(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::instance_name;

    #[test]
    fn every_data_folder_has_its_own_instance() {
        let usual = instance_name(None);
        let one = instance_name(Some(Path::new("/data/one")));
        let two = instance_name(Some(Path::new("/data/two")));
        assert!(usual != one && usual != two && one != two);
        assert_eq!(one, instance_name(Some(Path::new("/data/one"))));
        assert!(one.rsplit('.').next().is_some_and(|part| part.starts_with(|first: char| first.is_ascii_alphabetic())));
    }
}
