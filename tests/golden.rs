//! The golden cases. `HEADWATER_CASES=DIR` runs those of another folder, `HEADWATER_GOLDEN_ACCEPT=1` adds the newly
//! passing ones to the committed list, which only grows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use headwater_kit::golden::{Report, run_folder};

#[test]
#[allow(clippy::print_stdout, reason = "the report is what the run is for")]
fn cases_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let folder = std::env::var_os("HEADWATER_CASES").map(PathBuf::from);
    let report = run_folder(folder.as_deref().unwrap_or(&root.join("cases"))).expect("a folder of cases");
    let broken = if folder.is_some() { Vec::new() } else { broken(&report, &root.join("passing.txt")) };
    println!("{report}");
    assert!(broken.is_empty(), "cases of the committed list fail:\n{}", broken.join("\n"));
}

/// The cases of the list that no longer pass.
fn broken(report: &Report, list: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(list).expect("the list of passing cases");
    let listed: BTreeSet<&str> = text.lines().collect();
    if std::env::var_os("HEADWATER_GOLDEN_ACCEPT").is_some() {
        let passing: BTreeSet<&str> = listed.iter().copied().chain(report.passed()).collect();
        let text: String = passing.iter().flat_map(|name| [name, "\n"]).collect();
        std::fs::write(list, text).expect("the list of passing cases");
    }
    let reason = |name: &str| match report.outcome(name) {
        Some(outcome) => outcome.failure.clone().map(|reason| format!("{name}: {reason}")),
        None => Some(format!("{name}: there is no such case")),
    };
    listed.into_iter().filter_map(reason).collect()
}
