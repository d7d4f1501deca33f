//! `davy admin checklists`: what is published, a new version from a file, the end of a version's use.

use super::client::Client;
use super::{print, text};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// List published versions, newest first.
    List {
        /// Only those that new inspections at this site start with (id).
        #[arg(long)]
        site: Option<String>,
    },
    /// Publish a file (.yaml, or a form in .xlsx) as an immutable version: everywhere, or at the places that are named.
    Publish {
        /// File.
        file: PathBuf,
        /// Region id, with all below it; may be repeated.
        #[arg(long)]
        region: Vec<String>,
        /// Site id; may be repeated.
        #[arg(long)]
        site: Vec<String>,
    },
    /// No new inspection starts with the version any more; those that run keep it.
    Retire {
        /// `id@version`, or the hash.
        version: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
}

/// Does it.
pub async fn act(client: &Client, command: Command) -> Result<()> {
    match command {
        Command::List { site } => {
            let query = site.map(|site| format!("?site={site}")).unwrap_or_default();
            print(&client.get(&format!("checklists{query}")).await?, &["id", "version", "items", "majors", "hash"]);
        }
        Command::Publish { file, region, site } => {
            let bytes = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let page = client.upload("checklist-drafts", &name, bytes).await?;
            report(&name, &page)?;
            let everywhere = region.is_empty() && site.is_empty();
            let target = if everywhere { Value::Null } else { json!({ "regions": region, "sites": site }) };
            let path = format!("checklist-drafts/{}/publish", text(&page["draft"]["id"]));
            let row = client.post(&path, &json!({ "target": target })).await?;
            println!("{}@{}  {}", text(&row["id"]), text(&row["version"]), text(&row["hash"]));
        }
        Command::Retire { version, reason } => {
            let hash = hash_of(client, &version).await?;
            client.post(&format!("checklists/{hash}/retire"), &json!({ "reason": reason })).await?;
            println!("{hash}");
        }
    }
    Ok(())
}

/// Says what was found in the file; faults end it, and the server keeps the draft.
fn report(name: &str, page: &Value) -> Result<()> {
    let lines = |kind: &str| page["report"][kind].as_array().cloned().unwrap_or_default();
    for line in lines("remarks") {
        eprintln!("{}", in_words(name, &line));
    }
    let faults = lines("faults");
    if faults.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = faults.iter().map(|line| in_words(name, line)).collect();
    bail!("{}\n{} faults; the server keeps the file as draft {}", words.join("\n"), faults.len(), text(&page["draft"]["id"]));
}

fn in_words(name: &str, line: &Value) -> String {
    let place = match (&line["sheet"], &line["line"], &line["column"]) {
        (_, Value::Null, _) => name.to_owned(),
        (Value::Null, row, Value::Null) => format!("{name}:{row}"),
        (Value::Null, row, column) => format!("{name}:{row}:{}", text(column)),
        (sheet, row, column) => format!("{name} {}!{}{row}", text(sheet), column.as_str().unwrap_or_default()),
    };
    format!("{place}: {}", text(&line["message"]))
}

async fn hash_of(client: &Client, wanted: &str) -> Result<String> {
    let rows = client.get("checklists").await?;
    let fits = |row: &&Value| {
        row["hash"] == wanted || wanted.split_once('@').is_some_and(|(id, version)| row["id"] == id && row["version"] == version)
    };
    match rows.as_array().map(Vec::as_slice).unwrap_or_default().iter().find(fits) {
        Some(row) => Ok(text(&row["hash"])),
        None => bail!("{wanted} is not published; see `davy admin checklists list`"),
    }
}
