//! [`Expanded`]: which nodes of a hierarchy show what is below them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::order::compare;
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
    told: BTreeMap<Key, Told>,
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
        self.told.insert(Key(key.into_iter().map(Into::into).collect()), told);
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

/// The key of a node; keys that are equal as cells are one.
#[derive(Clone, Debug)]
struct Key(Vec<Value>);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = |(a, b): (&Value, &Value)| a.ty().cmp(&b.ty()).then_with(|| compare(a, b));
        let orders = self.0.iter().zip(&other.0).map(by_value);
        self.0.len().cmp(&other.0.len()).then_with(|| orders.fold(Ordering::Equal, Ordering::then))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}
