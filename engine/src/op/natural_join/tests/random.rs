//! Random changes on both sides at once; after every cycle the join is what a recomputation gives, and the change
//! its listener was told of is what happened.

use std::sync::{Arc, Mutex};

use super::model::{Random, Side, joined};
use crate::listen::Rows;
use crate::plan::Flavour;
use crate::types::{Type, Value};
use crate::{Change, Listener, Match, Session, Table, on};

const LEFT: [(&str, Type); 5] =
    [("Id", Type::I64), ("K", Type::I32), ("S", Type::String), ("F", Type::F64), ("V", Type::I64)];
const RIGHT: [(&str, Type); 6] =
    [("Id", Type::I64), ("K", Type::I64), ("S", Type::String), ("F", Type::F64), ("W", Type::I64), ("X", Type::String)];

/// The key columns of a join by name and by position.
type Keys = (&'static [&'static str], &'static [(usize, usize)]);

const KEYS: [Keys; 4] =
    [(&[], &[]), (&["K"], &[(1, 1)]), (&["K", "S"], &[(1, 1), (2, 2)]), (&["F", "K"], &[(3, 3), (1, 1)])];

/// The right columns added: a key column among them, so that a change of key may be a change of value too.
const ADDED: [usize; 3] = [4, 5, 1];

pub(super) fn cells(rows: &Rows) -> Vec<Vec<Value>> {
    (0..rows.len()).map(|row| (0..rows.columns().len()).map(|column| rows.value(row, column)).collect()).collect()
}

/// The rows as text that can be sorted and compared: NaN is NaN here.
pub(super) fn texts(rows: &[Vec<Value>]) -> Vec<String> {
    rows.iter().map(|row| format!("{row:?}")).collect()
}

/// The rows of a table as its listener knows them, in no order.
#[derive(Clone, Default)]
pub(super) struct Shadow(Arc<Mutex<Vec<String>>>);

impl Shadow {
    pub(super) fn follow(&self, change: &Change) {
        let mut rows = self.0.lock().expect("held");
        let (old, new) = (cells(change.modified_previous()), cells(change.modified()));
        for (old, new) in old.iter().zip(&new) {
            for column in (0..old.len()).filter(|column| !change.modified_columns().contains(column)) {
                assert!(old[column].same(&new[column]), "column {column} is not in the mask: {old:?} {new:?}");
            }
        }
        for gone in texts(&cells(change.removed())).into_iter().chain(texts(&old)) {
            let at = rows.iter().position(|row| *row == gone);
            let at = at.unwrap_or_else(|| panic!("{gone} goes, and was never there: {rows:?}"));
            rows.swap_remove(at);
        }
        rows.extend(texts(&cells(change.added())));
        rows.extend(texts(&new));
    }

    pub(super) fn sorted(&self) -> Vec<String> {
        let mut rows = self.0.lock().expect("held").clone();
        rows.sort();
        rows
    }
}

struct Case {
    left: Side,
    right: Side,
    keys: usize,
    matching: Match,
    listens: bool,
    result: Option<(Table, Shadow, Option<Listener>)>,
}

impl Case {
    /// Makes the join if it can be made now, which is when the recomputation says so.
    fn open(&mut self) {
        let (names, positions) = KEYS[self.keys];
        let added = ADDED.map(|column| format!("Right{0} = {0}", RIGHT[column].0));
        let result =
            self.left.table.natural_join_with(&self.right.table, on(names.to_vec()).add(added.to_vec()), self.matching);
        match (result, joined(&self.left.rows, &self.right.rows, positions, &ADDED, self.matching)) {
            (Ok(table), Ok(_)) => {
                let shadow = Shadow::default();
                let follower = shadow.clone();
                let on_change = move |change: &Change| {
                    follower.follow(change);
                    Ok(())
                };
                let listener = self.listens.then(|| table.listen_with(true, on_change, |_| {}).expect("listens"));
                self.result = Some((table, shadow, listener));
            }
            (Err(error), Err(kinds)) => assert!(kinds.contains(&error.kind()), "{error:?} and not {kinds:?}"),
            (result, expected) => panic!("{result:?} where {expected:?} was expected"),
        }
    }

    fn check(&mut self) {
        let Some((table, shadow, listener)) = &self.result else { return };
        let expected = joined(&self.left.rows, &self.right.rows, KEYS[self.keys].1, &ADDED, self.matching);
        match (table.error(), expected) {
            (None, Ok(expected)) => {
                let snapshot = table.snapshot().expect("a snapshot");
                let rows = snapshot.rows(0..snapshot.len()).expect("rows");
                assert_eq!(texts(&cells(&rows)), texts(&expected));
                if let Some(listener) = listener {
                    assert!(listener.error().is_none(), "{:?}", listener.error());
                    let mut expected = texts(&expected);
                    expected.sort();
                    assert_eq!(shadow.sorted(), expected);
                }
            }
            (Some(error), Err(kinds)) => {
                assert!(kinds.contains(&error.kind()), "{error:?} and not {kinds:?}");
                self.result = None;
            }
            (error, expected) => panic!("{error:?} where {expected:?} was expected"),
        }
    }
}

fn run(left: Flavour, right: Flavour, block_rows: usize, seed: u64) {
    let random = &mut Random(seed);
    let session = Session::builder().block_rows(block_rows).expect("a power of two").build();
    let mut case = Case {
        left: Side::new(&session, left, &LEFT, random),
        right: Side::new(&session, right, &RIGHT, random),
        keys: random.below(KEYS.len() as u64) as usize,
        matching: [Match::ErrorOnDuplicate, Match::First, Match::Last, Match::ExactlyOne][random.below(4) as usize],
        listens: !random.one_in(4),
        result: None,
    };
    for _ in 0..random.below(3) {
        case.left.change(random);
        case.right.change(random);
        session.step().expect("a cycle");
    }
    for _ in 0..30 {
        if case.result.is_none() {
            case.open();
        }
        session.validate().expect("sound");
        case.left.change(random);
        case.right.change(random);
        session.step().expect("a cycle");
        session.validate().expect("sound");
        case.check();
    }
}

#[test]
fn joins_what_a_recomputation_joins() {
    let flavours = [Flavour::Keyed, Flavour::Append, Flavour::Blink, Flavour::Static];
    for (at, left) in flavours.into_iter().enumerate() {
        for (beside, right) in flavours.into_iter().enumerate() {
            let block_rows = if (at + beside) % 2 == 0 { 64 } else { 8192 };
            let live_pairs = if left == Flavour::Keyed && right == Flavour::Keyed { 120 } else { 24 };
            for seed in 0..live_pairs {
                run(left, right, block_rows, (at * 1000 + beside * 100) as u64 * 1000 + seed);
            }
        }
    }
}
