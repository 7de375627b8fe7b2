use super::Session;
use crate::vector::Vector;

#[test]
fn a_dropped_table_is_given_back_without_a_cycle() {
    let session = Session::new();
    let values = Vector::from((0..10_000_i64).collect::<Vec<_>>());
    let table = session.static_table("numbers", [("V", values)]).unwrap();
    let nodes = || session.gate().unwrap().nodes().count();
    let copy = table.select("X = V * 2").unwrap();
    assert!(copy.bytes().unwrap() >= 80_000);
    assert_eq!(nodes(), 2);
    drop(copy);
    assert_eq!(nodes(), 1);
    session.validate().unwrap();
}
