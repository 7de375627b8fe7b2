//! view, update_view, update, select, drop and rename: rows stay, columns change.

use std::sync::Arc;

use super::{Bound, Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Compiled, Computed, Ids, StoreRef, View, batches_of};
use crate::formula::FormulaBackend;
use crate::graph::{Cx, Delta, Mask, NodeId, Update};
use crate::plan::{Origin, ProjectedColumn};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Vector;

/// Keeps the columns of some formulas or copies; without any, it only passes rows through.
struct Project {
    /// In order of evaluation: a later one may read the stored column of an earlier one.
    kept: Vec<Kept>,
    /// For each column of the result, the input columns whose change may change it.
    depends: Vec<Mask>,
}

/// A stored column of the result.
struct Kept {
    source: KeptSource,
    /// The input columns whose change may change it.
    depends: Mask,
}

enum KeptSource {
    Formula(Bound),
    Copy(Column),
}

/// Only the input's columns at `positions`.
pub(super) fn columns(positions: &[usize], input: &InputShape<'_>) -> Built {
    let depends = positions.iter().map(|&position| [position].into_iter().collect()).collect();
    let columns = positions.iter().map(|&position| input.columns[position].clone()).collect();
    Built { op: Box::new(Project { kept: Vec::new(), depends }), columns, stored: Vec::new(), order: input.order }
}

/// All columns, and the rows the other way round.
pub(super) fn reversed(input: &InputShape<'_>) -> Built {
    let positions: Vec<usize> = (0..input.columns.len()).collect();
    Built { order: input.order.reversed(), ..columns(&positions, input) }
}

pub(super) fn build(
    formulas: Vec<ProjectedColumn>,
    outputs: &[Origin],
    stored: bool,
    copies: bool,
    input: &InputShape<'_>,
    node: NodeId,
    backend: &dyn FormulaBackend,
) -> Result<Built> {
    let mut builder = Builder { input, node, kept: Vec::new(), types: Vec::new(), made: Vec::new() };
    for formula in formulas {
        builder.formula(formula, stored, backend)?;
    }
    let (mut columns, mut depends) = (Vec::new(), Vec::new());
    for &origin in outputs {
        let (column, mask) = builder.resolve(origin);
        let column = match origin {
            Origin::Input(_) if copies => builder.keep(KeptSource::Copy(column.clone()), column.ty(), mask.clone()),
            _ => column,
        };
        columns.push(column);
        depends.push(mask);
    }
    let op = Box::new(Project { kept: builder.kept, depends });
    Ok(Built { op, columns, stored: builder.types, order: input.order })
}

struct Builder<'a> {
    input: &'a InputShape<'a>,
    node: NodeId,
    kept: Vec<Kept>,
    types: Vec<Type>,
    /// The column of each formula so far, and the input columns it depends on.
    made: Vec<(Column, Mask)>,
}

impl Builder<'_> {
    fn resolve(&self, origin: Origin) -> (Column, Mask) {
        match origin {
            Origin::Input(column) => (self.input.columns[column].clone(), [column].into_iter().collect()),
            Origin::Formula(formula) => self.made[formula].clone(),
        }
    }

    fn keep(&mut self, source: KeptSource, ty: Type, depends: Mask) -> Column {
        self.kept.push(Kept { source, depends });
        self.types.push(ty);
        Column::Stored { at: StoreRef { node: self.node, slot: self.types.len() - 1 }, ty }
    }

    fn formula(&mut self, formula: ProjectedColumn, stored: bool, backend: &dyn FormulaBackend) -> Result<()> {
        let mut depends = Mask::none();
        let mut inputs = Vec::with_capacity(formula.inputs.len());
        for &origin in &formula.inputs {
            let (column, mask) = self.resolve(origin);
            inputs.push(column);
            depends.insert_all(&mask);
        }
        let ty = formula.checked.ty();
        let formula = Compiled::new(formula.checked, backend)?;
        let column = if stored {
            self.keep(KeptSource::Formula(Bound { formula, inputs }), ty, depends.clone())
        } else {
            constant(&formula).unwrap_or_else(|| Column::Computed(Arc::new(Computed::new(formula, &inputs))))
        };
        self.made.push((column, depends));
        Ok(())
    }
}

/// A pure formula that reads no column has one value; one that fails is left to whoever reads it.
fn constant(formula: &Compiled) -> Option<Column> {
    if formula.reads_columns() {
        return None;
    }
    let value = formula.evaluate(&[], Ids::Range { start: 0, len: 1 }).ok()?.value(0);
    Some(Column::Constant { value, ty: formula.ty() })
}

impl Operator for Project {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let Delta { removed, added, modified, mask } = input.delta;
        for slot in 0..self.kept.len() {
            self.fill(slot, cx, added)?;
            if self.kept[slot].depends.intersects(mask) {
                self.fill(slot, cx, modified)?;
            }
        }
        let hit = self.depends.iter().enumerate().filter(|(_, depends)| depends.intersects(mask));
        let moved = mask.has_order();
        let mut mask: Mask = hit.map(|(column, _)| column).collect();
        mask.set_order(moved);
        let modified = if mask.is_empty() { RowSet::new() } else { modified.clone() };
        let delta = Delta { removed: removed.clone(), added: added.clone(), modified, mask };
        Ok(Update::new(delta, input.new.clone()))
    }

    fn formulas(&self) -> Vec<&Compiled> {
        let formulas = self.kept.iter().filter_map(|kept| match &kept.source {
            KeptSource::Formula(bound) => Some(&bound.formula),
            KeptSource::Copy(_) => None,
        });
        formulas.collect()
    }
}

impl Project {
    /// Evaluates a kept column for `rows`.
    fn fill(&self, slot: usize, cx: &mut Cx<'_>, rows: &RowSet) -> Result<()> {
        let source = &self.kept[slot].source;
        // A function that counts its calls must see the rows in their order.
        let rounds = if source.is_pure() { cx.rounds(rows) } else { None };
        let batch = cx.batch_rows(slot);
        let Some(rounds) = rounds else {
            return batches_of(batch, rows, |ids| {
                let values = source.values(cx, ids)?;
                cx.put(slot, ids, values)
            });
        };
        for round in rounds {
            let made = cx.map(round.clone(), |cx, piece| source.all_values(cx, batch, piece))?;
            for (piece, values) in round.iter().zip(made) {
                let mut values = values.into_iter();
                batches_of(batch, piece, |ids| values.next().map_or(Ok(()), |values| cx.put(slot, ids, values)))?;
            }
        }
        Ok(())
    }
}

impl KeptSource {
    fn is_pure(&self) -> bool {
        match self {
            KeptSource::Copy(_) => true,
            KeptSource::Formula(bound) => bound.formula.is_pure(),
        }
    }

    fn values(&self, cx: &Cx<'_>, ids: Ids<'_>) -> Result<Vector<'static>> {
        match self {
            KeptSource::Copy(column) => Ok(cx.read(column, ids, View::New)?.into_owned()),
            KeptSource::Formula(bound) => {
                let inputs = cx.read_all(&bound.inputs, ids, View::New)?;
                Ok(bound.formula.evaluate(&inputs, ids)?.into_owned())
            }
        }
    }

    /// The values of many rows, batch by batch.
    fn all_values(&self, cx: &Cx<'_>, batch: usize, rows: &RowSet) -> Result<Vec<Vector<'static>>> {
        let mut all = Vec::new();
        batches_of(batch, rows, |ids| {
            all.push(self.values(cx, ids)?);
            Ok::<_, crate::Error>(())
        })?;
        Ok(all)
    }
}
