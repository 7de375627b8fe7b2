mod arrow;
mod faults;
mod intakes;
mod limits;
mod lists;

use super::Session;
use crate::vector::Vector;

#[test]
fn a_dropped_table_is_given_back_without_a_cycle() {
    let session = Session::new();
    let values = Vector::from((0..10_000_i64).collect::<Vec<_>>());
    let table = session.static_table("numbers", [("V", values)]).unwrap();
    let nodes = || session.gate().unwrap().nodes().count();
    let copy = table.select("X = V * 2").unwrap();
    assert!(copy.bytes().unwrap() >= 80_000);
    assert_eq!(nodes(), 2);
    drop(copy);
    assert_eq!(nodes(), 1);
    session.validate().unwrap();
}

#[test]
fn columns_that_pass_through_take_no_bytes() {
    let session = Session::new();
    let values = Vector::from((0..100_000_i64).collect::<Vec<_>>());
    let table = session.static_table("numbers", [("K", values.clone()), ("V", values)]).unwrap();
    assert_eq!(table.filter("V >= 0").unwrap().bytes().unwrap(), 0);
    assert_eq!(table.update_view("X = V * 2 + K").unwrap().bytes().unwrap(), 0);
    assert_eq!(table.view(["X = V", "K"]).unwrap().bytes().unwrap(), 0);
    assert_eq!(table.rename_columns("W = V").unwrap().bytes().unwrap(), 0);
    assert_eq!(table.drop_columns("K").unwrap().bytes().unwrap(), 0);
}

#[test]
fn handles_go_to_any_thread() {
    fn any_thread<T: Send + Sync + 'static>() {}
    any_thread::<Session>();
    any_thread::<crate::Table>();
    any_thread::<crate::Snapshot>();
    any_thread::<crate::Error>();
    any_thread::<crate::source::Feed>();
    assert_eq!(size_of::<crate::Error>(), size_of::<usize>());
}

#[test]
fn a_call_from_inside_a_cycle_is_an_error_and_the_graph_goes_on() {
    let session = Session::new();
    let (live, feed) = session.append_table("live", [crate::ColumnDef::new("V", crate::Type::I64)]).unwrap();
    let inner = session.clone();
    session.function("nosy", move |v: i64| inner.step().map(|_| v)).unwrap();
    let nosy = live.update("X = nosy(V)").unwrap();
    let plain = live.filter("V > 1").unwrap();
    let batch = crate::source::Batch::new(live.definition(), vec![Vector::from(vec![1_i64, 2])]).unwrap();
    feed.send(batch).unwrap();
    session.step().unwrap();
    let error = nosy.error().unwrap();
    assert!(format!("{error:#}").contains("not allowed inside an update cycle"), "{error:#}");
    assert_eq!(plain.snapshot().unwrap().len(), 1);
    assert!(nosy.snapshot().is_err());
    session.validate().unwrap();
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let outcome = |threads: usize| {
        let session = Session::builder().threads(threads).grain_rows(64).unwrap().build();
        let (live, feed) = session.append_table("live", [crate::ColumnDef::new("V", crate::Type::I64)]).unwrap();
        let filtered = live.filter("V % 7 != 3 && V * 3 % 11 < 6").unwrap();
        let updated = live.update(["X = V * 2.5", "Y = X + V"]).unwrap();
        for start in [0, 10_000] {
            let values = Vector::from((start..start + 10_000_i64).map(|v| v * 7919 % 1000).collect::<Vec<_>>());
            feed.send(crate::source::Batch::new(live.definition(), vec![values]).unwrap()).unwrap();
            session.step().unwrap();
        }
        let late = live.update("X = V * 2.5").unwrap().filter("X > 800").unwrap();
        session.validate().unwrap();
        let cells = |table: &crate::Table, column: &str| {
            let snapshot = table.snapshot().unwrap();
            (snapshot.ids().to_string(), format!("{:?}", snapshot.column(column).unwrap()))
        };
        [cells(&filtered, "V"), cells(&updated, "Y"), cells(&late, "X")]
    };
    let alone = outcome(1);
    assert_eq!(outcome(2), alone);
    assert_eq!(outcome(8), alone);
}

#[test]
fn a_call_from_a_thread_that_helps_a_cycle_is_an_error_too() {
    let session = Session::builder().threads(4).grain_rows(64).unwrap().build();
    let (live, feed) = session.append_table("live", [crate::ColumnDef::new("V", crate::Type::I64)]).unwrap();
    let inner = session.clone();
    session.function("nosy", move |v: i64| if v == 9_999 { inner.step().map(|_| v) } else { Ok(v) }).unwrap();
    let nosy = live.update("X = nosy(V)").unwrap();
    let values = Vector::from((0..20_000_i64).collect::<Vec<_>>());
    feed.send(crate::source::Batch::new(live.definition(), vec![values]).unwrap()).unwrap();
    session.step().unwrap();
    let error = nosy.error().unwrap();
    assert!(format!("{error:#}").contains("not allowed inside an update cycle"), "{error:#}");
    session.validate().unwrap();
}
