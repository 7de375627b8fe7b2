use super::{Delta, Mask};
use crate::rowset::RowSet;

fn rows(ids: &[u64]) -> RowSet {
    ids.iter().copied().collect()
}

fn delta(removed: &[u64], added: &[u64], modified: &[u64], mask: &[usize]) -> Delta {
    Delta { removed: rows(removed), added: rows(added), modified: rows(modified), mask: mask.iter().copied().collect() }
}

#[test]
fn two_deltas_are_one() {
    let first = delta(&[1, 2], &[2, 10], &[3, 4], &[0]);
    let next = delta(&[10, 3], &[1], &[4, 2], &[1]);
    let both = first.then(&next);
    assert_eq!(both, delta(&[1, 2, 3], &[1, 2], &[4], &[0, 1]));
    let old = rows(&[1, 2, 3, 4]);
    assert_eq!(both.apply(&old), next.apply(&first.apply(&old)));
}

#[test]
fn a_row_that_came_and_went_is_in_no_set() {
    assert!(delta(&[], &[5], &[], &[]).then(&delta(&[5], &[], &[], &[])).is_empty());
}

#[test]
fn masks_of_any_width_meet() {
    let mask: Mask = [3, 130].into_iter().collect();
    assert!(mask.contains(130) && !mask.contains(66));
    assert!(mask.intersects(&[130].into_iter().collect()));
    assert!(!mask.intersects(&[2, 131].into_iter().collect()));
    assert_eq!(mask.columns().collect::<Vec<_>>(), [3, 130]);
}
