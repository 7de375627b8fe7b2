//! Sequences of changes, each followed by a comparison with the model, while clones of earlier versions must not move.

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;

use super::super::{ID_LIMIT, RowSet};
use super::assert_same;
use super::shapes::{ids, range, to_set};

#[derive(Clone, Debug)]
enum Change {
    Insert(u64),
    Remove(u64),
    InsertRange(Range<u64>),
    RemoveRange(Range<u64>),
    InsertAll(BTreeSet<u64>),
    RemoveAll(BTreeSet<u64>),
    Keep(BTreeSet<u64>),
    Flip(BTreeSet<u64>),
    Append { gap: u64, len: u64, times: u64 },
    Hold,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        range().prop_map(|range| Change::Insert(range.end)),
        range().prop_map(|range| Change::Remove(range.end)),
        range().prop_map(Change::InsertRange),
        range().prop_map(Change::RemoveRange),
        ids().prop_map(Change::InsertAll),
        ids().prop_map(Change::RemoveAll),
        ids().prop_map(Change::Keep),
        ids().prop_map(Change::Flip),
        (0..300u64, 1..9u64, 1..900u64).prop_map(|(gap, len, times)| Change::Append { gap, len, times }),
        Just(Change::Hold),
    ]
}

fn apply(change: &Change, rows: &mut RowSet, model: &mut BTreeSet<u64>) {
    match change {
        Change::Insert(id) => {
            rows.insert(*id);
            model.insert(*id);
        }
        Change::Remove(id) => assert_eq!(rows.remove(*id), model.remove(id)),
        Change::InsertRange(range) => {
            rows.insert_range(range.clone());
            model.extend(range.clone());
        }
        Change::RemoveRange(range) => {
            rows.remove_all(&RowSet::range(range.clone()));
            model.retain(|id| !range.contains(id));
        }
        Change::InsertAll(ids) => {
            rows.insert_all(&to_set(ids));
            model.extend(ids);
        }
        Change::RemoveAll(ids) => {
            rows.remove_all(&to_set(ids));
            model.retain(|id| !ids.contains(id));
        }
        Change::Keep(ids) => {
            *rows = rows.intersect(&to_set(ids));
            model.retain(|id| ids.contains(id));
        }
        Change::Flip(ids) => {
            *rows = rows.xor(&to_set(ids));
            *model = &*model ^ ids;
        }
        Change::Append { gap, len, times } => {
            for _ in 0..*times {
                let start = rows.last().map_or(0, |last| last + 1) + gap;
                if start + len > ID_LIMIT {
                    break;
                }
                rows.append(start..start + len);
                model.extend(start..start + len);
            }
        }
        Change::Hold => (),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn changes_agree_with_the_model(start in ids(), changes in prop::collection::vec(change(), 0..8)) {
        let (mut rows, mut model) = (to_set(&start), start);
        let mut held = vec![(rows.clone(), model.clone())];
        for change in &changes {
            apply(change, &mut rows, &mut model);
            assert_same(&rows, &model);
            if matches!(change, Change::Hold) {
                held.push((rows.clone(), model.clone()));
            }
        }
        prop_assert_eq!(&rows, &to_set(&model));
        for (rows, model) in &held {
            assert_same(rows, model);
        }
    }
}
