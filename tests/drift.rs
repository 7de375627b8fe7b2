//! Sums that values were taken out of by the million: what is left is as good as a new sum, bit by bit the same for any
//! number of threads. A longer run takes out more:
//!
//! ```text
//! HEADWATER_DRIFT_ROWS=100000000 cargo test --release --features full --test main drift -- --nocapture
//! ```

use headwater::prelude::*;
use headwater::source::{KeyedRows, RowChange};
use headwater::vector::Vector;

/// Rows that come and go at a time: more than one thread is given.
const ROUND: u64 = 50_000;
/// Rows that go in all, unless another number is asked for.
const ROWS: u64 = 500_000;
/// Rows that stay, and groups.
const KEPT: u64 = 1_000;
const GROUPS: u64 = 10;
/// How far a result may be from what is computed of the rows that are there, as a part of it.
const BOUND: f64 = 1e-12;

/// Values of any size up to a hundred million, of both signs.
fn value(id: u64, round: u64) -> f64 {
    let mixed = (id + 1)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left((round % 63) as u32)
        .wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let part = (mixed >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
    part * 10_f64.powi((mixed % 12) as i32 - 3)
}

/// The value of a row that stays: small, so that the others would be seen in what is left.
fn kept(id: u64) -> f64 {
    1.0 + id as f64 / 7.0
}

fn batch(table: &Table, ids: std::ops::Range<u64>, round: u64) -> Batch {
    let keys: Vec<i64> = ids.clone().map(|id| (id % GROUPS) as i64).collect();
    let values: Vec<f64> = ids.map(|id| if id < KEPT { kept(id) } else { value(id, round) }).collect();
    let weights: Vec<f64> = values.iter().map(|value| 1.0 + value.abs().fract()).collect();
    Batch::new(table.definition(), vec![keys.into(), values.into(), weights.into()]).unwrap()
}

fn totals(table: &Table) -> Table {
    let all = [
        agg::sum("Sum = V"),
        agg::abs_sum("AbsSum = V"),
        agg::avg("Avg = V"),
        agg::weighted_avg("WeightedAvg = V", "W"),
        agg::weighted_sum("WeightedSum = V", "W"),
        agg::var("Var = V"),
        agg::std("Std = V"),
    ];
    table.agg_by(all, "K").unwrap()
}

/// All results, group by group.
fn results(totals: &Table) -> Vec<f64> {
    let rows = totals.sort("K").unwrap().snapshot().unwrap().rows(0..GROUPS).unwrap();
    let columns = rows.columns().iter().skip(1);
    columns.flat_map(|column: &Vector<'_>| column.native::<f64>().unwrap().to_vec()).collect()
}

/// What is left of a sum to which values are just added, and of which they are just taken.
fn naive(rows: u64) -> f64 {
    let there: f64 = (0..KEPT).step_by(GROUPS as usize).map(kept).sum();
    let mut sum = there;
    for round in 0..rows.div_ceil(ROUND) {
        let values = || (KEPT..KEPT + ROUND).step_by(GROUPS as usize).map(|id| value(id, round));
        values().for_each(|value| sum += value);
        values().for_each(|value| sum -= value);
    }
    ((sum - there) / there).abs()
}

/// The results after so many rows came and went, and how far the furthest is from that of the rows that are there.
fn play(threads: usize, rows: u64) -> (Vec<f64>, f64) {
    let session = Session::builder().threads(threads).build();
    let columns = [("K", Type::I64), ("V", Type::F64), ("W", Type::F64)];
    let (table, writer): (Table, KeyedRows) =
        session.keyed_rows("t", columns.map(|(name, ty)| ColumnDef::new(name, ty))).unwrap();
    let totals_of = totals(&table);
    let change = || RowChange::new(table.definition());
    let step = |change: RowChange| {
        writer.apply(change).unwrap();
        session.step().unwrap();
    };
    step(change().add((0..KEPT).collect(), batch(&table, 0..KEPT, 0)).unwrap());
    let mut furthest = 0.0_f64;
    for round in 0..rows.div_ceil(ROUND) {
        let ids = KEPT..KEPT + ROUND;
        step(change().add(ids.clone().collect(), batch(&table, ids.clone(), round)).unwrap());
        step(change().remove(ids));
        let anew = results(&totals(&table));
        for (found, expected) in results(&totals_of).into_iter().zip(anew) {
            assert!(found.is_finite() && expected.is_finite(), "{found} and {expected}");
            furthest = furthest.max((found - expected).abs() / expected.abs());
        }
    }
    (results(&totals_of), furthest)
}

#[test]
fn sums_do_not_drift() {
    let asked = std::env::var_os("HEADWATER_DRIFT_ROWS").and_then(|rows| rows.to_str()?.parse().ok());
    let rows = asked.unwrap_or(ROWS);
    let (alone, furthest) = play(1, rows);
    let plain = naive(rows);
    println!("{rows} rows went: the furthest result is {furthest:.1e} of itself away, a plain sum {plain:.1e}");
    assert!(furthest <= BOUND, "{furthest:e} away, {BOUND:e} allowed");
    // Otherwise the rows would show nothing.
    assert!(plain > 100.0 * BOUND, "a plain sum is {plain:e} away");
    // A long run is about drift.
    for threads in if asked.is_none() { &[2, 8][..] } else { &[] } {
        let (results, _) = play(*threads, rows);
        let bits = |results: &[f64]| results.iter().map(|result| result.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&results), bits(&alone), "{threads} threads");
    }
}
