//! The best that hand-written loops do with the same columns on one thread, into fresh pages where a case writes.

use std::hint::black_box;

use serde_json::{Value, json};

use crate::args::Args;
use crate::clock::{median, time};
use crate::data::Random;

pub(crate) fn run(args: &Args, results: &mut Vec<Value>) {
    let n = args.rows;
    let mut random = Random::new(7);
    let v1: Vec<i32> = (0..n).map(|_| random.below(5) as i32 + 1).collect();
    let v2: Vec<i32> = (0..n).map(|_| random.below(15) as i32 + 1).collect();
    let v: Vec<f64> = (0..n).map(|_| random.unit() * 1000.0).collect();
    let w: Vec<f64> = (0..n).map(|_| random.unit() * 1000.0).collect();
    let mut emit = |case: &str, bytes: usize, mut work: Box<dyn FnMut() + '_>| {
        if !args.wants(case) {
            return;
        }
        work();
        let seconds: Vec<f64> = (0..args.repeats).map(|_| time(&mut work).1).collect();
        let middle = median(&seconds);
        eprintln!("{case:16} hand_1t  {:8.2} ms", middle * 1e3);
        results.push(json!({
            "suite": "limits", "case": case, "engine": "hand_1t", "threads": 1, "rows": n, "seconds": seconds,
            "rows_per_s": n as f64 / middle, "gb_per_s": bytes as f64 / middle / 1e9,
        }));
    };
    let count = || {
        let rows = v1.iter().zip(&v).map(|(a, b)| usize::from((*a >= 3) & (*b < 500.0))).sum::<usize>();
        black_box(rows);
    };
    emit("filter_count", n * 12, Box::new(count));
    let i32s = || {
        black_box(v1.iter().zip(&v2).map(|(a, b)| a.wrapping_mul(2).wrapping_add(*b)).collect::<Vec<i32>>());
    };
    emit("v2w_i32", n * 12, Box::new(i32s));
    let f64s = || {
        black_box(v.iter().zip(&w).map(|(v, w)| v * 2.0 + w).collect::<Vec<f64>>());
    };
    emit("v2w_f64", n * 24, Box::new(f64s));
}
