//! Keys that come, go and return; what a change touches, and what is refused or breaks the rule.

use crate::op::matching::testing::{Ear, Live, refused, session, shown, step};
use crate::vector::Vector;
use crate::{ErrorKind, Result, Session, Table, Type, on};

#[test]
fn a_key_is_there_as_long_as_any_table_has_it() -> Result<()> {
    let session = session();
    let [load, disk] = [("load", "L"), ("disk", "D")]
        .map(|(name, value)| Live::new(&session, name, &[("Host", Type::String), (value, Type::I64)]));
    let (load, disk) = (load?, disk?);
    let hosts = Table::multi_join([(&load.table, "Host"), (&disk.table, "Host")])?;
    load.add([0, 1], vec![vec!["a", "b"].into(), vec![1_i64, 2].into()])?;
    disk.add([0, 1], vec![vec!["c", "b"].into(), vec![3_i64, 4].into()])?;
    step(&session)?;
    assert_eq!(shown(&hosts, &["Host", "L", "D"])?, ["a 1 null", "b 2 4", "c null 3"]);
    let ear = Ear::at(&hosts)?;
    load.set(1, "L", 5_i64)?;
    disk.remove([1])?;
    step(&session)?;
    assert_eq!(
        (ear.heard(), shown(&hosts, &["Host", "L", "D"])?.join(", ")),
        ([0, 0, 1], "a 1 null, b 5 null, c null 3".into())
    );
    // A key changes hands in one cycle; one that is gone returns to its place.
    load.remove([0])?;
    disk.set(0, "Host", "a")?;
    step(&session)?;
    assert_eq!(shown(&hosts, &["Host", "L", "D"])?, ["a null 3", "b 5 null"]);
    assert_eq!(ear.heard(), [1, 0, 1]);
    disk.add([7], vec![vec!["c"].into(), vec![8_i64].into()])?;
    load.remove([1])?;
    step(&session)?;
    assert_eq!(shown(&hosts, &["Host", "L", "D"])?, ["a null 3", "c null 8"]);
    Ok(())
}

#[test]
fn keys_are_met_in_the_order_of_each_table() -> Result<()> {
    let session = session();
    let disk = Live::new(&session, "disk", &[("Host", Type::String), ("D", Type::I64)])?;
    let by_size = disk.table.sort("D")?;
    let hosts = Table::multi_join([(&by_size, "Host")])?;
    disk.add(0..3, vec![vec!["a", "b", "c"].into(), vec![3_i64, 1, 2].into()])?;
    step(&session)?;
    assert_eq!(shown(&hosts, &["Host"])?, ["b", "c", "a"]);
    disk.add(3..5, vec![vec!["d", "e"].into(), vec![9_i64, 0].into()])?;
    step(&session)?;
    assert_eq!(shown(&hosts, &["Host"])?, ["b", "c", "a", "e", "d"]);
    Ok(())
}

#[test]
fn a_key_that_a_table_has_twice_fails_the_result_and_is_named() -> Result<()> {
    let session = Session::new();
    let load = Live::new(&session, "load", &[("Host", Type::String), ("Port", Type::I64), ("L", Type::I64)])?;
    let disk = session.static_table(
        "disk",
        [
            ("Name", Vector::from(vec!["a", "a"])),
            ("P", Vector::from(vec![1_i64, 2])),
            ("D", Vector::from(vec![3_i64, 4])),
        ],
    )?;
    let error = Table::multi_join([(&disk, on("Host = Name"))]).expect_err("a is there twice");
    assert_eq!((error.kind(), error.row()), (ErrorKind::DuplicateKey, Some(0)));
    let both = [(&load.table, on(["Host", "Port"])), (&disk, on(["Host = Name", "Port = P"]))];
    let hosts = Table::multi_join(both)?.named("hosts")?;
    load.add([4, 5], vec![vec!["a", "b"].into(), vec![1_i64, 2].into(), vec![7_i64, 8].into()])?;
    step(&session)?;
    // It comes and goes in one cycle: nothing happened.
    load.add([6], vec![vec!["b"].into(), vec![2_i64].into(), vec![9_i64].into()])?;
    load.remove([5])?;
    step(&session)?;
    assert!(hosts.error().is_none(), "{:?}", hosts.error());
    load.add([8], vec![vec!["a"].into(), vec![1_i64].into(), vec![9_i64].into()])?;
    step(&session)?;
    let broken = hosts.error().expect("a, 1 is there twice");
    assert_eq!((broken.kind(), broken.row(), broken.column()), (ErrorKind::DuplicateKey, Some(4), Some("Host")));
    insta::assert_snapshot!("twice", format!("{}\n\n{}", error.report(), broken.report()));
    Ok(())
}

#[test]
fn what_cannot_meet_is_refused() -> Result<()> {
    let session = Session::new();
    let load = Live::new(&session, "load", &[("Host", Type::String), ("Port", Type::I64), ("V", Type::I64)])?.table;
    let disk = Live::new(&session, "disk", &[("Name", Type::String), ("Port", Type::F64), ("V", Type::I64)])?.table;
    insta::assert_snapshot!(
        "refused",
        refused([
            Table::multi_join(Vec::<(&Table, &str)>::new()),
            Table::multi_join([(&load, "Host"), (&disk, "Host")]),
            Table::multi_join([(&load, "Host"), (&disk, "Name")]),
            Table::multi_join([(&load, on("Host").add("V")), (&disk, on("Host = Name").add("V"))]),
            Table::multi_join([(&load, on("Host").add("Host = V"))]),
            Table::multi_join([(&load, on("Port").add("L = V")), (&disk, on("Port").add("D = V"))]),
            Table::multi_join([(&load, on([""; 0]))]),
            Table::multi_join([(&load, "Host >= Port")]),
        ])
    );
    let hosts = Table::multi_join([(&load, on("Host").add("L = V")), (&disk, on("Host = Name").add("D = V"))])?;
    insta::assert_snapshot!("explained", hosts.explain());
    Ok(())
}
