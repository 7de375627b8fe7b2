//! Text that is made of texts kept as codes.

use super::*;
use crate::types::Str;

fn texts<const N: usize>(values: [Option<&str>; N]) -> Vector<'static> {
    Vector::from_values(Type::String, values.map(|value| value.map_or(Value::Null, text))).expect("texts")
}

fn text(text: &str) -> Value {
    Value::String(text.into())
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
    assert_eq!(column(&joined_rows.snapshot()?, "J")?, texts(expected).iter().collect::<Vec<_>>());
    assert_eq!(since(&calls), 5, "five combinations are distinct");
    // Texts that were never seen, beyond those the table of combinations was made for.
    let more: Vec<String> = (0..40).map(|number| format!("more {number}")).collect();
    let more = || Vector::from_values(Type::String, more.iter().map(|more| text(more))).expect("texts");
    add((100..140).collect(), more(), more())?;
    assert_eq!(since(&calls), 40);
    rows.apply(RowChange::new(table.definition()).modify(vec![1], [("B", texts([y]))])?)?;
    session.step()?;
    let now = column(&joined_rows.snapshot()?, "J")?;
    assert_eq!((&now[1], &now[6], &now[45]), (&text("x_y"), &text("more 0_more 0"), &text("more 39_more 39")));
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
    let numbers = |mask: u32, shift: u32| {
        let number = |row: u32| text(&(row >> shift & mask).to_string());
        Vector::from_values(Type::String, (0..1 << 18).map(number)).expect("texts")
    };
    let table = session.static_table("t", [("A", numbers(511, 0)), ("B", numbers(511, 9))])?;
    let now = column(&table.update("J = A + `_` + B")?.snapshot()?, "J")?;
    assert!(now.iter().enumerate().all(|(row, now)| *now == text(&format!("{}_{}", row & 511, row >> 9 & 511))));
    assert_eq!(now.len(), 1 << 18);
    Ok(())
}
