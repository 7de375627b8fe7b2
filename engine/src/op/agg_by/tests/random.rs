//! Random changes against the straightforward computation.

use std::collections::BTreeMap;

use super::cells;
use super::model::{Places, Row, aggregates, columns};
use crate::source::{Batch, RowChange};
use crate::types::Value;
use crate::vector::Vector;
use crate::{Session, Table};

/// A small generator: the tests want the same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn cell(&mut self, column: usize) -> Value {
        if self.below(8) == 0 {
            return Value::Null;
        }
        match column {
            0 => Value::from(format!("key number {}, long enough", self.below(6))),
            1 => Value::I8(self.below(3) as i8),
            2 => Value::I64(self.below(20) as i64 - 10),
            3 => match self.below(40) {
                0 => Value::F64(f64::NAN),
                1 => Value::F64(f64::INFINITY),
                2 => Value::F64(f64::NEG_INFINITY),
                // Sums of quarters are exact, whatever their order.
                other => Value::F64(other as f64 / 4.0 - 3.0),
            },
            4 => Value::from(format!("text {}", self.below(9))),
            _ => Value::Bool(self.below(2) == 0),
        }
    }

    fn row(&mut self) -> Row {
        (0..columns().len()).map(|column| self.cell(column)).collect()
    }
}

fn vectors(rows: &[Row]) -> Vec<Vector<'static>> {
    let column = |at: usize, ty| Vector::from_values(ty, rows.iter().map(|row| row[at].clone())).unwrap();
    columns().iter().enumerate().map(|(at, def)| column(at, def.ty)).collect()
}

/// The results under test: by no key, one, two, with a copy each that follows by deltas alone.
struct Results {
    tables: Vec<(Places, Table, Table)>,
}

impl Results {
    fn new(input: &Table) -> Self {
        let list = || aggregates().into_iter().map(|(aggregate, ..)| aggregate).collect::<Vec<_>>();
        let by = |table: Table, keys: &[usize]| {
            let copy = table.select([""; 0]).unwrap();
            (Places::new(keys), table, copy)
        };
        let tables = vec![
            by(input.agg(list()).unwrap(), &[]),
            by(input.agg_by(list(), ["L"]).unwrap(), &[1]),
            by(input.agg_by(list(), ["K", "L"]).unwrap(), &[0, 1]),
        ];
        Results { tables }
    }

    fn see(&mut self, row: &Row) {
        self.tables.iter_mut().for_each(|(places, ..)| places.see(row));
    }

    fn check<'r>(&self, rows: impl IntoIterator<Item = &'r Row> + Clone, what: &str) {
        for (places, table, copy) in &self.tables {
            let (result, expected) = (cells(table), places.result(rows.clone()));
            assert_eq!(result.len(), expected.len(), "{what}: groups");
            for (result, expected) in result.iter().zip(&expected) {
                let same = result.iter().zip(expected).all(|(a, b)| a.same(b));
                assert!(same, "{what}: {result:?} should be {expected:?}");
            }
            let copied = cells(copy);
            assert_eq!(copied.len(), result.len(), "{what}: rows of the copy");
            for (result, copied) in result.iter().zip(&copied) {
                let same = result.iter().zip(copied).all(|(a, b)| a.same(b));
                assert!(same, "{what}: the delta missed something: {copied:?} should be {result:?}");
            }
        }
        self.tables[0].1.session().validate().unwrap();
    }
}

/// Removes, adds (also ids just removed) and modifies some of the columns of random rows.
fn change(random: &mut Random, rows: &mut BTreeMap<u64, Row>, results: &mut Results, table: &Table) -> RowChange {
    let size = [0, 3, 30][random.below(3) as usize];
    let ids: Vec<u64> = rows.keys().copied().collect();
    let drop_all = random.below(12) == 0;
    let removed: Vec<u64> = ids.iter().copied().filter(|_| drop_all || random.below(40) < size).collect();
    removed.iter().for_each(|id| drop(rows.remove(id)));
    let modified: Vec<u64> = rows.keys().copied().filter(|_| random.below(40) < size).collect();
    let hit: Vec<usize> = (0..columns().len()).filter(|_| random.below(3) == 0).collect();
    let mut change = RowChange::new(table.definition()).remove(removed.iter().copied());
    if !hit.is_empty() && !modified.is_empty() {
        for id in &modified {
            let row = rows.get_mut(id).unwrap();
            hit.iter().for_each(|&column| row[column] = random.cell(column));
            results.see(row);
        }
        let now: Vec<Row> = modified.iter().map(|id| rows[id].clone()).collect();
        let defs = columns();
        let mut vectors = vectors(&now).into_iter().map(Some).collect::<Vec<_>>();
        let values = hit.iter().map(|&column| (&*defs[column].name, vectors[column].take().unwrap()));
        change = change.modify(modified, values).unwrap();
    }
    let mut added: Vec<u64> = (0..random.below(size + 1)).map(|_| random.below(300)).collect();
    added.extend(removed.iter().filter(|_| random.below(3) == 0));
    added.sort_unstable();
    added.dedup();
    added.retain(|id| !rows.contains_key(id));
    let fresh: Vec<Row> = added.iter().map(|_| random.row()).collect();
    for (id, row) in added.iter().zip(&fresh) {
        results.see(row);
        rows.insert(*id, row.clone());
    }
    change.add(added, Batch::new(table.definition(), vectors(&fresh)).unwrap()).unwrap()
}

#[test]
fn keyed_rows_that_come_go_and_change() {
    for seed in 0..12 {
        let mut random = Random(seed);
        let session = Session::builder().block_rows(64).unwrap().build();
        let (table, writer) = session.keyed_rows("t", columns()).unwrap();
        let mut results = Results::new(&table);
        let mut rows = BTreeMap::new();
        for step in 0..60 {
            writer.apply(change(&mut random, &mut rows, &mut results, &table)).unwrap();
            session.step().unwrap();
            results.check(rows.values(), &format!("seed {seed}, step {step}"));
        }
        // Built now, the groups stand in the order their keys have now; as sets of rows both are the same.
        let mut fresh = Results::new(&table);
        rows.values().for_each(|row| fresh.see(row));
        fresh.check(rows.values(), &format!("seed {seed}, built late"));
    }
}

#[test]
fn rows_that_are_only_added_and_rows_that_pass() {
    for seed in 0..8 {
        let mut random = Random(1000 + seed);
        let session = Session::builder().block_rows(64).unwrap().build();
        let (append, append_feed) = session.append_table("append", columns()).unwrap();
        let (blink, blink_feed) = session.blink_table("blink", columns()).unwrap();
        let (mut of_append, mut of_blink) = (Results::new(&append), Results::new(&blink));
        let mut rows: Vec<Row> = Vec::new();
        for step in 0..25 {
            let fresh: Vec<Row> = (0..random.below(60)).map(|_| random.row()).collect();
            if random.below(4) > 0 {
                fresh.iter().for_each(|row| of_append.see(row));
                fresh.iter().for_each(|row| of_blink.see(row));
                append_feed.send(Batch::new(append.definition(), vectors(&fresh)).unwrap()).unwrap();
                blink_feed.send(Batch::new(blink.definition(), vectors(&fresh)).unwrap()).unwrap();
                rows.extend(fresh);
            }
            session.step().unwrap();
            of_append.check(&rows, &format!("seed {seed}, step {step}, append"));
            of_blink.check(&rows, &format!("seed {seed}, step {step}, blink"));
        }
    }
}
