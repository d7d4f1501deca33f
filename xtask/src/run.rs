//! `cargo xtask run`: builds what has changed, starts the demo and stops all of it at Ctrl-C.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use crate::demo::{Demo, PIN};
use crate::process::{self, Service};
use crate::services::Stop;
use crate::system::{self, Purpose};
use crate::{build, paths, ui};

/// How to run.
#[derive(Args)]
pub struct Options {
    /// Never open a window; the field app is served to a browser instead.
    #[arg(long)]
    headless: bool,
    /// Where the demo lives; relative to the repository. A new folder begins a new demo.
    #[arg(long, value_name = "DIR", default_value = ".davy/demo")]
    data: PathBuf,
}

/// Runs until Ctrl-C, until the window is closed or until a part of it dies.
///
/// # Errors
/// When something cannot be built or started, or a part died.
pub fn run(options: &Options) -> Result<()> {
    let started = Instant::now();
    let window = !options.headless && system::has_display();
    let mut purposes = vec![Purpose::Build];
    if window {
        purposes.push(Purpose::Window);
    }
    system::ensure(&purposes)?;
    ui::build()?;
    build::programs(window)?;
    let stop = Stop::listen()?;
    let mut demo = Demo::open(&paths::root().join(&options.data))?;
    demo.seed()?;
    let server = demo.start_server(&stop)?;
    demo.enrol()?;
    let (field, address) = if window {
        (demo.start_window()?, None)
    } else {
        let (bridge, address) = demo.start_bridge(&stop)?;
        (bridge, Some(address))
    };
    print_welcome(&demo, address.as_deref());
    println!("Ready after {}. Ctrl-C stops everything.", process::seconds(started.elapsed()));
    supervise(vec![server, field], window, &stop)
}

fn print_welcome(demo: &Demo, bridge: Option<&str>) {
    println!("\n  Console     {}", demo.server_url());
    for login in demo.organisation().get("logins").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| login.get(key).and_then(Value::as_str).unwrap_or_default();
        println!("    {:<12} {:<16} {} ({})", text("login"), text("password"), text("name"), text("role"));
    }
    match bridge {
        Some(address) => println!("  Field app   {address}"),
        None => println!("  Field app   in its window"),
    }
    println!("  PIN         {PIN}");
    println!("  Data, logs  {}\n", demo.folder().display());
}

/// Waits for an end and stops what still runs, the last started first.
fn supervise(mut services: Vec<Service>, window: bool, stop: &Stop) -> Result<()> {
    let end = loop {
        if stop.requested() {
            println!("\nStopping.");
            break Ok(());
        }
        let dead = services.iter_mut().find_map(|service| service.ended().is_some().then_some(service));
        if let Some(dead) = dead {
            let well = dead.ended().is_some_and(|status| status.success());
            if window && well && dead.name() == "the window" {
                println!("\nThe window was closed. Stopping.");
                break Ok(());
            }
            break Err(died(dead));
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    while let Some(mut service) = services.pop() {
        service.stop();
    }
    end
}

fn died(service: &mut Service) -> anyhow::Error {
    let how = service.ended().map(process::describe).unwrap_or_default();
    anyhow::anyhow!("{} ended by itself with {how}, so the rest is stopped too. Nothing saved is lost. {}", service.name(), service.tail())
}
