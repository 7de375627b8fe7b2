//! Trees over rows that come, go and hang elsewhere.

use super::model::{Plain, said, visible};
use super::{Changing, Random, lines};
use crate::order::compare;
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{Expanded, Session, desc};

const COLUMNS: [(&str, Type); 3] = [("Id", Type::I64), ("Up", Type::I64), ("V", Type::I64)];

/// Ids follow from rows, so that each is there once; parents are anything, themselves and missing ones too.
fn cells(random: &mut Random, id: u64) -> Vec<Value> {
    let up = match random.below(6) {
        0 => Value::Null,
        _ => Value::I64(random.below(70) as i64),
    };
    let own = if id == 59 { Value::Null } else { Value::I64(id as i64) };
    vec![own, up, Value::I64(random.below(9) as i64)]
}

/// What hangs below a row, in order.
fn below(all: &[Vec<Value>], id: &Value, promoted: bool, sorted: bool) -> Vec<Plain> {
    let is_there = |up: &Value| all.iter().any(|row| !row[0].is_null() && row[0] == *up);
    let hangs = |row: &&Vec<Value>| {
        let up = if promoted && !is_there(&row[1]) { &Value::Null } else { &row[1] };
        up == id
    };
    let mut rows: Vec<&Vec<Value>> = all.iter().filter(hangs).collect();
    if sorted {
        rows.sort_by(|a, b| compare(&b[2], &a[2]));
    }
    let node = |row: &Vec<Value>| Plain {
        key: Some(vec![row[0].clone()]),
        line: row.iter().map(Value::to_string).collect::<Vec<_>>().join(" "),
        below: if row[0].is_null() { Vec::new() } else { below(all, &row[0], promoted, sorted) },
    };
    rows.into_iter().map(node).collect()
}

fn play(promoted: bool, sorted: bool, seed: u64) {
    let mut changing = Changing::new(&COLUMNS, seed, cells);
    let made = |changing: &Changing| {
        let tree = changing.table.tree("Id", "Up").unwrap();
        let tree = if promoted { tree.promote_orphans().unwrap() } else { tree };
        if sorted { tree.sort(desc("V")).unwrap() } else { tree }
    };
    let early = made(&changing);
    let keys: Vec<Vec<Value>> = (0..70).map(|id| vec![Value::I64(id)]).collect();
    for cycle in 0..12 {
        changing.step(60);
        let late = made(&changing);
        let nodes = below(&changing.cells(), &Value::Null, promoted, sorted);
        for _ in 0..6 {
            let (expanded, told, of_all) = said(&mut changing.random, &keys);
            let mut expected = Vec::new();
            visible(&nodes, &told, of_all, 0, &mut expected);
            let start = changing.random.below(expected.len() as u64 + 2);
            let end = start + changing.random.below(30);
            for tree in [&early, &late] {
                let outline = tree.snapshot(&expanded, start..end).unwrap();
                let window = start.min(outline.total()) as usize..end.min(outline.total()) as usize;
                assert_eq!(outline.total(), expected.len() as u64, "cycle {cycle}: {told:?}");
                assert_eq!(lines(&outline), expected[window], "cycle {cycle}, {start}..{end} of {told:?}");
            }
        }
    }
}

#[test]
fn rows_hang_below_each_other() {
    play(false, false, 1);
    play(false, true, 2);
}

#[test]
fn orphans_are_promoted() {
    play(true, false, 3);
    play(true, true, 4);
}

#[test]
fn a_chain_is_as_deep_as_it_likes() {
    let session = Session::new();
    let ids: Vec<i64> = (0..20_000).collect();
    let ups = ids.iter().map(|&id| if id == 0 { Value::Null } else { Value::I64(id - 1) });
    let ups = Vector::from_values(Type::I64, ups).unwrap();
    let table = session.static_table("chain", [("Id", Vector::from(ids)), ("Up", ups)]).unwrap();
    let tree = table.tree("Id", "Up").unwrap();
    let outline = tree.snapshot(Expanded::all().collapse([19_000_i64]), 18_999..30_000).unwrap();
    assert_eq!((outline.total(), outline.len()), (19_001, 2));
    assert_eq!((outline.depth(1), outline.expanded(0), outline.expanded(1)), (19_000, Some(true), Some(false)));
    assert_eq!(outline.key(1), Some(&[Value::I64(19_000)][..]));
}
