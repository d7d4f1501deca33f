//! Times, percentiles, processor time.

use std::fs;
use std::time::{Duration, Instant};

/// Times of one kind of step.
#[derive(Debug, Default, Clone)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Adds one.
    pub fn push(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    /// Adds all of another.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Measures a step and adds its time.
    pub fn time<T>(&mut self, step: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = step();
        self.push(started.elapsed());
        result
    }

    /// The sample below which this share lies; zero without samples.
    #[must_use]
    pub fn percentile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        let at = (share * last as f64).round() as usize;
        sorted.get(at.min(last)).copied().unwrap_or_default()
    }

    /// Median in milliseconds.
    #[must_use]
    pub fn p50(&self) -> f64 {
        ms(self.percentile(0.50))
    }

    /// 99th percentile in milliseconds.
    #[must_use]
    pub fn p99(&self) -> f64 {
        ms(self.percentile(0.99))
    }
}

/// Milliseconds.
#[must_use]
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// How many of something a second.
#[must_use]
pub fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}

/// A number as people write it: 12,345 or 0.42.
#[must_use]
pub fn figure(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    grouped(&format!("{value:.0}"))
}

/// A count as people write it: 12,345.
#[must_use]
pub fn whole(count: usize) -> String {
    grouped(&count.to_string())
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Processor time of this process so far. Linux counts it in hundredths of a second.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu {
    /// All threads, those that have ended too.
    pub all: Duration,
    /// Living threads whose name begins with [`CLIENT`].
    pub client: Duration,
}

/// Threads with this name do the devices' work.
pub const CLIENT: &str = "client";

impl Cpu {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        let all = fs::read_to_string("/proc/self/stat").ok().and_then(|text| ticks(&text)).unwrap_or_default();
        let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        let client = tasks
            .filter_map(|task| fs::read_to_string(task.path().join("stat")).ok())
            .filter(|text| text.split_once('(').is_some_and(|(_, rest)| rest.starts_with(CLIENT)))
            .filter_map(|text| ticks(&text))
            .sum();
        Self { all, client }
    }

    /// Between an earlier moment and now.
    #[must_use]
    pub fn since(earlier: Self) -> Self {
        let now = Self::now();
        Self { all: now.all.saturating_sub(earlier.all), client: now.client.saturating_sub(earlier.client) }
    }

    /// Milliseconds of all and of the client's threads for each of `count`.
    #[must_use]
    pub fn each(self, count: usize) -> (f64, f64) {
        let count = count.max(1) as f64;
        (ms(self.all) / count, ms(self.client) / count)
    }
}

/// User and system time of a `stat` line; the name in brackets may hold anything.
fn ticks(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_and_an_empty_set_is_zero() {
        let mut samples = Samples::default();
        assert_eq!(samples.p50(), 0.0);
        for n in 1..=100 {
            samples.push(Duration::from_millis(n));
        }
        assert_eq!((samples.percentile(0.0), samples.percentile(1.0)), (Duration::from_millis(1), Duration::from_millis(100)));
        assert!((50.0..=51.0).contains(&samples.p50()));
    }

    #[test]
    fn figures_have_as_many_digits_as_they_mean() {
        let cases = [(0.5, "0.50"), (12.34, "12.3"), (123.4, "123"), (1_234.0, "1,234"), (1_234_567.0, "1,234,567")];
        for (value, text) in cases {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn a_stat_line_is_read_whatever_the_name_holds() {
        let line = "7 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0";
        assert_eq!(ticks(line), Some(Duration::from_millis(420)));
    }
}
