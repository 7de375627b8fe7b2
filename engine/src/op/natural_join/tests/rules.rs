//! The rules one by one: what is an error and how it reads, what is stored, what is forgotten.

use crate::plan::ColumnDef;
use crate::source::{Batch, KeyedRows, RowChange};
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{ErrorKind, Match, Session, Table, on};

fn text(values: &[&str]) -> Vector<'static> {
    Vector::from_values(Type::String, values.iter().map(|&value| Value::from(value))).expect("text")
}

fn numbers(values: &[i64]) -> Vector<'static> {
    Vector::from_values(Type::I64, values.iter().map(|&value| Value::I64(value))).expect("numbers")
}

fn keyed(session: &Session, key: &str, value: &str) -> (Table, KeyedRows) {
    session.keyed_rows(key, [ColumnDef::new(key, Type::String), ColumnDef::new(value, Type::I64)]).expect("a table")
}

fn add(table: &Table, writer: &KeyedRows, ids: &[u64], keys: &[&str]) {
    let values: Vec<i64> = ids.iter().map(|&id| id as i64 * 10).collect();
    let batch = Batch::new(table.definition(), vec![text(keys), numbers(&values)]).expect("a batch");
    writer.apply(RowChange::new(table.definition()).add(ids.to_vec(), batch).expect("fits")).expect("applies");
}

fn remove(table: &Table, writer: &KeyedRows, ids: &[u64]) {
    writer.apply(RowChange::new(table.definition()).remove(ids.iter().copied())).expect("applies");
}

#[test]
fn an_unused_duplicate_is_no_error_and_a_used_one_says_where() {
    let session = Session::new();
    let (left, left_rows) = keyed(&session, "Service", "Seen");
    let (right, right_rows) = keyed(&session, "Name", "Level");
    add(&left, &left_rows, &[0, 7], &["a", "b"]);
    add(&right, &right_rows, &[0, 1, 2], &["a", "c", "c"]);
    session.step().expect("a cycle");
    let joined = left.natural_join(&right, "Service = Name").expect("c is not used").named("judged").expect("named");
    session.step().expect("a cycle");
    assert!(joined.error().is_none());
    add(&right, &right_rows, &[3, 4], &["b", "b"]);
    session.step().expect("a cycle");
    let error = joined.error().expect("b is used");
    assert_eq!((error.kind(), error.row(), error.column()), (ErrorKind::DuplicateKey, Some(7), Some("Service")));
    insta::assert_snapshot!("duplicate_key", format!("{error:#}"));
    session.validate().expect("sound");
}

#[test]
fn a_duplicate_that_goes_in_the_cycle_it_came_is_no_error() {
    let session = Session::new();
    let (left, left_rows) = keyed(&session, "K", "V");
    let (right, right_rows) = keyed(&session, "K", "W");
    add(&left, &left_rows, &[0], &["a"]);
    add(&right, &right_rows, &[5], &["a"]);
    session.step().expect("a cycle");
    let joined = left.natural_join_with(&right, on("K").add("W"), Match::ExactlyOne).expect("one match");
    add(&right, &right_rows, &[6], &["a"]);
    remove(&right, &right_rows, &[5]);
    session.step().expect("a cycle");
    assert!(joined.error().is_none(), "{:?}", joined.error());
    assert_eq!(joined.snapshot().expect("rows").value(0, 2).expect("read"), Some(Value::I64(60)));
    remove(&right, &right_rows, &[6]);
    session.step().expect("a cycle");
    insta::assert_snapshot!("no_match", format!("{:#}", joined.error().expect("nothing matches")));
}

#[test]
fn without_keys_there_may_be_one_right_row() {
    let session = Session::new();
    let left = session.static_table("left", [("V", numbers(&[1, 2]))]).expect("a table");
    let right = session.static_table("right", [("W", numbers(&[1, 2]))]).expect("a table");
    let none: [&str; 0] = [];
    let error = left.natural_join_with(&right, on(none), Match::First).expect_err("two rows");
    insta::assert_snapshot!("zero_keys", format!("{error:#}"));
    let nobody = session.static_table("nobody", [("V", numbers(&[]))]).expect("a table");
    nobody.natural_join(&right, on(none)).expect("no left row asks");
}

#[test]
fn added_columns_take_eight_bytes_a_row_in_all() {
    let session = Session::new();
    let rows: Vec<i64> = (0..8192).collect();
    let left = session.static_table("left", [("K", numbers(&rows))]).expect("a table");
    let right = session
        .static_table("right", [("K", numbers(&[1, 2])), ("A", numbers(&[3, 4])), ("B", text(&["x", "y"]))])
        .expect("a table");
    let one = left.natural_join(&right, on("K").add("A")).expect("joins").bytes().expect("known");
    let two = left.natural_join(&right, on("K").add(["A", "B"])).expect("joins").bytes().expect("known");
    assert_eq!(one, two);
    // A bitmap for those without a match, the two keys, and the buffers of an update come on top.
    assert!((8 * 8192..8 * 8192 + 48 * 1024).contains(&one), "{one} bytes");
}

#[test]
fn keys_that_are_gone_are_forgotten() {
    let session = Session::new();
    let (left, left_rows) = keyed(&session, "K", "V");
    let (right, right_rows) = keyed(&session, "K", "W");
    let joined = left.natural_join(&right, on("K").add("W")).expect("joins");
    let mut after_first = 0;
    for cycle in 0..200 {
        let keys: Vec<String> = (0..50).map(|key| format!("key {cycle} {key}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let ids: Vec<u64> = (0..50).collect();
        if cycle > 0 {
            remove(&left, &left_rows, &ids);
            remove(&right, &right_rows, &ids);
        }
        add(&left, &left_rows, &ids, &keys);
        add(&right, &right_rows, &ids, &keys);
        session.step().expect("a cycle");
        if cycle == 1 {
            after_first = joined.bytes().expect("known");
        }
    }
    let now = joined.bytes().expect("known");
    assert!(now < after_first * 2, "{after_first} bytes became {now}");
    session.validate().expect("sound");
}

#[test]
fn what_cannot_meet_is_refused() {
    let session = Session::new();
    let (left, _) = keyed(&session, "Service", "Level");
    let (right, _) = keyed(&session, "Name", "Level");
    let refused = [
        left.natural_join(&right, "Service = Level"),
        left.natural_join(&right, "Servce = Name"),
        left.exact_join(&right, "Service = Nam"),
        left.natural_join(&right, "Service = Name"),
        left.natural_join(&right, on("Service = Name").add("Service = Level")),
        left.natural_join(&right, on("Service = Name").add("Seen")),
        left.natural_join(&right, "Service >= Name"),
    ];
    insta::assert_snapshot!("refused", refused.map(|call| call.expect_err("refused").report()).join("\n\n"));
    let joined = left.natural_join(&right, on("Service = Name").add("Limit = Level")).expect("joins");
    insta::assert_snapshot!("explained", joined.explain());
}
