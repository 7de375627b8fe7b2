use crate::source::{Batch, Feed};
use crate::vector::Vector;
use crate::{ColumnDef, Result, Session, SimulatedClock, Table, Timestamp, Type, Value};

/// A session whose clock stands, so that every figure is the same each time.
fn session() -> Session {
    let clock = SimulatedClock::at(Timestamp::from_nanos(0));
    Session::builder().clock(clock).check_deltas(true).threads(1).build()
}

fn send(table: &Table, feed: &Feed, values: std::ops::Range<i64>) -> Result<()> {
    feed.send(Batch::new(table.definition(), vec![Vector::from(values.collect::<Vec<_>>())])?)
}

#[test]
fn every_table_is_told_and_the_telling_is_not_counted() -> Result<()> {
    let session = session();
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    let large = live.filter("V > 10")?.named("large")?;
    let failing = live.update("X = 100 % (V - 13)")?.named("by thirteen")?;
    let costs = session.performance()?;
    send(&live, &feed, 0..12)?;
    assert_eq!(session.step()?.nodes, 3);
    let busy = costs.filter("Cycles > 1")?.named("busy")?;
    send(&live, &feed, 12..30)?;
    assert_eq!(session.step()?.nodes, 3);
    assert_eq!(busy.snapshot()?.len(), 2, "a table derived of it is right after the same step");
    insta::assert_snapshot!("costs", costs.show(10)?.with_width(200)?);
    drop((large, failing));
    session.step()?;
    assert_eq!(costs.snapshot()?.column("Name")?.iter().collect::<Vec<_>>().len(), 2);
    session.validate()
}

#[test]
fn it_is_one_table_and_gone_with_its_last_handle() -> Result<()> {
    let session = session();
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    let (once, again) = (session.performance()?, session.performance()?);
    assert_eq!(once.node()?.id(), again.node()?.id());
    let nodes = || session.gate().map(|graph| graph.nodes().count());
    assert_eq!(nodes()?, 2);
    drop((once, again));
    send(&live, &feed, 0..1)?;
    session.step()?;
    assert_eq!(nodes()?, 1);
    let anew = session.performance()?;
    assert_eq!(anew.snapshot()?.value(0, 4)?, Some(Value::I64(1)), "figures are kept whether asked for or not");
    session.validate()
}
