//! ungroup: a row for each value of the lists of every row, made anew in each cycle.

use std::collections::HashMap;

use headwater_engine::plan::{Definition, Uneven};
use headwater_engine::{Result as EngineResult, Value};

use super::rows::{Cell, Fault, Identity, Row, Rows, needed};

/// The columns of lists, and which row of the result stands for which value.
pub(super) struct Ungroup {
    lists: Vec<usize>,
    uneven: Uneven,
    keys: HashMap<(Identity, usize), u64>,
}

impl Ungroup {
    pub(super) fn new(columns: &[impl AsRef<str>], uneven: Uneven, input: &Definition) -> EngineResult<Self> {
        let lists = columns.iter().map(|name| input.require(name.as_ref())).collect::<EngineResult<_>>()?;
        Ok(Ungroup { lists, uneven, keys: HashMap::new() })
    }

    pub(super) fn apply(&mut self, input: &Rows) -> Result<Rows, Fault> {
        let mut rows = Rows::new();
        for row in input {
            let values = self.lists.iter().map(|&column| values(&row.cells[column]));
            let values = values.collect::<Result<Vec<Vec<Value>>, Fault>>()?;
            let longest = values.iter().map(Vec::len).max().unwrap_or_default();
            if self.uneven == Uneven::Refused && values.iter().any(|values| values.len() != longest) {
                return Err(Fault("lists of a row that are not equally long".to_owned()));
            }
            for position in 0..longest {
                let next = self.keys.len() as u64;
                let key = *self.keys.entry((row.identity, position)).or_insert(next);
                let mut cells: Vec<Cell> = row.cells.to_vec();
                for (&column, values) in self.lists.iter().zip(&values) {
                    cells[column] = Ok(values.get(position).cloned().unwrap_or(Value::Null));
                }
                rows.push(Row { identity: Identity { key, generation: 0 }, cells: cells.into() });
            }
        }
        Ok(rows)
    }
}

fn values(cell: &Cell) -> Result<Vec<Value>, Fault> {
    match needed(cell)? {
        Value::List(list) => Ok(list.iter().collect()),
        _ => Ok(Vec::new()),
    }
}
