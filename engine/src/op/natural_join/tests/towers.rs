//! Joins of joins of joins: a column of the table furthest away is read through one index, kept right while rows of
//! each table come, go, and get other keys and values.

use super::model::{Cells, Random, Side, joined};
use super::random::{Shadow, cells, texts};
use crate::column::Column;
use crate::plan::Flavour;
use crate::types::Type;
use crate::{Change, Match, Session, on};

const COLUMNS: [(&str, Type); 4] = [("Id", Type::I64), ("K", Type::I32), ("V", Type::I64), ("S", Type::String)];
/// What each floor adds: the columns of the table beside it, and all that one has from those below.
const ADDED: [&[&str]; 3] = [&["V0 = V", "S0 = S"], &["V1 = V", "V0", "S0"], &["V2 = V", "V1", "V0", "S0"]];
const POSITIONS: [&[usize]; 3] = [&[2, 3], &[2, 4, 5], &[2, 4, 5, 6]];

/// The rows of a tower of joins of these tables, the last one on top.
fn expected(tables: &[Side], matching: Match) -> Cells {
    let mut below = tables[0].rows.clone();
    for (table, added) in tables[1..].iter().zip(POSITIONS) {
        let rows = joined(&table.rows, &below, &[(1, 1)], added, matching).expect("a rule without errors");
        below = table.rows.keys().copied().zip(rows).collect();
    }
    below
}

fn run(flavour: Flavour, seed: u64) {
    let random = &mut Random(seed);
    let session = Session::builder().block_rows(64).expect("a power of two").check_deltas(true).build();
    let matching = if random.one_in(2) { Match::First } else { Match::Last };
    let mut tables: Vec<Side> = (0..4).map(|_| Side::new(&session, flavour, &COLUMNS, random)).collect();
    let mut top = tables[0].table.clone();
    for (table, added) in tables[1..].iter().zip(ADDED) {
        let floor = table.table.natural_join_with(&top, on(["K"]).add(added.to_vec()), matching).expect("a join");
        top = floor;
    }
    let shadow = Shadow::default();
    let follower = shadow.clone();
    let on_change = move |change: &Change| {
        follower.follow(change);
        Ok(())
    };
    let listener = top.listen_with(true, on_change, |_| {}).expect("listens");
    for _ in 0..30 {
        tables.iter_mut().for_each(|table| table.change(random));
        session.step().expect("a cycle");
        session.validate().expect("sound");
        let expected: Vec<_> = expected(&tables, matching).into_values().collect();
        let snapshot = top.snapshot().expect("a snapshot");
        assert_eq!(texts(&cells(&snapshot.rows(0..snapshot.len()).expect("rows"))), texts(&expected));
        assert!(listener.error().is_none(), "{:?}", listener.error());
        let mut expected = texts(&expected);
        expected.sort();
        assert_eq!(shadow.sorted(), expected);
    }
    let graph = session.gate().expect("no cycle");
    let columns = graph.columns(top.node().expect("a node").id()).expect("columns");
    let one_index = |column: &Column| match column {
        Column::Gathered(gathered) => !matches!(gathered.source, Column::Gathered(_)),
        _ => true,
    };
    assert!(columns.iter().all(one_index), "{columns:?}");
}

#[test]
fn towers_of_joins_are_read_through_one_index() {
    for seed in 0..60 {
        run(Flavour::Keyed, seed);
        run(Flavour::Append, 1000 + seed);
    }
}
