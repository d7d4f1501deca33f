//! Uploads by tus 1.0 with the rules of `docs/sync.md` §7: creation, checksum per chunk, the receipt in `Davy-Receipt`.

use super::HttpRemote;
use super::exchange::{Incoming, Outgoing};
use crate::error::RemoteError;
use crate::remote::{Answer, Token, UploadRequest, UploadState};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Url};
use sha2::{Digest, Sha256};

const SMALL: u64 = 64 * 1024;

fn outgoing(remote: &HttpRemote, method: Method, url: Url, token: &Token) -> (Outgoing, std::time::Duration) {
    (Outgoing::new(method, url, SMALL).token(token).header("tus-resumable", "1.0.0"), remote.stall)
}

/// Opens an upload. Repeating it after a lost answer finds the same one.
pub async fn create(remote: &HttpRemote, token: &Token, request: &UploadRequest, whole: Option<Vec<u8>>) -> Answer<UploadState> {
    let url = remote.url("uploads")?;
    let metadata = [("sha256", request.sha256.to_string()), ("scope", request.scope.to_string()), ("type", request.media_type.clone())]
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
        .join(",");
    let (outgoing, stall) = outgoing(remote, Method::POST, url.clone(), token);
    let outgoing = outgoing.header("upload-length", &request.size.to_string()).header("upload-metadata", &metadata);
    let outgoing = match whole {
        Some(whole) => with_chunk(outgoing, whole),
        None => outgoing,
    };
    let answer = outgoing.send(&remote.client, stall).await?;
    if let Some(receipt) = receipt(&answer)? {
        return Ok(UploadState::Complete { receipt });
    }
    let location = answer.header("location").ok_or_else(|| RemoteError::answer("the server opened an upload without an address"))?;
    let url = upload_url(&url, location)?;
    Ok(UploadState::Open { url: url.into(), offset: offset(&answer).unwrap_or(0) })
}

/// Asks for the offset.
pub async fn head(remote: &HttpRemote, token: &Token, url: &str) -> Answer<UploadState> {
    let (outgoing, stall) = outgoing(remote, Method::HEAD, upload_url(&remote.url("uploads")?, url)?, token);
    state(&outgoing.send(&remote.client, stall).await?, url)
}

/// Sends a chunk with its checksum.
pub async fn patch(remote: &HttpRemote, token: &Token, url: &str, at: u64, chunk: Vec<u8>) -> Answer<UploadState> {
    let (outgoing, stall) = outgoing(remote, Method::PATCH, upload_url(&remote.url("uploads")?, url)?, token);
    let outgoing = with_chunk(outgoing.header("upload-offset", &at.to_string()), chunk);
    state(&outgoing.send(&remote.client, stall).await?, url)
}

fn with_chunk(outgoing: Outgoing, chunk: Vec<u8>) -> Outgoing {
    let checksum = format!("sha256 {}", STANDARD.encode(Sha256::digest(&chunk)));
    outgoing.header("upload-checksum", &checksum).bytes("application/offset+octet-stream", chunk)
}

fn state(answer: &Incoming, url: &str) -> Answer<UploadState> {
    if let Some(receipt) = receipt(answer)? {
        return Ok(UploadState::Complete { receipt });
    }
    let offset = offset(answer).ok_or_else(|| RemoteError::answer("the server did not say how much of the upload it holds"))?;
    Ok(UploadState::Open { url: url.to_owned(), offset })
}

fn offset(answer: &Incoming) -> Option<u64> {
    answer.header("upload-offset")?.trim().parse().ok()
}

fn receipt(answer: &Incoming) -> Answer<Option<Vec<u8>>> {
    let Some(text) = answer.header("davy-receipt") else { return Ok(None) };
    let bytes = STANDARD.decode(text.trim()).map_err(|error| RemoteError::answer(format!("a receipt cannot be read: {error}")))?;
    Ok(Some(bytes))
}

/// An upload's address must lie at the same server: the token goes nowhere else. Only its path is taken, so that
/// an address that a reverse proxy got wrong still leads to the server we know.
fn upload_url(base: &Url, location: &str) -> Result<Url, RemoteError> {
    let wrong = |why: String| RemoteError::answer(format!("the server gave {location:?} as an upload's address: {why}"));
    let stated = base.join(location).map_err(|error| wrong(error.to_string()))?;
    let mut url = base.clone();
    url.set_path(stated.path());
    url.set_query(stated.query());
    let inside = stated.path().starts_with(base.path()) && stated.path().len() > base.path().len();
    if inside { Ok(url) } else { Err(wrong("it is not below the uploads of this organisation".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uploads_address_stays_at_the_server_and_below_its_uploads() {
        let base = Url::parse("https://davy.example:8443/v1/orgs/o/uploads").unwrap();
        let table = [
            ("/v1/orgs/o/uploads/abc", Some("https://davy.example:8443/v1/orgs/o/uploads/abc")),
            ("https://davy.example:8443/v1/orgs/o/uploads/abc", Some("https://davy.example:8443/v1/orgs/o/uploads/abc")),
            ("http://127.0.0.1/v1/orgs/o/uploads/abc", Some("https://davy.example:8443/v1/orgs/o/uploads/abc")),
            ("uploads/abc", Some("https://davy.example:8443/v1/orgs/o/uploads/abc")),
            ("https://evil.example/steal", None),
            ("/v1/orgs/o/uploads", None),
            ("/v1/orgs/o/uploads/../../x", None),
            ("", None),
        ];
        for (location, expected) in table {
            assert_eq!(upload_url(&base, location).ok().map(String::from), expected.map(str::to_owned), "{location}");
        }
    }
}
