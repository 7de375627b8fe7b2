//! The index against a sorted vector, over random changes.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::{OrderIndex, RowLabels};

/// Rows in order, and the labels they have.
#[derive(Default)]
struct Model {
    rows: Vec<(u128, u64)>,
    labels: HashMap<u64, u64>,
    index: OrderIndex,
}

impl Model {
    fn insert(&mut self, mut rows: Vec<(u128, u64)>) {
        let mut there: HashSet<u64> = self.rows.iter().map(|row| row.1).collect();
        rows.retain(|row| there.insert(row.1));
        rows.sort_unstable();
        let standing = |id| self.labels.get(&id).copied().unwrap_or(u64::MAX);
        let mut labels = RowLabels::made(&standing);
        self.index.insert(&rows, |_, a, b| a.cmp(&b), &mut labels);
        let made = labels.finish();
        self.labels.extend(made);
        self.rows.extend(rows);
        self.rows.sort_unstable();
    }

    fn remove(&mut self, is_gone: impl Fn(u64) -> bool) {
        let labels = &self.labels;
        let standing = |id| labels[&id];
        let gone = self.rows.iter().filter(|(_, id)| is_gone(*id)).map(|&(_, id)| (labels[&id], id)).collect();
        self.index.remove(gone, &RowLabels::given(&standing)).expect("all are there");
        self.rows.retain(|(_, id)| !is_gone(*id));
    }

    fn check(&self) {
        self.index.validate(|id| self.labels.get(&id).copied()).expect("a valid index");
        let ids: Vec<u64> = self.rows.iter().map(|&(_, id)| id).collect();
        assert_eq!(self.index.ids(0..u64::MAX), ids);
        for (position, id) in ids.iter().enumerate().step_by(7) {
            assert_eq!(self.index.rank(self.labels[id], |id| self.labels[&id]), position as u64);
            assert_eq!(
                self.index.ids(position as u64..position as u64 + 2),
                ids[position..].iter().copied().take(2).collect::<Vec<_>>()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_stand_where_a_sorted_vector_has_them(
        first in prop::collection::vec((0_u128..50, 0_u64..4000), 0..2000),
        cycles in prop::collection::vec((prop::collection::vec((0_u128..50, 0_u64..4000), 0..300), 1_u64..9), 1..12),
    ) {
        let mut model = Model::default();
        model.insert(first);
        model.check();
        for (rows, one_in) in cycles {
            let pinned = model.index.clone();
            let before = pinned.ids(0..u64::MAX);
            model.remove(|id| id % one_in == 0);
            model.check();
            model.insert(rows);
            model.check();
            assert_eq!(pinned.ids(0..u64::MAX), before, "a clone never changes");
        }
    }
}

#[test]
fn rows_that_come_at_one_place_find_room_for_ever() {
    let mut model = Model::default();
    model.insert((0..1000).map(|id| (u128::from(id) * 1_000_000, id)).collect());
    let mut moved = 0;
    // Forwards at one place, backwards at another, and all at random in one gap.
    for id in 1000..20_000 {
        let key = match id % 3 {
            0 => 300_000_000 + u128::from(id),
            1 => 600_999_999 - u128::from(id),
            _ => 800_000_000 + u128::from(id * 7919 % 100_000),
        };
        let before = model.labels.clone();
        model.insert(vec![(key, id)]);
        moved += before.iter().filter(|(id, label)| model.labels[id] != **label).count();
    }
    model.check();
    assert!(moved < 19_000 * 2, "{moved} rows were moved to make room for 19,000");
}

#[test]
fn what_is_not_there_cannot_be_taken_out() {
    let mut index = OrderIndex::default();
    index.insert(&[(5, 7)], |_, a, b| a.cmp(&b), &mut RowLabels::given(&|_| 50));
    assert_eq!(index.remove(vec![(50, 8)], &RowLabels::given(&|_| 50)), Err(8));
    assert_eq!(index.remove(vec![(10, 7)], &RowLabels::given(&|_| 50)), Err(7));
    assert_eq!(index.clone().ids(0..9), [7]);
    index.clear();
    assert_eq!((index.len(), index.rank(5, |_| 0), index.ids(0..9)), (0, 0, vec![]));
}

#[test]
fn rows_of_one_key_go_by_what_compares_them() {
    let mut model = Model::default();
    let backwards = |_: u128, a: u64, b: u64| b.cmp(&a);
    let rows: Vec<(u128, u64)> = (0..2000).rev().map(|id| (1, id)).collect();
    let standing = |id: u64| 1_000_000 - id;
    let mut labels = RowLabels::given(&standing);
    for chunk in rows.chunks(9) {
        model.index.insert(chunk, backwards, &mut labels);
    }
    assert_eq!(model.index.ids(0..3), [1999, 1998, 1997]);
    model.index.validate(|id| Some(standing(id))).expect("a valid index");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_with_keys_of_their_own_are_found_by_them(
        cycles in prop::collection::vec((prop::collection::btree_set(0_u128..4000, 0..900), 1_u128..5), 1..9),
        from in 0_u128..4200,
    ) {
        let mut index = OrderIndex::default();
        let mut rows: std::collections::BTreeMap<u128, u64> = std::collections::BTreeMap::new();
        for (number, (keys, one_in)) in cycles.into_iter().enumerate() {
            let gone: Vec<(u128, u64)> = rows.iter().filter(|(key, _)| *key % one_in == 0).map(|(&k, &v)| (k, v)).collect();
            index.remove_keyed(&gone).expect("all are there");
            rows.retain(|key, _| key % one_in != 0);
            let come = keys.into_iter().filter(|key| !rows.contains_key(key));
            let come: Vec<(u128, u64)> = come.map(|key| (key, number as u64 * 10_000 + key as u64)).collect();
            index.insert_keyed(&come);
            rows.extend(come);
            index.validate_keyed().expect("a valid index");
            let all = || rows.iter().map(|(&key, &id)| (key, id));
            prop_assert!(index.on_from(from).eq(all().filter(|&(key, _)| key > from)));
            prop_assert!(index.back_from(from).eq(all().filter(|&(key, _)| key <= from).rev()));
        }
        let missing = (0..).find(|key| !rows.contains_key(key)).unwrap_or_default();
        prop_assert_eq!(index.remove_keyed(&[(missing, 99_999)]), Err(99_999));
    }
}
