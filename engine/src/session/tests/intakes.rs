//! What was sent is made ready while somebody else has the gate, and keeps its order whoever runs cycles.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::source::Batch;
use crate::vector::Vector;
use crate::{ColumnDef, Result, Session, Type};

fn column() -> [ColumnDef; 1] {
    [ColumnDef::new("V", Type::I64)]
}

fn values(from: i64, count: i64) -> Vector<'static> {
    Vector::from((from..from + count).collect::<Vec<_>>())
}

#[test]
fn rows_are_made_ready_while_somebody_has_the_gate() -> Result<()> {
    let session = Session::new();
    let (live, feed) = session.append_table("live", column())?;
    let (keyed, input) = session.input_table("keyed", column(), "V")?;
    let gate = session.gate()?;
    feed.send(Batch::new(live.definition(), vec![values(0, 100_000)])?)?;
    input.upsert(Batch::new(keyed.definition(), vec![values(0, 1_000)])?)?;
    let waiting = feed.pending_bytes();
    std::thread::scope(|scope| {
        scope.spawn(|| session.inner.intakes.prepare(&session.inner.pool)).join().expect("it waits for nobody");
    });
    assert_eq!(feed.pending_bytes(), waiting, "what is ready counts as waiting until a cycle takes it in");
    drop(gate);
    session.validate()?;
    session.step()?;
    assert_eq!((live.snapshot()?.len(), keyed.snapshot()?.len(), feed.pending_bytes()), (100_000, 1_000, 0));
    session.validate()
}

#[test]
fn rows_keep_their_order_whoever_runs_cycles() -> Result<()> {
    let session = Session::builder().block_rows(64)?.build();
    let (live, feed) = session.append_table("live", column())?;
    let (keyed, input) = session.input_table("keyed", ["K", "V"].map(|name| ColumnDef::new(name, Type::I64)), "K")?;
    let sent = AtomicBool::new(false);
    const ROWS: i64 = 50_000;
    std::thread::scope(|scope| -> Result<()> {
        let drivers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    while !sent.load(Ordering::Acquire) {
                        session.step()?;
                    }
                    Ok(())
                })
            })
            .collect();
        let mut from = 0;
        while from < ROWS {
            let rows = (1 + from * 7 % 300).min(ROWS - from);
            let keys = Vector::from((from..from + rows).map(|v| v % 50).collect::<Vec<_>>());
            feed.send(Batch::new(live.definition(), vec![values(from, rows)])?)?;
            input.upsert(Batch::new(keyed.definition(), vec![keys, values(from, rows)])?)?;
            from += rows;
        }
        sent.store(true, Ordering::Release);
        drivers.into_iter().try_for_each(|driver| driver.join().expect("no panic"))
    })?;
    session.step()?;
    session.validate()?;
    let column = |table: &crate::Table| table.snapshot()?.column("V");
    assert_eq!(column(&live)?.native::<i64>(), values(0, ROWS).native());
    // Of each key, what came last.
    assert_eq!(column(&keyed)?.native::<i64>(), values(ROWS - 50, 50).native());
    Ok(())
}
