//! The console's API from a terminal: session cookie, CSRF header, errors in words.

use anyhow::{Context, Result, bail};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A signed-in session.
pub struct Client {
    http: reqwest::Client,
    server: String,
    cookie: String,
    session: Value,
}

impl Client {
    /// Signs in.
    pub async fn sign_in(server: &str, login: &str, password: &str) -> Result<Self> {
        let server = server.trim_end_matches('/').to_owned();
        let http = reqwest::Client::builder().build()?;
        let request = http.post(format!("{server}/api/session")).json(&json!({ "login": login, "password": password }));
        let answer = request.send().await.with_context(|| format!("{server} does not answer"))?;
        let cookie = answer.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok()).and_then(|line| line.split(';').next());
        let cookie = cookie.unwrap_or_default().to_owned();
        let session = read(answer).await?;
        Ok(Self { http, server, cookie, session })
    }

    /// What signing in answered.
    pub const fn session(&self) -> &Value {
        &self.session
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, None).await
    }

    /// Changes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Sends a file as it is.
    pub async fn upload(&self, path: &str, name: &str, bytes: Vec<u8>) -> Result<Value> {
        let url = reqwest::Url::parse_with_params(&self.address(path), [("name", name)])?;
        let request = self.request(Method::POST, url).body(bytes);
        read(request.send().await.with_context(|| format!("{} does not answer", self.server))?).await
    }

    /// Ends the session; one that stays would end by itself.
    pub async fn sign_out(self) {
        let _ = self.send(Method::DELETE, "session", None).await;
    }

    fn address(&self, path: &str) -> String {
        format!("{}/api/{path}", self.server)
    }

    fn request(&self, method: Method, url: impl reqwest::IntoUrl) -> reqwest::RequestBuilder {
        let csrf = self.session["csrf"].as_str().unwrap_or_default();
        self.http.request(method, url).header(COOKIE, &self.cookie).header("x-davy-csrf", csrf)
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.request(method, self.address(path));
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await.with_context(|| format!("{} does not answer", self.server))?).await
    }
}

async fn read(answer: Response) -> Result<Value> {
    let status = answer.status();
    let bytes = answer.bytes().await?;
    if status.is_success() {
        return Ok(if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).context("the answer is not JSON")? });
    }
    let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    match problem["message"].as_str() {
        Some(words) => bail!("{words}"),
        None => bail!("the server answered {status}"),
    }
}
