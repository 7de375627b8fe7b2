//! Groups in rows and columns over rows that come and go, and what is refused.

use crate::source::{Batch, RowChange};
use crate::types::Type;
use crate::vector::Vector;
use crate::{ColumnDef, Session, Table, agg};

fn batch(table: &Table, rows: &[(Option<&str>, f64, i64)]) -> Batch {
    let keys = Vector::from_values(Type::String, rows.iter().map(|row| row.0.into())).unwrap();
    let columns: Vec<f64> = rows.iter().map(|row| row.1).collect();
    let values: Vec<i64> = rows.iter().map(|row| row.2).collect();
    Batch::new(table.definition(), vec![keys, columns.into(), values.into()]).unwrap()
}

fn lines(table: &Table) -> Vec<String> {
    let rows = table.snapshot().unwrap().rows(0..100).unwrap();
    let line = |row| rows.columns().iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join(" ");
    let names: Vec<&str> = table.definition().columns().iter().map(|column| &*column.name).collect();
    std::iter::once(names.join(" ")).chain((0..rows.len()).map(line)).collect()
}

#[test]
fn cells_follow_rows_that_come_and_go() {
    let session = Session::builder().check_deltas(true).build();
    let columns = [("K", Type::String), ("C", Type::F64), ("V", Type::I64)];
    let (table, writer) = session.keyed_rows("t", columns.map(|(name, ty)| ColumnDef::new(name, ty))).unwrap();
    let change = RowChange::new(table.definition());
    let rows = batch(&table, &[(Some("a"), 1.5, 1), (None, f64::NAN, 2), (Some("a"), -0.0, 3), (Some("a"), 1.5, 4)]);
    writer.apply(change.clone().add((0..4).collect(), rows).unwrap()).unwrap();
    session.step().unwrap();
    let sums = table.keyed_transpose(agg::sum("V"), "K", "C").unwrap();
    let both = table.keyed_transpose([agg::sum("S = V"), agg::count("N")], "K", "C").unwrap();
    assert_eq!(lines(&sums), ["K 1.5 NaN -0.0", "a 5 null 3", "null null 2 null"]);
    assert_eq!(lines(&both)[..2], ["K S_1.5 N_1.5 S_NaN N_NaN S_-0.0 N_-0.0", "a 5 2 null null 3 1"]);
    // A value that there was no column for is in none; a row stays as long as any of its rows.
    let more = batch(&table, &[(Some("b"), 7.0, 5), (None, 0.0, 6)]);
    writer.apply(change.remove([2, 3]).add(vec![5, 6], more).unwrap()).unwrap();
    session.step().unwrap();
    session.validate().unwrap();
    assert_eq!(lines(&sums)[1..], ["a 1 null null", "null null 2 6", "b null null null"]);
}

#[test]
fn what_is_refused_is_said() {
    let session = Session::new();
    let columns = [("K", Vector::from(vec!["a"])), ("C", Vector::from(vec!["K"])), ("V", Vector::from(vec!["text"]))];
    let table = session.static_table("t", columns).unwrap();
    let empty = table.filter("K = `b`").unwrap();
    let errors = [
        empty.keyed_transpose(agg::count("N"), "K", "C"),
        table.keyed_transpose(agg::count("N"), "K", "C"),
        table.keyed_transpose(agg::sum("V"), "K", "C"),
        table.keyed_transpose(agg::count("N"), "K", [""; 0]),
        table.keyed_transpose(agg::count("N"), [""; 0], "C"),
    ];
    let errors = errors.map(|refused| refused.unwrap_err().report());
    insta::assert_snapshot!("refused", errors.join("\n\n"));
}
