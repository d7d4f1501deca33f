//! The office side: a server of its own in this process, an organisation with a site, two inspectors and a supervisor.

use crate::Seed;
use crate::console::Console;
use crate::device::{Device, Kit, small_steps};
use davy_core::checklist::{Library, load_yaml, publish};
use davy_core::event::{PersonSet, RegionSet, Role, SiteSet};
use davy_core::id::{OrgId, PersonId, RegionId, SiteId, StreamId};
use davy_core::time::Millis;
use davy_protocol::SigningKey;
use davy_protocol::enrol::{EnrolRequest, stream_id};
use davy_server::admin::NewPerson;
use davy_server::clock::ManualClock;
use davy_server::{Admin, RunningServer, Server};
use davy_store::{Clock, Enrolment, FakeClock, Keys, PinCost, Secrets, SystemClock, Vault};
use davy_sync::{Config, HttpConfig, RemoteError, enrol};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;

/// When the world begins: 2026-03-01T00:00:00Z.
pub const BEGINNING: i64 = 1_772_323_200_000;
/// The supervisor's password.
pub const PASSWORD: &str = "lamp-and-helmet-2026";

/// A whole world.
pub struct World {
    dir: TempDir,
    server: Option<RunningServer>,
    address: SocketAddr,
    /// The server's clock; devices move it with theirs.
    pub clock: Arc<ManualClock>,
    /// Chance.
    pub seed: Seed,
    /// Organisation.
    pub org: OrgId,
    /// Region of the site.
    pub region: RegionId,
    /// The site.
    pub site: SiteId,
    /// Two inspectors.
    pub inspectors: [PersonId; 2],
    devices: u64,
}

impl World {
    /// Makes one.
    pub async fn new(seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Millis(BEGINNING)));
        let server = start(&dir, &clock).await;
        let admin = server.admin();
        let org = admin.create_organisation("Bureau").await.unwrap();
        let region = admin.put_region(org, None, RegionSet { name: "North".to_owned(), parent: None }).await.unwrap();
        let site = admin
            .put_site(
                org,
                None,
                SiteSet {
                    name: "Yard 3".to_owned(),
                    enterprise: "Harbour Works".to_owned(),
                    industry: "building-construction".to_owned(),
                    region,
                    address: None,
                    areas: vec!["gate".to_owned()],
                    contacts: Vec::new(),
                },
            )
            .await
            .unwrap();
        let first = person(admin, org, region, "Lin", Role::Inspector, None).await;
        let second = person(admin, org, region, "Osei", Role::Inspector, None).await;
        person(admin, org, region, "Wang", Role::Supervisor, Some("wang")).await;
        let yard = include_str!("../fixtures/yard.yaml");
        let published = publish(load_yaml("yard.yaml", yard).unwrap(), &Library::default()).unwrap();
        admin.publish_checklist(org, published).await.unwrap();
        let address = server.addr();
        Self {
            dir,
            server: Some(server),
            address,
            clock,
            seed: Seed::new(seed),
            org,
            region,
            site,
            inspectors: [first, second],
            devices: 0,
        }
    }

    /// Administration.
    #[must_use]
    pub fn admin(&self) -> &Admin {
        self.server.as_ref().expect("the server runs").admin()
    }

    /// The server's address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server's address as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The folder that everything of this world lies in.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// The folder of the server's data.
    #[must_use]
    pub fn server_dir(&self) -> std::path::PathBuf {
        self.dir.path().join("server")
    }

    /// Lets the server's clock show the machine's time, for worlds with processes of their own.
    pub fn to_the_present(&self) {
        self.clock.advance(Clock::wall(&SystemClock).ms.0 - BEGINNING);
    }

    /// Stops the server.
    pub async fn stop_server(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Starts it again on the same data, on another port.
    pub async fn start_server(&mut self) {
        let server = start(&self.dir, &self.clock).await;
        self.address = server.addr();
        self.server = Some(server);
    }

    /// A one-time code for a person.
    pub async fn code(&self, person: PersonId) -> String {
        self.admin().create_code(self.org, person, 15, &self.url()).await.unwrap().code
    }

    /// A new, enrolled tablet of the first or second inspector.
    pub async fn device(&mut self, inspector: usize) -> Device {
        let url = self.url();
        self.device_through(inspector, &url, small_steps()).await
    }

    /// A new tablet that finds the server under another address.
    pub async fn device_through(&mut self, inspector: usize, url: &str, config: Config) -> Device {
        self.devices += 1;
        let dir = self.dir.path().join(format!("tablet-{}", self.devices));
        let code = self.code(self.inspectors[inspector]).await;
        let keys = enrolled(&self.url(), code, &format!("tablet {}", self.devices), &Secrets::generate()).await;
        let boot = [u8::try_from(self.devices).unwrap(); 8];
        Device::start(Kit {
            dir,
            keys: Arc::new(keys),
            clock: Arc::new(FakeClock::new(BEGINNING, boot)),
            world_clock: Arc::clone(&self.clock),
            seed: self.seed.fork(),
            url: url.to_owned(),
            config,
            http: HttpConfig::default(),
        })
    }

    /// The key that the server signs receipts with.
    pub async fn server_key(&self) -> SigningKey {
        self.admin().app().org(self.org).await.unwrap().key.clone()
    }

    /// Seq of the newest event of a device that the server has.
    pub async fn head_of(&self, stream: StreamId) -> u64 {
        let found = self.admin().app().store.query(move |tx| tx.stream(stream)).await.unwrap();
        found.unwrap().head_seq
    }

    /// Takes a device's right to read away.
    pub async fn revoke(&self, stream: StreamId) {
        assert!(self.admin().revoke(self.org, stream).await.unwrap());
    }

    /// The supervisor at the console.
    pub async fn supervisor(&self) -> Console {
        Console::sign_in(&self.url(), "wang").await
    }
}

async fn start(dir: &TempDir, clock: &Arc<ManualClock>) -> RunningServer {
    crate::process::wait_for_starts();
    let config = davy_server::Config { password_kib: 64, ..davy_server::Config::local(dir.path().join("server")) };
    Server::start_with(config, Arc::<ManualClock>::clone(clock)).await.unwrap()
}

async fn person(admin: &Admin, org: OrgId, region: RegionId, name: &str, role: Role, login: Option<&str>) -> PersonId {
    let set = PersonSet { name: name.to_owned(), role, active: true, badge: None };
    let login = login.map(str::to_owned);
    let password = login.is_some().then(|| PASSWORD.to_owned());
    admin.put_person(org, NewPerson { id: None, set, login, password, region: Some(region), site: None }).await.unwrap()
}

/// Exchanges a code for keys, as the app does.
pub async fn enrolled(url: &str, code: String, device_name: &str, secrets: &Secrets) -> Keys {
    Keys::new(secrets, enrolment(url, code, device_name, secrets).await)
}

/// The same with a vault around the keys.
pub async fn enrolled_with_vault(world: &World, inspector: usize, dir: &std::path::Path, pin: &str, cost: PinCost) -> Keys {
    let (url, secrets) = (world.url(), Secrets::generate());
    let code = world.code(world.inspectors[inspector]).await;
    let enrolment = enrolment(&url, code, "killed", &secrets).await;
    Vault::create(dir, pin, &secrets, enrolment, cost, None).unwrap()
}

async fn enrolment(url: &str, code: String, device_name: &str, secrets: &Secrets) -> Enrolment {
    try_enrolment(url, code, device_name, secrets).await.unwrap()
}

/// The same, with what the server says against it.
///
/// # Errors
/// The code is refused.
pub async fn try_enrolment(url: &str, code: String, device_name: &str, secrets: &Secrets) -> Result<Enrolment, RemoteError> {
    let mut request = EnrolRequest {
        code,
        key: [0; 32],
        device_name: device_name.to_owned(),
        platform: "test".to_owned(),
        app_version: "0.1.0".to_owned(),
        nonce: rand::random(),
        signature: Vec::new(),
    };
    request.sign(&secrets.signing);
    let answer = enrol(url, &HttpConfig::default(), &request).await?;
    let response = answer.response;
    Ok(Enrolment {
        server: url.to_owned(),
        org: response.org,
        org_name: response.org_name,
        stream: stream_id(&response.record),
        device: answer.record.device,
        device_name: device_name.to_owned(),
        record: response.record,
        server_key: response.server_key,
        person: response.person,
        person_name: response.person_name,
        role: response.role,
    })
}
