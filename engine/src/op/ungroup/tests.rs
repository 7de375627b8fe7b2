//! ungroup of lists that grow, shrink, change and go.

use crate::plan::{Definition, Flavour};
use crate::source::{Batch, RowChange};
use crate::types::{List, Type, Value};
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Session, Table, Uneven, desc};

const LONGS: Type = Type::List(&Type::I64);

fn lists(cells: &[Option<&[i64]>]) -> Vector<'static> {
    let cell = |cell: &Option<&[i64]>| cell.map_or(Value::Null, |items| List::from(items.to_vec()).into());
    Vector::from_values(LONGS, cells.iter().map(cell)).unwrap()
}

fn defs() -> [ColumnDef; 3] {
    [ColumnDef::new("A", LONGS), ColumnDef::new("N", Type::I64), ColumnDef::new("B", LONGS)]
}

fn batch(definition: &Definition, cells: &[Option<&[i64]>], from: i64) -> Batch {
    let numbers: Vec<i64> = (from..).take(cells.len()).collect();
    Batch::new(definition, vec![lists(cells), Vector::from(numbers), lists(cells)]).unwrap()
}

/// The rows shown, `A N B`.
fn shown(table: &Table) -> Vec<String> {
    let snapshot = table.snapshot().unwrap();
    let rows = snapshot.rows(0..1 << 20).unwrap();
    let row = |at| rows.columns().iter().map(|column| column.value(at).to_string()).collect::<Vec<_>>().join(" ");
    (0..rows.len()).map(row).collect()
}

#[test]
fn rows_follow_lists_that_grow_shrink_change_and_go() {
    let session = Session::builder().check_deltas(true).build();
    let (table, rows) = session.keyed_rows("t", defs()).unwrap();
    let one = table.ungroup([""; 0]).unwrap();
    let kept = one.ungroup([""; 0]).unwrap();
    assert_eq!(kept.plan().operation.to_string(), one.plan().operation.to_string());
    let all = table.definition().clone();
    let apply = |change: RowChange| {
        rows.apply(change).unwrap();
        session.step().unwrap();
        session.validate().unwrap();
    };
    let change = RowChange::new(&all);
    apply(change.clone().add((0..4).collect(), batch(&all, &[Some(&[1, 2]), None, Some(&[]), Some(&[3])], 0)).unwrap());
    assert_eq!(shown(&one), ["1 0 1", "2 0 2", "3 3 3"]);
    insta::assert_snapshot!("explained", one.explain());

    // What one cycle tells of a list that grows, and one that changes in the middle.
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let tell = told.clone();
    let _listener = one.listen(move |change| {
        tell.lock().unwrap().push((change.added().len(), change.removed().len(), change.modified().len()));
        Ok(())
    });
    let with = |cells: &[Option<&[i64]>]| [("A", lists(cells)), ("B", lists(cells))];
    apply(change.clone().modify(vec![0, 1], with(&[Some(&[1, 9, 5]), Some(&[7])])).unwrap());
    assert_eq!(shown(&one), ["1 0 1", "9 0 9", "5 0 5", "7 1 7", "3 3 3"]);
    assert_eq!(told.lock().unwrap().pop(), Some((2, 0, 1)));
    apply(change.clone().modify(vec![0], with(&[Some(&[1])])).unwrap());
    assert_eq!(shown(&one), ["1 0 1", "7 1 7", "3 3 3"]);
    assert_eq!(told.lock().unwrap().pop(), Some((0, 2, 0)));
    // Again, far beyond what it was, and another row in its place.
    let long: Vec<i64> = (0..300).collect();
    apply(change.clone().modify(vec![0], with(&[Some(&long)])).unwrap());
    assert_eq!(shown(&one).len(), 302);
    apply(change.clone().remove([0, 3]).add(vec![0], batch(&all, &[Some(&[4, 4])], 40)).unwrap());
    assert_eq!(shown(&one), ["4 40 4", "4 40 4", "7 1 7"]);
    // Only a column that is repeated.
    apply(change.modify(vec![0], [("N", Vector::from(vec![41_i64]))]).unwrap());
    assert_eq!(shown(&one), ["4 41 4", "4 41 4", "7 1 7"]);
    assert_eq!(told.lock().unwrap().pop(), Some((0, 0, 2)));
}

#[test]
fn groups_come_apart_in_their_order() {
    let session = Session::builder().check_deltas(true).build();
    let (table, feed) = session.append_table("t", defs()).unwrap();
    let grouped = table.view(["N", "K = N % 2"]).unwrap().sort(desc("N")).unwrap().group_by("K").unwrap();
    let apart = grouped.update_view("S = sum(N)").unwrap().ungroup("N").unwrap();
    assert_eq!(apart.definition().flavour(), Flavour::Keyed);
    for from in [0, 3] {
        feed.send(batch(table.definition(), &[None; 3], from)).unwrap();
        session.step().unwrap();
        session.validate().unwrap();
    }
    assert_eq!(shown(&apart), ["0 4 6", "0 2 6", "0 0 6", "1 5 9", "1 3 9", "1 1 9"]);
}

#[test]
fn lists_that_only_come_leave_no_state() {
    let session = Session::builder().check_deltas(true).build();
    let (table, feed) = session.append_table("t", defs()).unwrap();
    let apart = table.view(["A", "N"]).unwrap().ungroup("A").unwrap();
    assert_eq!(apart.definition().flavour(), Flavour::Append);
    let row: Vec<i64> = (0..5000).collect();
    feed.send(batch(table.definition(), &[Some(&row), Some(&[8]), Some(&row)], 0)).unwrap();
    session.step().unwrap();
    feed.send(batch(table.definition(), &[Some(&[9])], 3)).unwrap();
    session.step().unwrap();
    session.validate().unwrap();
    let last = apart.tail(3).unwrap();
    assert_eq!(
        (apart.snapshot().unwrap().len(), shown(&last)),
        (10_002, vec!["4998 2".into(), "4999 2".into(), "9 3".into()])
    );
    let (passing, push) = session.blink_table("p", defs()).unwrap();
    let now = passing.view("A").unwrap().ungroup("A").unwrap();
    for cells in [[Some(&[1_i64, 2][..])], [Some(&[3])]] {
        push.send(batch(passing.definition(), &cells, 0)).unwrap();
        session.step().unwrap();
        session.validate().unwrap();
        assert_eq!(shown(&now).len(), cells[0].map_or(0, <[i64]>::len));
    }
}

#[test]
fn lists_of_a_row_are_equally_long_or_filled() {
    let session = Session::builder().check_deltas(true).build();
    let (table, rows) = session.keyed_rows("t", defs()).unwrap();
    let (strict, filled) =
        (table.ungroup(["A", "B"]).unwrap(), table.ungroup_with(["A", "B"], Uneven::Filled).unwrap());
    let change = RowChange::new(table.definition());
    rows.apply(change.clone().add(vec![5], batch(table.definition(), &[Some(&[1, 2])], 0)).unwrap()).unwrap();
    session.step().unwrap();
    rows.apply(change.clone().modify(vec![5], [("B", lists(&[Some(&[6, 7, 8])]))]).unwrap()).unwrap();
    session.step().unwrap();
    session.validate().unwrap();
    assert_eq!(shown(&filled), ["1 0 6", "2 0 7", "null 0 8"]);
    let failure = strict.error().unwrap();
    assert_eq!(failure.kind(), ErrorKind::Evaluation);
    rows.apply(change.modify(vec![5], [("B", lists(&[None]))]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&filled), ["1 0 null", "2 0 null"]);
    let errors = [
        failure,
        table.ungroup("N").unwrap_err(),
        table.view("N").unwrap().ungroup("N").unwrap_err(),
        table.ungroup("C").unwrap_err(),
    ];
    insta::assert_snapshot!("refused", errors.map(|error| error.to_string()).join("\n"));
}
