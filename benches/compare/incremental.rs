//! Whole pipelines kept right cycle by cycle. In the clock: handing the batch to the feed, and the cycle.

use headwater::prelude::*;
use headwater::source::Feed;
use serde_json::{Value as Json, json};

use crate::args::Args;
use crate::clock::{median, quantile, time};
use crate::data::Random;
use crate::other::{Change, Other, ticks};

const NAMES: [(&str, &str); 8] = [
    ("p0", "cycle overhead"),
    ("p1", "where+update"),
    ("p2a", "5 aggs by 1k keys"),
    ("p3a", "natural_join static right, where"),
    ("p3b", "natural_join live right, where"),
    ("p4", "sort"),
    ("p5", "service use: join, pct, where"),
    ("p7", "aj, both sides live"),
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
        let rows_of_both = (live.rows(rows)?, live.other.base(&mut live.random, rows)?);
        live.send(rows_of_both)?;
        session.step()?;
        left -= rows;
    }
    for _ in 0..WARM_UP {
        let change = live.change(batch)?;
        live.send(change)?;
        session.step()?;
    }
    let (mut seconds, mut cpu) = (Vec::new(), 0.0);
    while seconds.len() < CYCLES && (seconds.len() < 8 || seconds.iter().sum::<f64>() < SECONDS) {
        let change = live.change(batch)?;
        let (report, wall, busy) = time(|| {
            live.send(change)?;
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
    other: Other,
    random: Random,
    keys: u64,
    services: Vec<String>,
    baseline: Vec<i64>,
    right: Vec<i64>,
    /// Rows of the result that must be there, counted while rows are made.
    expected: u64,
    /// Keys and values of the left rows, where what becomes of them is known at the end only.
    sent: Vec<(i64, i64)>,
    rows: i64,
    pipeline: String,
}

impl Live {
    fn new(session: &Session, pipeline: &str) -> Result<Self> {
        let columns: &[(&str, Type)] = match pipeline {
            "p5" => &[("ServiceName", Type::String), ("Timestamp", Type::Timestamp), ("Value", Type::I64)],
            "p7" => &[("Sym", Type::String), ("Ts", Type::Timestamp), ("Price", Type::I64)],
            _ => &[("Key", Type::I64), ("V", Type::I64), ("W", Type::I64)],
        };
        let columns = columns.iter().map(|&(name, ty)| ColumnDef::new(name, ty));
        let (table, feed) = session.append_table("live", columns)?;
        let mut random = Random::new(11);
        let baseline = (0..SERVICES).map(|_| 500 + random.below(40_000) as i64).collect();
        let right: Vec<i64> = (0..RIGHT_KEYS).map(|_| random.below(1000) as i64).collect();
        let other = Other::new(session, pipeline, &right)?;
        let keys = if pipeline == "p2a" { 1000 } else { RIGHT_KEYS };
        let services = (0..SERVICES).map(|service| format!("service-{service}")).collect();
        let pipeline = pipeline.to_owned();
        let (expected, sent, rows) = (0, Vec::new(), 0);
        Ok(Live { table, feed, other, random, keys, services, baseline, right, expected, sent, rows, pipeline })
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
            "p3b" | "p7" => match &self.other {
                Other::Levels(right, _) => t.natural_join(right, on("Key").add("R"))?.filter("V > R"),
                Other::Quotes(right, ..) => t.aj(right, on(["Sym", "Ts >= Ts"]).add("Bid")),
                Other::Still => t.view("V"),
            },
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

    /// A change of both tables, made before the clock runs. Where both grow, each gets half.
    fn change(&mut self, batch: usize) -> Result<(Batch, Change)> {
        let rows = if self.pipeline == "p7" { batch / 2 } else { batch };
        let change = self.other.change(&mut self.random, &mut self.right, rows)?;
        Ok((self.rows(rows)?, change))
    }

    fn send(&self, (rows, change): (Batch, Change)) -> Result<()> {
        self.feed.send(rows)?;
        self.other.send(change)
    }

    fn rows(&mut self, rows: usize) -> Result<Batch> {
        if self.pipeline == "p7" {
            self.expected += rows as u64;
            return ticks(self.table.definition(), &mut self.random, &mut self.rows, rows, 500);
        }
        let first = self.rows;
        self.rows += rows as i64;
        let definition = self.table.definition().clone();
        if self.pipeline == "p5" {
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
            if self.pipeline == "p3b" {
                self.sent.push((key, value));
            }
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
        let is_kept = |&&(key, value): &&(i64, i64)| value > self.right[key as usize];
        let expected = if pipeline == "p3b" { self.sent.iter().filter(is_kept).count() as u64 } else { self.expected };
        assert_eq!(rows, expected, "{pipeline} gives the wrong rows");
        Ok(())
    }
}
