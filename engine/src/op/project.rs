//! view, update_view, lazy_update, update, select, drop and rename: rows stay, columns change.

mod batched;
mod of_texts;
mod recipes;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use batched::in_batches;
use of_texts::OfTexts;
use recipes::Recipes;

use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Compiled, Ids, Memo, StoreRef, Together, View};
use crate::formula::FormulaBackend;
use crate::graph::{Cx, Delta, Mask, NodeId, Update};
use crate::plan::{Origin, ProjectedColumn, Projection};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Vector;

/// Keeps the columns of some formulas or copies; without any, it only passes rows through.
struct Project {
    /// For each column of the result, the input columns whose change may change it.
    depends: Vec<Mask>,
    keeping: Option<Keeping>,
    /// What formulas gave, of those that remember it.
    memos: Vec<Arc<Memo>>,
    remarks: Vec<String>,
}

/// The stored columns of the result, and how they are made.
struct Keeping {
    node: NodeId,
    recipes: Recipes,
    /// In order of evaluation: a later one may read an earlier one.
    slots: Vec<Slot>,
    /// The slots in order, those side by side that are made together.
    passes: Vec<Pass>,
}

/// A stored column of the result.
struct Slot {
    source: Source,
    ty: Type,
    /// The input columns whose change may change it.
    depends: Mask,
}

enum Source {
    Formula(usize),
    Copy(Column),
}

/// Slots whose values are computed together, batch by batch.
struct Pass {
    slots: Range<usize>,
    /// A function that counts its calls must see the rows in their order, one slot after the other.
    is_pure: bool,
    all: Made,
    /// Some of them, as last asked for.
    some: Option<Made>,
    /// The quicker way to make the only one of them, if it is text made of coded texts.
    of_texts: Option<OfTexts>,
}

/// What makes the values of some slots.
struct Made {
    slots: Vec<usize>,
    together: Together,
}

/// Only the input's columns at `positions`.
pub(super) fn columns(positions: &[usize], input: &InputShape<'_>) -> Built {
    let depends = positions.iter().map(|&position| [position].into_iter().collect()).collect();
    let columns = positions.iter().map(|&position| input.columns[position].clone()).collect();
    let op = Project { depends, keeping: None, memos: Vec::new(), remarks: Vec::new() };
    Built { op: Box::new(op), columns, stored: Vec::new(), order: input.order }
}

/// All columns, and the rows the other way round.
pub(super) fn reversed(input: &InputShape<'_>) -> Built {
    let positions: Vec<usize> = (0..input.columns.len()).collect();
    Built { order: input.order.reversed(), ..columns(&positions, input) }
}

pub(super) fn build(
    formulas: &[ProjectedColumn],
    outputs: &[Origin],
    form: Projection,
    input: &InputShape<'_>,
    node: NodeId,
    backend: &dyn FormulaBackend,
) -> Result<Built> {
    let recipes = Recipes::new(formulas, form, input, backend)?;
    let depends = outputs.iter().map(|&origin| recipes.depends_of(origin)).collect();
    let memos = recipes.memos();
    let remarks = recipes.remarks.clone();
    if !form.is_stored() {
        let made = recipes.columns(0..formulas.len(), |_| None);
        let column = |&origin: &Origin| match origin {
            Origin::Input(column) => input.columns[column].clone(),
            Origin::Formula(number) => made[number].clone(),
        };
        let columns = outputs.iter().map(column).collect();
        let op = Project { depends, keeping: None, memos, remarks };
        return Ok(Built { op: Box::new(op), columns, stored: Vec::new(), order: input.order });
    }
    let mut slots: Vec<Slot> = (0..formulas.len())
        .map(|number| Slot {
            source: Source::Formula(number),
            ty: recipes.formula(number).ty(),
            depends: recipes.depends_of(Origin::Formula(number)),
        })
        .collect();
    let mut columns = Vec::with_capacity(outputs.len());
    for &origin in outputs {
        columns.push(match origin {
            Origin::Formula(number) => stored(node, number, slots[number].ty),
            Origin::Input(column) if form == Projection::Select => {
                let column = input.columns[column].clone();
                let ty = column.ty();
                slots.push(Slot { source: Source::Copy(column), ty, depends: recipes.depends_of(origin) });
                stored(node, slots.len() - 1, ty)
            }
            Origin::Input(column) => input.columns[column].clone(),
        });
    }
    let types = slots.iter().map(|slot| slot.ty).collect();
    let keeping = Some(Keeping::new(node, recipes, slots));
    let op = Project { depends, keeping, memos, remarks };
    Ok(Built { op: Box::new(op), columns, stored: types, order: input.order })
}

fn stored(node: NodeId, slot: usize, ty: Type) -> Column {
    Column::Stored { at: StoreRef { node, slot }, ty }
}

impl Operator for Project {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let Delta { removed, added, modified, mask } = input.delta;
        self.memos.iter().for_each(|memo| memo.fit(input.new.len()));
        if let Some(keeping) = &mut self.keeping {
            keeping.update(cx, added, modified, mask)?;
        }
        let hit = self.depends.iter().enumerate().filter(|(_, depends)| depends.intersects(mask));
        let moved = mask.has_order();
        let mut mask: Mask = hit.map(|(column, _)| column).collect();
        mask.set_order(moved);
        let modified = if mask.is_empty() { RowSet::new() } else { modified.clone() };
        let delta = Delta { removed: removed.clone(), added: added.clone(), modified, mask };
        Ok(Update::new(delta, input.new.clone()))
    }

    fn bytes(&self) -> usize {
        let passes = self.keeping.iter().flat_map(|keeping| &keeping.passes);
        let tables = passes.filter_map(|pass| pass.of_texts.as_ref()).map(OfTexts::bytes);
        self.memos.iter().map(|memo| memo.bytes()).chain(tables).sum()
    }

    fn formulas(&self) -> Vec<&Compiled> {
        let Some(keeping) = &self.keeping else { return Vec::new() };
        let formula = |slot: &Slot| match slot.source {
            Source::Formula(number) => Some(keeping.recipes.formula(number)),
            Source::Copy(_) => None,
        };
        keeping.slots.iter().filter_map(formula).collect()
    }

    fn remarks(&self) -> Vec<String> {
        let passes = self.keeping.iter().flat_map(|keeping| &keeping.passes);
        let of_texts = passes.filter_map(|pass| pass.of_texts.as_ref()).map(OfTexts::remark);
        self.remarks.iter().cloned().chain(of_texts).collect()
    }
}

impl Keeping {
    fn new(node: NodeId, recipes: Recipes, slots: Vec<Slot>) -> Self {
        let mut keeping = Keeping { node, recipes, slots, passes: Vec::new() };
        let numbers: Vec<usize> = (0..keeping.slots.len()).collect();
        let mut of_texts: Vec<Option<OfTexts>> = numbers.iter().map(|&slot| keeping.of_texts(slot)).collect();
        let shares = |slot: usize| keeping.is_pure(slot) && of_texts[slot].is_none();
        let passes: Vec<&[usize]> = numbers.chunk_by(|&a, &b| shares(a) && shares(b)).collect();
        let passes = passes.into_iter().map(|slots| {
            let slots = slots[0]..slots[slots.len() - 1] + 1;
            let all = keeping.made(slots.clone().collect(), &slots);
            let of_texts = of_texts[slots.start].take();
            Pass { is_pure: keeping.is_pure(slots.start), slots, all, some: None, of_texts }
        });
        keeping.passes = passes.collect();
        keeping
    }

    fn is_pure(&self, slot: usize) -> bool {
        match self.slots[slot].source {
            Source::Formula(number) => self.recipes.formula(number).is_pure(),
            Source::Copy(_) => true,
        }
    }

    /// What makes a slot that is text made of coded texts.
    fn of_texts(&self, slot: usize) -> Option<OfTexts> {
        match self.slots[slot].source {
            Source::Formula(number) => self.recipes.of_texts(number),
            Source::Copy(_) => None,
        }
    }

    /// What makes these slots of a pass. They read each other as they are made, and all others where they are stored.
    fn made(&self, slots: Vec<usize>, pass: &Range<usize>) -> Made {
        let kept = |number: usize| {
            // Formulas come first among the slots: their numbers are the same.
            let is_made = pass.contains(&number) && slots.contains(&number);
            (!is_made).then(|| stored(self.node, number, self.slots[number].ty))
        };
        let formulas = slots.iter().filter_map(|&slot| match self.slots[slot].source {
            Source::Formula(number) => Some(number),
            Source::Copy(_) => None,
        });
        let mut cooked = self.recipes.columns(formulas, kept).into_iter();
        let columns = slots.iter().filter_map(|&slot| match &self.slots[slot].source {
            Source::Formula(_) => cooked.next(),
            Source::Copy(column) => Some(column.clone()),
        });
        let together = Together::new(columns.collect());
        Made { slots, together }
    }

    fn update(&mut self, cx: &mut Cx<'_>, added: &RowSet, modified: &RowSet, mask: &Mask) -> Result<()> {
        for at in 0..self.passes.len() {
            if !self.fill_of_texts(at, cx, added)? {
                self.fill(&self.passes[at].all, self.passes[at].is_pure, cx, added)?;
            }
            let hit = self.passes[at].slots.clone().filter(|&slot| self.slots[slot].depends.intersects(mask));
            let hit: Vec<usize> = hit.collect();
            if hit.is_empty() || modified.is_empty() || self.fill_of_texts(at, cx, modified)? {
                continue;
            }
            // A cell is computed again only if one of its inputs changed: the others are read as they are.
            if hit.len() < self.passes[at].slots.len() {
                let pass = &self.passes[at];
                if pass.some.as_ref().is_none_or(|some| some.slots != hit) {
                    self.passes[at].some = Some(self.made(hit, &pass.slots));
                }
            } else {
                self.passes[at].some = None;
            }
            let pass = &self.passes[at];
            self.fill(pass.some.as_ref().unwrap_or(&pass.all), pass.is_pure, cx, modified)?;
        }
        Ok(())
    }

    /// Makes the text of a pass that is made of coded texts; `false` if the formula has to be evaluated for each row.
    fn fill_of_texts(&mut self, at: usize, cx: &mut Cx<'_>, rows: &RowSet) -> Result<bool> {
        let Pass { slots, of_texts: Some(of_texts), .. } = &mut self.passes[at] else { return Ok(false) };
        Ok(rows.is_empty() || of_texts.fill(cx, slots.start, rows)?)
    }

    /// Computes the values of some slots for `rows`.
    fn fill(&self, made: &Made, is_pure: bool, cx: &mut Cx<'_>, rows: &RowSet) -> Result<()> {
        let Some(&first) = made.slots.first().filter(|_| !rows.is_empty()) else { return Ok(()) };
        let most = cx.batch_rows(first);
        let put = |_: &mut (), cx: &mut Cx<'_>, ids: Ids<'_>, values: Vec<Vector<'static>>| {
            made.slots.iter().zip(values).try_for_each(|(&slot, values)| cx.put(slot, ids, values)).map(|()| true)
        };
        in_batches(cx, &mut (), rows, (most, is_pure), |(), cx, ids| made.values(cx, ids), put).map(|_| ())
    }
}

impl Made {
    fn values(&self, cx: &Cx<'_>, ids: Ids<'_>) -> Result<Vec<Vector<'static>>> {
        Ok(self.together.read(cx, ids, View::New)?.into_iter().map(Vector::into_owned).collect())
    }
}
