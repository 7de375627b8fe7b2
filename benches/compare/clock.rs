//! Wall time, the process's CPU time, and what is to be said of the machine.

use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// Wall and CPU seconds of a piece of work; CPU over all threads of the process.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let cpu = cpu_seconds();
    let start = Instant::now();
    let out = work();
    (out, start.elapsed().as_secs_f64(), cpu_seconds() - cpu)
}

/// CPU seconds of the process so far, threads that ended included.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Forgets how much memory the process ever had.
pub(crate) fn reset_peak() {
    // Where this is not to be had, the peak is that of the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that was resident since the peak was reset, in MiB.
pub(crate) fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    kib.unwrap_or(0.0) / 1024.0
}

pub(crate) fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0.0)
}

pub(crate) fn machine() -> Value {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu =
        cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("").trim_start_matches([' ', '\t', ':']);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: f64 = memory.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0.0);
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    #[allow(clippy::disallowed_types, reason = "a result says when it was measured")]
    let time = headwater::Timestamp::from_seconds(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |age| age.as_secs() as i64),
    );
    json!({
        "cpus": cpus, "cpu": cpu, "mem_gib": (kib / 1048576.0 * 10.0).round() / 10.0, "load1": load(),
        "time": time.map(|time| time.to_string()),
    })
}

pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

pub(crate) fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((q * sorted.len() as f64) as usize).min(sorted.len() - 1)]
}
