//! Windows of wide levels: what is not shown is passed over.

use super::lines;
use crate::vector::Vector;
use crate::{Expanded, Session, agg};

#[test]
fn a_window_far_down_is_found() {
    let session = Session::new();
    let keys: Vec<i64> = (0..200_000).map(|row| row / 2).collect();
    let values: Vec<i64> = (0..200_000).collect();
    let table = session.static_table("t", [("K", Vector::from(keys)), ("V", Vector::from(values))]).unwrap();
    let rollup = table.rollup_with_constituents(agg::sum("S = V"), "K").unwrap();
    let outline = rollup.snapshot(&Expanded::new(), 99_999..100_003).unwrap();
    assert_eq!((outline.total(), outline.len()), (100_001, 2));
    assert_eq!(lines(&outline), ["  + 99998 399993 | null null", "  + 99999 399997 | null null"]);
    // Each key and its two rows: behind the root, the 90,000th key is row 270,001.
    let outline = rollup.snapshot(Expanded::all().collapse([90_000_i64]), 270_000..270_004).unwrap();
    assert_eq!((outline.total(), outline.first()), (299_999, 270_000));
    assert_eq!(
        lines(&outline),
        [
            "      89999 null | 89999 179999",
            "  + 90000 360001 | null null",
            "  - 90001 360005 | null null",
            "      90001 null | 90001 180002",
        ]
    );
}
