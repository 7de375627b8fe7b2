use std::collections::BTreeMap;

use proptest::prelude::*;

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

/// A table of three columns beside the engine: what its deltas are held against.
type Shadow = BTreeMap<u64, [u8; 3]>;

/// What is done to one row in one cycle.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Takes the row out if it is there.
    Remove,
    /// Puts a row in; one that is there is replaced.
    Put([u8; 3]),
    /// Gives a cell of a row that is there another value, maybe the one it has.
    Write(usize, u8),
}

fn act() -> impl Strategy<Value = (u64, Act)> {
    let cells = [0_u8..3, 0..3, 0..3];
    let act = prop_oneof![
        Just(Act::Remove),
        cells.prop_map(Act::Put),
        (0..3_usize, 0..3_u8).prop_map(|(c, v)| Act::Write(c, v))
    ];
    (0..12_u64, act)
}

/// Does to the table what a source would in a cycle; its delta, each row acted on once.
fn cycle(table: &mut Shadow, acts: &BTreeMap<u64, Act>) -> Delta {
    let mut delta = Delta::default();
    for (&id, &act) in acts {
        match act {
            Act::Remove => {
                if table.remove(&id).is_some() {
                    delta.removed.insert(id);
                }
            }
            Act::Put(cells) => {
                if table.insert(id, cells).is_some() {
                    delta.removed.insert(id);
                }
                delta.added.insert(id);
            }
            Act::Write(column, value) => {
                if let Some(cells) = table.get_mut(&id) {
                    cells[column] = value;
                    delta.modified.insert(id);
                    delta.mask.set(column);
                }
            }
        }
    }
    delta
}

/// The whole contract of a delta between two tables.
fn check(old: &Shadow, new: &Shadow, delta: &Delta) -> Result<(), TestCaseError> {
    let (old_rows, new_rows): (RowSet, RowSet) = (old.keys().copied().collect(), new.keys().copied().collect());
    let Delta { removed, added, modified, mask } = delta;
    prop_assert!(removed.minus(&old_rows).is_empty(), "removed rows were there");
    prop_assert!(added.minus(&new_rows).is_empty(), "added rows are there");
    prop_assert!(modified.minus(&old_rows.intersect(&new_rows)).is_empty(), "modified rows stayed");
    prop_assert!(!modified.intersects(removed) && !modified.intersects(added), "modified rows are in no other set");
    prop_assert_eq!(delta.apply(&old_rows), new_rows);
    prop_assert_eq!(mask.is_empty(), modified.is_empty());
    for (id, before) in old {
        let Some(now) = new.get(id).filter(|_| !added.contains(*id)) else { continue };
        for column in 0..3 {
            let listed = modified.contains(*id) && mask.contains(column);
            prop_assert!(listed || before[column] == now[column], "row {} column {} changed unlisted", id, column);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn deltas_in_a_row_are_the_delta_of_the_whole(
        cycles in proptest::collection::vec(proptest::collection::vec(act(), 0..10), 1..8),
    ) {
        let mut table = Shadow::new();
        cycle(&mut table, &(0..6).map(|id| (id, Act::Put([0; 3]))).collect());
        let (before, mut whole) = (table.clone(), Delta::default());
        for acts in cycles {
            let (last, acts) = (table.clone(), acts.into_iter().collect());
            let delta = cycle(&mut table, &acts);
            check(&last, &table, &delta)?;
            whole = whole.then(&delta);
            check(&before, &table, &whole)?;
        }
    }
}
