//! A golden case as it stands in its file: source tables, steps, cycles of changes, expected contents.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// One case: a line of an area's file.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    /// Unique over all areas.
    pub(super) name: String,
    pub(super) tables: BTreeMap<String, Source>,
    pub(super) pipeline: Vec<Step>,
    #[serde(default)]
    pub(super) cycles: Vec<Vec<Changes>>,
    pub(super) expect: Vec<Expect>,
}

/// A source table and its first rows, which have the keys `0..n`.
#[derive(Debug, Deserialize)]
pub(super) struct Source {
    pub(super) kind: Kind,
    pub(super) columns: Vec<Column>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Static,
    Live,
    AppendOnly,
    Blink,
}

#[derive(Debug, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) values: Vec<Json>,
}

/// A table operation by the name and arguments the reference system gives it.
#[derive(Debug, Deserialize)]
pub(super) struct Step {
    pub(super) out: String,
    pub(super) op: String,
    #[serde(rename = "in")]
    pub(super) inputs: Vec<String>,
    #[serde(default)]
    pub(super) args: Map<String, Json>,
}

/// What happens to one source in one cycle: removals, then additions, then modifications.
#[derive(Debug, Deserialize)]
pub(super) struct Changes {
    pub(super) table: String,
    #[serde(default)]
    pub(super) remove: Vec<u64>,
    pub(super) add: Option<Cells>,
    pub(super) modify: Option<Cells>,
}

/// Values for some rows of some columns.
#[derive(Debug, Deserialize)]
pub(super) struct Cells {
    pub(super) keys: Vec<u64>,
    pub(super) columns: BTreeMap<String, Vec<Json>>,
}

/// What the checked tables hold at one moment.
#[derive(Debug, Deserialize)]
pub(super) struct Expect {
    pub(super) tables: BTreeMap<String, Content>,
}

/// The expected contents of a table: columns, or an error.
#[derive(Debug, Deserialize)]
pub(super) struct Content {
    pub(super) columns: Option<Vec<Column>>,
    /// A fault of the reference system itself, which says nothing about us.
    #[serde(default)]
    pub(super) internal: bool,
}
