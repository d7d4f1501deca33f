//! What is particular to a phone or tablet: the system gives each app one folder and one instance.

use std::path::PathBuf;

use tauri::{AppHandle, Manager, WebviewWindow, Wry};

use crate::SetupError;

/// Nothing to add: the system keeps one instance by itself.
pub fn prepare(builder: tauri::Builder<Wry>) -> tauri::Builder<Wry> {
    builder
}

/// The app's private folder, which no other app can read and no backup copies.
///
/// # Errors
/// When the system names none.
pub fn data_dir(handle: &AppHandle) -> Result<PathBuf, SetupError> {
    Ok(handle.path().app_data_dir()?)
}

/// The name a new device suggests for itself; the person changes it while enrolling.
pub fn device_name() -> String {
    "Tablet".to_owned()
}

/// The system stops an app without a signal; what was saved is on the disk by then.
pub fn opened(_handle: &AppHandle) {}

/// The permissions in the manifest are enough.
///
/// # Errors
/// Never.
pub fn enable_camera(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
