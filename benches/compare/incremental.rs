//! Whole pipelines kept right cycle by cycle. In the clock: handing the change to the source, and the cycle.

use headwater::prelude::*;
use serde_json::{Value as Json, json};

use crate::args::Args;
use crate::clock::{median, quantile, time};
use crate::live::{Live, Mode};

const NAMES: [(&str, &str); 10] = [
    ("p0", "cycle overhead"),
    ("p1", "where+update"),
    ("p2a", "5 aggs by 1k keys"),
    ("p2b", "5 aggs by 1M keys"),
    ("p3a", "natural_join static right, where"),
    ("p3b", "natural_join live right, where"),
    ("p4", "sort"),
    ("p5", "service use: join, pct, where"),
    ("p6", "last_by 1M, sum_by 100"),
    ("p7", "aj, both sides live"),
];
/// Those that are followed while rows come, change and go, too.
const MIXED: [&str; 3] = ["p2a", "p2b", "p6"];
/// Cycles before the clock counts, and at most in it.
const WARM_UP: usize = 15;
const CYCLES: usize = 200;
const SECONDS: f64 = 2.0;

pub(crate) fn run(args: &Args, results: &mut Vec<Json>) -> Result<()> {
    for (mode, word) in [(Mode::Append, "append"), (Mode::Mixed, "mixed")] {
        if !args.modes.iter().any(|wanted| wanted == word) {
            continue;
        }
        for (pipeline, name) in NAMES {
            if args.wants(pipeline) && (mode == Mode::Append || MIXED.contains(&pipeline)) {
                for &batch in &args.batches {
                    results.push(measure(args, pipeline, name, (mode, word), batch)?);
                }
            }
        }
    }
    Ok(())
}

fn measure(args: &Args, pipeline: &str, name: &str, (mode, word): (Mode, &str), batch: usize) -> Result<Json> {
    let session = Session::new();
    let mut live = Live::new(&session, pipeline, mode)?;
    let result = live.result(&session)?;
    let mut left = args.base;
    while left > 0 {
        let rows = left.min(1 << 18);
        let change = live.arrivals(rows)?;
        live.send(change)?;
        session.step()?;
        left -= rows;
    }
    for _ in 0..WARM_UP {
        let change = live.change(batch)?;
        live.send(change)?;
        session.step()?;
    }
    let (mut seconds, mut cpu) = (Vec::new(), Vec::new());
    while seconds.len() < CYCLES && (seconds.len() < 8 || seconds.iter().sum::<f64>() < SECONDS) {
        let change = live.change(batch)?;
        let (report, wall, busy) = time(|| {
            live.send(change)?;
            session.step()
        });
        report?;
        seconds.push(wall);
        cpu.push(busy);
    }
    if let Some(error) = result.error() {
        return Err(error);
    }
    live.check(&result)?;
    let (p50, p99) = (median(&seconds) * 1e3, quantile(&seconds, 0.99) * 1e3);
    let (cpu_p50, cpu_p99) = (median(&cpu) * 1e3, quantile(&cpu, 0.99) * 1e3);
    let least = quantile(&seconds, 0.0) * 1e3;
    eprintln!(
        "{pipeline:4} {word:6} batch {batch:7}: min {least:8.4} ms  p50 {p50:8.4} ms  p99 {p99:8.4} ms; \
         CPU p50 {cpu_p50:8.4} ms  p99 {cpu_p99:8.4} ms"
    );
    let case = format!("{pipeline}_{word}_{:e}_{batch}", args.base as f64);
    Ok(json!({
        "suite": "inc", "case": case, "engine": "headwater", "pipeline": pipeline, "name": name, "mode": word,
        "base_rows": args.base, "rows": batch, "threads": 1, "cpu_s": cpu.iter().sum::<f64>(),
        "rows_per_s": (batch * seconds.len()) as f64 / seconds.iter().sum::<f64>(),
        "rows_per_s_p50": batch as f64 / p50 * 1e3, "p50_ms": p50, "p99_ms": p99,
        "cpu_p50_ms": cpu_p50, "cpu_p99_ms": cpu_p99,
        "round_p50_ms": [p50], "rows_out": result.snapshot()?.len(), "seconds": seconds,
    }))
}
