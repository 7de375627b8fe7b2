//! A hierarchy made plainly, whole, and what is visible of it.

use super::Random;
use crate::Expanded;
use crate::types::Value;

/// A node with all that hangs below it, in the order in which it is shown.
pub(super) struct Plain {
    /// As `Expanded` names it; `None` of a constituent.
    pub(super) key: Option<Vec<Value>>,
    /// Its cells as text.
    pub(super) line: String,
    pub(super) below: Vec<Plain>,
}

/// What was said of nodes, as one says it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    Collapse,
    Expand,
    ExpandAll,
}

/// Something said of some of the keys given, at random.
pub(super) fn said(random: &mut Random, keys: &[Vec<Value>]) -> (Expanded, Vec<(Vec<Value>, Said)>, bool) {
    let all = random.below(6) == 0;
    let mut expanded = if all { Expanded::all() } else { Expanded::new() };
    let mut said: Vec<(Vec<Value>, Said)> = Vec::new();
    for key in keys {
        let what = match random.below(8) {
            0 => Said::Collapse,
            1 | 2 => Said::Expand,
            3 => Said::ExpandAll,
            _ => continue,
        };
        match what {
            Said::Collapse => expanded.collapse(key.clone()),
            Said::Expand => expanded.expand(key.clone()),
            Said::ExpandAll => expanded.expand_all(key.clone()),
        };
        said.push((key.clone(), what));
    }
    (expanded, said, all)
}

/// The lines that are visible.
pub(super) fn visible(nodes: &[Plain], said: &[(Vec<Value>, Said)], all: bool, depth: usize, out: &mut Vec<String>) {
    for node in nodes {
        let same = |key: &[Value]| {
            let own = node.key.as_deref().unwrap_or_default();
            node.key.is_some() && own.len() == key.len() && own.iter().zip(key).all(|(a, b)| a.same(b))
        };
        let told = said.iter().find(|(key, _)| same(key)).map(|(_, said)| *said);
        let told = told.unwrap_or(if all { Said::ExpandAll } else { Said::Collapse });
        let open = match (node.below.is_empty(), told) {
            (true, _) => " ",
            (false, Said::Collapse) => "+",
            (false, _) => "-",
        };
        out.push(format!("{}{open} {}", "  ".repeat(depth), node.line));
        if told != Said::Collapse {
            visible(&node.below, said, told == Said::ExpandAll, depth + 1, out);
        }
    }
}
