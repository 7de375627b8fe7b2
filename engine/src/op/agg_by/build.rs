//! Making the operator: which state answers what, and where results stand.

use std::sync::Arc;

use super::accumulator::{Manner, accumulator};
use super::formulas::Formulas;
use super::groups::Groups;
use super::members::Members;
use super::row_lists::RowLists;
use super::slot::{Answer, Slot, Told};
use super::{AggBy, History, Initial, Reads};
use crate::Result;
use crate::column::{Column, Compiled, Listed, StoreRef};
use crate::formula::FormulaBackend;
use crate::graph::{Mask, NodeId};
use crate::op::{Bound, Built, InputShape};
use crate::order::RowOrder;
use crate::plan::{AggFunction, Flavour, PreparedAggregate};
use crate::types::Type;

/// The columns of the result as they are decided on: keys, then one an aggregate, each stored or of lists.
struct Builder<'a> {
    input: &'a InputShape<'a>,
    node: NodeId,
    backend: &'a dyn FormulaBackend,
    keys: &'a [usize],
    /// Where the rows of each group are stored, if they are.
    rows_at: StoreRef,
    manner: Manner,
    columns: Vec<Column>,
    stored: Vec<Type>,
    slots: Vec<Slot>,
    /// Which columns states are told of, each by its number.
    readings: Vec<Vec<usize>>,
    formulas: Formulas,
    /// Columns of lists: the position of each in the result, and of what it lists in the input.
    listed: Vec<(usize, usize)>,
}

/// `inputs` are the table whose rows are grouped, and perhaps one that names groups.
pub(in crate::op) fn build(
    keys: Vec<usize>,
    aggregates: Vec<PreparedAggregate>,
    preserve_empty: bool,
    initial: Option<Vec<usize>>,
    inputs: &[InputShape<'_>],
    node: NodeId,
    backend: &dyn FormulaBackend,
) -> Result<Built> {
    let input = &inputs[0];
    let history = match input.definition.flavour() {
        flavour if flavour.only_adds() => History::Adds,
        Flavour::Blink => History::Passes,
        _ => History::Changes,
    };
    // Blink rows are told in their order as they pass.
    let by_place = !input.order.is_by_id() && history != History::Passes;
    let key_types: Vec<Type> = keys.iter().map(|&key| input.columns[key].ty()).collect();
    let is_stored = |one: &&PreparedAggregate| !matches!(one.function, AggFunction::Group);
    let rows_at = StoreRef { node, slot: keys.len() + aggregates.iter().filter(is_stored).count() };
    let mut builder = Builder {
        input,
        node,
        backend,
        keys: &keys,
        rows_at,
        manner: Manner { history, by_place, shows_empty: preserve_empty },
        columns: Vec::new(),
        stored: Vec::new(),
        slots: Vec::new(),
        readings: Vec::new(),
        formulas: Formulas::default(),
        listed: Vec::new(),
    };
    for &ty in &key_types {
        builder.store(ty);
    }
    for aggregate in aggregates {
        builder.add(aggregate)?;
    }
    let Builder { columns, mut stored, slots: mut aggregates, formulas, listed, .. } = builder;
    aggregates.sort_by_key(|slot| slot.reading);
    let has_lists = !listed.is_empty() || !formulas.is_empty();
    if has_lists {
        stored.push(Type::List(&Type::I64));
    }
    // Where rows are only added they may still be told to make room for others: then a place is taken back.
    let moves = by_place && !input.definition.flavour().is_static();
    let takes_back = history == History::Changes || moves;
    let needs_members = takes_back && aggregates.iter().any(|slot| slot.state.needs_members());
    let reads_places = |slot: &Slot| matches!(slot.state.reads(), Reads::Places | Reads::Standing);
    let by_place = by_place && (has_lists || aggregates.iter().any(reads_places));
    let column_of = |shape: &InputShape<'_>, key: usize| (key, shape.columns[key].clone());
    let initial = match initial {
        Some(columns) => Initial::Rows(columns.into_iter().map(|column| inputs[1].columns[column].clone()).collect()),
        // Of all rows there is one group, of which it is known beforehand.
        None if preserve_empty && keys.is_empty() => Initial::One,
        None => Initial::None,
    };
    let op = AggBy {
        history,
        is_static: input.definition.flavour().is_static(),
        by_place,
        key_mask: keys.iter().copied().collect(),
        keys: keys.iter().map(|&key| column_of(input, key)).collect(),
        groups: Groups::new(&key_types).preserving_empty(preserve_empty),
        members: needs_members.then(Members::default),
        rows: has_lists.then(|| RowLists::new(listed, formulas.lists())),
        rows_at: rows_at.slot,
        aggregates,
        formulas,
        initial,
        slots: Vec::new(),
    };
    Ok(Built { op: Box::new(op), columns, stored, order: RowOrder::BY_ID })
}

impl Builder<'_> {
    /// A stored column of the result.
    fn store(&mut self, ty: Type) -> Answer {
        let answer = Answer { output: self.columns.len(), stored: self.stored.len() };
        self.columns.push(Column::Stored { at: StoreRef { node: self.node, slot: answer.stored }, ty });
        self.stored.push(ty);
        answer
    }

    fn bound(&self, checked: crate::formula::Checked, column: impl Fn(usize) -> Column) -> Result<Bound> {
        let inputs = checked.inputs().iter().map(|&input| column(input)).collect();
        Ok(Bound { formula: Compiled::new(checked, self.backend)?, inputs })
    }

    fn add(&mut self, mut aggregate: PreparedAggregate) -> Result<()> {
        let formulas = std::mem::take(&mut aggregate.formulas);
        match (&aggregate.function, aggregate.input) {
            (AggFunction::Group, Some(column)) => {
                self.listed.push((self.columns.len(), column));
                let lists = self.lists(column);
                self.columns.push(lists);
            }
            (AggFunction::Formula { .. }, parameter) => {
                let answer = self.store(aggregate.result);
                for formula in formulas {
                    self.formula(formula, parameter, answer)?;
                }
            }
            _ => {
                let answer = self.store(aggregate.result);
                let told: Mask = formulas.iter().flat_map(|formula| formula.inputs().iter().copied()).collect();
                let conditions = formulas
                    .into_iter()
                    .map(|formula| self.bound(formula, |column| self.input.columns[column].clone()));
                let conditions = conditions.collect::<Result<Vec<_>>>()?;
                self.answer(&aggregate, conditions, told, answer);
            }
        }
        Ok(())
    }

    fn lists(&self, column: usize) -> Column {
        Column::Listed(Arc::new(Listed::new(self.rows_at, self.input.columns[column].clone())))
    }

    /// A formula over keys and lists, which stand in the result by the time it is evaluated.
    fn formula(&mut self, formula: crate::formula::Checked, parameter: Option<usize>, answer: Answer) -> Result<()> {
        let width = self.input.definition.columns().len();
        let of_input = |column: usize| parameter.filter(|_| column >= width).unwrap_or(column);
        let key = |column: usize| self.keys.iter().position(|&key| key == column && column < width);
        let lists: Mask =
            formula.inputs().iter().filter(|&&column| key(column).is_none()).map(|&column| of_input(column)).collect();
        let bound = self.bound(formula, |column| match key(column) {
            Some(key) => self.columns[key].clone(),
            None => self.lists(of_input(column)),
        })?;
        self.formulas.add(bound, lists, answer);
        Ok(())
    }

    /// Has a state answer: one that is there, if it can, or another one.
    fn answer(&mut self, aggregate: &PreparedAggregate, conditions: Vec<Bound>, told: Mask, answer: Answer) {
        let positions = (aggregate.input, aggregate.beside.clone());
        let same = |slot: &&mut Slot| positions.0.is_some() && slot.positions == positions;
        if let Some(slot) =
            self.slots.iter_mut().filter(same).find_map(|slot| slot.state.also(aggregate).then_some(slot))
        {
            return slot.answers.push(answer);
        }
        let column = |at: usize| self.input.columns[at].clone();
        let input = positions.0.map(column);
        let beside: Vec<Column> = positions.1.iter().map(|&at| column(at)).collect();
        let types: Vec<Type> = beside.iter().map(Column::ty).collect();
        let state = accumulator(aggregate, input.as_ref().map(Column::ty), &types, self.manner);
        let all = || positions.0.into_iter().chain(positions.1.iter().copied());
        let told_columns: Vec<usize> = match state.reads() {
            Reads::Standing => positions.1.clone(),
            Reads::Values => all().collect(),
            Reads::Rows | Reads::Places => Vec::new(),
        };
        let mut told_mask: Mask = told_columns.iter().copied().collect();
        told_mask.insert_all(&told);
        let mut depends: Mask = all().collect();
        depends.insert_all(&told);
        // What conditions make of columns is another reading each time.
        let same = self.readings.iter().position(|columns| conditions.is_empty() && *columns == told_columns);
        let reading = same.unwrap_or(self.readings.len());
        if same.is_none() {
            self.readings.push(told_columns.clone());
        }
        let told = match aggregate.function {
            AggFunction::CountWhere { .. } => Told::Conditions(conditions),
            _ => Told::Columns(told_columns.into_iter().map(column).collect()),
        };
        self.slots.push(Slot {
            answers: vec![answer],
            told,
            reading,
            told_mask,
            depends,
            column: input,
            beside,
            positions,
            state,
        });
    }
}
