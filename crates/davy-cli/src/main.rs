//! `davy`: the field app without its window (bridge, sync, show) and the administration of a server.

mod admin;
mod bridge;
mod checklist;
mod field;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "davy", version, about = "Davy from a terminal")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the field app to a browser on this machine.
    Bridge(bridge::Arguments),
    /// Register a data folder with a one-time code.
    Enrol(field::EnrolArguments),
    /// Synchronise a data folder once and say how it stands.
    Sync(field::OpenArguments),
    /// Print a token of a data folder's device: it lets its holder speak as the device until it ends.
    #[command(hide = true)]
    Token(field::OpenArguments),
    /// Show records of a data folder.
    #[command(subcommand)]
    Inspect(Inspect),
    /// Work on checklists as files.
    #[command(subcommand)]
    Checklist(checklist::Step),
    /// Administer a server through its API.
    Admin(admin::Arguments),
}

#[derive(Subcommand)]
enum Inspect {
    /// One inspection with its answers, findings and photographs; without an id the list of inspections.
    Show(field::ShowArguments),
}

/// The data folder and how to open it.
#[derive(clap::Args, Clone)]
struct Folder {
    /// Folder of the device's data.
    #[arg(long, env = "DAVY_DATA", value_name = "DIR")]
    data: PathBuf,
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("DAVY_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("davy: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Bridge(arguments) => bridge::run(arguments).await,
            Command::Enrol(arguments) => field::enrol(arguments).await,
            Command::Sync(arguments) => field::sync(arguments).await,
            Command::Token(arguments) => field::token(arguments).await,
            Command::Inspect(Inspect::Show(arguments)) => field::show(arguments).await,
            Command::Checklist(step) => checklist::run(step),
            Command::Admin(arguments) => admin::run(arguments).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("davy: {error:#}");
            ExitCode::FAILURE
        }
    }
}
