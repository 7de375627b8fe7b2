//! How a set reads.

use std::fmt;

use super::RowSet;

/// Runs that `Debug` shows before it only counts.
const DEBUG_RUNS: usize = 32;

impl fmt::Display for RowSet {
    /// All runs, as `{0-99,105}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        write_runs(self, usize::MAX, f)?;
        f.write_str("}")
    }
}

impl fmt::Debug for RowSet {
    /// As `Display`, but of a long set only the first runs and how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        write_runs(self, DEBUG_RUNS, f)?;
        match self.run_count() {
            runs if runs > DEBUG_RUNS => write!(f, ",… {} ids in {runs} runs}}", self.len()),
            _ => f.write_str("}"),
        }
    }
}

fn write_runs(rows: &RowSet, limit: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, run) in rows.runs().take(limit).enumerate() {
        let comma = if i == 0 { "" } else { "," };
        match run.end - run.start {
            1 => write!(f, "{comma}{}", run.start)?,
            _ => write!(f, "{comma}{}-{}", run.start, run.end - 1)?,
        }
    }
    Ok(())
}
