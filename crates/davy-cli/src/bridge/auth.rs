//! Who may call: a browser that knows the address's secret, from a page of this address.
//!
//! The secret comes once in the address and lives on in a cookie that scripts cannot read. Commands also need a
//! header that other sites cannot send, and the `Host` must be this machine (against rebinding of names).

use super::Bridge;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use subtle::ConstantTimeEq;

const COOKIE: &str = "davy_bridge";

/// Lets a request through or says what to do.
pub async fn check(State(bridge): State<Bridge>, request: Request, next: Next) -> Response {
    if !is_this_machine(request.headers()) {
        return (StatusCode::FORBIDDEN, "open the address that davy bridge printed").into_response();
    }
    let path = request.uri().path().to_owned();
    let offered = request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("token=")));
    if let Some(token) = offered.filter(|_| path == "/") {
        if !same(token, &bridge.token) {
            return (StatusCode::FORBIDDEN, "this address is no longer valid; open the one that davy bridge printed").into_response();
        }
        let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/", bridge.token);
        return ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response();
    }
    if !has_cookie(request.headers(), &bridge.token) {
        return (StatusCode::UNAUTHORIZED, "open the address that davy bridge printed").into_response();
    }
    let is_call = path.starts_with("/command/") || path == "/photo";
    if is_call && !request.headers().contains_key("x-davy-bridge") {
        return (StatusCode::FORBIDDEN, "the header x-davy-bridge is missing").into_response();
    }
    next.run(request).await
}

fn is_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn has_cookie(headers: &HeaderMap, token: &str) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.any(|(name, value)| name == COOKIE && same(value, token))
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
