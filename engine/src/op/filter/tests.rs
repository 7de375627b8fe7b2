use insta::assert_snapshot;

use crate::vector::Vector;
use crate::{Result, Session, Snapshot, Table};

const ROWS: i64 = 50_000;

fn numbers(session: &Session) -> Result<Table> {
    let texts = (0..ROWS).map(|row| format!("text number {}", row % 1000)).collect::<Vec<_>>();
    session.static_table(
        "numbers",
        [
            ("N", Vector::from((0..ROWS).collect::<Vec<i64>>())),
            ("M", Vector::from((0..ROWS).map(|row| row % 100).collect::<Vec<i64>>())),
            ("Text", Vector::from(texts)),
        ],
    )
}

fn kept(snapshot: &Snapshot) -> Result<Vec<i64>> {
    Ok(snapshot.rows(0..ROWS as u64)?.rows::<(i64,)>(["N"])?.into_iter().map(|(n,)| n).collect())
}

/// Only the line on the order: the rest is told elsewhere.
fn order(table: &Table) -> String {
    let told = table.explain().to_string();
    told.lines().filter_map(|line| line.split("│   ").nth(1).filter(|line| line.starts_with("asked"))).collect()
}

#[test]
fn what_decides_for_the_least_is_asked_first() -> Result<()> {
    let numbers = numbers(&Session::new())?;
    // The text is dear to look at; the first decides about one row in a hundred, the second about all but that.
    let all = ["Text.endsWith(`7`)", "M != 7", "N % 2 = 1", "M < 13"];
    let table = numbers.filter(all)?;
    assert_snapshot!("all", order(&table));
    let one_by_one = all.iter().try_fold(numbers.clone(), |table, condition| table.filter(*condition))?;
    assert_eq!(kept(&table.snapshot()?)?, kept(&one_by_one.snapshot()?)?);
    let any = numbers.filter_any(["Text.endsWith(`7`)", "M > 7"])?;
    let by_hand = numbers.filter("Text.endsWith(`7`) || M > 7")?;
    assert_eq!(kept(&any.snapshot()?)?, kept(&by_hand.snapshot()?)?);
    assert_snapshot!("any", order(&any));
    Ok(())
}

#[test]
fn what_may_fail_stays_where_it_is() -> Result<()> {
    let session = Session::new();
    session.function("even", |n: i64| if n < 100 { Ok(n % 2 == 0) } else { Err("too large") })?;
    let numbers = numbers(&session)?;
    // By itself, or as a column that is read, it fails for rows that the condition before it keeps away from it.
    let table = numbers.filter(["N < 100", "even(N)", "M > 90", "Text != `x`"])?;
    assert_eq!(kept(&table.snapshot()?)?, [92, 94, 96, 98]);
    assert_snapshot!("fallible", order(&table));
    let table = numbers.update_view("Even = even(N)")?.filter(["Text.length() <= 14", "N < 100", "Even"])?;
    assert_eq!(table.snapshot()?.len(), 50);
    let error = numbers.filter(["even(N)", "N < 100"]).expect_err("nothing keeps large numbers away");
    assert_eq!(error.row(), Some(100));
    Ok(())
}

#[test]
fn the_order_follows_what_is_seen() -> Result<()> {
    let session = Session::new();
    let defs = ["N", "M"].map(|name| crate::ColumnDef::new(name, crate::Type::I64));
    let (table, feed) = session.append_table("live", defs)?;
    let filtered = table.filter(["N > 0", "M > 0"])?;
    let send = |n: i64, m: i64| -> Result<String> {
        let columns = vec![Vector::from(vec![n; 100]), Vector::from(vec![m; 100])];
        feed.send(crate::source::Batch::new(feed.definition(), columns)?)?;
        session.step()?;
        Ok(order(&filtered))
    };
    let told = [send(1, 0)?, send(1, 0)?, send(1, 1)?].join("\n");
    assert_snapshot!("live", told);
    Ok(())
}
