//! What the figures were measured on.

use serde::Serialize;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use crate::measure::Samples;

/// Facts of the machine.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Processor as it calls itself.
    pub processor: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Kernel.
    pub kernel: String,
    /// SHA and AES instructions.
    pub instructions: Vec<&'static str>,
    /// Median of a 4 KiB write with fsync, milliseconds.
    pub fsync_ms: f64,
    /// Load over the last minute before the run.
    pub load: f64,
    /// Whether the program was built with optimisation.
    pub optimised: bool,
}

impl Machine {
    /// Looks at the machine; the disk is the one of `folder`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn look(folder: &Path) -> std::io::Result<Self> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo");
        let field = |name: &str| {
            let line = cpu.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map_or("", |(_, value)| value.trim()).to_owned()
        };
        let flags = field("flags");
        let known = ["sha_ni", "aes", "avx2", "avx512f", "vaes"];
        let memory = read("/proc/meminfo");
        let memory_kib: u64 = memory.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Self {
            processor: field("model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: memory_kib / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            instructions: known.into_iter().filter(|flag| flags.split(' ').any(|has| has == *flag)).collect(),
            fsync_ms: fsync_ms(folder)?,
            load: read("/proc/loadavg").split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0.0),
            optimised: !cfg!(debug_assertions),
        })
    }

    /// One line for people.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            "{} × {}, {} GiB, Linux {}, {}, 4 KiB write+fsync {:.2} ms, load before {:.1}{}",
            self.cores,
            self.processor,
            self.memory_mib / 1024,
            self.kernel,
            self.instructions.join(" "),
            self.fsync_ms,
            self.load,
            if self.optimised { "" } else { ", NOT OPTIMISED: the figures mean nothing" },
        )
    }
}

fn fsync_ms(folder: &Path) -> std::io::Result<f64> {
    let path = folder.join("fsync");
    let mut file = File::create(&path)?;
    let mut samples = Samples::default();
    for _ in 0..50 {
        let started = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[7; 4096])?;
        file.sync_all()?;
        samples.push(started.elapsed());
    }
    fs::remove_file(path)?;
    Ok(samples.p50())
}

/// Bytes of all files below a folder.
#[must_use]
pub fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |path: &Path| if path.is_dir() { bytes_below(path) } else { fs::metadata(path).map_or(0, |meta| meta.len()) };
    entries.map(|entry| size(&entry.path())).sum()
}

/// Largest memory of a process so far, in KiB; `None` once it has ended.
#[must_use]
pub fn peak_kib(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
