//! Whole pipelines kept right cycle by cycle. In the clock: handing the batch to the feed, and the cycle.

use headwater::prelude::*;
use headwater::source::Feed;
use serde_json::{Value as Json, json};

use crate::args::Args;
use crate::clock::{median, quantile, time};
use crate::data::Random;

const NAMES: [(&str, &str); 6] = [
    ("p0", "cycle overhead"),
    ("p1", "where+update"),
    ("p2a", "5 aggs by 1k keys"),
    ("p3a", "natural_join static right, where"),
    ("p4", "sort"),
    ("p5", "service use: join, pct, where"),
];
const SERVICES: u64 = 200;
const RIGHT_KEYS: u64 = 1_000_000;
/// Cycles before the clock counts, and at most in it.
const WARM_UP: usize = 15;
const CYCLES: usize = 200;
const SECONDS: f64 = 2.0;

pub(crate) fn run(args: &Args, results: &mut Vec<Json>) -> Result<()> {
    if !args.modes.iter().any(|mode| mode == "append") {
        return Ok(());
    }
    for (pipeline, name) in NAMES {
        if args.wants(pipeline) {
            for &batch in &args.batches {
                results.push(measure(args, pipeline, name, batch)?);
            }
        }
    }
    Ok(())
}

fn measure(args: &Args, pipeline: &str, name: &str, batch: usize) -> Result<Json> {
    let session = Session::new();
    let mut live = Live::new(&session, pipeline)?;
    let result = live.result(&session, pipeline)?;
    let mut left = args.base;
    while left > 0 {
        let rows = left.min(1 << 18);
        live.send(rows)?;
        session.step()?;
        left -= rows;
    }
    for _ in 0..WARM_UP {
        live.send(batch)?;
        session.step()?;
    }
    let (mut seconds, mut cpu) = (Vec::new(), 0.0);
    while seconds.len() < CYCLES && (seconds.len() < 8 || seconds.iter().sum::<f64>() < SECONDS) {
        let rows = live.rows(batch)?;
        let (report, wall, busy) = time(|| {
            live.feed.send(rows)?;
            session.step()
        });
        report?;
        seconds.push(wall);
        cpu += busy;
    }
    if let Some(error) = result.error() {
        return Err(error);
    }
    live.check(&result, pipeline)?;
    let (p50, p99) = (median(&seconds), quantile(&seconds, 0.99));
    eprintln!("{pipeline:4} append batch {batch:7}: p50 {:8.4} ms  p99 {:8.4} ms", p50 * 1e3, p99 * 1e3);
    let case = format!("{pipeline}_append_{:e}_{batch}", args.base as f64);
    Ok(json!({
        "suite": "inc", "case": case, "engine": "headwater", "pipeline": pipeline, "name": name, "mode": "append",
        "base_rows": args.base, "rows": batch, "threads": 1, "cpu_s": cpu,
        "rows_per_s": (batch * seconds.len()) as f64 / seconds.iter().sum::<f64>(),
        "rows_per_s_p50": batch as f64 / p50, "p50_ms": p50 * 1e3, "p99_ms": p99 * 1e3,
        "round_p50_ms": [p50 * 1e3], "rows_out": result.snapshot()?.len(), "seconds": seconds,
    }))
}

/// A live source, the other table of its join, and the numbers its rows are made of.
struct Live {
    table: Table,
    feed: Feed,
    random: Random,
    keys: u64,
    services: Vec<String>,
    baseline: Vec<i64>,
    right: Vec<i64>,
    /// Rows of the result that must be there, counted while rows are made.
    expected: u64,
    rows: u64,
    is_p5: bool,
    pipeline: String,
}

impl Live {
    fn new(session: &Session, pipeline: &str) -> Result<Self> {
        let is_p5 = pipeline == "p5";
        let columns: &[(&str, Type)] = if is_p5 {
            &[("ServiceName", Type::String), ("Timestamp", Type::Timestamp), ("Value", Type::I64)]
        } else {
            &[("Key", Type::I64), ("V", Type::I64), ("W", Type::I64)]
        };
        let columns = columns.iter().map(|&(name, ty)| ColumnDef::new(name, ty));
        let (table, feed) = session.append_table("live", columns)?;
        let mut random = Random::new(11);
        let baseline = (0..SERVICES).map(|_| 500 + random.below(40_000) as i64).collect();
        let right = (0..RIGHT_KEYS).map(|_| random.below(1000) as i64).collect();
        let keys = if pipeline == "p2a" { 1000 } else { RIGHT_KEYS };
        let services = (0..SERVICES).map(|service| format!("service-{service}")).collect();
        let pipeline = pipeline.to_owned();
        Ok(Live { table, feed, random, keys, services, baseline, right, expected: 0, rows: 0, is_p5, pipeline })
    }

    fn result(&self, session: &Session, pipeline: &str) -> Result<Table> {
        let t = &self.table;
        match pipeline {
            "p0" => t.view("V"),
            "p1" => t.filter("V > 500")?.update("X = V * 2 + W"),
            "p2a" => {
                let aggregates =
                    [agg::sum("S = V"), agg::avg("A = V"), agg::min("Mn = V"), agg::max("Mx = V"), agg::count("N")];
                t.agg_by(aggregates, "Key")
            }
            "p3a" => {
                let keys = Vector::from((0..RIGHT_KEYS as i64).collect::<Vec<_>>());
                let right = session.static_table("right", [("Key", keys), ("R", Vector::from(self.right.clone()))])?;
                t.natural_join(&right, on("Key").add("R"))?.filter("V > R")
            }
            "p4" => t.sort("W"),
            _ => {
                let names = Vector::from(self.services.clone());
                let baseline = Vector::from(self.baseline.clone());
                let right = session.static_table("baseline", [("ServiceName", names), ("Baseline", baseline)])?;
                t.natural_join(&right, on("ServiceName").add("Baseline"))?
                    .update_view("Pct = Value * 100 / Baseline")?
                    .filter("abs(Pct - 100) > 5")
            }
        }
    }

    fn send(&mut self, rows: usize) -> Result<()> {
        let batch = self.rows(rows)?;
        self.feed.send(batch)
    }

    fn rows(&mut self, rows: usize) -> Result<Batch> {
        let first = self.rows as i64;
        self.rows += rows as u64;
        let definition = self.table.definition().clone();
        if self.is_p5 {
            let (mut names, mut values) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
            for _ in 0..rows {
                let service = self.random.below(SERVICES) as usize;
                let value = (self.baseline[service] as f64 * (1.0 + 0.05 * self.random.normal())) as i64;
                self.expected += u64::from((value as f64 * 100.0 / self.baseline[service] as f64 - 100.0).abs() > 5.0);
                names.push(self.services[service].as_str());
                values.push(value);
            }
            let times: Vec<Timestamp> = (0..rows as i64)
                .map(|i| Timestamp::from_nanos(1_780_000_000_000_000_000 + (first + i) * 1000))
                .collect();
            return Batch::new(&definition, vec![names.into(), times.into(), values.into()]);
        }
        let (mut keys, mut v, mut w) = (Vec::with_capacity(rows), Vec::with_capacity(rows), Vec::with_capacity(rows));
        for _ in 0..rows {
            let (key, value) = (self.random.below(self.keys) as i64, self.random.below(1000) as i64);
            self.expected += match self.pipeline.as_str() {
                "p1" => u64::from(value > 500),
                "p3a" => u64::from(value > self.right[key as usize]),
                _ => 1,
            };
            keys.push(key);
            v.push(value);
            w.push(self.random.below(1 << 30) as i64);
        }
        Batch::new(&definition, vec![keys.into(), v.into(), w.into()])
    }

    /// The result has the rows counted while they were made (for groups: their counts add up to them).
    fn check(&self, result: &Table, pipeline: &str) -> Result<()> {
        let snapshot = result.snapshot()?;
        let rows = if pipeline == "p2a" {
            snapshot.column("N")?.native::<i64>().unwrap_or_default().iter().sum::<i64>() as u64
        } else {
            snapshot.len()
        };
        assert_eq!(rows, self.expected, "{pipeline} gives the wrong rows");
        Ok(())
    }
}
