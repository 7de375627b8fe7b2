//! Which pairs there are, and in which order; what a change of a row touches, and what is refused.

use crate::op::matching::testing::{Ear, Live, len, refused, session, shown, step};
use crate::vector::Vector;
use crate::{Result, Session, Type, desc, on};

/// Keys of 0 to 9, and the row's number.
fn rows(numbers: std::ops::Range<i64>) -> Vec<Vector<'static>> {
    vec![numbers.clone().map(|row| row % 10).collect::<Vec<_>>().into(), numbers.collect::<Vec<_>>().into()]
}

#[test]
fn pairs_are_in_the_order_of_both_tables() -> Result<()> {
    let session = session();
    let left = Live::new(&session, "left", &[("K", Type::I64), ("L", Type::I64)])?;
    let right = Live::new(&session, "right", &[("K", Type::I64), ("R", Type::I64)])?;
    let plain = left.table.join(&right.table, "K")?;
    let all = left.table.full_outer_join(&right.table.sort(desc("R"))?, "K")?;
    left.add([3, 5], vec![vec![1_i64, 2].into(), vec![30_i64, 50].into()])?;
    right.add([1, 2, 9], vec![vec![1_i64, 1, 3].into(), vec![10_i64, 20, 90].into()])?;
    step(&session)?;
    assert_eq!(shown(&plain, &["K", "L", "R"])?, ["1 30 10", "1 30 20"]);
    assert_eq!(shown(&all, &["K", "L", "R"])?, ["1 30 20", "1 30 10", "2 50 null", "3 null 90"]);
    // One comes in front on both sides, the key of another becomes that of a third.
    left.add([0], vec![vec![3_i64].into(), vec![0_i64].into()])?;
    right.set(1, "K", 2_i64)?;
    step(&session)?;
    assert_eq!(shown(&plain, &["K", "L", "R"])?, ["3 0 90", "1 30 20", "2 50 10"]);
    assert_eq!(shown(&all, &["K", "L", "R"])?, ["3 0 90", "1 30 20", "2 50 10"]);
    left.remove([0, 3, 5])?;
    step(&session)?;
    assert_eq!(
        (len(&plain)?, shown(&all, &["K", "L", "R"])?.join(", ")),
        (0, "3 null 90, 1 null 20, 2 null 10".into())
    );
    Ok(())
}

#[test]
fn a_key_of_one_name_is_one_column_of_either_row() -> Result<()> {
    let session = session();
    let left =
        session.static_table("left", [("K", Vector::from(vec![1_i32, 2])), ("L", Vector::from(vec![1_i32, 2]))])?;
    let right =
        session.static_table("right", [("K", Vector::from(vec![2_i64, 3])), ("To", Vector::from(vec![2_i64, 3]))])?;
    let names = |table: &crate::Table| -> Vec<String> {
        table.definition().columns().iter().map(|column| format!("{} {}", column.name, column.ty)).collect()
    };
    let shared = left.full_outer_join(&right, "K")?;
    assert_eq!(names(&shared), ["K i64", "L i32", "To i64"]);
    assert_eq!(shown(&shared, &["K", "L", "To"])?, ["1 1 null", "2 2 2", "3 null 3"]);
    let apart = left.full_outer_join(&right.drop_columns("K")?, "L = To")?;
    assert_eq!(names(&apart), ["K i32", "L i32", "To i64"]);
    assert_eq!(shown(&apart, &["K", "L", "To"])?, ["1 1 null", "2 2 2", "null null 3"]);
    session.validate()
}

#[test]
fn a_row_touches_its_pairs() -> Result<()> {
    let session = session();
    let left = Live::new(&session, "left", &[("K", Type::I64), ("L", Type::I64)])?;
    let right = Live::new(&session, "right", &[("K", Type::I64), ("R", Type::I64)])?;
    let inner = left.table.join(&right.table, "K")?;
    let outer = left.table.left_outer_join(&right.table, "K")?;
    left.add(0..100, rows(0..100))?;
    right.add(0..50, rows(0..50))?;
    step(&session)?;
    let (ear, other) = (Ear::at(&inner)?, Ear::at(&outer)?);
    right.set(7, "R", 70_i64)?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([0, 0, 10], [0, 0, 10]));
    left.set(7, "L", 70_i64)?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([0, 0, 5], [0, 0, 5]));
    right.set(7, "K", 77_i64)?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([10, 0, 0], [10, 0, 0]));
    // A key loses its last right row: its left rows stay without a partner.
    right.remove([8, 18, 28, 38, 48])?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([50, 0, 0], [50, 10, 0]));
    left.remove(0..100)?;
    right.remove([7])?;
    step(&session)?;
    assert_eq!((len(&inner)?, len(&outer)?), (0, 0));
    Ok(())
}

#[test]
fn what_cannot_meet_is_refused() -> Result<()> {
    let session = Session::new();
    let left = Live::new(&session, "orders", &[("Buyer", Type::String), ("Item", Type::I64), ("N", Type::I32)])?.table;
    let right = Live::new(&session, "buyers", &[("Name", Type::String), ("Id", Type::F64), ("N", Type::I64)])?.table;
    let elsewhere = Session::new().static_table("far", [("Name", Vector::from(vec!["a"]))])?;
    insta::assert_snapshot!(
        "refused",
        refused([
            left.join(&right, "Item = Id"),
            left.join(&right, "Buyer = Id"),
            left.left_outer_join(&right, "Buyr = Name"),
            left.left_outer_join(&right, "Buyer = Nam"),
            left.full_outer_join(&right, "Buyer = Name"),
            left.join(&right, on("Buyer = Name").add(["Id", "Item = N"])),
            left.join(&right, on("Buyer = Name").add("Ids")),
            left.join(&right, "Item >= N"),
            left.join(&elsewhere, "Buyer = Name"),
        ])
    );
    let explain = |table: Result<crate::Table>| Ok(table?.explain().to_string());
    insta::assert_snapshot!(
        "explained",
        [
            explain(left.join(&right, on("Buyer = Name").add("Id")))?,
            explain(left.left_outer_join(&right, on([""; 0]).add("Id")))?,
            explain(left.full_outer_join(&right, on("N").add("Id")))?,
        ]
        .join("\n")
    );
    Ok(())
}
