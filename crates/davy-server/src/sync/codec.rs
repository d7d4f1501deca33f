//! CBOR bodies in and out, bounded before and after decompression (I-40).

use crate::error::{ApiError, ApiResult};
use crate::packing;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use davy_core::id::EventId;
use davy_protocol::message::{MEDIA_TYPE, Problem};
use minicbor::{Decode, Encode};
use std::io::Read;

/// Largest body on the wire of anything but a push.
pub const SMALL: usize = 256 * 1024;
/// Largest push on the wire.
pub const PUSH: usize = 2 * 1024 * 1024;
/// Largest body after decompression.
pub const DECOMPRESSED: usize = 4 * 1024 * 1024;
/// Window of 8 MiB: what a decompressor may hold.
const WINDOW_LOG: u32 = 23;
/// Smaller answers gain nothing from compression.
const WORTH_COMPRESSING: usize = 1024;

/// An error on the sync endpoints.
#[derive(Debug)]
pub struct SyncError {
    /// Status, code, words.
    pub error: ApiError,
    /// For `gap` and `fork`: head of the stream.
    pub head: Option<(u64, Option<EventId>)>,
    /// For `bad`: which event.
    pub index: Option<u32>,
    /// For `epoch`: the log's epoch.
    pub epoch: Option<u64>,
}

impl<E: Into<ApiError>> From<E> for SyncError {
    fn from(error: E) -> Self {
        Self { error: error.into(), head: None, index: None, epoch: None }
    }
}

impl SyncError {
    /// An error of a status, code and words.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        ApiError::new(status, code, message).into()
    }
}

impl IntoResponse for SyncError {
    fn into_response(self) -> Response {
        let problem = Problem {
            code: self.error.code.to_owned(),
            message: self.error.message,
            head_seq: self.head.map(|(seq, _)| seq),
            head_eid: self.head.and_then(|(_, eid)| eid),
            index: self.index,
            retry_after: self.error.retry_after,
            epoch: self.epoch,
        };
        let mut response = plain(self.error.status, minicbor::to_vec(&problem).unwrap_or_default());
        if let Some(seconds) = self.error.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large; send half of it.")
}

/// Reads a body of at most `limit` bytes on the wire and undoes its compression, bounded.
///
/// # Errors
/// Too large (413), another encoding (415), not what it says (422), broken off (400).
pub async fn read_body(request: Request, limit: usize) -> ApiResult<Bytes> {
    let compressed = match request.headers().get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => false,
        Some(b"zstd") => true,
        Some(_) => {
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding", "Only zstd is understood."));
        }
    };
    let body = axum::body::to_bytes(request.into_body(), limit).await.map_err(|error| {
        let limited = std::error::Error::source(&error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if limited { too_large() } else { ApiError::new(StatusCode::BAD_REQUEST, "cut", "The request broke off.") }
    })?;
    if compressed { decompress(&body).map(Bytes::from) } else { Ok(body) }
}

fn decompress(body: &[u8]) -> ApiResult<Vec<u8>> {
    let wrong = |_| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "zstd", "The body is not valid zstd.");
    let mut decoder = zstd::stream::read::Decoder::new(body).map_err(wrong)?;
    decoder.window_log_max(WINDOW_LOG).map_err(wrong)?;
    let mut out = Vec::with_capacity((body.len() * 4).min(DECOMPRESSED));
    decoder.take(DECOMPRESSED as u64 + 1).read_to_end(&mut out).map_err(wrong)?;
    if out.len() > DECOMPRESSED { Err(too_large()) } else { Ok(out) }
}

/// Reads a small CBOR request.
///
/// # Errors
/// As `read_body`; not of the form (422).
pub async fn read<T: for<'b> Decode<'b, ()>>(request: Request) -> ApiResult<T> {
    let body = read_body(request, SMALL).await?;
    minicbor::decode(&body).map_err(|error| {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "form", format!("The request does not have the expected form: {error}"))
    })
}

fn plain(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], Body::from(body)).into_response()
}

/// Whether the caller takes zstd.
#[must_use]
pub fn takes_zstd(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|part| part.split(';').next().is_some_and(|name| name.trim() == "zstd"))
}

/// A CBOR answer.
pub fn answer<T: Encode<()>>(value: &T, zstd: bool) -> Response {
    answer_bytes(minicbor::to_vec(value).unwrap_or_default(), zstd)
}

/// An answer of encoded CBOR, compressed if that is worth it.
#[must_use]
pub fn answer_bytes(body: Vec<u8>, zstd: bool) -> Response {
    if zstd
        && body.len() >= WORTH_COMPRESSING
        && let Ok(small) = packing::compress(&body)
    {
        let mut response = plain(StatusCode::OK, small);
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
        return response;
    }
    plain(StatusCode::OK, body)
}
