//! A server on a free port with a small organisation, and a browser's half of HTTP.

use davy_core::event::{PersonSet, RegionSet, Role, SiteSet};
use davy_core::id::{OrgId, PersonId, RegionId, SiteId};
use davy_core::time::Millis;
use davy_server::admin::NewPerson;
use davy_server::clock::ManualClock;
use davy_server::{Admin, Config, RunningServer, Server};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;
use std::sync::Arc;

/// The time at which every story begins.
pub const START: Millis = Millis(1_795_478_400_000);
pub const PASSWORD: &str = "correct horse";

/// A server with an organisation: two regions with a site each, people of every role.
pub struct World {
    pub folder: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub server: Option<RunningServer>,
    pub url: String,
    pub admin: Admin,
    pub http: Client,
    pub org: OrgId,
    pub regions: [RegionId; 2],
    pub sites: [SiteId; 2],
}

pub fn config(folder: &std::path::Path) -> Config {
    // Password hashes of the usual strength would be most of the tests' time.
    Config { password_kib: 64, reserve_mib: 1, ..Config::local(folder) }
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(START));
        let server = Server::start_with(config(folder.path()), Arc::clone(&clock) as _).await.unwrap();
        let admin = server.admin().clone();
        let org = admin.create_organisation("云岭省安委会").await.unwrap();
        let mut regions = Vec::new();
        let mut sites = Vec::new();
        for name in ["石桥县", "青泉县"] {
            let region = admin.put_region(org, None, RegionSet { name: name.into(), parent: None }).await.unwrap();
            sites.push(admin.put_site(org, None, site(&format!("{name}煤矿"), region)).await.unwrap());
            regions.push(region);
        }
        let (url, http) = (server.url(), Client::builder().build().unwrap());
        Self {
            folder,
            clock,
            url,
            admin,
            http,
            org,
            server: Some(server),
            regions: regions.try_into().unwrap(),
            sites: sites.try_into().unwrap(),
        }
    }

    /// Stops the server and starts another one on the same folder.
    pub async fn restart(&mut self) {
        self.server.take().unwrap().stop().await;
        let server = Server::start_with(config(self.folder.path()), Arc::clone(&self.clock) as _).await.unwrap();
        (self.url, self.admin) = (server.url(), server.admin().clone());
        self.server = Some(server);
    }

    pub async fn person(&self, login: &str, role: Role, region: Option<RegionId>, site: Option<SiteId>) -> PersonId {
        let set = PersonSet { name: format!("{login} 先生"), role, active: true, badge: None };
        let new = NewPerson { id: None, set, login: Some(login.into()), password: Some(PASSWORD.into()), region, site };
        self.admin.put_person(self.org, new).await.unwrap()
    }

    /// An inspector of the first region with their login.
    pub async fn inspector(&self) -> PersonId {
        self.person("inspector", Role::Inspector, Some(self.regions[0]), None).await
    }

    pub async fn sign_in(&self, login: &str) -> Browser {
        Browser::sign_in(self, login, PASSWORD).await.unwrap_or_else(|answer| panic!("{login}: {answer:?}"))
    }

    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub fn org_path(&self, path: &str) -> String {
        format!("{}/v1/orgs/{}/{path}", self.url, self.org)
    }
}

pub fn site(name: &str, region: RegionId) -> SiteSet {
    SiteSet {
        name: name.into(),
        enterprise: "红岩能源".into(),
        industry: "coal-mines".into(),
        region,
        address: None,
        areas: vec!["3301工作面".into()],
        contacts: Vec::new(),
    }
}

/// An answer read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A signed-in console.
pub struct Browser {
    http: Client,
    url: String,
    pub cookie: String,
    pub csrf: String,
    pub session: Value,
}

impl Browser {
    pub async fn sign_in(world: &World, login: &str, password: &str) -> Result<Self, Answer> {
        let body = serde_json::json!({ "login": login, "password": password });
        let answer = Answer::read(world.http.post(world.path("/api/session")).json(&body).send().await.unwrap()).await;
        if answer.status != StatusCode::OK {
            return Err(answer);
        }
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let session = answer.json();
        let csrf = session["csrf"].as_str().unwrap().to_owned();
        Ok(Self { http: world.http.clone(), url: world.url.clone(), cookie, csrf, session })
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url)).header("cookie", &self.cookie);
        if method != Method::GET {
            request = request.header("x-davy-csrf", &self.csrf);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Sends a file as it is.
    pub async fn upload(&self, method: Method, path: &str, bytes: &[u8]) -> Answer {
        let request = self.http.request(method, format!("{}{path}", self.url)).header("cookie", &self.cookie);
        Answer::read(request.header("x-davy-csrf", &self.csrf).body(bytes.to_vec()).send().await.unwrap()).await
    }

    /// A successful read.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }
}
