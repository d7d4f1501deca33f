//! The server as the driver sees it: one request a method, no retries, no state.
//!
//! Bodies of this trait: [`crate::http::HttpRemote`], and the wrappers of the tests that drop, delay, repeat and reorder.
//! An answer is what was received: whoever calls verifies signatures, hashes and positions before anything is stored.

use crate::error::RemoteError;
use davy_core::id::StreamId;
use davy_core::id::{BlobId, ScopeId};
use davy_protocol::SigningKey;
use davy_protocol::message::{HelloRequest, HelloResponse, PullRequest, PullResponse, PushResponse};
use std::future::Future;
use std::time::Duration;

/// What a request yields.
pub type Answer<T> = Result<T, RemoteError>;

/// A short-lived proof that we hold the device key.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who proves possession of which key.
#[derive(Clone)]
pub struct Prover {
    /// The own stream.
    pub stream: StreamId,
    /// The device key.
    pub key: SigningKey,
}

/// Announces a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRequest {
    /// SHA-256 of the whole.
    pub sha256: BlobId,
    /// Bytes of the whole.
    pub size: u64,
    /// Scope of the event that names it.
    pub scope: ScopeId,
    /// Media type.
    pub media_type: String,
}

/// Where an upload stands at the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadState {
    /// The server holds this many bytes, on disk.
    Open {
        /// Address of the upload.
        url: String,
        /// Bytes held.
        offset: u64,
    },
    /// The server holds the whole and signed for it.
    Complete {
        /// Signed blob receipt.
        receipt: Vec<u8>,
    },
}

/// The server of one organisation.
pub trait Remote: Send + Sync + 'static {
    /// Proves possession of the device key; the answer is a token and how long it lasts.
    fn token(&self, prover: &Prover) -> impl Future<Output = Answer<(Token, Duration)>> + Send;
    /// Where do we stand?
    fn hello(&self, token: &Token, request: &HelloRequest) -> impl Future<Output = Answer<HelloResponse>> + Send;
    /// Sends contiguous segments of the own stream.
    fn push(&self, token: &Token, segments: &[Vec<u8>]) -> impl Future<Output = Answer<PushResponse>> + Send;
    /// Asks for the next page of each scope.
    fn pull(&self, token: &Token, request: &PullRequest) -> impl Future<Output = Answer<PullResponse>> + Send;
    /// Opens an upload, or finds the one that a lost answer opened. A small blob comes whole with it, to save a round trip.
    fn upload_create(
        &self,
        token: &Token,
        request: &UploadRequest,
        whole: Option<Vec<u8>>,
    ) -> impl Future<Output = Answer<UploadState>> + Send;
    /// Asks how much of an upload the server holds.
    fn upload_head(&self, token: &Token, url: &str) -> impl Future<Output = Answer<UploadState>> + Send;
    /// Sends a chunk.
    fn upload_patch(&self, token: &Token, url: &str, offset: u64, chunk: Vec<u8>) -> impl Future<Output = Answer<UploadState>> + Send;
    /// Reads a whole blob of at most `limit` bytes.
    fn get_blob(&self, token: &Token, sha256: BlobId, limit: u64) -> impl Future<Output = Answer<Vec<u8>>> + Send;
    /// Waits until the server says that there is news. Ends with an error when the connection ends.
    fn wait_for_hint(&self, token: &Token) -> impl Future<Output = Answer<()>> + Send;
}
