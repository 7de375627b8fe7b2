//! Which right rows lie in a range, what a change of the right table touches, and what is refused.

use crate::op::matching::testing::{Ear, Live, refused, session, shown, step};
use crate::vector::Vector;
use crate::{Result, Session, Type, agg, desc, on};

#[test]
fn ends_count_as_they_are_written() -> Result<()> {
    let session = session();
    let low = [Some(5), Some(5), Some(7), None, Some(5), None, Some(1), Some(9), Some(3), Some(7)];
    let high = [Some(5), Some(6), Some(5), Some(4), None, None, Some(2), Some(20), Some(3), Some(7)];
    let left = session.static_table(
        "left",
        [
            ("A", Vector::from(low.map(|low| low.map(i64::from)).to_vec())),
            ("B", Vector::from(high.map(|high| high.map(i64::from)).to_vec())),
        ],
    )?;
    let right = session.static_table(
        "right",
        [
            ("T", Vector::from(vec![Some(1_i64), Some(3), Some(5), Some(5), Some(6), Some(8), None])),
            ("R", Vector::from(vec![0_i64, 1, 2, 3, 4, 5, 6])),
        ],
    )?;
    let lists = |range: &str| shown(&left.range_join(&right, range, agg::group("R"))?, &["R"]);
    insta::assert_snapshot!("ends", {
        let ranges =
            ["A <= T <= B", "A < T < B", "A <= T < B", "A <= T <= B ->", "<- A <= T <= B", "<- A <= T <= B ->"];
        let say = |range: &str| Ok(format!("{range}\n  {}", lists(range)?.join("\n  ")));
        ranges.into_iter().map(say).collect::<Result<Vec<_>>>()?.join("\n")
    });
    // Rows of one value stand as they do in the table.
    let turned = left.range_join(&right.sort(desc("R"))?, "A <= T <= B", agg::group("R"))?;
    assert_eq!(shown(&turned.head(2)?, &["R"])?, ["[3, 2]", "[3, 2, 4]"]);
    session.validate()
}

#[test]
fn texts_and_floats_lie_in_ranges_too() -> Result<()> {
    let session = session();
    let names = session.static_table("names", [("N", Vector::from(vec!["b", "ab", "c", ""]))])?;
    let ends =
        session.static_table("ends", [("A", Vector::from(vec!["a", "b"])), ("B", Vector::from(vec!["b", "bz"]))])?;
    assert_eq!(shown(&ends.range_join(&names, "A <= N <= B", agg::count("C"))?, &["C"])?, ["2", "1"]);
    let values = session.static_table("values", [("V", Vector::from(vec![f64::NAN, 0.0, f64::INFINITY, -1.0]))])?;
    let ends = session.static_table(
        "ends",
        [("A", Vector::from(vec![Some(-0.0), None, Some(f64::NAN)])), ("B", Vector::from(vec![None, Some(0.0), None]))],
    )?;
    let lists = ends.range_join(&values, "A <= V <= B", agg::group("V"))?;
    assert_eq!(shown(&lists, &["V"])?, ["[0.0, inf]", "[-1.0, 0.0]", "null"]);
    session.validate()
}

#[test]
fn a_right_row_touches_the_left_rows_whose_range_it_lies_in() -> Result<()> {
    let session = session();
    let left = Live::new(&session, "left", &[("K", Type::I64), ("A", Type::I64), ("B", Type::I64)])?;
    let right = Live::new(&session, "right", &[("K", Type::I64), ("T", Type::I64), ("V", Type::I64)])?;
    let plain = left.table.range_join(&right.table, ["K", "A <= T < B"], agg::group("V"))?;
    let reaching = left.table.range_join(&right.table, ["K", "<- A <= T <= B"], agg::group("V"))?;
    // Ranges of ten, one in each of two keys at each number.
    let numbers = |of: fn(i64) -> i64| Vector::from((0..2000).map(of).collect::<Vec<i64>>());
    left.add(0..2000, vec![numbers(|row| row % 2), numbers(|row| row / 2), numbers(|row| row / 2 + 10)])?;
    right.add([0, 1], vec![vec![0_i64, 1].into(), vec![500_i64, 500].into(), vec![7_i64, 8].into()])?;
    step(&session)?;
    let (ear, reached) = (Ear::at(&plain)?, Ear::at(&reaching)?);
    right.set(0, "V", 9_i64)?;
    step(&session)?;
    // Those from 500 on reach back to it.
    assert_eq!((ear.heard(), reached.heard()), ([0, 0, 10], [0, 0, 11 + 499]));
    right.add([2], vec![vec![0_i64].into(), vec![505_i64].into(), vec![1_i64].into()])?;
    step(&session)?;
    assert_eq!((ear.heard(), reached.heard()), ([0, 0, 10], [0, 0, 10 + 1 + 494]));
    right.set(2, "T", 506_i64)?;
    step(&session)?;
    assert_eq!(ear.heard(), [0, 0, 2]);
    right.remove([2])?;
    left.set(0, "B", 501_i64)?;
    step(&session)?;
    assert_eq!(ear.heard(), [0, 0, 10 + 1]);
    left.remove(0..2000)?;
    right.remove([0, 1])?;
    step(&session)?;
    assert_eq!((ear.heard(), reached.heard().map(|rows| rows.min(2000))), ([2000, 0, 0], [2000, 0, 0]));
    Ok(())
}

#[test]
fn what_is_no_range_is_refused() -> Result<()> {
    let session = Session::new();
    let columns = [("Host", Type::String), ("From", Type::Timestamp), ("To", Type::Timestamp), ("N", Type::I32)];
    let left = Live::new(&session, "visits", &columns)?.table;
    let columns = [("Host", Type::String), ("At", Type::Timestamp), ("Code", Type::F64), ("N", Type::I64)];
    let right = Live::new(&session, "events", &columns)?.table;
    let count = || agg::count("Events");
    insta::assert_snapshot!(
        "refused",
        refused([
            left.range_join(&right, ["Host", "From <= Code <= To"], count()),
            left.range_join(&right, ["Host", "N <= At <= To"], count()),
            left.range_join(&right, ["Host = Code", "From <= At <= To"], count()),
            left.range_join(&right, ["Host", "Form <= At <= To"], count()),
            left.range_join(&right, ["Host", "From <= Att <= To"], count()),
            left.range_join(&right, "Host", count()),
            left.range_join(&right, ["From <= At <= To", "Host"], count()),
            left.range_join(&right, ["Host", "From <= At"], count()),
            left.range_join(&right, on([""; 0]), count()),
            left.range_join(&right, ["Host", "From <= At <= To"], agg::group("N")),
            left.range_join(&right, ["Host", "From <= At <= To"], agg::group("Codes = Cod")),
            left.range_join(&right, ["Host", "From <= At <= To"], agg::median("M = Code")),
            left.range_join(&right, ["Host", "From <= At <= To"], Vec::new()),
        ])
    );
    let seen = left.range_join(&right, ["Host", "From <= At < To"], [count(), agg::group("Codes = Code")])?;
    insta::assert_snapshot!("explained", seen.explain());
    Ok(())
}
