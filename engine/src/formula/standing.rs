//! Which formulas ask where a row stands: `i`, `ii`, `k`, `Col_[i-1]`.

use super::Formula;
use super::syntax::{Operator, Tree, TreeKind, parse_assignment, parse_condition};
use crate::plan::{ColumnDef, Standing};
use crate::types::Value;

/// What a condition asks, each thing once; text that is no condition asks nothing, and is told of when it is checked.
pub(crate) fn asked_by_condition(formula: &Formula, columns: &[ColumnDef]) -> Vec<Standing> {
    let tree = parse_condition(&formula.shared_text());
    tree.map(|tree| asked(&tree, formula, columns)).unwrap_or_default()
}

/// What `Name = expression` asks.
pub(crate) fn asked_by_assignment(formula: &Formula, columns: &[ColumnDef]) -> Vec<Standing> {
    match parse_assignment(&formula.shared_text()) {
        Ok((_, _, Some(tree))) => asked(&tree, formula, columns),
        _ => Vec::new(),
    }
}

fn asked(tree: &Tree, formula: &Formula, columns: &[ColumnDef]) -> Vec<Standing> {
    let mut found = Vec::new();
    visit(tree, &mut |tree| {
        let standing = standing(tree, columns);
        let is_bound = |name: &str| formula.variables().iter().any(|(bound, _)| &**bound == name);
        let is_name = matches!(&tree.kind, TreeKind::Name(name) if is_bound(name));
        if let Some(standing) = standing.filter(|standing| !is_name && !found.contains(standing)) {
            found.push(standing);
        }
    });
    found
}

/// Where a row stands, if that is what a tree asks; a column of the name comes first.
pub(super) fn standing(tree: &Tree, columns: &[ColumnDef]) -> Option<Standing> {
    let is_column = |name: &str| columns.iter().any(|column| &*column.name == name);
    match &tree.kind {
        TreeKind::Name(name) if is_column(name) => None,
        TreeKind::Name(name) if matches!(name.as_str(), "i" | "ii") => Some(Standing::Position),
        TreeKind::Name(name) if name == "k" => Some(Standing::Id),
        TreeKind::Index { on, at } => match &on.kind {
            TreeKind::Name(name) if !is_column(name) => {
                let column = name.strip_suffix('_').filter(|column| is_column(column))?;
                Some(Standing::Nearby { column: column.into(), offset: offset(at)? })
            }
            _ => None,
        },
        _ => None,
    }
}

/// The 2 of `i+2`, the -1 of `ii-1`, the 0 of `i`.
fn offset(tree: &Tree) -> Option<i64> {
    let is_position = |tree: &Tree| matches!(&tree.kind, TreeKind::Name(name) if name == "i" || name == "ii");
    let number = |tree: &Tree| match &tree.kind {
        TreeKind::Literal(Value::I32(value)) => Some(i64::from(*value)),
        TreeKind::Literal(Value::I64(value)) => Some(*value),
        _ => None,
    };
    match &tree.kind {
        _ if is_position(tree) => Some(0),
        TreeKind::Binary { operator: Operator::Add, left, right, .. } if is_position(left) => number(right),
        TreeKind::Binary { operator: Operator::Add, left, right, .. } if is_position(right) => number(left),
        TreeKind::Binary { operator: Operator::Subtract, left, right, .. } if is_position(left) => {
            number(right)?.checked_neg()
        }
        _ => None,
    }
}

/// Calls `each` for a tree and all below it; not for what stands between the brackets of `Col_[i-1]`.
fn visit(tree: &Tree, each: &mut impl FnMut(&Tree)) {
    each(tree);
    let mut all = |trees: &[Tree]| trees.iter().for_each(|tree| visit(tree, each));
    match &tree.kind {
        TreeKind::Null
        | TreeKind::Literal(_)
        | TreeKind::Quoted(_)
        | TreeKind::Name(_)
        | TreeKind::Column(_)
        | TreeKind::Index { .. } => {}
        TreeKind::Call { arguments: trees, .. } | TreeKind::List { values: trees, .. } => all(trees),
        TreeKind::Method { on, arguments, .. } => {
            all(arguments);
            visit(on, each);
        }
        TreeKind::Field { on, .. } => visit(on, each),
        TreeKind::Prefix(_, operand) | TreeKind::Cast(_, operand) => visit(operand, each),
        TreeKind::Binary { left, right, .. } => {
            visit(left, each);
            visit(right, each);
        }
        TreeKind::All(parts) | TreeKind::Any(parts) => all(parts),
        TreeKind::Ternary { condition, yes, no } => {
            visit(condition, each);
            visit(yes, each);
            visit(no, each);
        }
        TreeKind::Match { value, items, .. } => {
            all(items);
            visit(value, each);
        }
    }
}
