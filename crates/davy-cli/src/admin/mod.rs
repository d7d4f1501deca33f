//! `davy admin`: a server's administration through its API, with the rights of the login that is used.
//!
//! What needs the server's own files (a first organisation, publishing a folder of packs, backup) is `davy-server admin`.

mod checklists;
mod client;

use anyhow::{Result, bail};
use client::Client;
use serde_json::{Value, json};

/// Arguments of `davy admin`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Console's address.
    #[arg(long, env = "DAVY_SERVER", value_name = "URL")]
    server: String,
    /// Login.
    #[arg(long, env = "DAVY_LOGIN")]
    login: String,
    /// Password; better in the environment than on the command line.
    #[arg(long, env = "DAVY_PASSWORD", hide_env_values = true)]
    password: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Who signed in, in which organisation.
    Organisation,
    /// List people, or add one.
    #[command(subcommand)]
    People(People),
    /// List sites.
    Sites,
    /// Make a one-time code for a person's device.
    EnrolmentCode {
        /// Name or id of the person.
        person: String,
        /// Minutes that it lasts.
        #[arg(long, default_value_t = 15)]
        minutes: u32,
    },
    /// List devices.
    Devices,
    /// List, publish and retire checklists.
    #[command(subcommand)]
    Checklists(checklists::Command),
}

#[derive(clap::Subcommand)]
enum People {
    /// List them.
    List,
    /// Add one.
    Add {
        /// Name.
        name: String,
        /// inspector, enterprise_officer, supervisor, committee, administrator or auditor.
        #[arg(long)]
        role: String,
        /// Login for the console.
        #[arg(long)]
        login: Option<String>,
        /// First password.
        #[arg(long, env = "DAVY_NEW_PASSWORD", hide_env_values = true)]
        new_password: Option<String>,
        /// Region id.
        #[arg(long)]
        region: Option<String>,
        /// Site id.
        #[arg(long)]
        site: Option<String>,
        /// Certificate or employee number.
        #[arg(long)]
        badge: Option<String>,
    },
}

/// Signs in, does one thing, signs out.
pub async fn run(arguments: Arguments) -> Result<()> {
    let client = Client::sign_in(&arguments.server, &arguments.login, &arguments.password).await?;
    let done = act(&client, arguments.command).await;
    client.sign_out().await;
    done
}

async fn act(client: &Client, command: Command) -> Result<()> {
    match command {
        Command::Organisation => {
            let session = client.session();
            println!(
                "{}  {} ({})",
                text(&session["organisation"]["name"]),
                text(&session["person"]["name"]),
                text(&session["person"]["role"])
            );
        }
        Command::People(People::List) => print(&client.get("people").await?, &["id", "role", "active", "name", "login"]),
        Command::People(People::Add { name, role, login, new_password, region, site, badge }) => {
            let person = json!({ "name": name, "role": role, "login": login, "password": new_password, "region": region, "site": site, "badge": badge });
            println!("{}", text(&client.post("people", &person).await?["id"]));
        }
        Command::Sites => print(&client.get("sites?limit=200").await?["rows"], &["id", "industry", "region_name", "name"]),
        Command::EnrolmentCode { person, minutes } => {
            let id = person_id(client, &person).await?;
            let code = client.post("enrolment-codes", &json!({ "person": id, "minutes": minutes })).await?;
            println!("{}\n{}", text(&code["code"]), text(&code["link"]));
        }
        Command::Devices => print(&client.get("devices").await?, &["stream", "state", "name", "person", "last_seen"]),
        Command::Checklists(command) => checklists::act(client, command).await?,
    }
    Ok(())
}

async fn person_id(client: &Client, wanted: &str) -> Result<String> {
    let people = client.get("people").await?;
    let rows = people.as_array().map(Vec::as_slice).unwrap_or_default();
    let matching: Vec<&Value> = rows.iter().filter(|row| row["id"] == wanted || row["name"] == wanted || row["login"] == wanted).collect();
    match matching.as_slice() {
        [one] => Ok(text(&one["id"])),
        [] => bail!("nobody here is called {wanted}; see `davy admin people list`"),
        _ => bail!("several people are called {wanted}; give the id"),
    }
}

fn print(rows: &Value, columns: &[&str]) {
    for row in rows.as_array().into_iter().flatten() {
        let cells: Vec<String> = columns.iter().map(|column| text(&row[*column])).collect();
        println!("{}", cells.join("  "));
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}
