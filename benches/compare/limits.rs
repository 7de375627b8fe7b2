//! The best that hand-written loops do with the same columns on one thread, into fresh pages where a case writes.

use std::cell::OnceCell;
use std::hint::black_box;

use serde_json::{Value, json};

use crate::args::Args;
use crate::clock::{median, time};
use crate::data::Random;

/// The columns the loops read, made when a loop first runs.
pub(crate) struct Limits {
    rows: usize,
    numbers: OnceCell<Numbers>,
    keyed: OnceCell<Keyed>,
}

struct Numbers {
    v1: Vec<i32>,
    v2: Vec<i32>,
    v: Vec<f64>,
    w: Vec<f64>,
}

/// Keys and values to be added up by them.
struct Keyed {
    id6: Vec<i32>,
    v1: Vec<i32>,
    keys: Vec<i64>,
    values: Vec<i64>,
}

/// What a loop made.
#[allow(dead_code, reason = "it is made to be kept, not to be read")]
pub(crate) enum Written {
    Count(usize),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F64(Vec<f64>),
}

/// The loops, and the bytes they move a row.
const LOOPS: [(&str, usize); 5] =
    [("filter_count", 12), ("v2w_i32", 12), ("v2w_f64", 24), ("sum_by_dense", 8), ("sum_by_1k_keys", 16)];

impl Limits {
    pub(crate) fn new(rows: usize) -> Self {
        Limits { rows, numbers: OnceCell::new(), keyed: OnceCell::new() }
    }

    /// Runs the loop of that name.
    pub(crate) fn work(&self, name: &str) -> Option<Written> {
        if name.starts_with("sum_by") {
            return self.keyed.get_or_init(|| Keyed::new(self.rows)).work(name);
        }
        self.numbers.get_or_init(|| Numbers::new(self.rows)).work(name)
    }
}

impl Numbers {
    fn new(rows: usize) -> Self {
        let mut random = Random::new(7);
        let mut ints = |limit: u64| (0..rows).map(|_| random.below(limit) as i32 + 1).collect();
        let (v1, v2) = (ints(5), ints(15));
        let mut floats = || (0..rows).map(|_| random.unit() * 1000.0).collect();
        Numbers { v1, v2, v: floats(), w: floats() }
    }

    fn work(&self, name: &str) -> Option<Written> {
        let Numbers { v1, v2, v, w } = self;
        Some(match name {
            "filter_count" => {
                Written::Count(v1.iter().zip(v).map(|(a, b)| usize::from((*a >= 3) & (*b < 500.0))).sum())
            }
            "v2w_i32" => Written::I32(v1.iter().zip(v2).map(|(a, b)| a.wrapping_mul(2).wrapping_add(*b)).collect()),
            "v2w_f64" => Written::F64(v.iter().zip(w).map(|(v, w)| v * 2.0 + w).collect()),
            _ => return None,
        })
    }
}

impl Keyed {
    fn new(rows: usize) -> Self {
        let mut random = Random::new(8);
        let mut ints = |limit: u64| (0..rows).map(|_| random.below(limit) as i32).collect::<Vec<_>>();
        let (id6, v1) = (ints((rows as u64 / 100).max(1)), ints(5));
        let keys = id6.iter().map(|&key| i64::from(key % 1000)).collect();
        let values = v1.iter().map(|&value| value.into()).collect();
        Keyed { id6, v1, keys, values }
    }

    fn work(&self, name: &str) -> Option<Written> {
        let mut sums = vec![0_i64; 1024];
        match name {
            "sum_by_dense" => {
                let rows = self.id6.iter().zip(&self.v1);
                rows.for_each(|(key, value)| sums[(*key as u32 % 1000) as usize] += i64::from(*value));
            }
            "sum_by_1k_keys" => {
                let rows = self.keys.iter().zip(&self.values);
                rows.for_each(|(key, value)| sums[*key as usize & 1023] += *value);
            }
            _ => return None,
        }
        Some(Written::I64(sums))
    }
}

pub(crate) fn run(args: &Args, limits: &Limits, results: &mut Vec<Value>) {
    for (case, bytes) in LOOPS {
        if !args.wants(case) {
            continue;
        }
        // What was written stays until the end: each repetition gets fresh pages.
        let mut kept = vec![limits.work(case)];
        let seconds: Vec<f64> = (0..args.repeats)
            .map(|_| {
                let (written, wall, _) = time(|| limits.work(case));
                kept.push(written);
                wall
            })
            .collect();
        black_box(kept);
        let middle = median(&seconds);
        eprintln!("{case:16} hand_1t        {:8.2} ms", middle * 1e3);
        results.push(json!({
            "suite": "limits", "case": case, "engine": "hand_1t", "threads": 1, "rows": args.rows, "seconds": seconds,
            "rows_per_s": args.rows as f64 / middle, "gb_per_s": (bytes * args.rows) as f64 / middle / 1e9,
        }));
    }
}
