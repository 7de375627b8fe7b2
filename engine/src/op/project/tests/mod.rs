mod of_texts;
mod shared;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::source::{Batch, RowChange};
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Result, Session, Snapshot, Type, Value};

/// A session that knows `slow`, a pure function of a number, and how often that was called.
pub(super) fn counting() -> Result<(Session, Arc<AtomicUsize>)> {
    let session = Session::builder().threads(1).build();
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    session.function("slow", move |n: i64| {
        counter.fetch_add(1, Ordering::Relaxed);
        if n < 0 { Err(format!("{n} is less than nothing")) } else { Ok(n * 10) }
    })?;
    Ok((session, calls))
}

/// What was counted since it was last asked.
pub(super) fn since(calls: &AtomicUsize) -> usize {
    calls.swap(0, Ordering::Relaxed)
}

pub(super) fn column(snapshot: &Snapshot, name: &str) -> Result<Vec<Value>> {
    Ok(snapshot.column(name)?.iter().collect())
}

pub(super) fn longs<const N: usize>(values: [i64; N]) -> Vec<Value> {
    values.map(Value::I64).to_vec()
}

#[test]
fn a_lazy_update_evaluates_equal_inputs_once() -> Result<()> {
    let (session, calls) = counting()?;
    let (table, rows) = session.keyed_rows("t", ["A", "B"].map(|name| ColumnDef::new(name, Type::I64)))?;
    let lazy = table.lazy_update("S = slow(A) + B")?;
    let add = |ids: Vec<u64>, a: Vec<i64>, b: Vec<i64>| -> Result<()> {
        let batch = Batch::new(table.definition(), vec![Vector::from(a), Vector::from(b)])?;
        rows.apply(RowChange::new(table.definition()).add(ids, batch)?)?;
        session.step().map(drop)
    };
    add((0..6).collect(), vec![1, 2, 1, 2, 1, 1], vec![0, 0, 0, 0, 0, 7])?;
    assert_eq!(since(&calls), 0, "nobody has read a cell");
    assert_eq!(column(&lazy.snapshot()?, "S")?, longs([10, 20, 10, 20, 10, 17]));
    assert_eq!(since(&calls), 3, "three pairs of A and B are distinct");
    add(vec![6], vec![2], vec![0])?;
    assert_eq!(column(&lazy.snapshot()?, "S")?, longs([10, 20, 10, 20, 10, 17, 20]));
    assert_eq!(since(&calls), 0);
    rows.apply(RowChange::new(table.definition()).modify(vec![0], [("A", Vector::from(vec![5_i64]))])?)?;
    session.step()?;
    assert_eq!(column(&lazy.snapshot()?, "S")?, longs([50, 20, 10, 20, 10, 17, 20]));
    assert_eq!(since(&calls), 1);
    assert!(lazy.bytes()? > 0);
    insta::assert_snapshot!(lazy.explain());
    Ok(())
}

#[test]
fn a_lazy_update_tells_floats_and_nulls_apart() -> Result<()> {
    let session = Session::new();
    let values = [Value::F64(0.0), Value::F64(-0.0), Value::Null, Value::F64(f64::NAN)];
    let vector = Vector::from_values(Type::F64, values).expect("floats");
    let table = session.static_table("t", [("A", vector), ("S", Vector::from(vec!["", "ab", "a", "b"]))])?;
    let lazy = table.lazy_update(["X = 1 / A", "Y = isNull(A) ? -1.0 : X", "L = S.length()"])?;
    let shown = |name: &str| -> Result<String> { Ok(format!("{:?}", column(&lazy.snapshot()?, name)?)) };
    assert_eq!(shown("X")?, "[F64(inf), F64(-inf), Null, F64(NaN)]");
    assert_eq!(shown("Y")?, "[F64(inf), F64(-inf), F64(-1.0), F64(NaN)]");
    assert_eq!(shown("L")?, "[I32(0), I32(2), I32(1), I32(1)]");
    Ok(())
}

#[test]
fn what_a_lazy_update_remembers_is_bounded() -> Result<()> {
    let (session, calls) = counting()?;
    let (table, feed) = session.blink_table("t", [ColumnDef::new("A", Type::I64)])?;
    let lazy = table.lazy_update("S = slow(A)")?;
    let mut most = 0;
    for cycle in 0..50 {
        let values: Vec<i64> = (cycle * 1000..(cycle + 1) * 1000).collect();
        feed.send(Batch::new(feed.definition(), vec![Vector::from(values)])?)?;
        session.step()?;
        assert_eq!(column(&lazy.snapshot()?, "S")?[7], Value::I64(cycle * 10_000 + 70));
        most = most.max(lazy.bytes()?);
    }
    assert_eq!(since(&calls), 50_000);
    assert!(most < 3000 * 200, "{most} bytes for at most two generations of 1024");
    Ok(())
}

#[test]
fn a_lazy_update_that_fails_names_the_row_and_is_asked_again() -> Result<()> {
    let (session, calls) = counting()?;
    let table = session.static_table("t", [("A", Vector::from(vec![3_i64, 3, -1, 3, -1]))])?;
    let lazy = table.lazy_update("S = slow(A)")?.snapshot()?;
    for _ in 0..2 {
        let error = lazy.column("S").expect_err("-1 fails");
        assert_eq!((error.kind(), error.row()), (ErrorKind::UserFunction, Some(2)));
    }
    assert_eq!(since(&calls), 4);
    let impure = session.static_table("u", [("A", Vector::from(vec![1_i64]))])?.lazy_update("R = random()");
    assert_eq!(impure.expect_err("another value each time").kind(), ErrorKind::Unsupported);
    Ok(())
}

/// A cell is computed again only if a column its formula reads was modified in its row.
#[test]
fn an_update_computes_only_cells_whose_inputs_changed() -> Result<()> {
    let (session, calls) = counting()?;
    let (table, rows) = session.keyed_rows("t", ["A", "B", "C"].map(|name| ColumnDef::new(name, Type::I64)))?;
    let kept = table.update(["S = slow(A)", "T = S + B", "U = slow(T)"])?;
    let batch = |values: [i64; 4]| {
        Batch::new(table.definition(), [values, values, values].map(|v| Vector::from(v.to_vec())).into())
    };
    rows.apply(RowChange::new(table.definition()).add(vec![0, 1, 2, 3], batch([1, 2, 3, 4])?)?)?;
    session.step()?;
    assert_eq!(since(&calls), 8);
    let modify = |ids: Vec<u64>, name: &str, values: Vec<i64>| -> Result<usize> {
        rows.apply(RowChange::new(table.definition()).modify(ids, [(name, Vector::from(values))])?)?;
        session.step()?;
        Ok(since(&calls))
    };
    assert_eq!(modify(vec![1, 2], "C", vec![0, 0])?, 0, "no formula reads C");
    assert_eq!(modify(vec![1, 2], "B", vec![5, 6])?, 2, "U of two rows, S of none");
    assert_eq!(modify(vec![3], "A", vec![7])?, 2, "S and U of one row");
    assert_eq!(column(&kept.snapshot()?, "U")?, longs([110, 250, 360, 740]));
    Ok(())
}
