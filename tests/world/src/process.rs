//! Processes of their own, to be killed.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::RwLock;

/// Held while a process is being started.
static STARTING: RwLock<()> = RwLock::new(());

/// Says that this process runs its own program; the first thing that it does.
pub fn say_started() {
    println!("started");
}

/// Starts a process. Returns what it writes after [`say_started`].
#[must_use]
pub fn spawn(command: &mut Command) -> (Child, Lines<BufReader<ChildStdout>>) {
    let _alone = STARTING.write().unwrap();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "started");
    (child, lines)
}

/// Waits until no process is half started: until it runs its own program, it holds a copy of every file that is open here, and
/// with it the locks of folders that were closed in the meantime.
pub fn wait_for_starts() {
    drop(STARTING.read().unwrap());
}
