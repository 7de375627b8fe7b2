//! Ordered tables as their users see them: what is refused, how they are explained, what readers are told.

use std::sync::{Arc, Mutex};

use crate::source::{Batch, KeyedRows, RowChange};
use crate::vector::Vector;
use crate::{ColumnDef, Error, Result, Session, Table, Type, Value, asc, desc};

/// A table of rows by id: a name and a number.
fn live(session: &Session) -> Result<(Table, KeyedRows)> {
    session.keyed_rows("live", [ColumnDef::new("Name", Type::String), ColumnDef::new("N", Type::I64)])
}

fn rows(table: &Table, rows: &[(&str, i64)]) -> Batch {
    let (names, numbers): (Vec<&str>, Vec<i64>) = rows.iter().copied().unzip();
    Batch::new(table.definition(), vec![names.into(), numbers.into()]).expect("a batch")
}

fn names(table: &Table) -> Vec<String> {
    let rows = table.snapshot().and_then(|snapshot| snapshot.rows(0..99)).expect("rows");
    rows.rows::<(String,)>(["Name"]).expect("names").into_iter().map(|(name,)| name).collect()
}

#[test]
fn what_cannot_be_ordered_is_refused_with_its_reason() -> Result<()> {
    let session = Session::new();
    let lists = crate::List::from_values(Type::I64, [Value::I64(1)]).expect("a list");
    let table = session.static_table(
        "t",
        [
            ("N", Vector::from(vec![1_i64])),
            ("L", Vector::from_values(Type::list_of(Type::I64), [lists.into()]).expect("lists")),
        ],
    )?;
    let (passing, _feed) = session.blink_table("passing", [ColumnDef::new("N", Type::I64)])?;
    let refused: Vec<Result<Table>> = vec![
        table.sort("M"),
        table.sort([""; 0]),
        table.sort("L"),
        table.restrict_sort_to("N")?.sort(("N", desc("L"))),
        table.restrict_sort_to("K"),
        table.slice(5, 3),
        table.slice(-1, -3),
        table.head_pct(1.5),
        table.slice_pct(0.5, f64::NAN),
        passing.slice(0, 3),
        passing.tail_pct(0.5),
        table.move_columns(2, "N"),
        table.update_view("X = N_[N]"),
        table.update_view("X = M_[i-1]"),
        table.update_view(["M = N", "X = M_[i-1]"]),
    ];
    let told: Vec<String> = refused.into_iter().map(|refused| refused.expect_err("it is refused").report()).collect();
    insta::assert_snapshot!("refused", told.join("\n\n"));
    Ok(())
}

#[test]
fn an_ordered_table_says_how_it_is_made() -> Result<()> {
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = live(&session)?;
    let sorted = table.sort((desc("N"), asc("Name")))?;
    let both = sorted.filter("N > 1")?.merge([&table.reverse()?])?;
    let result = both.update_view(["Before = Name_[i-1]", "At = i"])?.head(3)?;
    writer
        .apply(RowChange::new(table.definition()).add(vec![3, 5, 9], rows(&table, &[("c", 1), ("a", 2), ("b", 2)]))?)?;
    session.step()?;
    insta::assert_snapshot!("explained", result.explain());
    insta::assert_snapshot!("shown", result.show(9)?);
    Ok(())
}

#[test]
fn readers_are_told_rows_in_their_order_and_nothing_of_rows_that_only_moved() -> Result<()> {
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = live(&session)?;
    let sorted = table.sort(desc("N"))?;
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = told.clone();
    let write = move |what: &str, rows: &crate::Rows| -> Result<()> {
        let names = rows.rows::<(String,)>(["Name"])?.into_iter().map(|(name,)| name).collect::<Vec<_>>();
        if !names.is_empty() {
            log.lock().unwrap().push(format!("{what} {}", names.join(" ")));
        }
        Ok(())
    };
    let _all = sorted.listen({
        let write = write.clone();
        move |change| {
            write("added", change.added())?;
            write("removed", change.removed())?;
            write("modified", change.modified())
        }
    })?;
    let _page = sorted.view("Name")?.export().window(0..2).listen(move |change| {
        write("page: added", change.added())?;
        write("page: removed", change.removed())
    })?;
    let change = || RowChange::new(table.definition());
    writer.apply(change().add(vec![1, 2, 3], rows(&table, &[("a", 1), ("b", 2), ("c", 3)]))?)?;
    session.step()?;
    assert_eq!(names(&sorted), ["c", "b", "a"]);
    // The last becomes the first; the others only make room.
    writer.apply(change().modify(vec![1], vec![("N", Vector::from(vec![9_i64]))])?)?;
    session.step()?;
    assert_eq!(names(&sorted), ["a", "c", "b"]);
    writer.apply(change().remove([1, 2]))?;
    session.step()?;
    let expected = [
        "added c b a",
        "page: added c b",
        "modified a",
        "page: added a",
        "page: removed b",
        "removed a b",
        "page: removed a",
    ];
    assert_eq!(*told.lock().unwrap(), expected);
    Ok(())
}

#[test]
fn a_snapshot_stays_in_the_order_of_its_moment() -> Result<()> {
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = live(&session)?;
    let sorted = table.sort("N")?;
    let filtered = sorted.filter("N != 2")?;
    let change = || RowChange::new(table.definition());
    writer.apply(change().add(vec![1, 2, 3], rows(&table, &[("a", 1), ("b", 2), ("c", 3)]))?)?;
    session.step()?;
    let before = session.snapshot([&sorted, &filtered])?;
    writer.apply(change().modify(vec![1, 3], vec![("N", Vector::from(vec![30_i64, 10]))])?)?;
    session.step()?;
    let read = |at: usize| before[at].rows(0..9)?.rows::<(String,)>(["Name"]);
    assert_eq!(read(0)?.len(), 3);
    assert_eq!(read(0)?[0].0, "a");
    assert_eq!(read(1)?, [("a".to_owned(),), ("c".to_owned(),)]);
    assert_eq!(before[0].value(2, 0)?, Some(Value::from("c")));
    assert_eq!(before[1].ids_at(0..9)?, [1, 3]);
    assert_eq!(
        (names(&sorted), names(&filtered)),
        (vec!["b".into(), "c".into(), "a".into()], vec!["c".into(), "a".into()])
    );
    Ok(())
}

#[test]
fn two_who_ask_for_positions_share_one_index() -> Result<()> {
    let session = Session::new();
    let (table, _writer) = live(&session)?;
    let filtered = table.sort("N")?.filter("N > 0")?;
    let (first, last) = (filtered.head(1)?, filtered.tail(1)?);
    let above = |table: &Table| Arc::as_ptr(&table.plan().inputs[0]);
    assert_eq!(above(&first), above(&last));
    let error: Option<Error> = first.error();
    assert!(error.is_none());
    Ok(())
}
