//! The page's two commands. Both only carry: names and shapes are known to the registry of `davy-app` alone.

use std::sync::Arc;

use davy_app::{App, AppError, Reason};
use serde_json::Value;
use tauri::State;
use tauri::ipc::{InvokeBody, Request};

/// Name of the header that carries what is said about a photograph: JSON, percent-encoded.
const REQUEST_HEADER: &str = "davy-request";

/// Runs a command of the registry.
///
/// # Errors
/// The core's own `{ code, message, details }`, as it is.
#[tauri::command]
pub async fn command(app: State<'_, Arc<App>>, name: String, request: Value) -> Result<Value, AppError> {
    app.dispatch(&name, request).await
}

/// Stores a photograph. The body is the file's bytes, untouched and never as text.
///
/// # Errors
/// `invalid` when the header is missing or not JSON, or when the body is not raw bytes; else the core's own.
#[tauri::command]
pub async fn attach_photo(app: State<'_, Arc<App>>, request: Request<'_>) -> Result<Value, AppError> {
    let header = request.headers().get(REQUEST_HEADER).and_then(|value| value.to_str().ok());
    let metadata = header
        .and_then(decode_header)
        .ok_or_else(|| AppError::invalid(REQUEST_HEADER, Reason::Request("percent-encoded JSON is expected".to_owned())))?;
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(AppError::invalid("body", Reason::Request("the bytes of the photograph are expected".to_owned())));
    };
    app.attach_photo(metadata, bytes.clone()).await
}

/// Reads percent-encoded JSON; `None` when it is not.
fn decode_header(text: &str) -> Option<Value> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let (digits, after) = tail.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::decode_header;

    #[test]
    fn what_the_page_encodes_is_read_back() {
        let cases = [
            ("%7B%22name%22%3A%22%E7%85%A4%E7%9F%BF.jpg%22%7D", Some(json!({ "name": "煤矿.jpg" }))),
            ("{}", Some(json!({}))),
            ("%7B%22a%22%3A%22100%25%22%7D", Some(json!({ "a": "100%" }))),
            ("%7", None),
            ("%zz", None),
            ("%+1", None),
            ("", None),
            ("%FF", None),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_header(text), expected, "{text}");
        }
    }
}
