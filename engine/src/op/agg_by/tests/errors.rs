//! What is wrong with an aggregation is said at the call, by column and rule.

use super::*;
use crate::plan::Aggregate;
use crate::{ErrorKind, List, by};

fn table(session: &Session) -> Table {
    session
        .static_table(
            "t",
            [
                ("K", Vector::from(vec!["a"])),
                ("S", Vector::from(vec!["text"])),
                ("N", Vector::from(vec![1_i64])),
                ("X", Vector::from(vec![1.5])),
                ("B", Vector::from(vec![true])),
                ("L", Vector::from_values(Type::list_of(Type::I64), [Value::List(List::from(vec![1_i64]))]).unwrap()),
            ],
        )
        .unwrap()
}

#[test]
fn each_says_column_and_rule() {
    let session = Session::new();
    let table = table(&session);
    let refused = [
        agg::var("S"),
        agg::avg("B"),
        agg::weighted_avg("W = N", "S"),
        agg::weighted_avg("S", "N"),
        agg::weighted_sum("N", "Nope"),
        agg::sorted_first("N", "Xs"),
        agg::pct("P = N", 1.5),
        agg::pct("N", f64::NAN),
        agg::approx_pct("S", 0.5),
        agg::approx_pct("N", -0.1),
        agg::sum("N").include_nulls(),
        agg::min("N").average_evenly_divided(true),
        agg::first("N").otherwise(1_i64),
        agg::unique("N").otherwise("none"),
        agg::unique("N").include_nulls(),
        agg::count_where("C", "N"),
        agg::count_where("C", [""; 0]),
        agg::formula("F = sum(N) + Nope"),
        agg::formula("F = N + 1"),
        agg::formula_of("sum(each) + every", "each", "F = N"),
        agg::sum("K = N"),
        agg::sum("Nn"),
        agg::median("M = Q"),
        agg::sorted_last("N", ["X", "Y"]),
        agg::sorted_first("N", ["X", "L"]),
        agg::sorted_first("N", [""; 0]),
        agg::max("L"),
    ];
    let say = |aggregate: Aggregate| {
        let shown = aggregate.to_string();
        let error = table.agg_by(aggregate, "K").unwrap_err();
        format!("{shown}\n{}\n", error.report())
    };
    insta::assert_snapshot!("refused", refused.map(say).join("\n"));
}

#[test]
fn no_name_comes_twice() {
    let session = Session::new();
    let table = table(&session);
    let errors = [
        table.agg_by([agg::sum("T = N"), agg::max("T = X")], "K").unwrap_err(),
        table.agg([agg::count("N"), agg::first("N")]).unwrap_err(),
        table.agg_by([agg::count("C")], ["K", "Kk"]).unwrap_err(),
    ];
    insta::assert_snapshot!("named_twice", errors.map(|error| error.report()).join("\n\n"));
}

#[test]
fn groups_that_are_named_beforehand_are_of_the_keys() {
    let session = Session::new();
    let table = table(&session);
    let other = session.static_table("other", [("K", Vector::from(vec![1_i64]))]).unwrap();
    let (live, _feed) = session.append_table("live", [ColumnDef::new("K", Type::String)]).unwrap();
    let count = |groups: &Table| table.agg_by(agg::count("C"), by("K").initial_groups(groups)).unwrap_err().report();
    let missing = table.agg_by(agg::count("C"), by("N").initial_groups(&other)).unwrap_err().report();
    let none = table.agg_by(Vec::<Aggregate>::new(), "K").unwrap_err().report();
    insta::assert_snapshot!("initial_refused", [count(&other), count(&live), missing, none].join("\n\n"));
}

#[test]
fn rows_that_pass_have_no_lists() {
    let session = Session::new();
    let (blink, _feed) =
        session.blink_table("t", [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::I64)]).unwrap();
    let error = blink.agg_by(agg::formula("F = sum(V)"), "K").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    insta::assert_snapshot!("formula_of_blink", error.report());
}

#[test]
fn a_plan_tells_what_is_computed() {
    let session = Session::new();
    let table = table(&session);
    let all = [
        agg::weighted_avg("W = N", "X"),
        agg::pct("P = N", 0.9).average_evenly_divided(true),
        agg::unique("U = N").include_nulls().otherwise(-1_i64),
        agg::sorted_last("L = S", "X"),
        agg::count_where("C", ["N > 0", "X < 1"]),
        agg::formula("F = sum(N)"),
        agg::formula_of("max(each)", "each", "M = X"),
    ];
    let grouped = table.agg_by(all, by("K").preserve_empty()).unwrap();
    insta::assert_snapshot!("explained", grouped.explain());
}
