//! A server to be killed: serves a data folder until somebody ends it. Writes its address once it listens.

use anyhow::{Context, Result};
use davy_server::{Config, Server};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    davy_world::process::say_started();
    let dir = std::env::args().nth(1).context("the data folder is expected")?;
    let server = Server::start(Config { password_kib: 64, ..Config::local(dir) }).await?;
    println!("{}", server.addr());
    std::future::pending().await
}
