//! What came of the cases of a folder.

use std::fmt;

/// What came of one case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The file it is in.
    pub area: String,
    /// Its name.
    pub case: String,
    /// Whether a decision to differ excuses part of it.
    pub relaxed: bool,
    /// The first reason why it failed; `None` if it passed.
    pub failure: Option<String>,
}

/// What came of all cases, in the order of the files. `Display` prints failures by area, then the counts; the last
/// line is `N passed, N failed`.
#[derive(Clone, Debug)]
pub struct Report {
    /// One a case.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// The names of the cases that passed.
    pub fn passed(&self) -> impl Iterator<Item = &str> {
        self.outcomes.iter().filter(|outcome| outcome.failure.is_none()).map(|outcome| outcome.case.as_str())
    }

    /// What came of a case.
    pub fn outcome(&self, case: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.case == case)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let areas: Vec<&[Outcome]> = self.outcomes.chunk_by(|a, b| a.area == b.area).collect();
        for area in &areas {
            if area.iter().any(|outcome| outcome.failure.is_some()) {
                writeln!(f, "{}", area[0].area)?;
            }
            for outcome in *area {
                if let Some(reason) = &outcome.failure {
                    let first = reason.lines().map(str::trim).collect::<Vec<_>>().join(" | ");
                    writeln!(f, "  {}: {first}", outcome.case)?;
                }
            }
        }
        for area in &areas {
            let (passed, failed, relaxed) = counts(area);
            writeln!(f, "{:<10} {passed:>4} passed {failed:>4} failed ({relaxed} passed relaxed)", area[0].area)?;
        }
        let (passed, failed, relaxed) = counts(&self.outcomes);
        writeln!(f, "{relaxed} of those passed are relaxed by differences.json")?;
        write!(f, "{passed} passed, {failed} failed")
    }
}

/// Passed, failed, and how many of the passed were relaxed.
fn counts(outcomes: &[Outcome]) -> (usize, usize, usize) {
    let passed = outcomes.iter().filter(|outcome| outcome.failure.is_none());
    let relaxed = passed.clone().filter(|outcome| outcome.relaxed).count();
    let passed = passed.count();
    (passed, outcomes.len() - passed, relaxed)
}
