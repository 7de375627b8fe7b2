//! What is refused, as a user reads it.

use crate::types::{List, Type, Value};
use crate::vector::Vector;
use crate::{ColumnDef, Expanded, Result, Session, Table, agg};

fn sales(session: &Session) -> Table {
    let lists = Vector::from_values(Type::list_of(Type::I64), [Value::List(List::from(vec![1_i64]))]).unwrap();
    let columns: [(&str, Vector<'static>); 5] = [
        ("City", Vector::from(vec!["Oslo"])),
        ("Day", Vector::from(vec![1_i64])),
        ("Price", Vector::from(vec![2.5])),
        ("Week", Vector::from(vec![1_i32])),
        ("Tags", lists),
    ];
    session.static_table("sales", columns).unwrap()
}

fn report<T>(out: &mut String, what: &str, result: Result<T>) {
    let error = result.err().map(|error| error.report()).unwrap_or_else(|| "no error".to_owned());
    out.push_str(&format!("{what}\n{error}\n\n"));
}

#[test]
fn rollups_say_what_they_refuse() {
    let session = Session::new();
    let sales = sales(&session);
    let (passing, _feed) = session.blink_table("passing", [ColumnDef::new("K", Type::I64)]).unwrap();
    let rollup = sales.rollup(agg::sum("Total = Price"), ["City", "Day"]).unwrap();
    let mut out = String::new();
    report(&mut out, "no such key", sales.rollup(agg::sum("Price"), ["City", "Dya"]));
    report(&mut out, "a key of lists", sales.rollup(agg::sum("Price"), ["City", "Tags"]));
    report(&mut out, "a sum of text", sales.rollup(agg::sum("City"), "Day"));
    report(&mut out, "names twice", sales.rollup(agg::sum("Day = Price"), ["City", "Day"]));
    report(&mut out, "no aggregation", sales.rollup(Vec::new(), "City"));
    report(&mut out, "rows that passed", passing.rollup_with_constituents(agg::count("N"), "K"));
    report(&mut out, "a median of rows that passed", passing.rollup(agg::median("M = K"), "K"));
    report(&mut out, "sorted by nothing there", rollup.sort("Totla"));
    report(&mut out, "filtered by an aggregation", rollup.filter("Total > 3"));
    let snapshot = |expanded: &Expanded| rollup.snapshot(expanded, 0..9);
    report(&mut out, "too long a key", snapshot(Expanded::new().expand(["Oslo", "1", "2"])));
    report(&mut out, "a key of another type", snapshot(Expanded::new().expand(["Oslo", "1"])));
    insta::assert_snapshot!(out);
}

#[test]
fn trees_say_what_they_refuse() {
    let session = Session::new();
    let sales = sales(&session);
    let (passing, _feed) =
        session.blink_table("passing", [ColumnDef::new("Id", Type::I64), ColumnDef::new("Up", Type::I64)]).unwrap();
    let twice = session
        .static_table("twice", [("Id", Vector::from(vec![7_i64, 7])), ("Up", Vector::from(vec![1_i64, 2]))])
        .unwrap();
    let tree = sales.tree("Day", "Day").unwrap();
    let mut out = String::new();
    report(&mut out, "no such column", sales.tree("Dya", "Day"));
    report(&mut out, "ids of two types", sales.tree("Day", "Week"));
    report(&mut out, "ids that are lists", sales.tree("Tags", "Tags"));
    report(&mut out, "rows that passed", passing.tree("Id", "Up"));
    report(&mut out, "an id twice", twice.tree("Id", "Up"));
    report(&mut out, "sorted by nothing there", tree.sort("Totla"));
    report(&mut out, "a path", tree.snapshot(Expanded::new().expand([1_i64, 2]), 0..9));
    report(&mut out, "an id of another type", tree.snapshot(Expanded::new().expand(["1"]), 0..9));
    insta::assert_snapshot!(out);
}
