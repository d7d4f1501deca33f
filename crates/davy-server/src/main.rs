//! `davy-server`: serve, backup, admin, demo. Each command prints what it did; errors say what to do.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};
use davy_core::event::{PersonSet, RegionSet, Role, SiteSet};
use davy_core::id::{OrgId, PersonId, RegionId, SiteId, StreamId};
use davy_server::admin::NewPerson;
use davy_server::demo::{SeedRequest, seed};
use davy_server::{Admin, Config, Server};
use serde_json::json;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

/// The central server of Davy.
#[derive(Parser)]
#[command(name = "davy-server", version, about)]
struct Program {
    /// Logs as JSON, one object a line.
    #[arg(long, global = true, env = "DAVY_LOG_JSON")]
    log_json: bool,
    /// What to log, for example `info` or `davy_server=debug`.
    #[arg(long, global = true, env = "DAVY_LOG", default_value = "info")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves devices and consoles until Ctrl-C or SIGTERM.
    Serve {
        #[command(flatten)]
        config: Config,
    },
    /// Copies database and photographs into a folder while the server runs, and checks the copy.
    Backup {
        #[command(flatten)]
        config: Config,
        /// Folder of the backup.
        #[arg(long)]
        to: PathBuf,
        /// The folder lies on another machine or is brought there: devices may then let go of what it holds.
        #[arg(long)]
        elsewhere: bool,
    },
    /// Makes a demo organisation and prints its logins as JSON.
    Demo {
        #[command(flatten)]
        config: Config,
        /// Folder of checklist packs.
        #[arg(long, default_value = "checklists")]
        checklists: PathBuf,
    },
    /// Administers organisations, people, sites, checklists, codes, devices. Prints JSON.
    Admin {
        #[command(flatten)]
        config: Config,
        #[command(subcommand)]
        step: Step,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Inspector,
    EnterpriseOfficer,
    Supervisor,
    Committee,
    Administrator,
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Inspector => Self::Inspector,
            RoleName::EnterpriseOfficer => Self::EnterpriseOfficer,
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Committee => Self::Committee,
            RoleName::Administrator => Self::Administrator,
            RoleName::Auditor => Self::Auditor,
        }
    }
}

#[derive(Subcommand)]
enum Step {
    /// Lists the organisations.
    Organisations,
    /// Makes an organisation.
    CreateOrganisation {
        /// Name.
        name: String,
    },
    /// Adds a region.
    AddRegion {
        /// Organisation.
        #[arg(long)]
        org: OrgId,
        /// Name.
        name: String,
        /// The region above it.
        #[arg(long)]
        parent: Option<RegionId>,
    },
    /// Adds a site.
    AddSite {
        /// Organisation.
        #[arg(long)]
        org: OrgId,
        /// Name.
        name: String,
        /// Enterprise.
        #[arg(long)]
        enterprise: String,
        /// Industry slug.
        #[arg(long)]
        industry: String,
        /// Region.
        #[arg(long)]
        region: RegionId,
    },
    /// Adds a person. The password is read from `DAVY_NEW_PASSWORD`, so that no process list shows it.
    AddPerson {
        /// Organisation.
        #[arg(long)]
        org: OrgId,
        /// Name.
        name: String,
        /// Role.
        #[arg(long)]
        role: RoleName,
        /// Login for the console.
        #[arg(long)]
        login: Option<String>,
        /// Region whose sites they reach.
        #[arg(long)]
        region: Option<RegionId>,
        /// The only site they reach.
        #[arg(long)]
        site: Option<SiteId>,
    },
    /// Publishes every pack of a folder.
    PublishChecklists {
        /// Organisation.
        #[arg(long)]
        org: OrgId,
        /// Folder.
        folder: PathBuf,
    },
    /// Makes an enrolment code.
    CreateCode {
        /// Organisation.
        #[arg(long)]
        org: OrgId,
        /// Person.
        #[arg(long)]
        person: PersonId,
        /// Minutes that it lasts.
        #[arg(long, default_value_t = 15)]
        minutes: u32,
    },
    /// Revokes a device.
    RevokeDevice {
        /// Organisation.
        #[arg(long)]
        org: OrgId,
        /// Stream.
        stream: StreamId,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let program = Program::parse();
    let filter = EnvFilter::try_new(&program.log).context("--log does not name a filter")?;
    // Commands print their result to standard output; logs go beside it.
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if program.log_json {
        logs.json().init()
    } else {
        logs.init()
    }
    match program.command {
        Command::Serve { config } => serve(config).await,
        Command::Backup { config, to, elsewhere } => {
            let report = Admin::open(&config).await?.backup(&to, elsewhere).await?;
            println!("{:#}", serde_json::to_value(&report)?);
            anyhow::ensure!(
                report.damaged.is_empty(),
                "{} photographs are damaged or missing; they are listed above, all else is saved",
                report.damaged.len()
            );
            Ok(())
        }
        Command::Demo { config, checklists } => {
            let url = url_of(&config);
            let demo = seed(&Admin::open(&config).await?, &SeedRequest { checklists, url }).await?;
            println!("{:#}", serde_json::to_value(&demo)?);
            Ok(())
        }
        Command::Admin { config, step } => admin(&config, step).await,
    }
}

fn url_of(config: &Config) -> String {
    let scheme = if config.is_secure() { "https" } else { "http" };
    config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", config.listen))
}

async fn serve(config: Config) -> Result<()> {
    let _ = davy_server::health::recorder();
    let running = Server::start(config).await?;
    println!("davy-server listens on {}", running.url());
    stop_signal().await.context("signals cannot be waited for")?;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

async fn admin(config: &Config, step: Step) -> Result<()> {
    let admin = Admin::open(config).await?;
    let said = match step {
        Step::Organisations => {
            let all = admin.organisations().await?;
            json!(all.into_iter().map(|(id, name)| json!({ "id": id, "name": name })).collect::<Vec<_>>())
        }
        Step::CreateOrganisation { name } => {
            json!({ "id": admin.create_organisation(&name).await? })
        }
        Step::AddRegion { org, name, parent } => {
            json!({ "id": admin.put_region(org, None, RegionSet { name, parent }).await? })
        }
        Step::AddSite { org, name, enterprise, industry, region } => {
            let set = SiteSet { name, enterprise, industry, region, address: None, areas: Vec::new(), contacts: Vec::new() };
            json!({ "id": admin.put_site(org, None, set).await? })
        }
        Step::AddPerson { org, name, role, login, region, site } => {
            let password = std::env::var("DAVY_NEW_PASSWORD").ok();
            anyhow::ensure!(login.is_none() || password.is_some(), "a login needs a password in DAVY_NEW_PASSWORD");
            let set = PersonSet { name, role: role.into(), active: true, badge: None };
            json!({ "id": admin.put_person(org, NewPerson { id: None, set, login, password, region, site }).await? })
        }
        Step::PublishChecklists { org, folder } => {
            let published = admin.publish_packs(org, &folder).await?;
            json!(published.iter().map(|it| json!({ "id": it.id, "version": it.version, "hash": it.hash })).collect::<Vec<_>>())
        }
        Step::CreateCode { org, person, minutes } => serde_json::to_value(admin.create_code(org, person, minutes, &url_of(config)).await?)?,
        Step::RevokeDevice { org, stream } => {
            json!({ "revoked": admin.revoke(org, stream).await? })
        }
    };
    println!("{said:#}");
    Ok(())
}
