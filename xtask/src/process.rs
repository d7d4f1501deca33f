//! Other programs: run to the end with the time printed, read from, or kept in a group of their own and stopped.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a program may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a program to its end, its output on the terminal, and prints the time.
pub fn run(title: &str, command: &mut Command) -> Result<()> {
    let status = run_status(title, command)?;
    if !status.success() {
        bail!("{title} failed ({}): {}", describe(status), line_of(command));
    }
    Ok(())
}

/// Like [`run`], but an unsuccessful end is an answer and not an error.
pub fn run_status(title: &str, command: &mut Command) -> Result<ExitStatus> {
    println!("→ {title}");
    let started = Instant::now();
    let status = command.status().with_context(|| cannot_start(command))?;
    println!("  {title}: {}", seconds(started.elapsed()));
    Ok(status)
}

/// Runs a program to its end and shows every line of its output to `watch` while it appears on the terminal.
pub fn run_watched(command: &mut Command, mut watch: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    if let Some(output) = child.stdout.take() {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).context("the output of a program broke off")? > 0 {
            let text = String::from_utf8_lossy(&line);
            print!("{text}");
            watch(text.trim_end());
            line.clear();
        }
    }
    child.wait().with_context(|| format!("{} could not be waited for", line_of(command)))
}

/// Runs a program and returns what it printed.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        bail!("{} ended with {}", line_of(command), describe(output.status));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed something that is not text", line_of(command)))
}

/// Whether a program can be started and ends well.
pub fn works(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// A duration for people.
pub fn seconds(duration: Duration) -> String {
    let all = duration.as_secs_f64();
    if all < 60.0 { format!("{all:.1} s") } else { format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60) }
}

/// How a program ended, for people.
pub fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown end".to_owned(),
    }
}

fn cannot_start(command: &Command) -> String {
    format!("{} cannot be started", line_of(command))
}

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// A program in a process group of its own, with its output in a log file. Dropping it stops the whole group.
pub struct Service {
    name: &'static str,
    child: Child,
    log: PathBuf,
    ended: Option<ExitStatus>,
}

impl Service {
    /// Starts a program; `log` is written anew.
    pub fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        if let Some(folder) = log.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let file = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
        let errors = file.try_clone().context("the log file cannot be opened twice")?;
        command.stdin(Stdio::null()).stdout(file).stderr(errors).process_group(0);
        let child = command.spawn().with_context(|| cannot_start(command))?;
        Ok(Self { name, child, log: log.to_owned(), ended: None })
    }

    /// What it is called in messages.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How it ended, once it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended
    }

    /// The last lines of its log.
    pub fn tail(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(15);
        let last = lines.get(from..).unwrap_or_default().join("\n    ");
        format!("log {}:\n    {last}", self.log.display())
    }

    /// Asks the group to end, waits, and ends it by force when it does not.
    pub fn stop(&mut self) {
        self.signal("TERM");
        let asked = Instant::now();
        while self.ended().is_none() {
            if asked.elapsed() > PATIENCE {
                eprintln!("{} did not end within {}, so it is ended by force", self.name, seconds(PATIENCE));
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // What the program itself started may outlive it.
        self.signal("KILL");
        if self.ended.is_none() {
            self.ended = self.child.wait().ok();
        }
    }

    /// The shell's `kill` takes a group and is there on every machine.
    fn signal(&self, signal: &str) {
        let _ = Command::new("sh").args(["-c", &format!("kill -s {signal} -- -{}", self.child.id())]).stderr(Stdio::null()).status();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_service_takes_its_children_with_it() {
        let folder = std::env::temp_dir().join(format!("xtask-service-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let log = folder.join("log");
        let script = "sleep 1000 & echo child $!; wait";
        let mut service = Service::start("shell", Command::new("sh").args(["-c", script]), &log).unwrap();
        let child = loop {
            let text = std::fs::read_to_string(&log).unwrap();
            if let Some(id) = text.strip_prefix("child ").and_then(|rest| rest.strip_suffix('\n')) {
                break id.to_owned();
            }
            assert!(service.ended().is_none(), "{}", service.tail());
            std::thread::yield_now();
        };
        service.stop();
        assert!(service.ended().is_some());
        // A killed process ends when the kernel comes to it, a moment after the signal.
        let asked = Instant::now();
        loop {
            let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") {
                break;
            }
            assert!(asked.elapsed() < PATIENCE, "the child still runs: {state}");
            std::thread::yield_now();
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_unsuccessful_end_names_the_program_and_its_code() {
        let error = read(Command::new("sh").args(["-c", "exit 7"])).unwrap_err().to_string();
        assert!(error.contains("exit code 7") && error.contains("sh -c exit 7"), "{error}");
        let error = run("a step", &mut Command::new("no-such-program-here")).unwrap_err().to_string();
        assert!(error.contains("cannot be started"), "{error}");
    }
}
