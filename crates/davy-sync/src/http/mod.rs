//! The server over HTTPS (`docs/sync.md` §6): reqwest with rustls, no redirects, stall timers instead of time-outs,
//! bodies in CBOR, compressed by zstd, bounded in both directions.
//!
//! `classify` names what went wrong; nothing here retries.

pub mod classify;
mod enrol;
mod exchange;
pub mod resolve;
pub mod stall;
mod tus;

pub use enrol::{Enrolled, enrol};

use crate::error::{ErrorKind, RemoteError};
use crate::remote::{Answer, Prover, Remote, Token, UploadRequest, UploadState};
use davy_core::id::{BlobId, OrgId};
use davy_protocol::message::{
    Challenge, HelloRequest, HelloResponse, MAX_REQUEST, PullRequest, PullResponse, PushResponse, TokenRequest, TokenResponse, token_bytes,
};
use davy_protocol::segment;
use ed25519_dalek::Signer;
use exchange::{Incoming, Outgoing};
use reqwest::{Client, Method, Url};
use std::time::Duration;

/// Bytes of an answer that carries no pages.
const SMALL: u64 = 256 * 1024;

/// How to reach a server.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Longest time without a byte in either direction.
    pub stall: Duration,
    /// Longest time to connect.
    pub connect: Duration,
    /// Certificates trusted besides the system's, PEM: an organisation's own authority.
    pub extra_roots: Option<Vec<u8>>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { stall: Duration::from_secs(30), connect: Duration::from_secs(15), extra_roots: None }
    }
}

impl HttpConfig {
    fn client(&self) -> Result<Client, RemoteError> {
        let internal =
            |error: reqwest::Error| RemoteError::new(ErrorKind::Certificate, format!("the connection cannot be set up: {error}"));
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.connect)
            .dns_resolver(resolve::SystemResolver)
            .user_agent(concat!("davy/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = &self.extra_roots {
            let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(internal)?;
            builder = builder.tls_certs_merge(roots);
        }
        builder.build().map_err(internal)
    }
}

/// A server of an organisation over HTTP.
#[derive(Debug, Clone)]
pub struct HttpRemote {
    client: Client,
    server: Url,
    org: OrgId,
    stall: Duration,
}

impl HttpRemote {
    /// For the server at this address, as it stands in the enrolment.
    ///
    /// # Errors
    /// The address is not an http(s) URL, or the extra certificates cannot be read.
    pub fn new(server: &str, org: OrgId, config: &HttpConfig) -> Result<Self, RemoteError> {
        Ok(Self { client: config.client()?, server: parse_server(server)?, org, stall: config.stall })
    }

    fn url(&self, path: &str) -> Result<Url, RemoteError> {
        join(&self.server, &format!("v1/orgs/{}/{path}", self.org))
    }

    async fn post<A>(&self, path: &str, token: Option<&Token>, body: Vec<u8>, limit: u64) -> Answer<A>
    where
        A: for<'b> minicbor::Decode<'b, ()>,
    {
        let mut outgoing = Outgoing::new(Method::POST, self.url(path)?, limit).cbor(body);
        if let Some(token) = token {
            outgoing = outgoing.token(token);
        }
        decode(&outgoing.send(&self.client, self.stall).await?)
    }
}

fn parse_server(server: &str) -> Result<Url, RemoteError> {
    let wrong = |why: String| RemoteError::new(ErrorKind::NoRoute, format!("{server:?} is not a server's address: {why}"));
    let mut url = Url::parse(server.trim()).map_err(|error| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("it must start with https:// and name a host".to_owned()));
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn join(server: &Url, path: &str) -> Result<Url, RemoteError> {
    server.join(path).map_err(|error| RemoteError::answer(format!("{path:?} is not an address: {error}")))
}

fn encode<T: minicbor::Encode<()>>(message: &T) -> Result<Vec<u8>, RemoteError> {
    minicbor::to_vec(message).map_err(|error| RemoteError::answer(format!("a request cannot be encoded: {error}")))
}

fn decode<A>(incoming: &Incoming) -> Answer<A>
where
    A: for<'b> minicbor::Decode<'b, ()>,
{
    minicbor::decode(&incoming.body).map_err(|error| RemoteError::answer(format!("the server's answer cannot be read: {error}")))
}

impl Remote for HttpRemote {
    async fn token(&self, prover: &Prover) -> Answer<(Token, Duration)> {
        let challenge: Challenge = self.post("challenge", None, Vec::new(), SMALL).await?;
        let signature = prover.key.sign(&token_bytes(prover.stream, &challenge.nonce));
        let request = TokenRequest { stream: prover.stream, nonce: challenge.nonce, signature: signature.to_bytes().to_vec() };
        let response: TokenResponse = self.post("token", None, encode(&request)?, SMALL).await?;
        Ok((Token(response.token), Duration::from_secs(response.expires_in.into())))
    }

    async fn hello(&self, token: &Token, request: &HelloRequest) -> Answer<HelloResponse> {
        self.post("hello", Some(token), encode(request)?, MAX_REQUEST as u64).await
    }

    async fn push(&self, token: &Token, segments: &[Vec<u8>]) -> Answer<PushResponse> {
        self.post("push", Some(token), segment::encode_push(segments), SMALL).await
    }

    async fn pull(&self, token: &Token, request: &PullRequest) -> Answer<PullResponse> {
        self.post("pull", Some(token), encode(request)?, MAX_REQUEST as u64).await
    }

    async fn upload_create(&self, token: &Token, request: &UploadRequest, whole: Option<Vec<u8>>) -> Answer<UploadState> {
        tus::create(self, token, request, whole).await
    }

    async fn upload_head(&self, token: &Token, url: &str) -> Answer<UploadState> {
        tus::head(self, token, url).await
    }

    async fn upload_patch(&self, token: &Token, url: &str, offset: u64, chunk: Vec<u8>) -> Answer<UploadState> {
        tus::patch(self, token, url, offset, chunk).await
    }

    async fn get_blob(&self, token: &Token, sha256: BlobId, limit: u64) -> Answer<Vec<u8>> {
        let outgoing = Outgoing::new(Method::GET, self.url(&format!("blobs/{sha256}"))?, limit).token(token);
        Ok(outgoing.send(&self.client, self.stall).await?.body)
    }

    async fn wait_for_hint(&self, token: &Token) -> Answer<()> {
        exchange::first_event(&self.client, Outgoing::new(Method::GET, self.url("wake")?, SMALL).token(token)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_address_is_taken_with_or_without_slash_and_path_and_nonsense_is_refused() {
        let table = [
            ("https://davy.example", Some("https://davy.example/")),
            (" https://davy.example/ ", Some("https://davy.example/")),
            ("http://10.1.2.3:8080/davy?x#y", Some("http://10.1.2.3:8080/davy/")),
            ("davy.example", None),
            ("ftp://davy.example", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_server(text).ok().map(String::from), expected.map(str::to_owned), "{text}");
        }
    }
}
