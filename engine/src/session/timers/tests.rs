use std::time::Duration;

use crate::source::{Batch, Ticks};
use crate::vector::Vector;
use crate::{ColumnDef, ErrorKind, Result, Session, SimulatedClock, Stop, Table, Timestamp, Type, Value};

const SECOND: Duration = Duration::from_secs(1);

fn session(clock: &SimulatedClock) -> Session {
    Session::builder().clock(clock.clone()).check_deltas(true).build()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds).expect("in range")
}

/// The rows, in seconds since 1970.
fn seconds(table: &Table) -> Result<Vec<i64>> {
    let times = table.snapshot()?.column("Timestamp")?;
    Ok(times
        .iter()
        .filter_map(|time| if let Value::Timestamp(time) = time { Some(time.epoch_seconds()) } else { None })
        .collect())
}

#[test]
fn rows_come_with_time_and_missed_ones_too() -> Result<()> {
    let clock = SimulatedClock::at(Timestamp::from_nanos(1_007_500_000_000));
    let session = session(&clock);
    let ticks = session.time_table("ticks", 5 * SECOND)?;
    let odd = ticks.update_view("Half = (epochSeconds(Timestamp) / 5) % 2")?.filter("Half == 1");
    assert_eq!(seconds(&ticks)?, [0; 0]);
    session.step()?;
    assert_eq!(seconds(&ticks)?, [1005], "now, rounded down to a whole number of periods");
    clock.advance(2 * SECOND);
    assert_eq!(session.step()?.nodes, 0);
    clock.advance(16 * SECOND);
    session.step()?;
    assert_eq!(seconds(&ticks)?, [1005, 1010, 1015, 1020, 1025]);
    assert_eq!(ticks.bytes()?, 0, "timestamps follow from the row");
    drop(odd);
    session.validate()
}

#[test]
fn a_start_may_lie_before_and_after_now() -> Result<()> {
    let clock = SimulatedClock::at(at(100));
    let session = session(&clock);
    let before = session.time_table("before", Ticks::every(SECOND).from(at(97)))?;
    let after = session.time_table("after", Ticks::every(SECOND).from(at(102)))?;
    session.step()?;
    assert_eq!((seconds(&before)?.len(), seconds(&after)?.len()), (4, 0));
    clock.set(at(103));
    session.step()?;
    assert_eq!(seconds(&before)?, (97..=103).collect::<Vec<_>>());
    assert_eq!(seconds(&after)?, [102, 103]);
    session.validate()
}

#[test]
fn blink_rows_live_for_one_cycle() -> Result<()> {
    let clock = SimulatedClock::at(at(0));
    let session = session(&clock);
    let blink = session.time_table("blink", Ticks::every(SECOND).blink())?;
    let kept = blink.blink_to_append()?;
    for _ in 0..3 {
        session.step()?;
        clock.advance(2 * SECOND);
    }
    assert_eq!(seconds(&blink)?, [3, 4]);
    assert_eq!(seconds(&kept)?, [0, 1, 2, 3, 4]);
    clock.advance(Duration::ZERO);
    session.step()?;
    session.step()?;
    assert_eq!(seconds(&blink)?, [0; 0]);
    session.validate()
}

#[test]
fn a_clock_that_goes_back_is_an_error_and_nothing_is_lost() -> Result<()> {
    let clock = SimulatedClock::at(at(10));
    let session = session(&clock);
    let ticks = session.time_table("ticks", SECOND)?;
    let (live, feed) = session.append_table("live", [ColumnDef::new("V", Type::I64)])?;
    session.step()?;
    feed.send(Batch::new(live.definition(), vec![Vector::from(vec![1_i64])])?)?;
    clock.set(at(7));
    let error = session.step().expect_err("time went back");
    assert_eq!(error.kind(), ErrorKind::ClockWentBack);
    assert!(error.to_string().contains("went back by 3s"), "{error}");
    assert_eq!(live.snapshot()?.len(), 0);
    clock.set(at(11));
    session.step()?;
    assert_eq!((live.snapshot()?.len(), seconds(&ticks)?.len()), (1, 2));
    session.validate()
}

#[test]
fn a_period_of_nothing_is_refused() {
    let error = Session::new().time_table("ticks", Duration::ZERO).expect_err("no period");
    assert_eq!(error.kind(), ErrorKind::Argument);
}

#[test]
fn a_running_session_wakes_up_for_its_timers() -> Result<()> {
    let session = Session::new();
    let ticks = session.time_table("ticks", Duration::from_millis(2))?;
    let stop = Stop::new();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| session.run(&stop, Duration::ZERO));
        let patience = std::time::Instant::now();
        while ticks.snapshot().is_ok_and(|rows| rows.len() < 20) && patience.elapsed() < 30 * SECOND {
            std::thread::sleep(Duration::from_millis(2));
        }
        stop.stop();
        running.join().expect("no panic")
    })?;
    assert!(ticks.snapshot()?.len() >= 20);
    Ok(())
}
