//! `differences.json`: the cases touched by a decision to differ.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// How far a case is excused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Relax {
    /// Not at all.
    #[default]
    No,
    /// Where it expects an error, a result will do.
    Errors,
    /// It is run, and its values are not compared.
    All,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Differences {
    #[serde(default)]
    cases: BTreeMap<String, Excused>,
}

#[derive(Debug, Deserialize)]
struct Excused {
    relax: Relax,
}

impl Differences {
    /// Reads the file of a folder; a folder without one excuses nothing.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join("differences.json");
        if !path.exists() {
            return Ok(Differences::default());
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    pub(super) fn relax(&self, case: &str) -> Relax {
        self.cases.get(case).map_or(Relax::No, |excused| excused.relax)
    }
}
