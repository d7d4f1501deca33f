//! A demo: a server with the demo organisation and one enrolled device, in a folder, at addresses that stay the same.
//!
//! The folder: `server/` (database, photographs), `device/` (the field app's data), `logs/`, `demo.json` (ports and
//! what the demo organisation answered). A second start finds all of it and does nothing again.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::paths;
use crate::process::{self, Service};
use crate::services::{self, Stop};

/// PIN of the demo's device.
pub const PIN: &str = "258036";

/// Name of the demo's device.
const DEVICE: &str = "Demo tablet";

/// A demo in its folder.
pub struct Demo {
    folder: PathBuf,
    facts: Value,
}

impl Demo {
    /// Opens a demo folder or begins one.
    pub fn open(folder: &Path) -> Result<Self> {
        let folder = std::path::absolute(folder).with_context(|| format!("{} is not a folder's name", folder.display()))?;
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let file = folder.join("demo.json");
        let facts = if file.exists() {
            let text = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            serde_json::from_slice(&text).with_context(|| format!("{} is not JSON; remove the folder to begin anew", file.display()))?
        } else {
            json!({
                "server_port": services::free_port()?,
                "bridge_port": services::free_port()?,
                "bridge_token": random_token()?,
            })
        };
        let demo = Self { folder, facts };
        demo.save()?;
        Ok(demo)
    }

    /// Begins a demo in an emptied folder.
    pub fn fresh(name: &str) -> Result<Self> {
        let folder = paths::notes().join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        Self::open(&folder)
    }

    fn save(&self) -> Result<()> {
        let file = self.folder.join("demo.json");
        let new = self.folder.join("demo.json.new");
        fs::write(&new, format!("{:#}\n", self.facts)).with_context(|| format!("{} cannot be written", new.display()))?;
        fs::rename(&new, &file).with_context(|| format!("{} cannot be written", file.display()))
    }

    /// The field app's data.
    pub fn device(&self) -> PathBuf {
        self.folder.join("device")
    }

    /// Where everything lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Address of the server and its console.
    pub fn server_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port("server_port"))
    }

    /// What the demo organisation said about itself: logins and people.
    pub fn organisation(&self) -> &Value {
        self.facts.get("organisation").unwrap_or(&Value::Null)
    }

    fn port(&self, name: &str) -> u16 {
        self.facts.get(name).and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()).unwrap_or(0)
    }

    /// Makes the demo organisation, once.
    pub fn seed(&mut self) -> Result<()> {
        if self.facts.get("organisation").is_some() {
            return Ok(());
        }
        println!("→ make the demo organisation");
        let mut command = Command::new(paths::program("davy-server"));
        command.arg("demo").arg("--data").arg(self.folder.join("server"));
        command.args(["--public-url", &self.server_url()]).current_dir(paths::root());
        let text = process::read(&mut command)?;
        let organisation: Value = serde_json::from_str(&text).context("davy-server demo printed something that is not JSON")?;
        self.keep("organisation", organisation)
    }

    fn keep(&mut self, name: &str, value: Value) -> Result<()> {
        if let Some(facts) = self.facts.as_object_mut() {
            facts.insert(name.to_owned(), value);
        }
        self.save()
    }

    /// Starts the server and waits until it answers.
    pub fn start_server(&self, stop: &Stop) -> Result<Service> {
        let port = self.port("server_port");
        self.require_free(port)?;
        let mut command = Command::new(paths::program("davy-server"));
        command.arg("serve").arg("--data").arg(self.folder.join("server"));
        command.args(["--listen", &format!("127.0.0.1:{port}"), "--public-url", &self.server_url()]);
        command.current_dir(paths::root());
        let mut service = Service::start("davy-server", &mut command, &self.folder.join("logs/server.log"))?;
        services::wait_until_ready(&mut service, port, "/health", stop)?;
        Ok(service)
    }

    /// Registers the demo's device, once. The server must be running.
    pub fn enrol(&mut self) -> Result<()> {
        if self.facts.get("enrolled").is_some() {
            return Ok(());
        }
        println!("→ enrol the field app");
        let code = self.text("/code").context("the demo organisation named no enrolment code")?;
        let mut command = Command::new(paths::program("davy"));
        command.arg("enrol").arg("--data").arg(self.device()).env("DAVY_PIN", PIN);
        command.args(["--server", &self.server_url(), "--code", &code, "--name", DEVICE]);
        process::read(&mut command).context("the field app could not be enrolled")?;
        self.keep("enrolled", json!(true))
    }

    /// Starts the field app for a browser and returns the address to open.
    pub fn start_bridge(&self, stop: &Stop) -> Result<(Service, String)> {
        let port = self.port("bridge_port");
        self.require_free(port)?;
        let token = self.facts.get("bridge_token").and_then(Value::as_str).unwrap_or_default();
        let mut command = Command::new(paths::program("davy"));
        command.arg("bridge").arg("--data").arg(self.device()).current_dir(paths::root());
        command.args(["--name", DEVICE, "--port", &port.to_string()]).env("DAVY_BRIDGE_TOKEN", token);
        let mut service = Service::start("davy bridge", &mut command, &self.folder.join("logs/bridge.log"))?;
        services::wait_until_ready(&mut service, port, "/", stop)?;
        Ok((service, format!("http://127.0.0.1:{port}/?token={token}")))
    }

    /// Opens the window.
    pub fn start_window(&self) -> Result<Service> {
        let mut command = Command::new(paths::program("davy-field"));
        command.arg("--data").arg(self.device());
        Service::start("the window", &mut command, &self.folder.join("logs/window.log"))
    }

    /// A text of what the demo organisation said.
    pub fn text(&self, pointer: &str) -> Option<String> {
        self.organisation().pointer(pointer).and_then(Value::as_str).map(str::to_owned)
    }

    /// The device remembers the server's address, so another port would not do.
    fn require_free(&self, port: u16) -> Result<()> {
        if services::is_free(port) {
            return Ok(());
        }
        bail!(
            "port {port} is in use. The demo in {} may be running already: stop it first, or choose another folder with --data",
            self.folder.display()
        )
    }
}

/// A secret for the bridge's address, from the system's source of randomness.
fn random_token() -> Result<String> {
    let mut bytes = [0; 16];
    let mut source = fs::File::open("/dev/urandom").context("/dev/urandom cannot be opened")?;
    source.read_exact(&mut bytes).context("/dev/urandom cannot be read")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
