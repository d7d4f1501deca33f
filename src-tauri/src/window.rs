//! The one window and what its page is allowed to ask the system for.

use tauri::webview::{PermissionKind, PermissionResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Url};

use crate::{SetupError, platform};

/// Opens the window named in the configuration.
///
/// # Errors
/// When the configuration names no window or the system cannot open one.
pub fn open(handle: &AppHandle) -> Result<(), SetupError> {
    let config = handle.config().app.windows.first().cloned().ok_or("tauri.conf.json names no window")?;
    let window = WebviewWindowBuilder::from_config(handle, &config)?
        .on_permission_request(|_, kind| permit(kind))
        .on_navigation(is_own_page)
        .build()?;
    platform::enable_camera(&window)?;
    Ok(())
}

/// The camera and the position are part of an inspection. The system still asks the person where it has a say.
fn permit(kind: PermissionKind) -> PermissionResponse {
    match kind {
        PermissionKind::Camera | PermissionKind::Geolocation => PermissionResponse::Allow,
        _ => PermissionResponse::Deny,
    }
}

/// The window shows the app's own pages only: a link or an injected redirect cannot take it elsewhere.
fn is_own_page(url: &Url) -> bool {
    matches!((url.scheme(), url.host_str()), ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")) | ("about", _))
}

#[cfg(test)]
mod tests {
    use super::{Url, is_own_page};

    #[test]
    fn only_the_app_itself_is_shown() {
        let cases = [
            ("tauri://localhost/index.html", true),
            ("http://tauri.localhost/", true),
            ("about:blank", true),
            ("https://example.org/", false),
            ("http://localhost/", false),
            ("tauri://example.org/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
        ];
        for (address, expected) in cases {
            let url: Url = address.parse().expect("an address");
            assert_eq!(is_own_page(&url), expected, "{address}");
        }
    }
}
