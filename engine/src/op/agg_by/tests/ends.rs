//! Extremes and ends of groups that are large enough to be kept in another way than small ones.

use std::collections::BTreeMap;

use super::live::{floats, rows, samples};
use super::*;
use crate::source::RowChange;

/// Group, value and time of a row.
type Sample = (i64, f64, i64);

/// What the aggregates should be of the rows of a group in their order.
fn expected(rows: &[Sample]) -> Vec<Value> {
    let best = |is_better: fn(&f64, &f64) -> bool| {
        rows.iter().map(|row| row.1).reduce(|a, b| if is_better(&b, &a) { b } else { a }).unwrap()
    };
    let mut by_time = rows.to_vec();
    by_time.sort_by_key(|row| row.2);
    let ends = [rows[0], rows[rows.len() - 1], by_time[0], by_time[rows.len() - 1]].map(|row| row.1);
    [best(f64::lt), best(f64::gt)].into_iter().chain(ends).map(Value::F64).collect()
}

/// Large groups whose rows go from the front, from the back, the best first and at random, while others come and change.
#[test]
fn the_best_of_large_groups_is_found_again() {
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = samples(&session);
    let aggregates = || {
        [
            agg::min("Mn = X"),
            agg::max("Mx = X"),
            agg::first("F = X"),
            agg::last("L = X"),
            agg::sorted_first("SF = X", "T"),
            agg::sorted_last("SL = X", "T"),
        ]
    };
    let ends = table.agg_by(aggregates(), "K").unwrap();
    // The same rows in another order.
    let back = table.reverse().unwrap().agg_by(aggregates(), "K").unwrap();
    let change = RowChange::new(table.definition());
    let mut there: BTreeMap<u64, Sample> = BTreeMap::new();
    let (mut next, mut state) = (0, 5_u64);
    let mut below = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut come = |there: &mut BTreeMap<u64, Sample>, count: u64| {
        let rows: Vec<_> = (0..count).map(|_| (below(2) as i64, below(500) as f64, below(100) as i64)).collect();
        let ids: Vec<u64> = (next..next + count).collect();
        there.extend(ids.iter().copied().zip(rows.iter().copied()));
        next += count;
        let (keys, values): (Vec<i64>, Vec<f64>) = rows.iter().map(|row| (row.0, row.1)).unzip();
        let times: Vec<i64> = rows.iter().map(|row| row.2).collect();
        (ids, keys, values, times)
    };
    for cycle in 0..120_u64 {
        let (ids, keys, values, times) = come(&mut there, if cycle == 0 { 1500 } else { 20 });
        let old: Vec<u64> = there.keys().copied().filter(|id| !ids.contains(id)).collect();
        let gone: Vec<u64> = match cycle % 4 {
            _ if old.is_empty() => Vec::new(),
            0 => old.iter().copied().take(40).collect(),
            1 => old.iter().rev().copied().take(15).collect(),
            2 => {
                let mut best = old.clone();
                best.sort_by(|a, b| there[a].1.total_cmp(&there[b].1));
                best.iter().take(20).chain(best.iter().rev().take(20)).copied().collect()
            }
            _ => old.iter().copied().filter(|id| id * 7919 % 31 == cycle % 31).collect(),
        };
        there.retain(|id, _| !gone.contains(id));
        let changed: Vec<u64> =
            old.iter().copied().filter(|id| there.contains_key(id) && id % 23 == cycle % 23).collect();
        let other: Vec<f64> = changed.iter().map(|id| (id * 31 + cycle * 7) as f64 % 500.0).collect();
        changed.iter().zip(&other).for_each(|(id, &value)| there.get_mut(id).unwrap().1 = value);
        let change = change.clone().remove(gone).modify(changed, [("X", floats(&other))]).unwrap();
        writer.apply(change.add(ids, rows(&table, &keys, &values, &times)).unwrap()).unwrap();
        session.step().unwrap();
        session.validate().unwrap();
        for (result, is_back) in [(&ends, false), (&back, true)] {
            let mut found = cells(result);
            found.sort_by_key(|row| row[0].to_string());
            assert_eq!(found.len(), 2);
            for (key, found) in found.iter().enumerate() {
                let mut group: Vec<_> = there.values().copied().filter(|row| row.0 == key as i64).collect();
                if is_back {
                    group.reverse();
                }
                assert_eq!(found[1..], expected(&group), "group {key} in cycle {cycle}, back {is_back}");
            }
        }
    }
}
