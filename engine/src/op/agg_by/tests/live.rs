//! Aggregations over rows that come, go, change and pass.

use super::*;
use crate::source::{KeyedRows, RowChange};
use crate::{asc, by};

pub(super) fn floats(values: &[f64]) -> Vector<'static> {
    Vector::from(values.to_vec())
}

/// A keyed table of groups `K` with values `X` and times `T`.
pub(super) fn samples(session: &Session) -> (Table, KeyedRows) {
    let types = [("K", Type::I64), ("X", Type::F64), ("T", Type::I64)];
    session.keyed_rows("t", types.map(|(name, ty)| ColumnDef::new(name, ty))).unwrap()
}

pub(super) fn rows(table: &Table, keys: &[i64], values: &[f64], times: &[i64]) -> Batch {
    Batch::new(table.definition(), vec![ints(keys), floats(values), ints(times)]).unwrap()
}

fn shown(table: &Table) -> Vec<String> {
    cells(table).iter().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn sorted_ends_are_found_again() {
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = samples(&session);
    let first = rows(&table, &[1, 1, 1, 2], &[0.1, 0.2, 0.3, 9.0], &[5, 3, 3, 1]);
    let change = RowChange::new(table.definition());
    writer.apply(change.clone().add((0..4).collect(), first).unwrap()).unwrap();
    session.step().unwrap();
    let ends = table.agg_by([agg::sorted_first("F = X", "T"), agg::sorted_last("L = X", "T")], "K").unwrap();
    // The same of the rows the other way round: of equal ones the first is another.
    let back = table.reverse().unwrap().agg_by(agg::sorted_first("F = X", "T"), "K").unwrap();
    assert_eq!(
        (shown(&ends), shown(&back)),
        (vec!["1 0.2 0.1".into(), "2 9.0 9.0".into()], vec!["2 9.0".into(), "1 0.3".into()])
    );
    writer.apply(change.clone().remove([1])).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&ends), ["1 0.3 0.1", "2 9.0 9.0"]);
    writer.apply(change.clone().modify(vec![0], [("T", ints(&[1]))]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&ends), ["1 0.1 0.3", "2 9.0 9.0"]);
    writer.apply(change.modify(vec![0], [("X", floats(&[7.0]))]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&ends), ["1 7.0 0.3", "2 9.0 9.0"]);
    session.validate().unwrap();
}

#[test]
fn values_of_rows_that_passed_stay() {
    let session = Session::builder().check_deltas(true).build();
    let defs = [("K", Type::I64), ("X", Type::F64), ("T", Type::I64)].map(|(name, ty)| ColumnDef::new(name, ty));
    let (blink, feed) = session.blink_table("t", defs).unwrap();
    let names = session.static_table("names", [("K", Vector::from(vec![3_i64, 1]))]).unwrap();
    let aggregates = || {
        [
            agg::first("A = X"),
            agg::last("Z = X"),
            agg::sorted_first("F = X", "T"),
            agg::sorted_last("L = X", "T"),
            agg::median("M = X"),
            agg::count("N"),
        ]
    };
    let grouped = blink.agg_by(aggregates(), by("K").initial_groups(&names).preserve_empty()).unwrap();
    let all = blink.agg_by(aggregates(), by([""; 0]).preserve_empty()).unwrap();
    assert_eq!(shown(&grouped), ["3 null null null null null 0", "1 null null null null null 0"]);
    assert_eq!(shown(&all), ["null null null null null 0"]);
    for (keys, values, times) in
        [([1, 2], [1.0, 2.0], [5, 5]), ([1, 3], [3.0, 4.0], [5, 1]), ([2, 1], [5.0, 6.0], [6, 4])]
    {
        feed.send(rows(&blink, &keys, &values, &times)).unwrap();
        session.step().unwrap();
    }
    session.step().unwrap();
    assert_eq!(shown(&grouped), ["3 4.0 4.0 4.0 4.0 4.0 1", "1 1.0 6.0 6.0 3.0 3.0 3", "2 2.0 5.0 2.0 5.0 3.5 2"]);
    assert_eq!(shown(&all), ["1.0 6.0 4.0 5.0 3.5 6"]);
    session.validate().unwrap();
}

#[test]
fn groups_without_rows_are_shown_if_wanted() {
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = samples(&session);
    let names = session.static_table("names", [("K", Vector::from(vec![7_i64, 2]))]).unwrap();
    let all =
        || [agg::count("N"), agg::sum("S = X"), agg::first("F = X"), agg::group("L = X"), agg::formula("C = X.size()")];
    let shown_empty = table.agg_by(all(), by("K").initial_groups(&names).preserve_empty()).unwrap();
    let ordered = table.agg_by(agg::count("N"), by("K").initial_groups(&names)).unwrap();
    let one = table.agg_by([agg::count("N"), agg::max("M = X")], by([""; 0]).preserve_empty()).unwrap();
    let empty = ["7 0 null null [] 0", "2 0 null null [] 0"];
    assert_eq!(
        (shown(&shown_empty), shown(&ordered), shown(&one)),
        (empty.map(str::to_owned).to_vec(), vec![], vec!["0 null".into()])
    );
    let change = RowChange::new(table.definition());
    writer.apply(change.clone().add(vec![0, 1], rows(&table, &[1, 2], &[1.5, 2.5], &[0, 0])).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&shown_empty), ["7 0 null null [] 0", "2 1 2.5 2.5 [2.5] 1", "1 1 1.5 1.5 [1.5] 1"]);
    assert_eq!((shown(&ordered), shown(&one)), (vec!["2 1".into(), "1 1".into()], vec!["2 2.5".into()]));
    writer.apply(change.remove([0, 1])).unwrap();
    session.step().unwrap();
    assert_eq!(shown(&shown_empty), ["7 0 null null [] 0", "2 0 null null [] 0", "1 0 null null [] 0"]);
    assert_eq!((shown(&ordered), shown(&one)), (vec![], vec!["0 null".into()]));
    session.validate().unwrap();
}

#[test]
fn a_result_that_stays_is_not_reported() {
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = samples(&session);
    let change = RowChange::new(table.definition());
    writer
        .apply(change.clone().add((0..3).collect(), rows(&table, &[1, 1, 1], &[1.0, 2.0, 3.0], &[0, 1, 2])).unwrap())
        .unwrap();
    session.step().unwrap();
    let steady = [
        agg::median("M = X"),
        agg::pct("P = X", 0.5),
        agg::count_where("C", "X < 10"),
        agg::sorted_first("F = X", "T"),
        agg::formula("S = X.size()"),
    ];
    let grouped = table.agg_by(steady, "K").unwrap();
    let changes = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = changes.clone();
    let _listener = grouped
        .listen(move |_| {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
    writer.apply(change.clone().modify(vec![2], [("X", floats(&[8.0]))]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(changes.load(std::sync::atomic::Ordering::Relaxed), 0);
    writer.apply(change.modify(vec![2], [("X", floats(&[18.0]))]).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(
        (changes.load(std::sync::atomic::Ordering::Relaxed), shown(&grouped)),
        (1, vec!["1 2.0 2.0 2 1.0 3".into()])
    );
}

/// Values that come and go by the hundred thousand leave sums and variances as they are of the rows that are there.
#[test]
fn what_went_leaves_nothing() {
    let session = Session::new();
    let (table, writer) = samples(&session);
    let totals = table.agg([agg::sum("S = X"), agg::avg("A = X"), agg::var("V = X"), agg::std("D = X")]).unwrap();
    let change = RowChange::new(table.definition());
    let kept = [0.1, 0.2, 0.4];
    writer.apply(change.clone().add((0..3).collect(), rows(&table, &[1; 3], &kept, &[0; 3])).unwrap()).unwrap();
    session.step().unwrap();
    const MANY: usize = 10_000;
    for round in 0..20 {
        let values: Vec<f64> = (0..MANY).map(|at| (at as f64 - 4_000.0) * 1e3 + f64::from(round) * 0.3).collect();
        let batch = rows(&table, &[1; MANY], &values, &[0; MANY]);
        writer.apply(change.clone().add((3..3 + MANY as u64).collect(), batch).unwrap()).unwrap();
        session.step().unwrap();
        writer.apply(change.clone().remove(3..3 + MANY as u64)).unwrap();
        session.step().unwrap();
    }
    let mean = kept.iter().sum::<f64>() / 3.0;
    let variance = kept.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 2.0;
    let [Value::F64(sum), Value::F64(avg), Value::F64(var), Value::F64(std)] = cells(&totals)[0][..] else {
        panic!("floats, not {:?}", cells(&totals))
    };
    // Squares went up to 1e17 beside those of 0.1.
    let expected = [(sum, 3.0 * mean, 1e-12), (avg, mean, 1e-12), (var, variance, 1e-9), (std, variance.sqrt(), 1e-9)];
    for (found, expected, near) in expected {
        assert!((found - expected).abs() <= near * expected, "{found} instead of {expected}");
    }
}

#[test]
fn extremes_of_integers_are_exact() {
    let session = Session::new();
    let values = vec![i64::MIN, i64::MAX, i64::MAX - 1, i64::MAX - 2];
    let table = session.static_table("t", [("N", Vector::from(values))]).unwrap();
    let near = table.filter("N > 0").unwrap().agg([agg::var("V = N"), agg::std("D = N")]).unwrap();
    assert_eq!(cells(&near), [[Value::F64(1.0), Value::F64(1.0)]]);
    let far = table.filter("N < 0 || N = 9223372036854775807").unwrap().agg(agg::std("N")).unwrap();
    let Value::F64(std) = cells(&far)[0][0] else { panic!("a float, not {:?}", cells(&far)) };
    assert!((std / 2_f64.powi(64) * 2_f64.sqrt() - 1.0).abs() < 1e-15, "{std}");
}

#[test]
fn an_approximate_percentile_follows_rows_that_go() {
    let session = Session::new();
    let (table, writer) = samples(&session);
    const MANY: u64 = 20_000;
    let values: Vec<f64> = (0..MANY).map(|at| (at * 7_919 % MANY) as f64).collect();
    let change = RowChange::new(table.definition());
    let batch = rows(&table, &[1; MANY as usize], &values, &[0; MANY as usize]);
    writer.apply(change.clone().add((0..MANY).collect(), batch).unwrap()).unwrap();
    session.step().unwrap();
    // A sorted table tells the same rows in another order.
    for table in [table.clone(), table.sort([asc("X")]).unwrap()] {
        let middle = table.agg([agg::approx_pct("M = X", 0.5), agg::approx_pct("H = X", 0.99)]).unwrap();
        let found = || match cells(&middle)[0][..] {
            [Value::F64(middle), Value::F64(high)] => (middle, high),
            _ => panic!("floats, not {:?}", cells(&middle)),
        };
        let near =
            |(middle, high): (f64, f64), (m, h): (f64, f64)| (middle - m).abs() < 100.0 && (high - h).abs() < 40.0;
        assert!(near(found(), (10_000.0, 19_800.0)), "{:?}", found());
        let high: Vec<u64> = (0..MANY).filter(|&at| values[at as usize] >= 10_000.0).collect();
        writer.apply(change.clone().remove(high.iter().copied())).unwrap();
        session.step().unwrap();
        assert!(near(found(), (5_000.0, 9_900.0)), "{:?}", found());
        let again = rows(
            &table,
            &vec![1; high.len()],
            &high.iter().map(|&at| values[at as usize]).collect::<Vec<_>>(),
            &vec![0; high.len()],
        );
        writer.apply(change.clone().add(high, again).unwrap()).unwrap();
        session.step().unwrap();
    }
}
