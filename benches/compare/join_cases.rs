//! Joins of finished tables, and an as-of join of trades with quotes.

use headwater::prelude::*;
use serde_json::Value as Json;

use crate::args::Args;
use crate::data::Random;
use crate::limits::Limits;
use crate::static_cases::Runner;

/// A case, the table joined, the key and the columns added.
const JOINS: [(&str, &str, &str, &[&str]); 5] = [
    ("join_q1", "small", "id1", &["r_id4 = id4", "v2"]),
    ("join_q2", "medium", "id2", &["r_id1 = id1", "r_id4 = id4", "r_id5 = id5", "v2"]),
    ("join_q3", "medium", "id2", &["r_id1 = id1", "r_id4 = id4", "r_id5 = id5", "v2"]),
    ("join_q4", "medium", "id5", &["r_id1 = id1", "r_id2 = id2", "r_id4 = id4", "v2"]),
    ("join_q5", "big", "id3", &["r_id1 = id1", "r_id2 = id2", "r_id4 = id4", "r_id5 = id5", "r_id6 = id6", "v2"]),
];

pub(crate) fn run(args: &Args, limits: &Limits, results: &mut Vec<Json>) -> Result<()> {
    let session = Session::new();
    if JOINS.iter().any(|(case, ..)| args.wants(case)) {
        let x = table(&session, args, "x")?;
        let mut runner = Runner { args, limits, results: &mut *results, rows: x.snapshot()?.len() };
        for (case, right, key, add) in JOINS.into_iter().filter(|(case, ..)| args.wants(case)) {
            let right = table(&session, args, right)?;
            let join = || match case {
                "join_q3" => x.natural_join(&right, on(key).add(add)),
                _ => x.join(&right, on(key).add(add)),
            };
            runner.case(case, "headwater_lazy", None, "", join)?;
            runner.flat(case, "v2", join)?;
        }
    }
    if args.wants("asof") {
        let (trades, quotes) = (table(&session, args, "trades")?, table(&session, args, "quotes")?);
        let mut runner = Runner { args, limits, results, rows: trades.snapshot()?.len() };
        let join = || trades.aj(&quotes, on(["Sym", "Ts >= Ts"]).add(["Bid", "Ask"]));
        runner.case("asof", "headwater_lazy", None, "", join)?;
        runner.flat("asof", "Bid", join)?;
    }
    Ok(())
}

/// A table of the harness, or one made from a seed: `x` has a key of each of the others in nine rows of ten.
fn table(session: &Session, args: &Args, name: &str) -> Result<Table> {
    if let Some(folder) = &args.data {
        return headwater::parquet::read(format!("{folder}/{name}.parquet")).open(session)?.select([""; 0]);
    }
    let mut random = Random::new(name.len() as u64);
    let n = args.rows as u64;
    let keys = [(n / 1_000_000).max(10), (n / 1000).max(10), n];
    if let "trades" | "quotes" = name {
        return ticks(session, &mut random, name, if name == "trades" { n / 2 } else { n });
    }
    let width = ["small", "medium", "big"].iter().position(|&right| right == name);
    let rows = width.map_or(n, |at| keys[at]);
    let mut columns: Vec<(String, Vector<'static>)> = Vec::new();
    for (at, &limit) in keys.iter().enumerate().take(width.map_or(3, |at| at + 1)) {
        let own = width == Some(at);
        let ids: Vec<i32> =
            (0..rows).map(|row| if own { row as i32 } else { random.below(limit + limit / 9) as i32 }).collect();
        let texts: Vec<String> = ids.iter().map(|id| format!("id{id}")).collect();
        columns.insert(at, (format!("id{}", at + 1), Vector::from(ids)));
        columns.push((format!("id{}", at + 4), Vector::from(texts)));
    }
    let values: Vec<f64> = (0..rows).map(|_| random.unit() * 100.0).collect();
    columns.push((if width.is_none() { "v1" } else { "v2" }.to_owned(), Vector::from(values)));
    session.static_table(name, columns.iter().map(|(name, values)| (name.as_str(), values.clone())))
}

/// Trades or quotes of 500 symbols, in order of time.
fn ticks(session: &Session, random: &mut Random, name: &str, rows: u64) -> Result<Table> {
    let symbols: Vec<String> = (0..rows).map(|_| format!("S{:03}", random.below(500))).collect();
    let step = 20_000_000_000_000 / rows;
    let times: Vec<Timestamp> = (0..rows)
        .map(|row| Timestamp::from_nanos(1_780_000_000_000_000_000 + (row * step + random.below(step)) as i64))
        .collect();
    let mut prices = || Vector::from((0..rows).map(|_| random.unit() * 1000.0).collect::<Vec<f64>>());
    let (first, second) = if name == "trades" { ("Price", "Size") } else { ("Bid", "Ask") };
    let columns = [("Sym", Vector::from(symbols)), ("Ts", Vector::from(times)), (first, prices()), (second, prices())];
    session.static_table(name, columns)
}
