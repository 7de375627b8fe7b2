//! multi_join: a row for each key, looked up in every table, in each cycle anew. Only the places of keys are remembered.

use std::collections::HashMap;

use headwater_engine::plan::{Contribution, Definition, Pair, Plan};
use headwater_engine::{Result as EngineResult, Type, Value};
use std::sync::Arc;

use super::formula::cast;
use super::rows::{Cell, Contents, Fault, Identity, Key, Row, Rows, needed};

/// What is taken of each table, and the place of each key ever met.
pub(super) struct MultiJoin {
    tables: Vec<Taken>,
    types: Vec<Type>,
    places: HashMap<Key, Place>,
}

struct Taken {
    keys: Vec<usize>,
    added: Vec<usize>,
}

/// Where a key stands, and how it was written when it was met first.
struct Place {
    number: u64,
    shown: Vec<Value>,
}

impl MultiJoin {
    pub(super) fn new(taken: &[Contribution], result: &Definition, inputs: &[Arc<Plan>]) -> EngineResult<Self> {
        let names: Vec<_> = taken.iter().take(1).flat_map(|first| &first.on).map(|pair| pair.output.clone()).collect();
        let types = result.columns().iter().take(names.len()).map(|column| column.ty).collect();
        let table = |(taken, input): (&Contribution, &Arc<Plan>)| {
            let definition = &input.definition;
            let column = |name: &Arc<str>| {
                let pair = taken.on.iter().find(|pair| pair.output == *name).cloned();
                definition.require(&pair.unwrap_or_else(|| Pair::same(name.clone())).input)
            };
            let keys = names.iter().map(column).collect::<EngineResult<Vec<_>>>()?;
            let added = match &taken.add[..] {
                [] => (0..definition.columns().len()).filter(|column| !keys.contains(column)).collect(),
                add => add.iter().map(|pair| definition.require(&pair.input)).collect::<EngineResult<_>>()?,
            };
            Ok(Taken { keys, added })
        };
        let tables = taken.iter().zip(inputs).map(table).collect::<EngineResult<_>>()?;
        Ok(MultiJoin { tables, types, places: HashMap::new() })
    }

    pub(super) fn apply(&mut self, inputs: &[&Contents]) -> Result<Rows, Fault> {
        let mut found: Vec<HashMap<Key, &Row>> = Vec::new();
        let mut here: HashMap<Key, u64> = HashMap::new();
        for (taken, input) in self.tables.iter().zip(inputs) {
            // A key that changed is met before those of rows that came.
            let kept = input.kept().into_iter().map(|(_, row)| row);
            let mut rows = HashMap::new();
            for row in kept.chain(input.added()) {
                let shown = self.key(taken, row)?;
                let key = Key::of(&shown);
                let next = self.places.len() as u64;
                let place = self.places.entry(key.clone()).or_insert(Place { number: next, shown });
                here.insert(key.clone(), place.number);
                if rows.insert(key, row).is_some() {
                    return Err(Fault("a key twice in one table".to_owned()));
                }
            }
            found.push(rows);
        }
        let mut keys: Vec<(u64, Key)> = here.into_iter().map(|(key, number)| (number, key)).collect();
        keys.sort_unstable_by_key(|(number, _)| *number);
        let row = |(number, key): (u64, Key)| {
            let mut cells: Vec<Cell> = self.places[&key].shown.iter().cloned().map(Ok).collect();
            for (taken, rows) in self.tables.iter().zip(&found) {
                let row = rows.get(&key);
                cells.extend(taken.added.iter().map(|&at| row.map_or(Ok(Value::Null), |row| row.cells[at].clone())));
            }
            Row { identity: Identity { key: number, generation: 0 }, cells: cells.into() }
        };
        Ok(keys.into_iter().map(row).collect())
    }

    fn key(&self, taken: &Taken, row: &Row) -> Result<Vec<Value>, Fault> {
        let values = taken.keys.iter().zip(&self.types).map(|(&column, &ty)| {
            let value = needed(&row.cells[column])?;
            if value.ty().is_none_or(|found| found == ty) { Ok(value) } else { cast(&value, ty) }
        });
        values.collect()
    }
}
