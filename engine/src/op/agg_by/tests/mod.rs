mod ends;
mod errors;
mod lanes;
mod lists;
mod live;
mod model;
mod random;

use super::groups::Groups;
use crate::group::Keys;
use crate::rowset::RowSet;
use crate::source::Batch;
use crate::table::agg;
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{ColumnDef, Session, Table};

fn cells(table: &Table) -> Vec<Vec<Value>> {
    let snapshot = table.snapshot().unwrap();
    let rows = snapshot.rows(0..snapshot.len()).unwrap();
    let columns = rows.columns();
    (0..rows.len()).map(|row| columns.iter().map(|column| column.value(row)).collect()).collect()
}

fn ints(values: &[i64]) -> Vector<'static> {
    Vector::from_values(Type::I64, values.iter().map(|&value| Value::I64(value))).unwrap()
}

/// One cycle of groups: keys whose rows go, then keys whose rows come.
fn cycle(groups: &mut Groups, gone: &[i64], come: &[i64]) -> (Vec<u64>, Vec<u64>) {
    let mut slots = Vec::new();
    groups.start();
    groups.find(&Keys::of([ints(gone)]), gone.len(), &mut slots).unwrap();
    groups.take_rows(&slots);
    groups.add_rows(&Keys::of([ints(come)]), come.len(), &mut slots).unwrap();
    let touched = groups.touched();
    let ids = (groups.ids(&touched.removed), groups.ids(&touched.added));
    groups.reclaim();
    ids
}

#[test]
fn a_returning_key_takes_its_old_place_until_too_many_are_empty() {
    let mut groups = Groups::new(&[Type::I64]);
    groups.keep_empty(2);
    assert_eq!(cycle(&mut groups, &[], &[10, 11, 12, 13, 14]), (vec![], vec![0, 1, 2, 3, 4]));
    assert_eq!(cycle(&mut groups, &[10, 11], &[]), (vec![0, 1], vec![]));
    assert_eq!(cycle(&mut groups, &[], &[11]), (vec![], vec![1]));
    assert_eq!(cycle(&mut groups, &[12], &[12]), (vec![], vec![]));
    // Three empty ones are more than two and than the two living: the one emptied first, 10, is given up.
    assert_eq!(cycle(&mut groups, &[12, 13], &[]), (vec![2, 3], vec![]));
    groups.validate(&RowSet::from_sorted(&[1, 4])).unwrap();
    assert_eq!(cycle(&mut groups, &[], &[10, 12, 20]), (vec![], vec![2, 5, 6]));
    groups.validate(&RowSet::from_sorted(&[1, 2, 4, 5, 6])).unwrap();
    assert_eq!(groups.slots(), 6);
}

#[test]
fn groups_that_flap_leave_no_trace() {
    let mut groups = Groups::new(&[Type::I64]);
    cycle(&mut groups, &[], &[1, 2]);
    let bytes = groups.bytes();
    for _ in 0..1000 {
        cycle(&mut groups, &[1], &[]);
        cycle(&mut groups, &[], &[1]);
    }
    assert!(groups.bytes() < bytes + 4096, "{} bytes, then {}", bytes, groups.bytes());
}

#[test]
fn no_rows_make_no_row_without_keys() {
    let session = Session::new();
    let (table, feed) = session.blink_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let total = table.agg([agg::sum("V"), agg::count("N"), agg::first("F = V")]).unwrap();
    assert!(cells(&total).is_empty());
    feed.send(Batch::new(table.definition(), vec![ints(&[3, 4])]).unwrap()).unwrap();
    session.step().unwrap();
    let row = |sum, count| vec![vec![Value::I64(sum), Value::I64(count), Value::I64(3)]];
    assert_eq!(cells(&total), row(7, 2));
    session.step().unwrap();
    assert_eq!(cells(&total), row(7, 2), "rows of a blink table stay counted");
    feed.send(Batch::new(table.definition(), vec![ints(&[10])]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(cells(&total), row(17, 3));
    session.validate().unwrap();
}

#[test]
fn sums_come_back_when_nan_and_infinity_go() {
    let session = Session::new();
    let (table, rows) = session.keyed_rows("t", [ColumnDef::new("V", Type::F64)]).unwrap();
    let total = table.agg([agg::sum("V"), agg::avg("A = V"), agg::min("M = V")]).unwrap();
    let values = [0.1, f64::NAN, f64::INFINITY, 1e300, 0.2, -1e300].map(Value::F64);
    let batch = Batch::new(table.definition(), vec![Vector::from_values(Type::F64, values).unwrap()]).unwrap();
    let change = crate::source::RowChange::new(table.definition());
    rows.apply(change.clone().add((0..6).collect(), batch).unwrap()).unwrap();
    session.step().unwrap();
    assert!(matches!(cells(&total)[0][..], [Value::F64(sum), _, Value::F64(min)] if sum.is_nan() && min.is_nan()));
    rows.apply(change.clone().remove([1])).unwrap();
    session.step().unwrap();
    assert_eq!(cells(&total)[0][..], [Value::F64(f64::INFINITY), Value::F64(f64::INFINITY), Value::F64(-1e300)]);
    rows.apply(change.clone().remove([2, 3, 5])).unwrap();
    session.step().unwrap();
    let sum = 0.1 + 0.2;
    assert_eq!(cells(&total)[0][..], [Value::F64(sum), Value::F64(sum / 2.0), Value::F64(0.1)]);
    session.validate().unwrap();
}
