//! [`Expanded`]: which nodes of a hierarchy show what is below them.

use std::collections::BTreeMap;

use crate::order::Cells;
use crate::types::Value;

/// Which nodes of a [`Rollup`](super::Rollup) or a [`Tree`](super::Tree) show what is below them. A node is named by its
/// key: in a rollup the values of its key columns, as many as its level has (none name the root); in a tree its id. A key
/// may be named before there is a node of it, and counts again when the node comes back.
///
/// ```
/// use headwater_engine::Expanded;
/// let mut open = Expanded::new();
/// open.expand(["Oslo"]).expand_all(["Bern"]).collapse(["Bern", "Monday"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// By key: those that are equal as cells are one.
    told: BTreeMap<Cells, Told>,
    all: bool,
}

/// What was said about a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It shows nothing below it.
    Collapsed,
    /// It shows its children.
    Expanded,
    /// It shows all there is below it, but below those of which something else is said.
    All,
}

impl Expanded {
    /// Nothing but the root of a rollup, which shows the first level. A tree shows the rows without a parent.
    pub fn new() -> Self {
        Expanded::default()
    }

    /// Every node there is.
    pub fn all() -> Self {
        Expanded { all: true, ..Expanded::default() }
    }

    /// The node of this key shows its children.
    pub fn expand<V: Into<Value>>(&mut self, key: impl IntoIterator<Item = V>) -> &mut Self {
        self.tell(key, Told::Expanded)
    }

    /// The node of this key shows its children, they theirs, and so on.
    pub fn expand_all<V: Into<Value>>(&mut self, key: impl IntoIterator<Item = V>) -> &mut Self {
        self.tell(key, Told::All)
    }

    /// The node of this key shows nothing below it.
    pub fn collapse<V: Into<Value>>(&mut self, key: impl IntoIterator<Item = V>) -> &mut Self {
        self.tell(key, Told::Collapsed)
    }

    fn tell<V: Into<Value>>(&mut self, key: impl IntoIterator<Item = V>, told: Told) -> &mut Self {
        self.told.insert(Cells(key.into_iter().map(Into::into).collect()), told);
        self
    }

    /// What holds for nodes of which nothing is said.
    pub(super) fn usual(&self) -> Told {
        if self.all { Told::All } else { Told::Collapsed }
    }

    /// Keys of which something was said.
    pub(super) fn told(&self) -> impl Iterator<Item = (&[Value], Told)> {
        self.told.iter().map(|(key, told)| (&key.0[..], *told))
    }
}
