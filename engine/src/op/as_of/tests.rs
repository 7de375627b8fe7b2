//! Which right row is taken, what a change of the right table touches, and what is refused.

use crate::op::matching::testing::{Ear, Live, refused, session, shown, step};
use crate::vector::Vector;
use crate::{Decimal, ErrorKind, Result, Session, Table, Type, desc, on};

fn lefts(session: &Session, stamps: Vector<'static>) -> Result<Table> {
    session.static_table("left", [("T", stamps)])
}

#[test]
fn of_rows_of_one_stamp_the_nearest_is_taken_by_the_order_of_the_right_table() -> Result<()> {
    let session = session();
    let left = lefts(&session, Vector::from(vec![Some(4_i64), None, Some(5), Some(6)]))?;
    let rights =
        [("At", Vector::from(vec![Some(5_i64), Some(5), None, Some(7)])), ("N", Vector::from(vec![0_i64, 1, 2, 3]))];
    let right = session.static_table("right", rights)?;
    let taken = |right: &Table, term: &str| -> Result<Vec<String>> {
        let joined = if term.contains('>') { left.aj(right, term)? } else { left.raj(right, term)? };
        shown(&joined, &["N"])
    };
    assert_eq!(taken(&right, "T >= At")?, ["2", "2", "1", "1"]);
    assert_eq!(taken(&right, "T > At")?, ["2", "null", "2", "1"]);
    assert_eq!(taken(&right, "T <= At")?, ["0", "2", "0", "3"]);
    assert_eq!(taken(&right, "T < At")?, ["0", "0", "3", "3"]);
    let turned = right.sort(desc("N"))?;
    assert_eq!(taken(&turned, "T >= At")?, ["2", "2", "0", "0"]);
    assert_eq!(taken(&turned, "T < At")?, ["1", "1", "3", "3"]);
    session.validate()
}

#[test]
fn stamps_are_of_any_type_that_has_an_order() -> Result<()> {
    let session = session();
    let taken = |left: Vector<'static>, right: Vector<'static>| -> Result<Vec<String>> {
        let right = session.static_table("right", [("At", right)])?;
        shown(&lefts(&session, left)?.aj(&right, "T >= At")?, &["At"])
    };
    assert_eq!(taken(vec!["b", "a", ""].into(), vec!["aa", "", "c"].into())?, ["aa", "", ""]);
    assert_eq!(taken(vec![true, false].into(), vec![true].into())?, ["true", "null"]);
    assert_eq!(taken(vec![f64::NAN, -0.0, -1.0].into(), vec![0.0, 7.0].into())?, ["7.0", "0.0", "null"]);
    let decimals = |units: [i128; 2]| {
        let cells = units.map(|units| Decimal::new(units, 2).expect("fits").into());
        Vector::from_values(Type::Decimal(2), cells).expect("decimals")
    };
    let wide = 1_000_000_000_000_000_000_000;
    assert_eq!(taken(decimals([wide, 5]), decimals([wide - 1, 6]))?, ["9999999999999999999.99", "null"]);
    session.validate()
}

#[test]
fn a_right_row_touches_the_left_rows_up_to_its_neighbour() -> Result<()> {
    let session = session();
    let left = Live::new(&session, "left", &[("K", Type::I64), ("T", Type::I64)])?;
    let right = Live::new(&session, "right", &[("K", Type::I64), ("T", Type::I64), ("V", Type::String)])?;
    let joined = left.table.aj(&right.table, on(["K", "T"]).add("V"))?;
    left.add(
        0..2000,
        vec![(0..2000).map(|row| row % 2).collect::<Vec<i64>>().into(), (0..2000).collect::<Vec<i64>>().into()],
    )?;
    right.add([0, 1, 2], vec![vec![0_i64, 0, 1].into(), vec![100_i64, 200, 0].into(), vec!["a", "b", "c"].into()])?;
    step(&session)?;
    let ear = Ear::at(&joined)?;
    // Those of its key from 150 on, as far as 200.
    right.add([3], vec![vec![0_i64].into(), vec![150_i64].into(), vec!["d"].into()])?;
    step(&session)?;
    assert_eq!(ear.heard(), [0, 0, 25]);
    right.set(3, "V", "e")?;
    step(&session)?;
    assert_eq!(ear.heard(), [0, 0, 25]);
    // It moves over another: those it leaves, and those it comes to.
    right.set(3, "T", 210_i64)?;
    step(&session)?;
    assert_eq!(ear.heard(), [0, 0, 25 + 895]);
    right.remove([3])?;
    left.set(150, "T", 99_i64)?;
    step(&session)?;
    assert_eq!(ear.heard(), [0, 0, 895 + 1]);
    // Both sides are gone, and nothing is kept of their key.
    left.remove(0..2000)?;
    right.remove([0, 1, 2])?;
    step(&session)?;
    assert_eq!(ear.heard(), [2000, 0, 0]);
    Ok(())
}

#[test]
fn what_cannot_be_compared_is_refused() -> Result<()> {
    let session = Session::new();
    let (left, right) = (
        Live::new(&session, "trades", &[("Sym", Type::String), ("T", Type::I64), ("P", Type::F64)])?.table,
        Live::new(&session, "quotes", &[("Sym", Type::String), ("T", Type::F64), ("At", Type::I64), ("P", Type::F64)])?
            .table,
    );
    let lists = session.static_table("lists", [("L", Vector::from(vec![1_i64]))])?.group_by([""; 0])?;
    insta::assert_snapshot!(
        "refused",
        refused([
            left.aj(&right, on(["Sym", "T >= T"]).add("At")),
            left.aj(&right, on(["Sym = At", "T >= At"]).add("At")),
            left.aj(&right, ["Sym", "Tim >= At"]),
            left.aj(&right, ["Sym", "T >= Att"]),
            left.aj(&right, ["Sym", "T >= At"]),
            left.aj(&right, on(["Sym", "T >= At"]).add("Sym")),
            left.aj(&right, ["Sym", "T <= At"]),
            left.raj(&right, ["Sym", "T > At"]),
            left.aj(&right, ["T >= At", "Sym"]),
            left.aj(&right, ["Sym", "P <= T <= P"]),
            left.aj(&right, [""; 0]),
            lists.aj(&lists, "L"),
        ])
    );
    let kinds = [left.aj(&right, "T >= T"), lists.aj(&lists, "L")].map(|call| call.expect_err("refused").kind());
    assert_eq!(kinds, [ErrorKind::Type, ErrorKind::Type]);
    let explained = left.aj(&right, on(["Sym", "T >= At"]).add("Bid = P"))?;
    insta::assert_snapshot!("explained", explained.explain());
    Ok(())
}
