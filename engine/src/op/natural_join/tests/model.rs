//! One side of a join in a test: a source, and what it should hold.

use std::collections::BTreeMap;

use crate::plan::{ColumnDef, Flavour};
use crate::source::{Batch, Feed, KeyedRows, RowChange};
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{ErrorKind, Match, Session, Table};

/// Numbers that look random and are the same in every run.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub(super) fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

enum Source {
    Keyed(KeyedRows),
    Feed(Feed),
    Static,
}

/// A table, its writer, and its rows by id.
pub(super) struct Side {
    pub(super) table: Table,
    pub(super) rows: Cells,
    source: Source,
    columns: Vec<ColumnDef>,
    /// Makes the cells of a new row.
    fill: fn(&mut Random, &ColumnDef, u64) -> Value,
    /// Rows made so far.
    made: u64,
    /// The number of ids a keyed table takes its ids from.
    ids: u64,
}

/// The key of the tests: few values, null among them, NaN too.
pub(super) fn cell(random: &mut Random, column: &ColumnDef, row: u64) -> Value {
    match (&*column.name, column.ty) {
        ("Id", _) => Value::I64(row as i64),
        (_, _) if random.one_in(8) => Value::Null,
        (_, Type::I32) => Value::I32(random.below(6) as i32),
        (_, Type::I64) => Value::I64(random.below(6) as i64),
        (_, Type::F64) if random.one_in(4) => Value::F64(f64::NAN),
        (_, Type::F64) => Value::F64(-(random.below(2) as f64)),
        _ => Value::from(["a", "b", "a text too long to be kept inside a cell"][random.below(3) as usize]),
    }
}

impl Side {
    pub(super) fn new(session: &Session, flavour: Flavour, columns: &[(&str, Type)], random: &mut Random) -> Self {
        let columns: Vec<ColumnDef> = columns.iter().map(|&(name, ty)| ColumnDef::new(name, ty)).collect();
        let (mut rows, mut made) = (BTreeMap::new(), 0);
        let (table, source) = match flavour {
            Flavour::Keyed => {
                let (table, rows) = session.keyed_rows("keyed", columns.clone()).expect("made");
                (table, Source::Keyed(rows))
            }
            Flavour::Append => {
                let (table, feed) = session.append_table("append", columns.clone()).expect("made");
                (table, Source::Feed(feed))
            }
            Flavour::Blink => {
                let (table, feed) = session.blink_table("blink", columns.clone()).expect("made");
                (table, Source::Feed(feed))
            }
            _ => {
                made = random.below(12);
                for id in 0..made {
                    rows.insert(id, columns.iter().map(|column| cell(random, column, id)).collect());
                }
                let vectors = vectors(&columns, &rows.values().cloned().collect::<Vec<_>>());
                let columns = columns.iter().zip(vectors).map(|(column, vector)| (&*column.name, vector));
                (session.static_table("static", columns).expect("made"), Source::Static)
            }
        };
        Side { table, rows, source, columns, fill: cell, made, ids: 150 }
    }

    fn row(&mut self, random: &mut Random) -> Vec<Value> {
        self.made += 1;
        self.columns.iter().map(|column| (self.fill)(random, column, self.made)).collect()
    }

    fn batch(&self, rows: &[Vec<Value>]) -> Batch {
        Batch::new(self.table.definition(), vectors(&self.columns, rows)).expect("a batch")
    }

    /// Something, or nothing, happens to the table.
    pub(super) fn change(&mut self, random: &mut Random) {
        let more = random.below(2) * random.below(9);
        if self.table.definition().flavour() == Flavour::Blink {
            self.rows.clear();
        }
        if let Source::Keyed(_) = self.source {
            return self.change_by_id(random);
        }
        let rows: Vec<_> = (0..more).map(|_| self.row(random)).collect();
        if let (Source::Feed(feed), false) = (&self.source, rows.is_empty()) {
            feed.send(self.batch(&rows)).expect("sent");
            let first = self.rows.last_key_value().map_or(0, |(&last, _)| last + 1);
            self.rows.extend((first..).zip(rows));
        }
    }

    fn change_by_id(&mut self, random: &mut Random) {
        let (rate, turnover) = (1 + random.below(6), random.below(3));
        let removed: Vec<u64> = self.rows.keys().copied().filter(|_| random.one_in(2 + rate)).collect();
        removed.iter().for_each(|id| drop(self.rows.remove(id)));
        let mut added = BTreeMap::new();
        for &id in removed.iter().filter(|_| turnover > 0) {
            if random.one_in(3) {
                added.insert(id, self.row(random));
            }
        }
        for _ in 0..random.below(8) {
            let id = random.below(self.ids);
            if !self.rows.contains_key(&id) {
                added.insert(id, self.row(random));
            }
        }
        let modified: Vec<u64> = self.rows.keys().copied().filter(|_| random.one_in(2 + rate)).collect();
        let touched: Vec<usize> = (1..self.columns.len()).filter(|_| random.one_in(2)).collect();
        let mut change = RowChange::new(self.table.definition()).remove(removed);
        if !added.is_empty() {
            let rows: Vec<_> = added.values().cloned().collect();
            change = change.add(added.keys().copied().collect(), self.batch(&rows)).expect("fits");
        }
        let mut new_values = Vec::new();
        for &column in &touched {
            let def = self.columns[column].clone();
            let cells: Vec<Value> = modified.iter().map(|_| (self.fill)(random, &def, 0)).collect();
            for (id, cell) in modified.iter().zip(&cells) {
                self.rows.get_mut(id).expect("there")[column] = cell.clone();
            }
            new_values.push((column, Vector::from_values(def.ty, cells).expect("of that type")));
        }
        let named = new_values.into_iter().map(|(column, values)| (&*self.columns[column].name, values));
        change = change.modify(modified, named).expect("fits");
        self.rows.append(&mut added);
        if let Source::Keyed(rows) = &self.source {
            rows.apply(change).expect("applies");
        }
    }
}

fn vectors(columns: &[ColumnDef], rows: &[Vec<Value>]) -> Vec<Vector<'static>> {
    let column = |(at, def): (usize, &ColumnDef)| {
        Vector::from_values(def.ty, rows.iter().map(|row| row[at].clone())).expect("of that type")
    };
    columns.iter().enumerate().map(column).collect()
}

/// Rows by id.
pub(super) type Cells = BTreeMap<u64, Vec<Value>>;

/// The cells of a join, row by row, from scratch; or the errors there may be.
pub(super) fn joined(
    left: &Cells,
    right: &Cells,
    keys: &[(usize, usize)],
    added: &[usize],
    matching: Match,
) -> Result<Vec<Vec<Value>>, Vec<ErrorKind>> {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for left in left.values() {
        let mut found = right.values().filter(|right| keys.iter().all(|&(l, r)| meet(&left[l], &right[r])));
        let (first, second) = (found.next(), found.next());
        let taken =
            if matching == Match::Last && !keys.is_empty() { found.next_back().or(second).or(first) } else { first };
        if second.is_some() && (keys.is_empty() || matches!(matching, Match::ErrorOnDuplicate | Match::ExactlyOne)) {
            errors.push(ErrorKind::DuplicateKey);
        }
        if first.is_none() && matching == Match::ExactlyOne {
            errors.push(ErrorKind::NoMatch);
        }
        let cells = added.iter().map(|&column| taken.map_or(Value::Null, |right| right[column].clone()));
        rows.push(left.iter().cloned().chain(cells).collect());
    }
    if errors.is_empty() { Ok(rows) } else { Err(errors) }
}

/// Whether two cells are one key: an `I32` meets an `I64`.
fn meet(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::I32(left), Value::I64(right)) => i64::from(*left) == *right,
        (left, right) => left.same(right),
    }
}
