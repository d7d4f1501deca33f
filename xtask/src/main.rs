//! The only task runner: `cargo xtask run|test|ci|gen|e2e|webdriver|bench|build-ui`.
//!
//! One file a command. Every command sets itself up (`system`, `ui`), says what it does and how long it took, and
//! fails with a sentence that says what to do. What is missing is a failure, never a silent skip.

mod bench;
mod build;
mod ci;
mod demo;
mod e2e;
mod gen_types;
mod paths;
mod process;
mod pyxform;
mod run;
mod services;
mod system;
mod tally;
mod test;
mod ui;
mod webdriver;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of the Davy repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and open the demo: server, console and an enrolled field app.
    Run(run::Options),
    /// Run every test and print one line with the result.
    Test(test::Options),
    /// Run every check that a change must pass, then every test.
    Ci(ci::Options),
    /// Write the files that are made from the Rust types: TypeScript, JSON Schema, OpenAPI.
    Gen(gen_types::Options),
    /// Run the browser tests against a fresh server and bridge.
    E2e(e2e::Options),
    /// Run the tests of the real window.
    Webdriver,
    /// Measure, with the baselines beside the results.
    Bench(bench::Options),
    /// Build the pages of the field app and the console.
    BuildUi,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Ci(options) => ci::run(&options),
        Task::Gen(options) => gen_types::run(&options),
        Task::E2e(options) => e2e::run(&options),
        Task::Webdriver => webdriver::run(),
        Task::Bench(options) => bench::run(&options),
        Task::BuildUi => ui::build_alone(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
