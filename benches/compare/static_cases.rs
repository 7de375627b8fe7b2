//! One operation over a finished table. Lazy results are measured twice: as they are, and read out flat, as the
//! other engines' results are.

use std::hint::black_box;

use headwater::prelude::*;
use serde_json::{Value as Json, json};

use crate::args::Args;
use crate::clock::{median, peak_mib, reset_peak, time};
use crate::data::{Random, g1};
use crate::grouping;
use crate::limits::Limits;

const CASES: [&str; 12] = [
    "filter_count",
    "filter_num_1pct",
    "filter_num_50pct",
    "filter_str_in5",
    "filter_strhi_in10",
    "formula_simple",
    "formula_long",
    "formula_strcat",
    "formula_v2w_f64",
    "sort_int",
    "sort_str",
    "sort_two",
];

/// Texts as formulas write them: `` `id001`, `id021` ``.
fn texts(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn run(args: &Args, limits: &Limits, results: &mut Vec<Json>) -> Result<()> {
    if !CASES.iter().any(|case| args.wants(case)) && !grouping::wanted(args) {
        return Ok(());
    }
    let session = Session::new();
    let t = g1(&session, args)?;
    let rows = t.snapshot()?.len();
    let mut runner = Runner { args, limits, results, rows };
    runner.case("filter_count", "headwater", Some("filter_count"), "n", || {
        t.filter(["v1 >= 3", "v3 < 50"])?.agg(agg::count("n"))
    })?;
    let few = texts([16, 33, 47, 71, 99].map(|number| format!("id{number:03}")));
    let many = texts((0..10).map(|at| format!("id{:010}", at * 97 + 1)));
    let filters = [
        ("filter_num_1pct", vec![format!("id6 <= {}", args.rows / 10_000), "v2 >= 1".to_owned()]),
        ("filter_num_50pct", vec!["v3 < 50".to_owned(), "v2 >= 1".to_owned()]),
        ("filter_str_in5", vec![format!("id1 in {few}")]),
        ("filter_strhi_in10", vec![format!("id3 in {many}")]),
    ];
    for (case, conditions) in &filters {
        runner.case(case, "headwater_lazy", None, "", || t.filter(conditions.clone()))?;
        runner.flat(case, "v3", || t.filter(conditions.clone()))?;
    }
    let long = "X = v1 > 2 ? (v3 * 1.5 + v2 * 0.25 - id4) / (v1 + 1.0) : sqrt(v3) * 2.0 - id5 * 0.01";
    runner.case("formula_long", "headwater", None, "X", || t.select(long))?;
    runner.case("formula_strcat", "headwater", None, "", || t.select("X = id1 + `_` + id2"))?;
    runner.case("formula_simple", "headwater", Some("v2w_i32"), "X", || t.select("X = v1 * 2 + v2"))?;
    runner.case("formula_simple", "headwater_lazy", None, "", || t.view("X = v1 * 2 + v2"))?;
    grouping::run(&session, &t, &mut runner)?;
    let columns = t.view(["id1", "id3", "id6", "v3"])?;
    for (case, by) in [("sort_int", &["id6"][..]), ("sort_str", &["id3"]), ("sort_two", &["id1", "v3"])] {
        runner.case(case, "headwater_lazy", None, "", || columns.sort(by.to_vec()))?;
        runner.flat(case, "v3", || columns.sort(by.to_vec()))?;
    }
    if !args.wants("formula_v2w_f64") {
        return Ok(());
    }
    let mut random = Random::new(9);
    let mut floats = || Vector::from((0..args.rows).map(|_| random.unit() * 1000.0).collect::<Vec<f64>>());
    let f = session.static_table("f", [("V", floats()), ("W", floats())])?;
    runner.case("formula_v2w_f64", "headwater", Some("v2w_f64"), "X", || f.select("X = V * 2 + W"))
}

pub(crate) struct Runner<'a> {
    pub(crate) args: &'a Args,
    pub(crate) limits: &'a Limits,
    pub(crate) results: &'a mut Vec<Json>,
    pub(crate) rows: u64,
}

impl Runner<'_> {
    /// The operation, and its result read out in order, all columns.
    pub(crate) fn flat(&mut self, case: &str, check: &str, work: impl Fn() -> Result<Table>) -> Result<()> {
        if !self.args.wants(case) {
            return Ok(());
        }
        let read = || {
            let snapshot = work()?.snapshot()?;
            let names = snapshot.definition().columns().iter().map(|column| &*column.name);
            snapshot.columns(names)
        };
        let check = work()?.definition().require(check)?;
        reset_peak();
        let first = read()?;
        let peak = peak_mib();
        let (mut kept, mut seconds, mut cpu) = (vec![first], Vec::new(), Vec::new());
        for _ in 0..self.args.repeats {
            let (flat, wall, busy) = time(read);
            seconds.push(wall);
            cpu.push(busy);
            kept.truncate(if self.args.reuse { 0 } else { usize::MAX });
            kept.push(flat?);
        }
        let (wall, busy) = (median(&seconds) * 1e3, median(&cpu) * 1e3);
        eprintln!("{case:16} {:14} {wall:8.2} ms  {busy:8.2} ms of CPU  {peak:7.0} MiB", "headwater");
        self.results.push(json!({
            "suite": "static", "case": case, "engine": "headwater", "engine_version": env!("CARGO_PKG_VERSION"),
            "threads": 1, "rows": self.rows, "rows_per_s": self.rows as f64 / median(&seconds), "seconds": seconds,
            "cpu_seconds": cpu, "peak_mib": peak, "rows_out": kept[0][check].len(), "check": sum(&kept[0][check]),
        }));
        Ok(())
    }

    pub(crate) fn case(
        &mut self,
        case: &str,
        engine: &str,
        limit: Option<&str>,
        check: &str,
        work: impl Fn() -> Result<Table>,
    ) -> Result<()> {
        if !self.args.wants(case) {
            return Ok(());
        }
        reset_peak();
        let result = work()?.snapshot()?;
        let peak = peak_mib();
        let sum = if check.is_empty() { None } else { Some(sum(&result.column(check)?)) };
        let rows_out = result.len();
        // Results stay until the end, so each repetition gets fresh pages; a hand-written loop for the same takes turns.
        let (mut kept, mut written) = (vec![result], Vec::new());
        let (mut seconds, mut cpu, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.args.repeats {
            let (table, wall, busy) = time(&work);
            let (by_hand, of_hand, _) = time(|| limit.and_then(|limit| self.limits.work(limit)));
            if by_hand.is_some() {
                ratios.push(wall / of_hand);
            }
            seconds.push(wall);
            cpu.push(busy);
            if !self.args.reuse {
                kept.push(table?.snapshot()?);
                written.push(by_hand);
            }
        }
        black_box(written);
        let ratio = (!ratios.is_empty()).then(|| median(&ratios));
        let beside = ratio.map_or(String::new(), |ratio| format!("  {ratio:.2} times the loop"));
        let (wall, busy) = (median(&seconds) * 1e3, median(&cpu) * 1e3);
        eprintln!("{case:16} {engine:14} {wall:8.2} ms  {busy:8.2} ms of CPU  {peak:7.0} MiB{beside}");
        self.results.push(json!({
            "suite": "static", "case": case, "engine": engine, "engine_version": env!("CARGO_PKG_VERSION"),
            "threads": 1, "rows": self.rows, "rows_per_s": self.rows as f64 / median(&seconds), "seconds": seconds,
            "cpu_seconds": cpu, "peak_mib": peak, "rows_out": rows_out, "check": sum, "limit": limit, "limit_ratio": ratio,
        }));
        Ok(())
    }
}

fn sum(values: &headwater::vector::Vector<'_>) -> f64 {
    values
        .iter()
        .map(|value| match value {
            Value::I32(v) => f64::from(v),
            Value::I64(v) => v as f64,
            Value::F64(v) => v,
            _ => 0.0,
        })
        .sum()
}
