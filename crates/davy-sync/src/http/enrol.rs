//! Enrolment: a one-time code becomes a registered device key (`docs/sync.md` §13).

use super::exchange::Outgoing;
use super::{HttpConfig, SMALL, decode, encode, join, parse_server};
use crate::error::RemoteError;
use crate::remote::Answer;
use davy_protocol::VerifyingKey;
use davy_protocol::enrol::{EnrolRequest, EnrolResponse, EnrolmentRecord};
use reqwest::Method;

/// A verified enrolment.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// The server's answer. The signed record in it is the genesis of the stream: keep its bytes as they are.
    pub response: EnrolResponse,
    /// What the record says.
    pub record: EnrolmentRecord,
}

/// Exchanges a one-time code for a registered device key. The record must be signed by the key that the answer names, and must
/// name our key and our nonce: an answer meant for another request is refused.
///
/// # Errors
/// As any request; a refused code has its reason as the problem's code (`code_unknown`, `code_expired`, `code_used`).
pub async fn enrol(server: &str, config: &HttpConfig, request: &EnrolRequest) -> Answer<Enrolled> {
    let url = join(&parse_server(server)?, "v1/enrol")?;
    let outgoing = Outgoing::new(Method::POST, url, SMALL).cbor(encode(request)?);
    let response: EnrolResponse = decode(&outgoing.send(&config.client()?, config.stall).await?)?;
    let wrong = |why: String| RemoteError::answer(format!("the server's enrolment record was refused: {why}"));
    let key = VerifyingKey::from_bytes(&response.server_key).map_err(|error| wrong(error.to_string()))?;
    let record = EnrolmentRecord::verify(&response.record, &key, response.org).map_err(|error| wrong(error.to_string()))?;
    if record.org != response.org || record.key != request.key || record.nonce != request.nonce {
        return Err(wrong("it is for another device".to_owned()));
    }
    Ok(Enrolled { response, record })
}
