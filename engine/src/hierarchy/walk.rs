//! Which rows of a hierarchy are visible, and which of these stand in a window.
//!
//! Nodes of which something was said, and those above them, are *branches*: what each of them shows is counted one by
//! one. All other children stand in *gaps* between branches, where they are alike: all collapsed, or all expanded. So the
//! cost goes by what was said and by what is shown, not by what there is.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::expanded::Told;
use crate::Result;
use crate::types::Value;

/// A row: its level, and its position in the order in which that level is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node {
    pub(super) level: usize,
    pub(super) at: u64,
}

/// Rows of a level that stand side by side.
#[derive(Clone, Debug, Default)]
pub(super) struct Span {
    pub(super) level: usize,
    pub(super) at: Range<u64>,
}

impl Span {
    fn len(&self) -> u64 {
        self.at.end - self.at.start
    }

    fn nodes(&self) -> impl Iterator<Item = Node> + use<> {
        let level = self.level;
        self.at.clone().map(move |at| Node { level, at })
    }

    fn part(&self, at: Range<u64>) -> Span {
        Span { level: self.level, at }
    }
}

/// What stands above a node.
#[derive(Clone, Copy, Debug)]
pub(super) enum Above {
    /// It is a root.
    Nothing,
    /// Another node.
    Node(Node),
    /// A node that is not there.
    Missing,
}

/// Rows that hang below each other, at one moment.
pub(super) trait Forest {
    /// The rows that hang below none.
    fn roots(&self) -> Result<Span>;

    /// The node of a key, if there is one now.
    fn find(&self, key: &[Value]) -> Result<Option<Node>>;

    fn above(&self, node: Node) -> Result<Above>;

    fn children(&self, node: Node) -> Result<Span>;

    /// For each row, how many there are of it and all that hang below it.
    fn sizes(&self, span: &Span) -> Result<Vec<u64>>;
}

/// A row to be shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visible {
    pub(super) node: Node,
    pub(super) depth: u32,
    /// Whether it shows what is below it, if anything is.
    pub(super) expanded: bool,
}

/// How many rows are visible, and those of a window.
pub(super) struct Seen {
    pub(super) total: u64,
    pub(super) rows: Vec<Visible>,
}

/// The rows of a window. Of what is `told` about a node the last counts; `usual` is what holds for the others.
pub(super) fn walk<'k>(
    forest: &dyn Forest,
    told: impl IntoIterator<Item = (&'k [Value], Told)>,
    usual: Told,
    window: Range<u64>,
) -> Result<Seen> {
    let marks = Marks::new(forest, told)?;
    let branches = Branches::new(forest, &marks, usual)?;
    let total = branches.all[0].rows;
    let start = window.start.min(total);
    let wanted = window.end.clamp(start, total) - start;
    let rows = branches.rows(forest, start, wanted as usize)?;
    Ok(Seen { total, rows })
}

/// What was said of nodes that are there, and for every node above one of them which of its children lead there.
#[derive(Default)]
struct Marks {
    told: HashMap<Node, Told>,
    below: HashMap<Option<Node>, Vec<Node>>,
}

impl Marks {
    fn new<'k>(forest: &dyn Forest, told: impl IntoIterator<Item = (&'k [Value], Told)>) -> Result<Self> {
        let mut marks = Marks::default();
        // Rows that hang below themselves end where they began.
        let mut seen = HashSet::new();
        for (key, told) in told {
            let Some(mut node) = forest.find(key)? else { continue };
            marks.told.insert(node, told);
            while seen.insert(node) {
                let above = match forest.above(node)? {
                    Above::Nothing => None,
                    Above::Node(above) => Some(above),
                    Above::Missing => break,
                };
                marks.below.entry(above).or_default().push(node);
                match above {
                    Some(above) => node = above,
                    None => break,
                }
            }
        }
        marks.below.values_mut().for_each(|nodes| nodes.sort_unstable());
        Ok(marks)
    }
}

/// A node whose children are looked at one by one.
struct Branch {
    /// None above the roots.
    node: Option<Node>,
    told: Told,
    /// Of its children.
    depth: u32,
    /// The children it shows.
    span: Span,
    /// Those of the children that are branches.
    branches: Range<usize>,
    /// The rows shown of the children between them, with what hangs below these.
    gaps: Vec<u64>,
    /// The rows shown below it.
    rows: u64,
}

impl Branch {
    fn new(node: Option<Node>, told: Told, depth: u32, span: Span) -> Self {
        Branch { node, told, depth, span, branches: 0..0, gaps: Vec::new(), rows: 0 }
    }
}

/// All branches that are visible, each behind the one above it, the top of all first.
struct Branches {
    all: Vec<Branch>,
}

/// What is still to be shown.
enum Piece {
    Branch(usize),
    /// Children that are alike, of which so many rows are shown, if that is known.
    Gap {
        span: Span,
        rows: Option<u64>,
        all: bool,
        depth: u32,
    },
}

/// So many sizes are asked for together.
const MANY: u64 = 1 << 16;

impl Branches {
    fn new(forest: &dyn Forest, marks: &Marks, usual: Told) -> Result<Self> {
        let top = if usual == Told::All { Told::All } else { Told::Expanded };
        let mut all = vec![Branch::new(None, top, 0, forest.roots()?)];
        let mut at = 0;
        while at < all.len() {
            let Branch { node, told, depth, .. } = all[at];
            let first = all.len();
            if told != Told::Collapsed {
                for &child in marks.below.get(&node).into_iter().flatten() {
                    let unless_told = if told == Told::All { Told::All } else { Told::Collapsed };
                    let told = marks.told.get(&child).copied().unwrap_or(unless_told);
                    let span = if told == Told::Collapsed { Span::default() } else { forest.children(child)? };
                    all.push(Branch::new(Some(child), told, depth + 1, span));
                }
            }
            all[at].branches = first..all.len();
            at += 1;
        }
        let mut branches = Branches { all };
        for at in (0..branches.all.len()).rev() {
            let of_all = branches.all[at].told == Told::All;
            let gaps = branches.gaps(at).iter().map(|gap| rows_of(forest, gap, of_all)).collect::<Result<Vec<_>>>()?;
            let below: u64 = branches.all[branches.all[at].branches.clone()].iter().map(|child| 1 + child.rows).sum();
            branches.all[at].rows = below + gaps.iter().sum::<u64>();
            branches.all[at].gaps = gaps;
        }
        Ok(branches)
    }

    /// The children of a branch before, between and behind those that are branches themselves.
    fn gaps(&self, at: usize) -> Vec<Span> {
        let branch = &self.all[at];
        let mut start = branch.span.at.start;
        let mut gaps = Vec::with_capacity(branch.branches.len() + 1);
        for child in self.all[branch.branches.clone()].iter().filter_map(|child| child.node) {
            gaps.push(branch.span.part(start..child.at));
            start = child.at + 1;
        }
        gaps.push(branch.span.part(start..branch.span.at.end));
        gaps
    }

    /// Puts what a branch shows on top of the pieces still to be shown.
    fn open(&self, at: usize, pieces: &mut Vec<Piece>) {
        let branch = &self.all[at];
        let gaps = self.gaps(at).into_iter().zip(&branch.gaps).map(|(span, &rows)| Piece::Gap {
            span,
            rows: Some(rows),
            all: branch.told == Told::All,
            depth: branch.depth,
        });
        let mut children = branch.branches.clone().map(Piece::Branch);
        let first = pieces.len();
        for gap in gaps {
            pieces.push(gap);
            pieces.extend(children.next());
        }
        pieces[first..].reverse();
    }

    /// So many rows, after those that are passed over.
    fn rows(&self, forest: &dyn Forest, mut skip: u64, wanted: usize) -> Result<Vec<Visible>> {
        let mut shown: Vec<Visible> = Vec::with_capacity(wanted);
        let mut pieces = Vec::new();
        self.open(0, &mut pieces);
        while shown.len() < wanted {
            let Some(piece) = pieces.pop() else { break };
            match piece {
                Piece::Branch(at) => {
                    let branch = &self.all[at];
                    if branch.rows < skip {
                        skip -= branch.rows + 1;
                        continue;
                    }
                    if skip > 0 {
                        skip -= 1;
                    } else if let Some(node) = branch.node {
                        let expanded = branch.told != Told::Collapsed;
                        shown.push(Visible { node, depth: branch.depth - 1, expanded });
                    }
                    self.open(at, &mut pieces);
                }
                Piece::Gap { rows: Some(rows), .. } if rows <= skip => skip -= rows,
                Piece::Gap { span, all: false, depth, .. } => {
                    let rest = span.part(span.at.start + skip..span.at.end);
                    skip = 0;
                    let nodes = rest.nodes().take(wanted - shown.len());
                    shown.extend(nodes.map(|node| Visible { node, depth, expanded: false }));
                }
                Piece::Gap { span, depth, .. } => {
                    let start = pass_over(forest, &span, &mut skip)?;
                    if start == span.at.end {
                        continue;
                    }
                    let node = Node { level: span.level, at: start };
                    let gap = |span, depth| Piece::Gap { span, rows: None, all: true, depth };
                    pieces.push(gap(span.part(start + 1..span.at.end), depth));
                    pieces.push(gap(forest.children(node)?, depth + 1));
                    if skip > 0 {
                        skip -= 1;
                    } else {
                        shown.push(Visible { node, depth, expanded: true });
                    }
                }
            }
        }
        Ok(shown)
    }
}

/// The rows shown of children that are alike.
fn rows_of(forest: &dyn Forest, span: &Span, all: bool) -> Result<u64> {
    if !all {
        return Ok(span.len());
    }
    let mut rows = 0;
    for start in span.at.clone().step_by(MANY as usize) {
        let sizes = forest.sizes(&span.part(start..span.at.end.min(start + MANY)))?;
        rows += sizes.iter().sum::<u64>();
    }
    Ok(rows)
}

/// The first of some expanded children that is not passed over whole.
fn pass_over(forest: &dyn Forest, span: &Span, skip: &mut u64) -> Result<u64> {
    let mut start = span.at.start;
    while *skip > 0 && start < span.at.end {
        for size in forest.sizes(&span.part(start..span.at.end.min(start + MANY)))? {
            if size > *skip {
                return Ok(start);
            }
            *skip -= size;
            start += 1;
        }
    }
    Ok(start)
}
