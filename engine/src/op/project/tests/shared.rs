//! What several formulas of one call have in common.

use super::*;
use crate::Table;

fn three(session: &Session) -> Result<Table> {
    session.static_table("t", [("A", Vector::from(vec![1_i64, 2, 3])), ("B", Vector::from(vec![5_i64, 0, 7]))])
}

/// A tale of `explain()` without what runs each formula, which is told elsewhere.
fn told(table: &Table) -> String {
    let text = table.explain().to_string();
    text.lines()
        .take_while(|line| !line.contains("[2]"))
        .map(|line| line.split(" (by").next().unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn what_formulas_share_is_evaluated_once() -> Result<()> {
    let (session, calls) = counting()?;
    let table = three(&session)?;
    let formulas = ["X = slow(A) + 1", "Y = slow( A ) * B", "Z = X + slow(A)", "S = slow(A)"];
    let rows = |table: Table| -> Result<Vec<(i64, i64, i64, i64)>> {
        table.snapshot()?.window(0..9, &["X", "Y", "Z", "S"])?.rows(["X", "Y", "Z", "S"])
    };
    let expected = [(11, 50, 21, 10), (21, 0, 41, 20), (31, 210, 61, 30)];
    for (name, table) in [
        ("update", table.update(formulas)?),
        ("select", table.select(formulas)?),
        ("view", table.view(formulas)?),
        ("update_view", table.update_view(formulas)?),
    ] {
        if name == "update" {
            insta::assert_snapshot!(told(&table));
        }
        assert_eq!(rows(table)?, expected, "{name}");
        // Both kept tables were made before the first was asked.
        assert_eq!(
            since(&calls),
            if name == "update" {
                6
            } else if name == "select" {
                0
            } else {
                3
            },
            "{name}"
        );
    }
    Ok(())
}

#[test]
fn one_formula_evaluates_what_it_repeats_once() -> Result<()> {
    let (session, calls) = counting()?;
    let table = three(&session)?.update("X = slow(A) * slow(A) + (slow(A) > 10L ? slow(A) : B)")?;
    assert_eq!(column(&table.snapshot()?, "X")?, longs([105, 420, 930]));
    // Once for all rows; and in the branch, which may fail, for the rows that choose it.
    assert_eq!(since(&calls), 3 + 2);
    Ok(())
}

#[test]
fn what_only_some_rows_ask_for_is_not_evaluated_for_others() -> Result<()> {
    let (session, calls) = counting()?;
    let table = three(&session)?.update_view(["X = A > 2 ? slow(A - 4) : B", "Y = A < 2 ? B : slow(A - 4) + 1"])?;
    let read = |name: &str| table.snapshot()?.column(name);
    assert_eq!(read("X").expect_err("-1 is asked for by the third row").row(), Some(2));
    assert_eq!(read("Y").expect_err("-2 is asked for by the second row").row(), Some(1));
    assert!(since(&calls) <= 4);
    Ok(())
}

#[test]
fn errors_point_into_the_formula_that_was_asked() -> Result<()> {
    let (session, _) = counting()?;
    let table = session.static_table("t", [("A", Vector::from(vec![1_i64, -1]))])?;
    let view = table.view(["X = 1 + slow(A)", "Y = 2 *   slow(A)", "A"])?;
    let read = |table: &Table, name: &str| table.snapshot()?.column(name).map(drop);
    let above = view.update_view("T = Y + X")?;
    let reports = [read(&view, "X"), read(&view, "Y"), read(&above, "T"), view.snapshot()?.rows(0..9).map(drop)];
    let reports = reports.map(|read| format!("{:#}", read.expect_err("-1 fails")));
    insta::assert_snapshot!(reports.join("\n"));
    let kept = table.update(["X = 1 + slow(A)", "Y = 2 *   slow(A)"]).expect_err("-1 fails");
    insta::assert_snapshot!(format!("{kept:#}"));
    Ok(())
}

#[test]
fn what_is_impure_is_never_shared() -> Result<()> {
    let session = Session::new();
    let counter = AtomicUsize::new(0);
    session.impure_function("next", move || counter.fetch_add(1, Ordering::Relaxed) as i64)?;
    let table = three(&session)?.update(["X = next() + A", "Y = next() + A", "Z = X - Y"])?;
    let read = table.snapshot()?;
    assert_eq!(column(&read, "X")?, longs([1, 3, 5]), "the first formula sees the rows first");
    assert_eq!(column(&read, "Y")?, longs([4, 6, 8]));
    assert_eq!(column(&read, "Z")?, longs([-3, -3, -3]));
    Ok(())
}

#[test]
fn a_function_of_coded_text_is_called_once_for_each_text() -> Result<()> {
    let (session, calls) = counting()?;
    let counter = calls.clone();
    session.function("letters", move |text: Option<String>| {
        counter.fetch_add(1, Ordering::Relaxed);
        text.map(|text| if text == "bad" { Err("bad is bad") } else { Ok(text.len() as i64) }).transpose()
    })?;
    let cities = ["Oslo", "Rome", "", "Lima"].map(|city| Value::String(city.into()));
    let column_of = |rows: usize| {
        let values = (0..rows).map(|row| if row % 7 == 3 { Value::Null } else { cities[row % 4].clone() });
        Vector::from_values(Type::String, values).expect("text")
    };
    let numbers: Vec<i64> = (0..1000).collect();
    let table = session.static_table("t", [("City", column_of(1000)), ("N", Vector::from(numbers))])?;
    let view = table.update_view(["L = letters(City)", "M = letters(City) + N"])?.snapshot()?;
    let expected = |row: usize| if row % 7 == 3 { None } else { Some([4, 4, 0, 4][row % 4]) };
    let letters: Vec<Option<i64>> =
        view.rows(0..1000)?.rows::<(Option<i64>,)>(["L"])?.into_iter().map(|(l,)| l).collect();
    assert_eq!(letters, (0..1000).map(expected).collect::<Vec<_>>());
    assert_eq!(since(&calls), 5, "four texts and null");
    assert_eq!(view.column("M")?.value(10), Value::Null);
    assert_eq!(view.column("M")?.value(9), Value::I64(13));
    let bad = session.static_table("u", [("City", Vector::from(vec!["Oslo", "Oslo", "bad", "Oslo", "bad"]))])?;
    let error = bad.update_view("L = letters(City)")?.snapshot()?.column("L").expect_err("bad is refused");
    assert_eq!(error.row(), Some(2));
    let kept = table.filter("City = `Rome` && N < 50 && letters(City) == 4")?;
    assert_eq!(kept.snapshot()?.len(), 11);
    Ok(())
}
