//! Cases that a random search meets too rarely: the ends of the id space, refusals, texts.

use super::super::{ID_LIMIT, RowSet, RowSetBuilder};

#[test]
fn the_whole_space_is_a_set() {
    let all = RowSet::range(0..ID_LIMIT);
    assert_eq!(all.len(), ID_LIMIT);
    assert_eq!(all.select(ID_LIMIT - 1), Some(ID_LIMIT - 1));
    let mut holed = all.clone();
    assert!(holed.remove(5));
    assert_eq!(holed.to_string(), "{0-4,6-9223372036854775807}");
    holed.insert(5);
    assert_eq!(holed, all);
}

#[test]
fn text() {
    assert_eq!(RowSet::new().to_string(), "{}");
    assert_eq!(RowSet::from_sorted(&[0, 1, 2, 105, 107, 108]).to_string(), "{0-2,105,107-108}");
    let odd: RowSet = (0..100).map(|i| 2 * i + 1).collect();
    assert!(format!("{odd:?}").ends_with("61,63,… 100 ids in 100 runs}"), "{odd:?}");
}

#[test]
#[should_panic(expected = "row ids have 63 bits")]
fn ids_above_63_bits_are_refused() {
    RowSet::single(ID_LIMIT);
}

#[test]
#[should_panic(expected = "row ids have 63 bits")]
fn a_builder_refuses_them_too() {
    let mut builder = RowSetBuilder::new();
    builder.push(ID_LIMIT - 1);
    builder.push(ID_LIMIT);
}

#[test]
#[should_panic(expected = "row ids must ascend: 3 came after 3")]
fn repeated_ids_are_not_sorted() {
    RowSet::from_sorted(&[1, 3, 3]);
}

#[test]
#[should_panic(expected = "row ids 5-10 of the subset are not all in the set")]
fn inverting_a_stranger_is_refused() {
    RowSet::range(0..10).invert(&RowSet::range(5..11));
}

#[test]
#[should_panic(expected = "position 10 of 10 rows")]
fn selecting_past_the_end_is_refused() {
    RowSet::range(0..10).select_all(&RowSet::range(5..11));
}

#[test]
#[should_panic(expected = "at or below the last row id")]
fn appending_below_the_end_is_refused() {
    RowSet::range(0..10).append(9..12);
}

#[test]
fn bytes_that_are_no_set() {
    for (bytes, reason) in [
        (&[][..], "row set cut short"),
        (&[9], "row set of unknown form 9"),
        (&[1, 1, 0], "row set cut short"),
        (&[1, 0, 7], "row set followed by 1 more bytes"),
        (&[1, 2, 0, 0, 0, 0], "row set with runs that touch"),
    ] {
        let error = RowSet::from_bytes(bytes).unwrap_err();
        assert!(error.message().starts_with(reason), "{error} for {bytes:?}");
    }
}

/// As many runs of one id each.
fn singles(runs: u64) -> RowSet {
    (0..runs).map(|i| 10 * i).collect()
}

#[test]
fn forms_change_with_a_margin() {
    let is_list = |rows: &RowSet| rows.to_bytes()[0] == 1;
    assert!(!is_list(&singles(4_097)), "made of more than 4096 runs");
    let mut rows = singles(4_096);
    for i in 0..4_096 {
        assert!(is_list(&rows), "grown to {}", rows.run_count());
        rows.append(50_000 + 2 * i..50_001 + 2 * i);
    }
    assert!(is_list(&rows));
    rows.append(60_000..60_001);
    assert!(!is_list(&rows), "grown beyond 8192 runs");
    rows.validate().unwrap();
    rows.remove_all(&RowSet::range(20_480..70_000));
    assert_eq!((rows.run_count(), is_list(&rows)), (2_048, false));
    rows.remove(0);
    assert_eq!((rows.run_count(), is_list(&rows)), (2_047, true));
    rows.validate().unwrap();
}

/// Ids in no order, repeated ones among them, that a set of marks is made of, and those that lie too far apart for it.
#[test]
fn ids_in_any_order_make_the_set_they_make_in_order() {
    let shuffled = |count: u64, step: u64, base: u64| (0..count).map(move |i| base + (i * 7_919 % count) * step);
    let last = ID_LIMIT - 1;
    for ids in [
        shuffled(256, 1, 0).collect::<Vec<_>>(),
        shuffled(5_000, 3, 64).collect(),
        shuffled(5_000, 63, 1).chain(shuffled(4_000, 63, 64)).collect(),
        shuffled(1_000, 1, 63).chain(shuffled(1_000, 2, 8_000)).collect(),
        shuffled(300, 64, last - 64 * 299).collect(),
        shuffled(300, 65, 0).collect(),
        shuffled(300, 1 << 40, 5).collect(),
        shuffled(70_000, 1, 65_500).collect(),
        shuffled(255, 1, 9).chain([last]).collect(),
    ] {
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let rows = RowSet::from_unsorted(ids);
        rows.validate().unwrap();
        assert_eq!(rows, RowSet::from_sorted(&sorted), "{} ids from {}", sorted.len(), sorted[0]);
        assert!(rows.iter().eq(sorted));
    }
}

#[test]
fn sets_are_equal_by_content_whatever_their_form() {
    let mut blocks = singles(5_000);
    blocks.remove_all(&RowSet::range(30_000..50_000));
    let list = singles(3_000);
    assert_ne!(blocks.to_bytes()[0], list.to_bytes()[0]);
    assert_eq!(blocks, list);
    assert_eq!(list, blocks);
    assert_ne!(blocks, singles(2_999));
}
