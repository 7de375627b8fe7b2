//! merge: the rows of each input in turn, columns by name.

use std::sync::Arc;

use headwater_engine::Result as EngineResult;
use headwater_engine::plan::{Operation, Plan};

use super::rows::{Contents, Identity, Row, Rows};

/// Bits of the keys of rows that come from no merge.
const KEY_BITS: u32 = 32;
/// Bits that a merge puts in front of them.
const INPUT_BITS: u32 = 4;

/// The columns of each input in the order of the first, and how many bits their keys have.
pub(super) struct Merge {
    columns: Vec<Vec<usize>>,
    bits: u32,
}

impl Merge {
    pub(super) fn new(inputs: &[Arc<Plan>]) -> EngineResult<Self> {
        let names: Vec<_> = inputs.iter().take(1).flat_map(|first| first.definition.columns()).collect();
        let columns = |input: &Arc<Plan>| names.iter().map(|column| input.definition.require(&column.name)).collect();
        let bits = inputs.iter().map(|input| key_bits(input)).max().unwrap_or_default();
        Ok(Merge { columns: inputs.iter().map(columns).collect::<EngineResult<_>>()?, bits })
    }

    pub(super) fn apply(&self, inputs: &[&Contents]) -> Rows {
        let mut rows = Rows::new();
        for (number, (input, columns)) in (0..).zip(inputs.iter().zip(&self.columns)) {
            rows.extend(input.now.iter().map(|row| {
                let Identity { key, generation } = row.identity;
                let identity = Identity { key: number << self.bits | key, generation };
                Row { identity, cells: columns.iter().map(|&column| row.cells[column].clone()).collect() }
            }));
        }
        rows
    }
}

fn key_bits(plan: &Plan) -> u32 {
    let inputs = plan.inputs.iter().map(|input| key_bits(input)).max().unwrap_or(KEY_BITS);
    if matches!(plan.operation, Operation::Merge) { inputs + INPUT_BITS } else { inputs }
}
