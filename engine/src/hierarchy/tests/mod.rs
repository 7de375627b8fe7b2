//! Rollups and trees against a plain computation over the rows of their table.

mod errors;
mod model;
mod rollup;
mod tree;
mod wide;

use crate::source::{Batch, KeyedRows, RowChange};
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{ColumnDef, Outline, Session, Table};

/// Numbers that follow from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A table whose rows come, go and change at random.
struct Changing {
    session: Session,
    table: Table,
    rows: KeyedRows,
    there: Vec<u64>,
    random: Random,
    /// Makes the cells of a row, given its id.
    cells: fn(&mut Random, u64) -> Vec<Value>,
}

impl Changing {
    fn new(columns: &[(&str, Type)], seed: u64, cells: fn(&mut Random, u64) -> Vec<Value>) -> Self {
        let session = Session::builder().check_deltas(true).block_rows(64).unwrap().build();
        let defs = columns.iter().map(|&(name, ty)| ColumnDef::new(name, ty));
        let (table, rows) = session.keyed_rows("t", defs).unwrap();
        Changing { session, table, rows, there: Vec::new(), random: Random(seed), cells }
    }

    /// A cycle: some rows of up to `ids` go, some come, some change in all columns.
    fn step(&mut self, ids: u64) {
        let mut change = RowChange::new(self.table.definition());
        let (mut gone, mut changed) = (Vec::new(), Vec::new());
        for &id in &self.there {
            match self.random.below(8) {
                0 | 1 => gone.push(id),
                2 => changed.push(id),
                _ => {}
            }
        }
        let come: Vec<u64> = (0..ids)
            .filter(|id| self.random.below(4) == 0 && (!self.there.contains(id) || gone.contains(id)))
            .collect();
        change = change.remove(gone.clone()).add(come.clone(), self.batch(&come)).unwrap();
        let other = self.batch(&changed);
        let names = self.table.definition().columns().iter().map(|column| column.name.clone());
        let columns: Vec<_> = names.zip(other.columns().to_vec()).collect();
        change = change.modify(changed, columns.iter().map(|(name, column)| (&**name, column.clone()))).unwrap();
        self.there.retain(|id| !gone.contains(id));
        self.there.extend(come);
        self.there.sort_unstable();
        self.rows.apply(change).unwrap();
        self.session.step().unwrap();
        self.session.validate().unwrap();
    }

    fn batch(&mut self, ids: &[u64]) -> Batch {
        let rows: Vec<Vec<Value>> = ids.iter().map(|&id| (self.cells)(&mut self.random, id)).collect();
        let columns = self
            .table
            .definition()
            .columns()
            .iter()
            .enumerate()
            .map(|(at, column)| Vector::from_values(column.ty, rows.iter().map(|row| row[at].clone())).unwrap());
        let columns = columns.collect();
        Batch::new(self.table.definition(), columns).unwrap()
    }

    /// The rows as they are, cell by cell.
    fn cells(&self) -> Vec<Vec<Value>> {
        let rows = self.table.snapshot().unwrap().rows(0..u64::MAX).unwrap();
        (0..rows.len()).map(|row| rows.columns().iter().map(|column| column.value(row)).collect()).collect()
    }
}

/// The rows of an outline as text: how deep they stand, whether they are open, and their cells.
fn lines(outline: &Outline) -> Vec<String> {
    let line = |row: usize| {
        let cells = outline.rows().columns().iter().map(|column| column.value(row).to_string());
        let open = match outline.expanded(row) {
            Some(true) => "-",
            Some(false) => "+",
            None => " ",
        };
        let own = outline.constituents().map(|rows| rows.columns().iter().map(|column| column.value(row).to_string()));
        let mut line =
            format!("{}{open} {}", "  ".repeat(outline.depth(row) as usize), cells.collect::<Vec<_>>().join(" "));
        if let Some(own) = own {
            line.push_str(&format!(" | {}", own.collect::<Vec<_>>().join(" ")));
        }
        line
    };
    (0..outline.len()).map(line).collect()
}
