//! Readers that hold snapshots for as long as they like while cycles run: each shows one moment of all tables, and
//! shows the same whenever it is read again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use headwater_engine::source::{Batch, KeyedRows, RowChange};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Result, Session, Snapshot, Table, Type, Value, agg, on};

const ROWS: u64 = 2_000;
/// However slow the machine: long enough for thousands of pins, and the suite does not notice.
const TIME: Duration = Duration::from_secs(3);
const READERS: u64 = 3;

/// A number from a number, in no order.
fn mix(at: u64) -> u64 {
    let at = (at ^ (at >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    at ^ (at >> 29)
}

fn integers(values: impl Iterator<Item = u64>) -> Vector<'static> {
    Vector::from(values.map(|value| value as i64).collect::<Vec<_>>())
}

/// Every cell of every table, as one number.
fn hash(snapshots: &[Snapshot]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for snapshot in snapshots {
        for column in snapshot.definition().columns() {
            snapshot.column(&column.name)?.iter().for_each(|value| format!("{value:?}").hash(&mut hasher));
        }
    }
    Ok(hasher.finish())
}

fn sum(snapshot: &Snapshot, column: &str) -> Result<i64> {
    let number = |value| if let Value::I64(number) = value { number } else { 0 };
    Ok(snapshot.column(column)?.iter().map(number).sum())
}

/// The tables of one moment fit together: nothing of a cycle is in one and missing in another.
fn fit_together(snapshots: &[Snapshot]) -> Result<()> {
    let [live, kept, sums, joined] = snapshots else { panic!("four tables") };
    assert_eq!(sum(live, "V")?, sum(sums, "Sum")?, "the sums are those of the rows");
    assert_eq!(sum(live, "V")?, sum(joined, "V")?, "the join has every row");
    let odd = live.column("V")?.iter().filter(|value| matches!(value, Value::I64(v) if v % 2 == 1)).count();
    assert_eq!(odd as u64, kept.len(), "the filter has every row it should");
    Ok(())
}

/// One cycle of all three kinds of change.
fn cycle(session: &Session, table: &Table, rows: &KeyedRows, at: u64) -> Result<()> {
    let gone: Vec<u64> = (0..ROWS).filter(|id| mix(id + at).is_multiple_of(9)).collect();
    let written: Vec<u64> = (0..ROWS).filter(|id| mix(id + at) % 9 == 1).collect();
    let change = RowChange::new(table.definition());
    let values = integers(written.iter().map(|id| mix(id * at) % 1_000));
    rows.apply(change.clone().remove(gone.iter().copied()).modify(written, [("V", values)])?)?;
    if at.is_multiple_of(2) {
        session.step()?;
    }
    let columns = vec![integers(gone.iter().map(|id| id % 17)), integers(gone.iter().map(|id| mix(id ^ at) % 1_000))];
    rows.apply(change.add(gone, Batch::new(table.definition(), columns)?)?)?;
    session.step()?;
    Ok(())
}

fn reader(session: &Session, tables: &[Table], seed: u64, done: &AtomicBool) -> Result<u64> {
    let (mut held, mut pins) = (Vec::new(), 0);
    while !done.load(Ordering::Relaxed) {
        pins += 1;
        let chance = mix(seed * 1_000_000 + pins);
        let snapshots = session.snapshot(tables)?;
        fit_together(&snapshots)?;
        held.push((hash(&snapshots)?, snapshots));
        if chance.is_multiple_of(50) {
            // A table made in the midst of it, and gone again.
            assert!(tables[0].filter("V > 500")?.error().is_none());
        }
        // Some pins are held for long, many at a time; each is read again before it goes.
        while held.len() > (chance % 8) as usize {
            let (before, snapshots) = held.swap_remove((chance >> 8) as usize % held.len());
            assert_eq!(hash(&snapshots)?, before, "a snapshot reads as it did");
        }
    }
    Ok(pins)
}

#[test]
fn pins_show_one_moment_for_ever() -> Result<()> {
    for (block_rows, threads) in [(64, 1), (8192, 2)] {
        let session = Session::builder().block_rows(block_rows)?.grain_rows(64)?.threads(threads).build();
        let (live, rows) = session.keyed_rows("live", ["K", "V"].map(|name| ColumnDef::new(name, Type::I64)))?;
        let columns = vec![integers((0..ROWS).map(|id| id % 17)), integers((0..ROWS).map(|id| id % 1_000))];
        rows.apply(
            RowChange::new(live.definition()).add((0..ROWS).collect(), Batch::new(live.definition(), columns)?)?,
        )?;
        session.step()?;
        let sums = live.agg_by(agg::sum("Sum = V"), "K")?;
        let tables =
            [live.clone(), live.filter("V % 2 == 1")?, sums.clone(), live.natural_join(&sums, on("K").add("Sum"))?];
        let (done, mut cycles) = (AtomicBool::new(false), 0);
        let pins: Result<Vec<u64>> = std::thread::scope(|scope| {
            let (session, tables, done) = (&session, &tables, &done);
            let readers: Vec<_> =
                (1..=READERS).map(|seed| scope.spawn(move || reader(session, tables, seed, done))).collect();
            let start = Instant::now();
            let ran = (1..).take_while(|_| start.elapsed() < TIME / 2).try_for_each(|at| {
                cycles = at;
                cycle(session, &live, &rows, at)
            });
            done.store(true, Ordering::Relaxed);
            let pins = readers.into_iter().map(|reader| reader.join().expect("no panic")).collect();
            ran.and(pins)
        });
        session.validate()?;
        fit_together(&session.snapshot(&tables)?)?;
        println!("{} pins over {} cycles, blocks of {block_rows}", pins?.iter().sum::<u64>(), cycles);
    }
    Ok(())
}
