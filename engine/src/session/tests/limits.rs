//! Memory, and the time a cycle may take.

use std::time::Duration;

use crate::source::Batch;
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Result, Session, SimulatedClock, Timestamp, Type};

fn numbers(count: i64) -> Vector<'static> {
    Vector::from((0..count).collect::<Vec<_>>())
}

#[test]
fn a_build_above_the_limit_is_refused_and_names_who_holds_most() -> Result<()> {
    let session = Session::builder().memory_limit(1 << 20).build();
    let kept: Vec<_> = (1..=6)
        .map(|at| session.static_table(&format!("table {at}"), [("V", numbers(at * 1_000))]))
        .collect::<Result<_>>()?;
    let error =
        kept[5].select((0..40).map(|at| format!("C{at} = V * {at}")).collect::<Vec<_>>()).expect_err("too much");
    assert_eq!(error.kind(), ErrorKind::Limit);
    insta::assert_snapshot!("refused", format!("{error:#}"));
    let error = session.static_table("large", [("V", numbers(1 << 20))]).expect_err("too much");
    assert_eq!((error.kind(), error.table()), (ErrorKind::Limit, Some("large")));
    assert_eq!(kept[5].filter("V > 5")?.snapshot()?.len(), 5_994, "what shares its columns is let in");
    session.validate()
}

#[test]
fn sources_wait_while_memory_is_short() -> Result<()> {
    let session = Session::builder().memory_limit(1 << 20).build();
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    let ballast = session.static_table("ballast", [("V", numbers(115 << 10))])?;
    feed.send(Batch::new(live.definition(), vec![numbers(100)])?)?;
    let report = session.step()?;
    assert_eq!((report.paused, report.nodes, live.snapshot()?.len()), (1, 0, 0));
    drop(ballast);
    let report = session.step()?;
    assert_eq!((report.paused, report.nodes, live.snapshot()?.len()), (0, 1, 100));
    session.validate()
}

#[test]
fn a_cycle_that_takes_too_long_is_told() -> Result<()> {
    let clock = SimulatedClock::at(Timestamp::from_nanos(0));
    let session = Session::builder().clock(clock.clone()).longest_cycle(Duration::from_millis(10)).build();
    session.function("dawdle", move |millis: i64| {
        clock.advance(Duration::from_millis(millis as u64));
        millis
    })?;
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    let slow = live.update("X = dawdle(V)")?;
    for millis in [5_i64, 10, 20] {
        feed.send(Batch::new(live.definition(), vec![Vector::from(vec![millis])])?)?;
        let report = session.step()?;
        assert_eq!((report.elapsed, report.overran), (Duration::from_millis(millis as u64), millis > 10));
    }
    assert_eq!((session.overruns(), slow.snapshot()?.len()), (1, 3));
    Ok(())
}

#[test]
fn what_a_large_table_held_is_freed_when_the_gate_is_open() -> Result<()> {
    let session = Session::builder().threads(2).build();
    let table = session.static_table("numbers", [("V", numbers(200_000))])?;
    let copy = table.select("X = V * 2")?;
    drop(copy);
    let mut gate = session.gate()?;
    assert_eq!(gate.nodes().count(), 1, "it is out of the graph");
    assert!(gate.take_remains().is_large(), "and still has its columns");
    Ok(())
}
