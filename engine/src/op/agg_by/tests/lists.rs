//! group: lists of the values of groups, live and in the order of the rows.

use super::*;
use crate::source::RowChange;
use crate::types::List;
use crate::{ErrorKind, asc};

fn batch(table: &Table, keys: &[i64], values: &[i64]) -> Batch {
    Batch::new(table.definition(), vec![ints(keys), ints(values)]).unwrap()
}

fn shown(table: &Table) -> Vec<String> {
    cells(table).iter().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")).collect()
}

/// A keyed table `K`, `V` of the rows 0 to 4, and what groups of it are to be.
fn five(session: &Session) -> (Table, crate::source::KeyedRows) {
    let defs = [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::I64)];
    let (table, rows) = session.keyed_rows("t", defs).unwrap();
    let first = batch(&table, &[1, 2, 1, 2, 1], &[10, 20, 30, 40, 50]);
    rows.apply(RowChange::new(table.definition()).add((0..5).collect(), first).unwrap()).unwrap();
    session.step().unwrap();
    (table, rows)
}

#[test]
fn lists_follow_rows_that_come_go_and_change() {
    let session = Session::builder().check_deltas(true).build();
    let (table, rows) = five(&session);
    let groups = table.group_by("K").unwrap();
    let totals = groups.update_view(["N = V.size()", "S = sum(V)"]).unwrap();
    insta::assert_snapshot!("groups_explained", totals.explain());
    assert_eq!(shown(&totals), ["1 [10, 30, 50] 3 90", "2 [20, 40] 2 60"]);

    let change = RowChange::new(table.definition());
    rows.apply(change.clone().remove([2]).add(vec![7, 8], batch(&table, &[2, 3], &[70, 80])).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&totals), ["1 [10, 50] 2 60", "2 [20, 40, 70] 3 130", "3 [80] 1 80"]);

    // A value changes, and a row changes its group: it takes its place there by its row.
    let columns = [("K", ints(&[1, 1])), ("V", ints(&[11, 41]))];
    rows.apply(change.clone().modify(vec![0, 3], columns).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&totals), ["1 [11, 41, 50] 3 102", "2 [20, 70] 2 90", "3 [80] 1 80"]);

    // A group that is gone comes back to its place, with nothing of what it was.
    rows.apply(change.clone().remove([1, 7])).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&totals), ["1 [11, 41, 50] 3 102", "3 [80] 1 80"]);
    rows.apply(change.add(vec![1], batch(&table, &[2], &[21])).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&totals), ["1 [11, 41, 50] 3 102", "2 [21] 1 21", "3 [80] 1 80"]);
    session.validate().unwrap();
}

#[test]
fn lists_are_in_the_order_of_a_sorted_table() {
    let session = Session::builder().check_deltas(true).build();
    let (table, rows) = five(&session);
    let sorted = table.sort([asc("V")]).unwrap();
    let up = sorted.group_by("K").unwrap();
    let down = sorted.reverse().unwrap().agg(agg::group("V")).unwrap();
    assert_eq!(
        (shown(&up), shown(&down)),
        (vec!["1 [10, 30, 50]".into(), "2 [20, 40]".into()], vec!["[50, 40, 30, 20, 10]".into()])
    );
    rows.apply(RowChange::new(table.definition()).modify(vec![0], [("V", ints(&[45]))]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&up), ["1 [30, 45, 50]", "2 [20, 40]"]);
    assert_eq!(shown(&down), ["[50, 45, 40, 30, 20]"]);
    session.validate().unwrap();
}

#[test]
fn what_a_snapshot_holds_stays() {
    let session = Session::new();
    let (table, feed) =
        session.append_table("t", [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::I64)]).unwrap();
    let groups = table.agg_by([agg::count("N"), agg::group("L = V"), agg::last("V")], "K").unwrap();
    let mut pins = Vec::new();
    for number in 0..5 {
        feed.send(batch(&table, &[1, number], &[number, 7])).unwrap();
        session.step().unwrap();
        pins.push((groups.snapshot().unwrap(), 1 + number as usize + usize::from(number > 0)));
    }
    for (pin, len) in &pins {
        let lists = pin.column("L").unwrap();
        let at = (0..lists.len()).find(|&row| pin.column("K").unwrap().value(row) == Value::I64(1)).unwrap();
        let Value::List(list) = lists.value(at) else { panic!("no list") };
        assert_eq!(list.len(), *len, "{list}");
    }
    session.validate().unwrap();
}

#[test]
fn large_groups_and_many_small_ones() {
    let session = Session::new();
    let (table, feed) =
        session.append_table("t", [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::I64)]).unwrap();
    let values: Vec<i64> = (0..20_000).collect();
    let keys: Vec<i64> = values.iter().map(|v| if v % 2 == 0 { 0 } else { v % 3_000 }).collect();
    feed.send(batch(&table, &keys, &values)).unwrap();
    session.step().unwrap();
    let groups = table.group_by("K").unwrap();
    feed.send(batch(&table, &keys, &values)).unwrap();
    session.step().unwrap();
    for row in cells(&groups) {
        let [Value::I64(key), Value::List(list)] = &row[..] else { panic!("a key and a list, not {row:?}") };
        let once = || values.iter().zip(&keys).filter(|(_, k)| *k == key).map(|(v, _)| *v);
        assert_eq!(*list, List::from(once().chain(once()).collect::<Vec<_>>()), "group {key}");
    }
    session.validate().unwrap();
}

#[test]
fn blink_tables_have_no_lists() {
    let session = Session::new();
    let (table, _feed) =
        session.blink_table("t", [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::I64)]).unwrap();
    let error = table.group_by("K").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    insta::assert_snapshot!("group_of_blink", error.report());
    assert_eq!(shown(&table.blink_to_append().unwrap().group_by("K").unwrap()), Vec::<String>::new());
}
