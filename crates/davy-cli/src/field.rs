//! The field app's own commands from a terminal: `enrol`, `sync`, `inspect show`.

use crate::Folder;
use anyhow::{Context, Result, bail};
use davy_app::{App, AppConfig};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::sync::Arc;

/// Arguments of `davy enrol`.
#[derive(clap::Args)]
pub struct EnrolArguments {
    #[command(flatten)]
    folder: Folder,
    /// Server's address; not needed when the code is a whole link.
    #[arg(long, default_value = "")]
    server: String,
    /// One-time code, or the link of the QR.
    #[arg(long)]
    code: String,
    /// New PIN, at least six digits; asked for when absent.
    #[arg(long, env = "DAVY_PIN", hide_env_values = true)]
    pin: Option<String>,
    /// Name of this device.
    #[arg(long, default_value = "davy")]
    name: String,
}

/// Arguments of commands that open a data folder.
#[derive(clap::Args)]
pub struct OpenArguments {
    #[command(flatten)]
    folder: Folder,
    /// PIN; asked for when absent.
    #[arg(long, env = "DAVY_PIN", hide_env_values = true)]
    pin: Option<String>,
}

/// Arguments of `davy inspect show`.
#[derive(clap::Args)]
pub struct ShowArguments {
    #[command(flatten)]
    open: OpenArguments,
    /// Inspection.
    id: Option<String>,
    /// Print the whole record as JSON.
    #[arg(long)]
    json: bool,
}

/// Registers a data folder.
pub async fn enrol(arguments: EnrolArguments) -> Result<()> {
    let app = app(&arguments.folder, &arguments.name);
    let pin = arguments.pin.map_or_else(|| ask("New PIN: "), Ok)?;
    let request = json!({ "server": arguments.server, "code": arguments.code, "pin": pin, "device_name": arguments.name });
    let status = app.dispatch("enrol", request).await?;
    println!("enrolled for {} of {}", text(&status["person"]), text(&status["organisation"]));
    let settled = app.settle().await?;
    app.shutdown().await;
    match settled.problem {
        None => println!("sites and checklists are on this device"),
        Some(problem) => println!("the first synchronisation is not complete ({}); it goes on at the next start", problem.detail),
    }
    Ok(())
}

/// Synchronises once.
pub async fn sync(arguments: OpenArguments) -> Result<()> {
    let app = unlocked(&arguments).await?;
    let status = app.settle().await?;
    let records = app.dispatch("list_deliveries", json!({})).await?;
    app.shutdown().await;
    println!("saved {} · waiting {} · sent {} · delivered {}", status.saved, status.waiting, status.sent, status.delivered);
    for record in records.as_array().into_iter().flatten().filter(|record| record["delivery"] != "delivered") {
        println!("  {:9} {}", text(&record["delivery"]), text(&record["title"]));
    }
    match status.problem {
        None => Ok(()),
        Some(problem) => bail!("not everything is delivered: {:?}: {}", problem.cause, problem.detail),
    }
}

/// Prints a token by which another program can speak to the server as this device, for looking into a fault.
pub async fn token(arguments: OpenArguments) -> Result<()> {
    let app = unlocked(&arguments).await?;
    let token = app.token().await;
    app.shutdown().await;
    println!("{}", serde_json::to_string_pretty(&token?)?);
    Ok(())
}

/// Shows one inspection or the list of them.
pub async fn show(arguments: ShowArguments) -> Result<()> {
    let app = unlocked(&arguments.open).await?;
    let shown = match &arguments.id {
        None => list(&app).await,
        Some(id) => one(&app, id, arguments.json).await,
    };
    app.shutdown().await;
    shown
}

async fn list(app: &Arc<App>) -> Result<()> {
    let today = app.dispatch("today", json!({})).await?;
    for group in ["returned", "drafts", "recent"] {
        for card in today[group].as_array().into_iter().flatten() {
            let summary = &card["summary"];
            println!(
                "{}  {:9} {}/{} answered, {} failed, {} findings  {}",
                text(&card["id"]),
                text(&card["stage"]),
                summary["answered"],
                summary["total"],
                summary["failed"],
                summary["findings"],
                text(&card["site_name"]),
            );
        }
    }
    Ok(())
}

async fn one(app: &Arc<App>, id: &str, whole: bool) -> Result<()> {
    let view = app.dispatch("open_inspection", json!({ "inspection": id })).await?;
    if whole {
        println!("{}", serde_json::to_string_pretty(&view)?);
        return Ok(());
    }
    println!("{} · {} · {}", text(&view["site_name"]), text(&view["checklist"]["title"]["zh"]), text(&view["stage"]));
    for item in view["items"].as_array().into_iter().flatten().filter(|item| !item["verdict"].is_null()) {
        let value = &item["value"]["value"];
        println!("  {:24} {:14} {}", text(&item["key"]), text(&item["verdict"]), if value.is_null() { String::new() } else { text(value) });
        for contested in item["contested"].as_array().into_iter().flatten() {
            println!("    contested: {} by {}", text(&contested["value"]["value"]), text(&contested["by"]["name"]));
        }
    }
    for finding in view["findings"].as_array().into_iter().flatten() {
        println!("  finding [{}] {}", text(&finding["grade"]), text(&finding["description"]["value"]));
    }
    println!("  photographs: {}", view["summary"]["photos"]);
    Ok(())
}

fn app(folder: &Folder, name: &str) -> Arc<App> {
    App::new(AppConfig { data_dir: folder.data.clone(), device_name: name.to_owned() })
}

async fn unlocked(arguments: &OpenArguments) -> Result<Arc<App>> {
    let app = app(&arguments.folder, "davy");
    let status = app.dispatch("app_status", json!({})).await?;
    match status["stage"].as_str() {
        Some("locked") => {}
        Some("not_enrolled") => bail!("{} is not enrolled; run `davy enrol` first", arguments.folder.data.display()),
        _ => bail!("the data folder cannot be opened: {status}"),
    }
    let pin = arguments.pin.clone().map_or_else(|| ask("PIN: "), Ok)?;
    let status = app.dispatch("unlock", json!({ "pin": pin })).await?;
    if status["stage"] != "unlocked" {
        bail!("the data folder is in use by another program; close it and try again");
    }
    Ok(app)
}

fn ask(prompt: &str) -> Result<String> {
    if !std::io::stdin().is_terminal() {
        bail!("a PIN is needed: set DAVY_PIN");
    }
    eprint!("{prompt}");
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("reading the PIN")?;
    Ok(line.trim().to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
