//! The other table of a live join, where it is live too.

use headwater::Definition;
use headwater::prelude::*;
use headwater::source::{Feed, KeyedRows, RowChange};

use crate::data::Random;

pub(crate) const SYMBOLS: u64 = 500;

/// What is written to it.
pub(crate) enum Other {
    /// Nothing: there is none, or it never changes.
    Still,
    /// A level for each key, some of which change.
    Levels(Table, KeyedRows),
    /// Quotes in order of time, between those of the trades.
    Quotes(Table, Feed, i64),
}

/// A change that is made before the clock runs.
pub(crate) enum Change {
    Nothing,
    Levels(RowChange),
    Quotes(Batch),
}

impl Other {
    pub(crate) fn new(session: &Session, pipeline: &str, levels: &[i64]) -> Result<Self> {
        match pipeline {
            "p3b" => {
                let (table, rows) = session.keyed_rows("right", columns(&[("Key", Type::I64), ("R", Type::I64)]))?;
                let keys: Vec<i64> = (0..levels.len() as i64).collect();
                let batch = Batch::new(table.definition(), vec![keys.into(), levels.to_vec().into()])?;
                rows.apply(RowChange::new(table.definition()).add((0..levels.len() as u64).collect(), batch)?)?;
                session.step()?;
                Ok(Other::Levels(table, rows))
            }
            "p7" => {
                let names = [("Sym", Type::String), ("Ts", Type::Timestamp), ("Bid", Type::I64)];
                let (table, feed) = session.append_table("quotes", columns(&names))?;
                Ok(Other::Quotes(table, feed, 0))
            }
            _ => Ok(Other::Still),
        }
    }

    /// The rows there are to begin with, as many as go to the left table at once; levels are there already.
    pub(crate) fn base(&mut self, random: &mut Random, rows: usize) -> Result<Change> {
        match self {
            Other::Quotes(table, _, next) => quotes(table, random, next, rows).map(Change::Quotes),
            _ => Ok(Change::Nothing),
        }
    }

    /// A change beside a batch of left rows: as many quotes, or new levels for a tenth.
    pub(crate) fn change(&mut self, random: &mut Random, levels: &mut [i64], rows: usize) -> Result<Change> {
        match self {
            Other::Still => Ok(Change::Nothing),
            Other::Quotes(table, _, next) => quotes(table, random, next, rows).map(Change::Quotes),
            Other::Levels(table, _) => {
                let mut ids: Vec<u64> = (0..rows / 10).map(|_| random.below(levels.len() as u64)).collect();
                ids.sort_unstable();
                ids.dedup();
                ids.iter().for_each(|&id| levels[id as usize] = random.below(1000) as i64);
                let values: Vec<i64> = ids.iter().map(|&id| levels[id as usize]).collect();
                RowChange::new(table.definition()).modify(ids, [("R", values.into())]).map(Change::Levels)
            }
        }
    }

    pub(crate) fn send(&self, change: Change) -> Result<()> {
        match (self, change) {
            (Other::Levels(_, rows), Change::Levels(change)) => rows.apply(change),
            (Other::Quotes(_, feed, _), Change::Quotes(batch)) => feed.send(batch),
            _ => Ok(()),
        }
    }
}

fn columns<'a>(columns: &'a [(&'a str, Type)]) -> impl Iterator<Item = ColumnDef> + 'a {
    columns.iter().map(|&(name, ty)| ColumnDef::new(name, ty))
}

fn quotes(table: &Table, random: &mut Random, next: &mut i64, rows: usize) -> Result<Batch> {
    ticks(table.definition(), random, next, rows, 0)
}

/// Rows of a symbol, a time and a price each, a microsecond apart.
pub(crate) fn ticks(
    definition: &Definition,
    random: &mut Random,
    next: &mut i64,
    rows: usize,
    offset: i64,
) -> Result<Batch> {
    let symbols: Vec<String> = (0..rows).map(|_| format!("S{}", random.below(SYMBOLS))).collect();
    let time = |row| Timestamp::from_nanos(1_780_000_000_000_000_000 + row * 1000 + offset);
    let times: Vec<Timestamp> = (*next..*next + rows as i64).map(time).collect();
    let prices: Vec<i64> = (0..rows).map(|_| random.below(100_000) as i64).collect();
    *next += rows as i64;
    Batch::new(definition, vec![symbols.into(), times.into(), prices.into()])
}
