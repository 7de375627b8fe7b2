//! Operators that lie, each in its own way, and the rule that finds it out.

use std::sync::Arc;

use crate::column::{Column, Ids, StoreRef, Stored};
use crate::graph::{Cx, Delta, Filled, Graph, Node, NodeHandle, Output, Update};
use crate::op::Operator;
use crate::plan::{ColumnDef, Definition, Flavour, Operation, Plan};
use crate::rowset::RowSet;
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{Error, Result};

/// Says `delta` and `rows`, after writing `writes`.
#[derive(Clone)]
struct Scripted {
    writes: Vec<(u64, i64)>,
    delta: Delta,
    rows: RowSet,
}

impl Operator for Scripted {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        for &(id, value) in &self.writes {
            let value = Vector::from_values(Type::I64, [Value::I64(value)]).into_iter().next();
            value.iter().try_for_each(|value| cx.write(0, Ids::List(&[id]), value))?;
        }
        Ok(Update::new(self.delta.clone(), self.rows.clone()))
    }

    fn has_work(&self, _output: &Output) -> bool {
        true
    }
}

/// A graph of one table with rows 0 to 3 and one column, all zero, and what its first cycle makes of `op`.
fn outcome(op: Scripted) -> Option<Error> {
    let mut graph = Graph::checking_deltas();
    let handle: Arc<NodeHandle> = graph.reserve();
    let definition = Definition::new([ColumnDef::new("V", Type::I64)], Flavour::Keyed).expect("one column");
    let operation = Operation::Source { name: "t".into(), flavour: Flavour::Keyed };
    let rows = RowSet::range(0..4);
    let mut stored = Stored::new(Type::I64, 6);
    let zeros = Vector::from_values(Type::I64, vec![Value::I64(0); 4]).expect("integers");
    stored.write(Ids::Range { start: 0, len: 4 }, &zeros, &RowSet::new());
    let plan = Arc::new(Plan { operation, inputs: Vec::new(), definition });
    let columns = vec![Column::Stored { at: StoreRef { node: handle.id(), slot: 0 }, ty: Type::I64 }].into();
    let output = Output { old_rows: rows.clone(), rows, stored: vec![stored], ..Output::default() };
    let node = Node::new(plan, "t", Vec::new(), Filled::by_id(Box::new(op), columns, output));
    graph.insert(handle.id(), node, true);
    graph.run_cycle();
    graph.node(handle.id()).expect("the handle keeps it").state.error().cloned()
}

fn honest() -> Scripted {
    Scripted { writes: Vec::new(), delta: Delta::default(), rows: RowSet::range(0..4) }
}

fn found_out(op: Scripted, rule: &str) {
    let error = outcome(op).expect("the lie is found out");
    assert_eq!(error.kind(), crate::ErrorKind::Internal);
    assert!(error.message().contains(rule), "{error} does not say: {rule}");
}

#[test]
fn the_truth_passes() {
    let delta = Delta {
        removed: RowSet::from_sorted(&[0, 1]),
        added: RowSet::from_sorted(&[1, 9]),
        modified: RowSet::single(2),
        mask: (0..1).collect(),
    };
    let rows = RowSet::from_sorted(&[1, 2, 3, 9]);
    let error = outcome(Scripted { writes: vec![(1, 5), (9, 6), (2, 7)], delta, rows });
    assert!(error.is_none(), "{error:?}");
}

#[test]
fn a_forgotten_change_is_found() {
    found_out(
        Scripted { writes: vec![(2, 7)], ..honest() },
        "a row in no set is unchanged: row 2, column V: expected 0, found 7",
    );
}

#[test]
fn a_mask_without_rows_or_rows_without_a_mask_is_found() {
    let rule = "the mask is empty exactly if no row is modified";
    found_out(Scripted { delta: Delta { modified: RowSet::single(1), ..Delta::default() }, ..honest() }, rule);
    found_out(Scripted { delta: Delta { mask: (0..1).collect(), ..Delta::default() }, ..honest() }, rule);
}

#[test]
fn rows_that_do_not_add_up_are_found() {
    let added = Delta { added: RowSet::single(9), ..Delta::default() };
    found_out(Scripted { delta: added, ..honest() }, "added rows are there: row 9");
    let removed = Delta { removed: RowSet::single(9), ..Delta::default() };
    found_out(Scripted { delta: removed, ..honest() }, "removed rows were there: row 9");
    found_out(Scripted { rows: RowSet::range(0..3), ..honest() }, "the rows now are the old ones");
    let twice =
        Delta { modified: RowSet::single(1), removed: RowSet::single(1), mask: (0..1).collect(), ..Delta::default() };
    let rows = RowSet::from_sorted(&[0, 2, 3]);
    found_out(Scripted { delta: twice, rows, ..honest() }, "modified rows are still there: row 1");
    let again = Delta { added: RowSet::single(1), ..Delta::default() };
    found_out(Scripted { delta: again, ..honest() }, "a row that is added was not there, or is removed too: row 1");
}

#[test]
fn nothing_is_checked_unless_asked_for() {
    let mut graph = Graph::default();
    let handle = graph.reserve();
    assert!(graph.checks.is_none());
    drop(handle);
    graph.bury();
}
