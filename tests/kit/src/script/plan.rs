//! Random plans: steps that are valid for the tables they are called on.

use headwater_engine::Flavour;
use headwater_engine::plan::{Needs, Pair};

use super::aggregates;
use super::formulas::{Computed, again, condition, formula, matching};
use super::grouped;
use super::join;
use super::merge;
use super::order;
use super::random::Random;
use super::shape::{ColumnShape, Quality, Shape};
use super::step::{Call, ShortForm, Step};

/// What a script is to exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the methods")]
pub enum Operator {
    Filter,
    View,
    UpdateView,
    Update,
    Select,
    DropColumns,
    RenameColumns,
    AggBy,
    ShortForm,
    NaturalJoin,
    BlinkToAppend,
    Slice,
    Sort,
    Reverse,
    Merge,
    LazyUpdate,
    SelectDistinct,
    PartBy,
    Ungroup,
    PartitionBy,
    FilterIn,
    Join,
    AsOf,
    MultiJoin,
    RangeJoin,
}

impl Operator {
    /// Those that a plan of any operators is made of.
    pub const ALL: [Operator; 25] = [
        Operator::Filter,
        Operator::View,
        Operator::UpdateView,
        Operator::Update,
        Operator::Select,
        Operator::DropColumns,
        Operator::RenameColumns,
        Operator::AggBy,
        Operator::ShortForm,
        Operator::NaturalJoin,
        Operator::BlinkToAppend,
        Operator::Slice,
        Operator::Sort,
        Operator::Reverse,
        Operator::Merge,
        Operator::LazyUpdate,
        Operator::SelectDistinct,
        Operator::PartBy,
        Operator::Ungroup,
        Operator::PartitionBy,
        Operator::FilterIn,
        Operator::Join,
        Operator::AsOf,
        Operator::MultiJoin,
        Operator::RangeJoin,
    ];
}

/// One formula in so many may fail for a row where its column is stored, or a condition of a filter.
const FAIL_ONE_IN: u64 = 80;

/// Makes a plan step by step.
pub(super) struct Planner<'r> {
    pub(super) random: &'r mut Random,
    pub(super) shapes: Vec<Shape>,
    pub(super) steps: Vec<Step>,
    sources: usize,
    cycles: usize,
}

impl<'r> Planner<'r> {
    /// A planner over these sources, for a script of so many cycles.
    pub(super) fn new(random: &'r mut Random, sources: Vec<Shape>, cycles: usize) -> Self {
        Planner { random, sources: sources.len(), shapes: sources, steps: Vec::new(), cycles }
    }

    /// The steps made.
    pub(super) fn finish(self) -> Vec<Step> {
        self.steps
    }

    /// Adds a step of that operator, if there is a table for it.
    pub(super) fn add(&mut self, operator: Operator) {
        let Some(input) = self.input(operator) else { return };
        match operator {
            Operator::Filter => self.filter(input),
            Operator::View | Operator::UpdateView | Operator::LazyUpdate | Operator::Update | Operator::Select => {
                self.project(input, operator)
            }
            Operator::DropColumns => self.drop_columns(input),
            Operator::RenameColumns => self.rename_columns(input),
            Operator::AggBy => self.agg_by(input),
            Operator::ShortForm => self.short_form(input),
            Operator::NaturalJoin => self.join(input, join::natural),
            Operator::Join => self.join(input, join::pairs),
            Operator::AsOf => self.join(input, join::as_of),
            Operator::MultiJoin => self.join(input, join::multi),
            Operator::RangeJoin => self.join(input, join::range),
            Operator::FilterIn => self.join(input, join::filter_in),
            Operator::BlinkToAppend => {
                let shape = Shape { flavour: Flavour::Append, ..self.shapes[input].clone() };
                self.push(vec![input], Call::BlinkToAppend, shape);
            }
            Operator::Slice => order::slice(self, input),
            Operator::Sort => order::sort(self, input),
            Operator::Reverse => order::reverse(self, input),
            Operator::Merge => merge::add(self, input),
            Operator::PartBy => grouped::part_by(self, input),
            Operator::Ungroup => grouped::ungroup(self, input),
            Operator::PartitionBy => grouped::partition_by(self, input),
            Operator::SelectDistinct => grouped::select_distinct(self, input),
        }
    }

    fn join(&mut self, input: usize, join: impl FnOnce(&mut Self, usize)) {
        let input = order::perhaps_ordered(self, input);
        join(self, input);
    }

    /// A table to go on with: the newest ones more often, so that plans get deep.
    fn input(&mut self, operator: Operator) -> Option<usize> {
        let fits =
            |shape: &Shape| !shape.fragile && (operator != Operator::BlinkToAppend || shape.flavour == Flavour::Blink);
        let fitting: Vec<usize> = (0..self.shapes.len()).filter(|&at| fits(&self.shapes[at])).collect();
        match fitting.last() {
            Some(&newest) if newest >= self.sources && !self.random.one_in(3) => Some(newest),
            _ => self.random.pick(&fitting).copied(),
        }
    }

    pub(super) fn push(&mut self, inputs: Vec<usize>, call: Call, shape: Shape) {
        let earliest =
            inputs.iter().filter_map(|&at| self.steps.get(at.checked_sub(self.sources)?)).map(|s| s.after).max();
        let mut after = earliest.unwrap_or(0);
        if self.random.one_in(6) {
            after = after.max(self.random.below(0..self.cycles));
        }
        self.steps.push(Step { inputs, call, after });
        self.shapes.push(shape);
    }

    pub(super) fn filter(&mut self, input: usize) {
        let shape = self.shapes[input].clone();
        let columns = shape.definite();
        let count = 1 + usize::from(self.random.one_in(3));
        let conditions = (0..count).map(|_| match matching(self.random, &columns) {
            Some(matching) if self.random.one_in(4) => matching,
            _ if self.random.one_in(FAIL_ONE_IN / 2) => match formula(self.random, &columns, 1) {
                failing if failing.fallible => format!("({}) > 0", failing.text),
                _ => condition(self.random, &columns),
            },
            _ if self.random.one_in(12) => format!("ii % {} != 0", self.random.below(2..5)),
            _ => condition(self.random, &columns),
        });
        let conditions = conditions.collect();
        let needs = if self.random.one_in(4) { Needs::Any } else { Needs::All };
        self.push(vec![input], Call::Filter(conditions, needs), shape);
    }

    fn project(&mut self, input: usize, operator: Operator) {
        let stored = matches!(operator, Operator::Update | Operator::Select);
        let keeps = matches!(operator, Operator::Update | Operator::UpdateView | Operator::LazyUpdate);
        let mut scope = self.shapes[input].clone();
        let mut result = Shape { columns: Vec::new(), ..scope.clone() };
        if keeps {
            result = scope.clone();
        }
        let mut formulas = Vec::new();
        if !keeps {
            // Most columns as they are: those that are left out are left out for good.
            for column in self.shapes[input].columns.clone() {
                if !self.random.one_in(4) {
                    formulas.push(column.name.clone());
                    result.define(column);
                }
            }
        }
        // Of what an earlier formula computes as well, as long as its columns are the same.
        let mut earlier: Vec<Computed> = Vec::new();
        for number in 0..self.random.below(1..4) {
            let computed = match (order::standing(self.random, &self.shapes[input]), earlier.last()) {
                (_, Some(earlier)) if self.random.one_in(3) => again(self.random, earlier),
                (Some(standing), _) if self.random.one_in(6) => standing,
                _ => formula(self.random, &scope.definite(), FAIL_ONE_IN),
            };
            let name = match self.random.pick(&scope.columns) {
                Some(column) if self.random.one_in(5) => {
                    earlier.clear();
                    column.name.clone()
                }
                _ => {
                    earlier.push(computed.clone());
                    format!("F{}_{number}", self.steps.len())
                }
            };
            formulas.push(format!("{name} = {}", computed.text));
            let column = ColumnShape { name, ty: computed.ty, quality: computed.quality, is_key: false };
            scope.define(column.clone());
            result.define(column);
            result.fragile |= computed.fallible && !stored;
        }
        let call = match operator {
            Operator::View => Call::View(formulas),
            Operator::UpdateView => Call::UpdateView(formulas),
            Operator::LazyUpdate => Call::LazyUpdate(formulas),
            Operator::Update => Call::Update(formulas),
            _ if self.random.one_in(5) => {
                result = self.shapes[input].clone();
                Call::Select(Vec::new())
            }
            _ => Call::Select(formulas),
        };
        self.push(vec![input], call, result);
    }

    fn drop_columns(&mut self, input: usize) {
        let mut shape = self.shapes[input].clone();
        let mut dropped = Vec::new();
        for _ in 0..self.random.below(1..3) {
            if shape.columns.len() > 1 {
                let at = self.random.below(0..shape.columns.len());
                dropped.push(shape.columns.remove(at).name);
            }
        }
        if !dropped.is_empty() {
            self.push(vec![input], Call::Drop(dropped), shape);
        }
    }

    fn rename_columns(&mut self, input: usize) {
        let mut shape = self.shapes[input].clone();
        let one = self.random.below(0..shape.columns.len());
        let other = self.random.below(0..shape.columns.len());
        let pairs = if one != other && self.random.one_in(2) {
            let (a, b) = (shape.columns[one].name.clone(), shape.columns[other].name.clone());
            (shape.columns[one].name, shape.columns[other].name) = (b.clone(), a.clone());
            vec![pair(&a, &b), pair(&b, &a)]
        } else {
            let name = format!("N{}", self.steps.len());
            let old = std::mem::replace(&mut shape.columns[one].name, name.clone());
            vec![pair(&name, &old)]
        };
        self.push(vec![input], Call::Rename(pairs), shape);
    }

    fn agg_by(&mut self, input: usize) {
        let shape = self.shapes[input].clone();
        let by = self.keys(&shape);
        let place = self.steps.len();
        let (aggregates, columns) = aggregates::random(self.random, &shape, &by, place);
        let mut result = Shape { columns: Vec::new(), flavour: grouped_flavour(shape.flavour), fragile: false };
        by.iter().for_each(|key| result.define(key.clone()));
        columns.into_iter().for_each(|column| result.define(column));
        let keys = by.clone();
        let by = by.into_iter().map(|key| key.name).collect();
        let preserve_empty = self.random.one_in(5);
        let named = if self.random.one_in(4) { self.named_groups(&keys) } else { None };
        let inputs = std::iter::once(input).chain(named).collect();
        self.push(inputs, Call::Agg(aggregates, by, preserve_empty), result);
    }

    /// A table that never changes, with columns for these keys, if one can be made.
    fn named_groups(&mut self, keys: &[ColumnShape]) -> Option<usize> {
        let still: Vec<usize> = (0..self.shapes.len()).filter(|&at| self.shapes[at].flavour.is_static()).collect();
        let at = *self.random.pick(&still)?;
        let mut formulas = Vec::new();
        for key in keys {
            let definite = self.shapes[at].definite();
            let fitting: Vec<&ColumnShape> = definite.into_iter().filter(|column| column.ty == key.ty).collect();
            formulas.push(format!("{} = {}", key.name, self.random.pick(&fitting)?.name));
        }
        if formulas.is_empty() || self.shapes[at].fragile {
            return None;
        }
        let shape = Shape { columns: keys.to_vec(), ..self.shapes[at].clone() };
        self.push(vec![at], Call::View(formulas), shape);
        Some(self.shapes.len() - 1)
    }

    /// A weighted short form takes all columns that are no keys, so a view first leaves numbers.
    fn weighted(&mut self, mut shape: Shape, by: Vec<ColumnShape>, input: usize) {
        let is_key = |column: &ColumnShape| by.iter().any(|key| key.name == column.name);
        shape.columns.retain(|column| is_key(column) || aggregates::is_weight(column));
        let weights: Vec<&ColumnShape> = shape.columns.iter().filter(|column| !is_key(column)).collect();
        let Some(weight) = self.random.pick(&weights).map(|weight| weight.name.clone()) else { return };
        if weights.len() < 2 {
            return;
        }
        let view = shape.columns.iter().map(|column| column.name.clone()).collect();
        self.push(vec![input], Call::View(view), shape.clone());
        let sum = self.random.one_in(2);
        let mut result = Shape { columns: by.clone(), flavour: grouped_flavour(shape.flavour), fragile: false };
        let results = aggregates::weighted_results(sum, &weight, &shape, &by);
        results.into_iter().for_each(|column| result.define(column));
        let by = by.into_iter().map(|key| key.name).collect();
        self.push(vec![self.shapes.len() - 1], Call::Weighted { sum, weight, by }, result);
    }

    /// A short form takes all columns that are no keys, so a view first leaves those that it can take.
    fn short_form(&mut self, input: usize) {
        let mut shape = self.shapes[input].clone();
        let by = self.keys(&shape);
        if self.random.one_in(7) {
            return self.weighted(shape, by, input);
        }
        let form = aggregates::short_form(self.random);
        let is_key = |column: &ColumnShape| by.iter().any(|key| key.name == column.name);
        shape.columns.retain(|column| is_key(column) || aggregates::takes(form, column));
        // The counts are named: no key may have that name already.
        let is_taken = by.is_empty() || by.iter().any(|key| key.name == "Rows");
        let is_passing = form == ShortForm::GroupBy && shape.flavour == Flavour::Blink;
        if shape.columns.len() <= by.len() || (form == ShortForm::CountBy && is_taken) || is_passing {
            return;
        }
        let view = shape.columns.iter().map(|column| column.name.clone()).collect();
        self.push(vec![input], Call::View(view), shape.clone());
        let mut result = Shape { columns: by.clone(), flavour: grouped_flavour(shape.flavour), fragile: false };
        aggregates::results(form, &shape, &by).into_iter().for_each(|column| result.define(column));
        let by = by.into_iter().map(|key| key.name).collect();
        self.push(vec![self.shapes.len() - 1], Call::Short(form, by), result);
    }

    /// Up to two key columns.
    fn keys(&mut self, shape: &Shape) -> Vec<ColumnShape> {
        let mut keys: Vec<ColumnShape> = shape.keys().into_iter().cloned().collect();
        let wanted = self.random.below(0..3).max(usize::from(!self.random.one_in(4)));
        while keys.len() > wanted {
            keys.remove(self.random.below(0..keys.len()));
        }
        keys
    }
}

pub(super) fn grouped_flavour(flavour: Flavour) -> Flavour {
    if flavour.is_static() { flavour } else { Flavour::Keyed }
}

pub(super) fn pair(output: &str, input: &str) -> Pair {
    Pair { output: output.into(), input: input.into() }
}

/// The quality of what is made of rounded values.
pub(super) fn at_best(quality: Quality, column: &ColumnShape) -> Quality {
    quality.max(column.quality)
}
