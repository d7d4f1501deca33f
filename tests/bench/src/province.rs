//! A real server in this process, with sites, people and enrolled devices; its work and the devices' on threads of
//! different names, so that their processor time can be told apart.

use crate::author::Author;
use crate::content::Sheet;
use crate::measure::CLIENT;
use anyhow::{Context, Result};
use davy_core::event::{PersonSet, RegionSet, Role, SiteSet};
use davy_core::id::{Hash32, OrgId, PersonId, SiteId};
use davy_core::time::Millis;
use davy_protocol::VerifyingKey;
use davy_protocol::enrol::{EnrolRequest, genesis, stream_id};
use davy_protocol::message::{HelloRequest, HelloResponse};
use davy_protocol::receipt::{BlobReceipt, Receipt};
use davy_server::admin::NewPerson;
use davy_server::{Config, RunningServer, Server};
use davy_store::{Enrolment, Secrets};
use davy_sync::remote::{Prover, Token};
use davy_sync::{HttpConfig, HttpRemote, Remote};
use std::path::{Path, PathBuf};
use tokio::runtime::{Builder, Runtime};

/// Login of the supervisor.
pub const LOGIN: &str = "supervisor";
/// Password of the supervisor.
pub const PASSWORD: &str = "measure-2026";

/// A running server and what its organisation consists of.
pub struct Province {
    /// Runs the server.
    pub server_threads: Runtime,
    /// Runs the devices.
    pub client_threads: Runtime,
    /// Data folder of the server.
    pub folder: PathBuf,
    /// Organisation.
    pub org: OrgId,
    /// Inspector of all sites.
    pub person: PersonId,
    /// Sites.
    pub sites: Vec<SiteId>,
    /// Checklist.
    pub sheet: Sheet,
    /// Address.
    pub url: String,
    server: Option<RunningServer>,
}

fn threads(name: &str) -> Result<Runtime> {
    Ok(Builder::new_multi_thread().thread_name(name).enable_all().build()?)
}

impl Province {
    /// Starts a server with so many sites.
    ///
    /// # Errors
    /// It does not start, or refuses its first entries.
    pub fn start(folder: &Path, sites: usize, sheet: Sheet) -> Result<Self> {
        let (server_threads, client_threads) = (threads("server")?, threads(CLIENT)?);
        let folder = folder.join("server");
        let server = server_threads.block_on(Server::start(Config::local(&folder)))?;
        let url = server.url();
        let (org, person, sites) = server_threads.block_on(populate(&server, sites, &sheet))?;
        Ok(Self { server_threads, client_threads, folder, org, person, sites, sheet, url, server: Some(server) })
    }

    /// Stops the server; the database is closed then.
    ///
    /// # Errors
    /// It was stopped before.
    pub fn stop(&mut self) -> Result<()> {
        let server = self.server.take().context("the server was stopped before")?;
        self.server_threads.block_on(server.stop());
        Ok(())
    }

    fn code(&self) -> Result<String> {
        let server = self.server.as_ref().context("the server is stopped")?;
        let made = self.server_threads.block_on(server.admin().create_code(self.org, self.person, 60, &self.url))?;
        Ok(made.code)
    }

    /// Enrols a device over HTTP.
    ///
    /// # Errors
    /// The server refuses.
    pub fn enrol(&self, name: &str) -> Result<(Secrets, Enrolment)> {
        let secrets = Secrets::generate();
        let mut request = EnrolRequest {
            code: self.code()?,
            key: [0; 32],
            device_name: name.to_owned(),
            platform: "linux".to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            nonce: rand::random(),
            signature: Vec::new(),
        };
        request.sign(&secrets.signing);
        let enrolled = self.client_threads.block_on(davy_sync::http::enrol(&self.url, &HttpConfig::default(), &request))?;
        let response = enrolled.response;
        let enrolment = Enrolment {
            server: self.url.clone(),
            org: response.org,
            org_name: response.org_name,
            stream: stream_id(&response.record),
            device: enrolled.record.device,
            device_name: name.to_owned(),
            server_key: response.server_key,
            person: response.person,
            person_name: response.person_name,
            role: response.role,
            record: response.record,
        };
        Ok((secrets, enrolment))
    }

    /// A device that makes its events in memory, connected and with a token.
    ///
    /// # Errors
    /// The server refuses.
    pub fn tablet(&self, name: &str) -> Result<Tablet> {
        let (secrets, enrolment) = self.enrol(name)?;
        let remote = HttpRemote::new(&self.url, self.org, &HttpConfig::default())?;
        let prover = Prover { stream: enrolment.stream, key: secrets.signing.clone() };
        let (token, _) = self.client_threads.block_on(remote.token(&prover))?;
        let genesis = genesis(&enrolment.record);
        let author = Author::new(self.org, self.person, secrets.signing, enrolment.stream, genesis);
        Ok(Tablet { author, genesis, remote, token, server_key: VerifyingKey::from_bytes(&enrolment.server_key)? })
    }
}

async fn populate(server: &RunningServer, sites: usize, sheet: &Sheet) -> Result<(OrgId, PersonId, Vec<SiteId>)> {
    let admin = server.admin();
    let org = admin.create_organisation("Measured province").await?;
    let region = admin.put_region(org, None, RegionSet { name: "测量县".to_owned(), parent: None }).await?;
    let person = |name: &str, role, login: Option<&str>| NewPerson {
        id: None,
        set: PersonSet { name: name.to_owned(), role, active: true, badge: None },
        login: login.map(str::to_owned),
        password: login.map(|_| PASSWORD.to_owned()),
        region: Some(region),
        site: None,
    };
    let inspector = admin.put_person(org, person("李检查员", Role::Inspector, None)).await?;
    admin.put_person(org, person("王主管", Role::Supervisor, Some(LOGIN))).await?;
    let mut made = Vec::with_capacity(sites);
    for at in 0..sites {
        let set = SiteSet {
            name: format!("第{at}煤矿"),
            enterprise: format!("第{at}矿业公司"),
            industry: "coal-mines".to_owned(),
            region,
            address: None,
            areas: vec!["回风巷".to_owned()],
            contacts: Vec::new(),
        };
        made.push(admin.put_site(org, None, set).await?);
    }
    admin.publish_checklist(org, sheet.published.clone()).await?;
    Ok((org, inspector, made))
}

/// A device that makes its events in memory and speaks to the server as the real one does.
pub struct Tablet {
    /// Makes events.
    pub author: Author,
    /// The server as the driver sees it.
    pub remote: HttpRemote,
    /// Proof of the device key.
    pub token: Token,
    genesis: Hash32,
    server_key: VerifyingKey,
}

impl Tablet {
    /// Sends segments and verifies the receipt: returns only when the work is delivered up to `head`.
    ///
    /// # Errors
    /// Refused, or the receipt is not for this head.
    pub async fn deliver(&self, segments: &[Vec<u8>], head: u64) -> Result<()> {
        let answer = self.remote.push(&self.token, segments).await?;
        let receipt = Receipt::verify(&answer.receipt, &self.server_key, self.author.org)?;
        anyhow::ensure!(receipt.head_seq == head, "the receipt names event {}, sent was {head}", receipt.head_seq);
        Ok(())
    }

    /// Verifies a blob's receipt.
    ///
    /// # Errors
    /// It is for other bytes.
    pub fn check_blob(&self, receipt: &[u8], sha256: [u8; 32], size: u64) -> Result<()> {
        let receipt = BlobReceipt::verify(receipt, &self.server_key, self.author.org)?;
        anyhow::ensure!(receipt.sha256.0 == sha256 && receipt.size == size, "the receipt is for other bytes");
        Ok(())
    }

    /// Asks where everything stands, as a device without events.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn hello(&self) -> Result<HelloResponse> {
        let request = HelloRequest {
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            head_seq: 0,
            head: self.genesis,
            scopes: Vec::new(),
            wall_ms: Millis(0),
            offset_minutes: 0,
            mono_ns: 0,
            free_bytes: None,
            pending_events: 0,
            pending_blobs: 0,
            pending_bytes: 0,
        };
        Ok(self.remote.hello(&self.token, &request).await?)
    }
}
