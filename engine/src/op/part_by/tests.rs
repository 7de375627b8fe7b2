//! head_by and tail_by over rows that come, go, change their groups and move.

use crate::plan::{Definition, Flavour, Operation, Window};
use crate::source::{Batch, RowChange};
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Session, Table, desc};

fn defs() -> [ColumnDef; 2] {
    [ColumnDef::new("V", Type::I64), ColumnDef::new("K", Type::I64)]
}

fn batch(definition: &Definition, values: Vec<i64>, keys: Vec<i64>) -> Batch {
    Batch::new(definition, vec![Vector::from(values), Vector::from(keys)]).unwrap()
}

/// Key and value of the rows shown.
fn shown(table: &Table) -> Vec<(i64, i64)> {
    table.snapshot().unwrap().rows(0..1 << 20).unwrap().rows(["K", "V"]).unwrap()
}

#[test]
fn edges_follow_rows_that_come_go_and_change() {
    let session = Session::builder().check_deltas(true).build();
    let (table, rows) = session.keyed_rows("t", defs()).unwrap();
    let (first, last) = (table.head_by(2, "K").unwrap(), table.tail_by(2, "K").unwrap());
    let all = table.definition().clone();
    let apply = |change: RowChange| {
        rows.apply(change).unwrap();
        session.step().unwrap();
        session.validate().unwrap();
    };
    let change = RowChange::new(&all);
    apply(change.clone().add((0..6).collect(), batch(&all, (0..6).collect(), vec![7, 8, 7, 7, 8, 7])).unwrap());
    assert_eq!(shown(&first), [(7, 0), (7, 2), (8, 1), (8, 4)]);
    assert_eq!(shown(&last), [(7, 3), (7, 5), (8, 1), (8, 4)]);
    // The first of a group goes: the third follows, which in the other table was shown already.
    apply(change.clone().remove([0]));
    assert_eq!(shown(&first), [(7, 2), (7, 3), (8, 1), (8, 4)]);
    assert_eq!(shown(&last), [(7, 3), (7, 5), (8, 1), (8, 4)]);
    // A row changes its group, and one comes in front.
    let keys = [("K", Vector::from(vec![8_i64]))];
    apply(change.clone().add(vec![0], batch(&all, vec![10], vec![7])).unwrap().modify(vec![2], keys).unwrap());
    assert_eq!(shown(&first), [(7, 10), (7, 3), (8, 1), (8, 2)]);
    assert_eq!(shown(&last), [(7, 3), (7, 5), (8, 2), (8, 4)]);
    // A group that is gone comes back to its place; another row in the same place is another row.
    apply(change.clone().remove([0, 3, 5]));
    assert_eq!(shown(&first), [(8, 1), (8, 2)]);
    apply(change.clone().remove([1]).add(vec![1, 9], batch(&all, vec![11, 9], vec![8, 7])).unwrap());
    assert_eq!(shown(&first), [(7, 9), (8, 11), (8, 2)]);
    assert_eq!(shown(&last), [(7, 9), (8, 2), (8, 4)]);
    insta::assert_snapshot!("explained", first.explain());
}

#[test]
fn rows_are_taken_in_the_order_of_a_sorted_table() {
    let session = Session::builder().check_deltas(true).build();
    let (table, feed) = session.append_table("t", defs()).unwrap();
    let dearest = table.sort(desc("V")).unwrap().head_by(2, "K").unwrap();
    let third = dearest.tail(1).unwrap();
    for (values, keys) in
        [(vec![5, 3, 9], vec![1, 1, 2]), (vec![4, 1], vec![1, 1]), (vec![8, 7, 6, 5], vec![1, 1, 3, 2])]
    {
        feed.send(batch(table.definition(), values, keys)).unwrap();
        session.step().unwrap();
        session.validate().unwrap();
    }
    assert_eq!(shown(&dearest), [(2, 9), (2, 5), (1, 8), (1, 7), (3, 6)]);
    assert_eq!(shown(&third), [(3, 6)]);
}

#[test]
fn of_many_rows_that_come_at_once_only_those_near_the_end_are_looked_at() {
    const ROWS: i64 = 300_000;
    let session = Session::builder().check_deltas(true).build();
    let value = |row: i64| row * 7919 % ROWS;
    let (table, feed) = session.append_table("t", defs()).unwrap();
    let (first, last) = (table.head_by(3, "K").unwrap(), table.tail_by(3, "K").unwrap());
    let rows = batch(table.definition(), (0..ROWS).map(value).collect(), (0..ROWS).map(|row| row % 2).collect());
    feed.send(rows).unwrap();
    session.step().unwrap();
    session.validate().unwrap();
    let expected = |rows: [i64; 6]| rows.map(|row| (row % 2, value(row)));
    let ends = ([0, 2, 4, 1, 3, 5], [ROWS - 6, ROWS - 4, ROWS - 2, ROWS - 5, ROWS - 3, ROWS - 1]);
    assert_eq!((shown(&first), shown(&last)), (expected(ends.0).to_vec(), expected(ends.1).to_vec()));
    // Rows of the past are not kept where none of them can come back.
    assert!(first.bytes().unwrap() + last.bytes().unwrap() < 1 << 20);
    // The same made of rows that are there.
    let late = (table.head_by(3, "K").unwrap(), table.tail_by(3, "K").unwrap());
    assert_eq!((shown(&late.0), shown(&late.1)), (shown(&first), shown(&last)));
    feed.send(batch(table.definition(), vec![1, 2], vec![0, 3])).unwrap();
    session.step().unwrap();
    session.validate().unwrap();
    assert_eq!(shown(&first).len(), 7);
    assert_eq!(shown(&last)[2], (0, 1));
}

#[test]
fn the_flavour_tells_whether_rows_may_go_again() {
    let session = Session::new();
    let flavour = |table: &Table| table.definition().flavour();
    let (grows, _feed) = session.append_table("t", defs()).unwrap();
    assert_eq!(flavour(&grows.head_by(1, "K").unwrap()), Flavour::AddOnly);
    assert_eq!(flavour(&grows.tail_by(1, "K").unwrap()), Flavour::Keyed);
    assert_eq!(flavour(&grows.sort("V").unwrap().head_by(1, "K").unwrap()), Flavour::Keyed);
    let still = session.static_table("s", [("K", Vector::from_values(Type::I64, [Value::Null]).unwrap())]).unwrap();
    assert_eq!(flavour(&still.tail_by(1, "K").unwrap()), Flavour::Static);
}

#[test]
fn what_is_refused_is_said() {
    let session = Session::new();
    let (table, _feed) = session.append_table("t", defs()).unwrap();
    let (passing, _push) = session.blink_table("p", defs()).unwrap();
    let none = table.apply(Operation::PartBy { window: Window::First(1), by: Vec::new() });
    let errors = [table.head_by(0, "K"), none, table.tail_by(1, "Kay"), passing.tail_by(2, "K")];
    let errors = errors.map(|refused| refused.unwrap_err());
    assert_eq!(errors.each_ref().map(|error| error.kind()), {
        [ErrorKind::Argument, ErrorKind::Argument, ErrorKind::Unknown, ErrorKind::Unsupported]
    });
    insta::assert_snapshot!("refused", errors.map(|error| error.to_string()).join("\n"));
}
