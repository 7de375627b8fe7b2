//! Keys that come into a set and go out of it; what that touches, and what is refused.

use crate::op::matching::testing::{Ear, Live, len, refused, session, shown, step};
use crate::vector::Vector;
use crate::{Result, Session, Type};

#[test]
fn a_key_of_the_set_touches_the_rows_that_have_it() -> Result<()> {
    let session = session();
    let rows = Live::new(&session, "rows", &[("K", Type::I32), ("N", Type::I64)])?;
    let set = Live::new(&session, "set", &[("Key", Type::I64), ("Note", Type::String)])?;
    let (kept, left) = (rows.table.filter_in(&set.table, "K = Key")?, rows.table.filter_not_in(&set.table, "K = Key")?);
    rows.add(
        0..1000,
        vec![(0..1000).map(|row| row % 100).collect::<Vec<i32>>().into(), (0..1000).collect::<Vec<i64>>().into()],
    )?;
    set.add([0, 1], vec![vec![Some(5_i64), None].into(), vec!["x", "y"].into()])?;
    step(&session)?;
    assert_eq!((len(&kept)?, len(&left)?), (10, 990));
    let (ear, other) = (Ear::at(&kept)?, Ear::at(&left)?);
    // A second row of a key changes nothing, nor does one of the two that goes, nor another column.
    set.add([2, 3], vec![vec![5_i64, 7].into(), vec!["z", "z"].into()])?;
    set.set(0, "Note", "w")?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([0, 10, 0], [10, 0, 0]));
    set.remove([0])?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([0, 0, 0], [0, 0, 0]));
    // A key goes out as rows leave it and come to it.
    set.remove([2])?;
    rows.set(5, "K", 7)?;
    rows.set(7, "K", 5)?;
    rows.set(107, "N", 0_i64)?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([10, 0, 2], [0, 10, 0]));
    rows.set(0, "K", crate::Value::Null)?;
    step(&session)?;
    assert_eq!((ear.heard(), other.heard()), ([0, 1, 0], [1, 0, 0]));
    assert_eq!(shown(&kept.head(2)?, &["K", "N"])?, ["null 0", "7 5"]);
    rows.remove(0..1000)?;
    set.remove([1, 3])?;
    step(&session)?;
    assert_eq!((len(&kept)?, len(&left)?), (0, 0));
    Ok(())
}

#[test]
fn what_cannot_meet_is_refused() -> Result<()> {
    let session = Session::new();
    let rows = Live::new(&session, "rows", &[("Host", Type::String), ("N", Type::I64)])?.table;
    let set = Live::new(&session, "set", &[("Name", Type::String), ("N", Type::F64)])?.table;
    let elsewhere = Session::new().static_table("far", [("Host", Vector::from(vec!["a"]))])?;
    insta::assert_snapshot!(
        "refused",
        refused([
            rows.filter_in(&set, "N"),
            rows.filter_in(&set, "Host = N"),
            rows.filter_in(&set, "Hos = Name"),
            rows.filter_not_in(&set, "Host"),
            rows.filter_not_in(&set, [""; 0]),
            rows.filter_in(&set, "Host >= Name"),
            rows.filter_in(&elsewhere, "Host"),
        ])
    );
    let explained = [rows.filter_in(&set, "Host = Name")?, rows.filter_not_in(&set, "Host = Name")?];
    insta::assert_snapshot!("explained", explained.map(|table| table.explain().to_string()).join("\n"));
    Ok(())
}
