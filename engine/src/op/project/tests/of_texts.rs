//! Text that is made of texts kept as codes.

use super::*;
use crate::types::Str;

fn texts<const N: usize>(values: [Option<&str>; N]) -> Vector<'static> {
    let values = values.map(|text| text.map_or(Value::Null, |text| Value::String(text.into())));
    Vector::from_values(Type::String, values).expect("texts")
}

fn joined(snapshot: &Snapshot) -> Result<Vec<Option<Str>>> {
    Ok(snapshot
        .column("J")?
        .iter()
        .map(|value| if let Value::String(text) = value { Some(text) } else { None })
        .collect())
}

/// `a_b` for the texts of two columns, with how often it was evaluated.
fn joining() -> Result<(Session, Arc<AtomicUsize>)> {
    let session = Session::builder().threads(1).build();
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    session.function("joined", move |a: Option<Str>, b: Option<Str>| -> Option<Str> {
        counter.fetch_add(1, Ordering::Relaxed);
        Some(Str::from(format!("{}_{}", a?, b?)))
    })?;
    Ok((session, calls))
}

#[test]
fn each_combination_is_evaluated_once_as_rows_come_and_change() -> Result<()> {
    let (session, calls) = joining()?;
    let columns = ["A", "B"].map(|name| ColumnDef::new(name, Type::String));
    let (table, rows) = session.keyed_rows("t", columns)?;
    let joined_rows = table.update("J = joined(A, B)")?;
    let add = |ids: Vec<u64>, a: Vector<'static>, b: Vector<'static>| -> Result<()> {
        rows.apply(RowChange::new(table.definition()).add(ids, Batch::new(table.definition(), vec![a, b])?)?)?;
        session.step().map(drop)
    };
    let (x, y, n) = (Some("x"), Some("y"), None);
    add((0..6).collect(), texts([x, x, y, n, x, x]), texts([y, x, x, x, n, y]))?;
    let expected = [Some("x_y"), Some("x_x"), Some("y_x"), None, None, Some("x_y")];
    assert_eq!(joined(&joined_rows.snapshot()?)?, expected.map(|text| text.map(Str::from)));
    assert_eq!(since(&calls), 5, "five combinations are distinct");
    // Texts that were never seen, beyond those the table of combinations was made for.
    let more: Vec<String> = (0..40).map(|number| format!("more {number}")).collect();
    let more = || {
        Vector::from_values(Type::String, more.iter().map(|text| Value::String(text.as_str().into()))).expect("texts")
    };
    add((100..140).collect(), more(), more())?;
    assert_eq!(since(&calls), 40);
    rows.apply(RowChange::new(table.definition()).modify(vec![1], [("B", texts([y]))])?)?;
    session.step()?;
    let now = joined(&joined_rows.snapshot()?)?;
    assert_eq!(
        (&now[1], &now[6], &now[45]),
        (&Some("x_y".into()), &Some("more 0_more 0".into()), &Some("more 39_more 39".into()))
    );
    // The table was made anew for the new texts, and has met them, but not this one again.
    assert_eq!(since(&calls), 1);
    add(vec![200], texts([y]), texts([x]))?;
    assert_eq!(since(&calls), 1);
    assert!(joined_rows.bytes()? > 0);
    insta::assert_snapshot!(joined_rows.explain());
    Ok(())
}

#[test]
fn more_texts_than_are_kept_as_codes_are_kept_as_they_are() -> Result<()> {
    let session = Session::builder().threads(2).build();
    let number = |number: u32| Value::String(format!("{number}").as_str().into());
    let column = |mask: u32, shift: u32| {
        Vector::from_values(Type::String, (0..1 << 18).map(|row: u32| number(row >> shift & mask))).expect("texts")
    };
    let table = session.static_table("t", [("A", column(511, 0)), ("B", column(511, 9))])?;
    let now = joined(&table.update("J = A + `_` + B")?.snapshot()?)?;
    assert!(now.iter().enumerate().all(|(row, text)| {
        text.as_ref().is_some_and(|text| text.as_str() == format!("{}_{}", row & 511, row >> 9 & 511))
    }));
    Ok(())
}
