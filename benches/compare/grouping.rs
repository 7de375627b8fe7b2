//! Grouping a finished table: the ten questions of the db-benchmark, different values, and sums by keys in `i64`.

use headwater::prelude::*;

use crate::args::Args;
use crate::data::Random;
use crate::static_cases::Runner;

const CASES: [&str; 15] = [
    "gb_q1",
    "gb_q2",
    "gb_q3",
    "gb_q4",
    "gb_q5",
    "gb_q6",
    "gb_q7",
    "gb_q8",
    "gb_q9",
    "gb_q10",
    "gb_int1k",
    "gb_i64_1k",
    "gb_i64_1m",
    "distinct_lo2",
    "distinct_hi",
];

pub(crate) fn wanted(args: &Args) -> bool {
    CASES.iter().any(|case| args.wants(case))
}

/// `t` is the group-by table.
pub(crate) fn run(session: &Session, t: &Table, runner: &mut Runner<'_>) -> Result<()> {
    let mut case = |name: &str, check: &str, work: &dyn Fn() -> Result<Table>| {
        let limit = (name == "gb_int1k").then_some("sum_by_dense");
        runner.case(name, "headwater", limit, check, work)
    };
    case("gb_q1", "v1", &|| t.agg_by(agg::sum("v1"), "id1"))?;
    case("gb_q2", "v1", &|| t.agg_by(agg::sum("v1"), ["id1", "id2"]))?;
    case("gb_q3", "v3", &|| t.agg_by([agg::sum("v1"), agg::avg("v3")], "id3"))?;
    case("gb_q4", "v3", &|| t.agg_by([agg::avg("v1"), agg::avg("v2"), agg::avg("v3")], "id4"))?;
    case("gb_q5", "v3", &|| t.agg_by([agg::sum("v1"), agg::sum("v2"), agg::sum("v3")], "id6"))?;
    case("gb_q6", "med", &|| t.agg_by([agg::median("med = v3"), agg::std("sd = v3")], ["id4", "id5"]))?;
    case("gb_q7", "r", &|| {
        t.agg_by([agg::max("most = v1"), agg::min("least = v2")], "id3")?.select(["id3", "r = most - least"])
    })?;
    case("gb_q9", "r2", &|| {
        let products = t.view(["id2", "id4", "x = v1", "y = v2", "xy = v1 * v2", "xx = v1 * v1", "yy = v2 * v2"])?;
        let sums = ["x", "y", "xy", "xx", "yy"].map(agg::sum);
        products.agg_by(sums.into_iter().chain([agg::count("n")]).collect::<Vec<_>>(), ["id2", "id4"])?.select([
            "id2",
            "id4",
            "r2 = pow(1.0 * n * xy - 1.0 * x * y, 2) / ((1.0 * n * xx - 1.0 * x * x) * (1.0 * n * yy - 1.0 * y * y))",
        ])
    })?;
    let all = ["id1", "id2", "id3", "id4", "id5", "id6"];
    case("gb_q10", "v3", &|| t.agg_by([agg::sum("v3"), agg::count("n")], all))?;
    case("gb_int1k", "v1", &|| t.view(["key = id6 % 1000", "v1"])?.agg_by(agg::sum("v1"), "key"))?;
    case("distinct_lo2", "", &|| t.select_distinct(["id1", "id2"]))?;
    case("distinct_hi", "", &|| t.select_distinct("id3"))?;
    runner.flat("gb_q8", "v3", || t.view(["id6", "v3"])?.sort_descending("v3")?.head_by(2, "id6"))?;
    for (name, keys, limit) in [("gb_i64_1k", 1000, Some("sum_by_1k_keys")), ("gb_i64_1m", 1_000_000, None)] {
        if runner.args.wants(name) {
            let rows = by_keys(session, runner.args.rows, keys)?;
            runner.case(name, "headwater", limit, "V", || rows.agg_by(agg::sum("V"), "Key"))?;
        }
    }
    Ok(())
}

/// Rows with one of `keys` keys: the numbers from 0 for few of them, which lie side by side, and any numbers for many.
fn by_keys(session: &Session, rows: usize, keys: u64) -> Result<Table> {
    let mut random = Random::new(13);
    let spread = if keys > 1000 { 0x9E37_79B9_7F4A_7C15 } else { 1 };
    let (mut of_rows, mut values) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for _ in 0..rows {
        of_rows.push(random.below(keys).wrapping_mul(spread) as i64);
        values.push(random.below(1000) as i64);
    }
    session.static_table("by_keys", [("Key", Vector::from(of_rows)), ("V", Vector::from(values))])
}
