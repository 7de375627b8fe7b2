//! All cases of a folder, run on every core.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::case::Case;
use super::differences::{Differences, Relax};
use super::report::{Outcome, Report};
use super::run;

/// How long the runner waits for any case to end before it gives up on those that run.
const PATIENCE: Duration = Duration::from_secs(60);

struct Job {
    area: String,
    case: Case,
    relax: Relax,
}

/// Runs the cases of `folder`: one file an area, one case a line.
///
/// # Errors
/// A file that cannot be read or holds no cases. Cases that fail are in the report.
pub fn run_folder(folder: &Path) -> Result<Report, String> {
    let jobs = Arc::new(jobs(folder)?);
    let next = Arc::new(AtomicUsize::new(0));
    let (done, results) = mpsc::channel();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..workers {
        let (jobs, next, done) = (jobs.clone(), next.clone(), done.clone());
        std::thread::spawn(move || {
            while let Some((at, job)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, jobs.get(at)?)))
            {
                // Nobody listens any more once the runner has given up.
                let _ = done.send((at, run::run(&job.case, job.relax)));
            }
        });
    }
    drop(done);
    let mut outcomes: BTreeMap<usize, Result<(), String>> = BTreeMap::new();
    // Ends when all are done, or when none was for too long.
    while let Ok((at, outcome)) = results.recv_timeout(PATIENCE) {
        outcomes.insert(at, outcome);
    }
    let outcomes = jobs.iter().enumerate().map(|(at, job)| Outcome {
        area: job.area.clone(),
        case: job.case.name.clone(),
        relaxed: job.relax != Relax::No,
        failure: match outcomes.remove(&at) {
            Some(outcome) => outcome.err(),
            None => Some(format!("it did not end within {} s", PATIENCE.as_secs())),
        },
    });
    Ok(Report { outcomes: outcomes.collect() })
}

fn jobs(folder: &Path) -> Result<Vec<Job>, String> {
    let say = |error: std::io::Error| format!("{}: {error}", folder.display());
    let differences = Differences::read(folder)?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(say)? {
        let path = entry.map_err(say)?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    let mut jobs = Vec::new();
    for path in files {
        let area = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for (line, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            let case: Case = serde_json::from_str(text)
                .map_err(|error| format!("{}, line {}: {error}", path.display(), line + 1))?;
            let relax = differences.relax(&case.name);
            jobs.push(Job { area: area.clone(), case, relax });
        }
    }
    if jobs.is_empty() { Err(format!("{}: no cases", folder.display())) } else { Ok(jobs) }
}
