use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::source::{Batch, KeyedRows, RowChange};
use crate::vector::Vector;
use crate::{ColumnDef, Result, Session, Table, Type, Value, agg, on};

/// A table of named rows, and what is done to it: a few thousand rows, all three kinds of change in each cycle.
struct Live {
    session: Session,
    table: Table,
    rows: KeyedRows,
}

const ROWS: u64 = 6_000;
const CHANGED: u64 = 600;

impl Live {
    fn new(session: &Session, name: &str) -> Result<Self> {
        let (table, rows) = session.keyed_rows(name, ["K", "V"].map(|name| ColumnDef::new(name, Type::I64)))?;
        let live = Live { session: session.clone(), table, rows };
        let ids: Vec<u64> = (0..ROWS).collect();
        live.rows.apply(live.change().add(ids.clone(), live.batch(&ids, 0)?)?)?;
        session.step()?;
        Ok(live)
    }

    fn change(&self) -> RowChange {
        RowChange::new(self.table.definition())
    }

    fn batch(&self, ids: &[u64], salt: u64) -> Result<Batch> {
        let column = |of: fn(u64, u64) -> u64| {
            Vector::from_values(Type::I64, ids.iter().map(|&id| Value::I64(of(id, salt) as i64))).expect("integers")
        };
        Batch::new(self.table.definition(), vec![column(|id, salt| (id * 7 + salt) % 50), column(|id, salt| id ^ salt)])
    }

    /// Removes some rows, puts as many back (some under the ids of this same cycle), writes to others.
    fn cycle(&self, salt: u64) -> Result<()> {
        let start = salt * 37 % (ROWS - CHANGED);
        let gone: Vec<u64> = (start..start + CHANGED).step_by(2).collect();
        let written: Vec<u64> = (start + 1..start + CHANGED).step_by(2).collect();
        let values = self.batch(&written, salt)?;
        let column = salt as usize % 2;
        let written = self.change().modify(written, [(["K", "V"][column], values.columns()[column].clone())])?;
        self.rows.apply(written.remove(gone.clone()))?;
        self.rows.apply(self.change().add(gone.clone(), self.batch(&gone, salt)?)?)?;
        self.session.step()?;
        Ok(())
    }
}

/// The cells of a table, in an order of their own: groups that came while the table was made may stand elsewhere.
fn cells(table: &Table) -> Result<Vec<String>> {
    let snapshot = table.snapshot()?;
    let rows = snapshot.rows(0..snapshot.len())?;
    let row = |row| (0..rows.columns().len()).map(|column| format!("{:?}|", rows.value(row, column))).collect();
    let mut cells: Vec<String> = (0..rows.len()).map(row).collect();
    cells.sort();
    Ok(cells)
}

type Make = fn(&Table, &Table) -> Result<Table>;

const MAKES: [Make; 5] = [
    |live, _| live.filter("V % 3 == 0"),
    |live, _| live.agg_by([agg::sum("V"), agg::count("N"), agg::max("Most = V"), agg::first("First = V")], "K"),
    |live, other| live.natural_join(&other.agg_by(agg::sum("Sum = V"), "K")?, on("K").add("Sum")),
    |live, _| live.update("W = V * 2 + K")?.filter("W > 100"),
    |live, other| {
        live.natural_join(&other.agg_by(agg::last("Last = V"), "K")?, on("V = K").add("Last"))?
            .agg_by(agg::max("Last"), "K")
    },
];

/// Cycles go on in the midst of a build, at known rows of it: a function that the formula calls runs them.
#[test]
fn cycles_during_the_build_are_caught_up_with() -> Result<()> {
    let session = Session::builder().block_rows(64)?.check_deltas(true).build();
    let live = Arc::new(Live::new(&session, "live")?);
    let (calls, within) = (Arc::new(AtomicU64::new(0)), live.clone());
    session.function("cycle_now_and_then", move |v: i64| -> Result<bool> {
        // Three cycles during the build, two while it catches up with those.
        let call = calls.fetch_add(1, Ordering::Relaxed);
        if [10, 2000, 4000, ROWS + 10, ROWS + 20].contains(&call) {
            within.cycle(call)?;
        }
        Ok(v % 3 != 0)
    })?;
    let late = live.table.filter("cycle_now_and_then(V)")?;
    assert_eq!(session.step()?.cycle, 1 + 5 + 1, "the cycles ran, and ran during the build");
    assert_eq!(cells(&late)?, cells(&live.table.filter("V % 3 != 0")?)?);
    live.cycle(9)?;
    assert_eq!(cells(&late)?, cells(&live.table.filter("V % 3 != 0")?)?);
    assert!(late.error().is_none());
    session.validate()
}

#[test]
fn tables_made_under_load_are_those_made_afresh() -> Result<()> {
    for block_rows in [64, 8192] {
        let session = Session::builder().block_rows(block_rows)?.check_deltas(true).build();
        let (live, other) = (Live::new(&session, "live")?, Live::new(&session, "other")?);
        let done = AtomicBool::new(false);
        let made: Result<Vec<(Make, Table)>> = std::thread::scope(|scope| {
            let load = scope.spawn(|| -> Result<()> {
                for salt in 0.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    [&live, &other][salt as usize % 2].cycle(salt)?;
                }
                Ok(())
            });
            let made = (0..10).map(|at| MAKES[at % MAKES.len()]);
            let made = made.map(|make| Ok((make, make(&live.table, &other.table)?))).collect();
            done.store(true, Ordering::Relaxed);
            load.join().expect("no panic")?;
            made
        });
        live.cycle(1)?;
        other.cycle(2)?;
        session.validate()?;
        for (at, (make, late)) in made?.iter().enumerate() {
            assert!(late.error().is_none(), "{:?}", late.error());
            assert_eq!(cells(late)?, cells(&make(&live.table, &other.table)?)?, "table {at}, blocks of {block_rows}");
        }
    }
    Ok(())
}

#[test]
fn a_blink_table_is_taken_up_whole() -> Result<()> {
    let session = Session::builder().check_deltas(true).build();
    let (blink, feed) = session.blink_table("blink", [ColumnDef::new("V", Type::I64)])?;
    let send = |values: Vec<i64>| feed.send(Batch::new(blink.definition(), vec![Vector::from(values)])?);
    send(vec![1, 2])?;
    session.step()?;
    let kept = blink.blink_to_append()?;
    send(vec![3])?;
    session.step()?;
    assert_eq!(kept.snapshot()?.len(), 3);
    Ok(())
}

#[test]
fn a_source_that_fails_during_the_build_is_told() -> Result<()> {
    let session = Session::new();
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    feed.send(Batch::new(live.definition(), vec![Vector::from(vec![1_i64, 0])])?)?;
    let failing = live.update_view("X = V")?.update("Y = 10 / X")?;
    session.step()?;
    assert_eq!(failing.snapshot()?.len(), 2);
    let (inner, ends) = (session.clone(), feed.clone());
    session.function("ends", move |v: i64| -> Result<bool> {
        ends.fail(crate::Error::new(crate::ErrorKind::Io, "unplugged"));
        inner.step()?;
        Ok(v > 0)
    })?;
    let late = live.filter("ends(V)")?;
    assert!(late.error().is_some_and(|error| error.to_string().contains("unplugged")));
    assert_eq!(late.snapshot()?.len(), 1, "what it accepted stays readable");
    Ok(())
}
