//! agg_by: all rows of every group, gathered anew in each cycle. Only the places of groups have a history, and over a
//! blink table the rows.

use std::collections::HashMap;
use std::rc::Rc;

use headwater_engine::formula::{
    Checked, FunctionRegistry, Scope, check_assignment, check_condition, check_expression,
};
use headwater_engine::plan::{AggFunction, Aggregate, ColumnDef, Definition, Needs};
use headwater_engine::{Flavour, List, Result as EngineResult, Type, Value};

use super::filter::passes;
use super::formula::evaluate;
use super::functions::{aggregate, decided, weighted};
use super::rows::{Cell, Contents, Fault, Identity, Key, Row, Rows, needed};

/// The groups so far.
pub(super) struct Groups {
    by: Vec<usize>,
    aggregates: Vec<One>,
    /// The types of the columns of the input.
    types: Vec<Type>,
    /// The key values of each group as they were when it first appeared, by place.
    seen: Vec<Vec<Value>>,
    places: HashMap<Key, usize>,
    /// All rows that ever passed, for a blink table.
    passed: Option<Rows>,
    /// Whether groups are there without rows.
    preserve_empty: bool,
    /// Where the keys are in the table of groups that are there before any row, until they are.
    initial: Option<Vec<usize>>,
}

/// An aggregation, and where its columns are.
struct One {
    aggregate: Aggregate,
    input: Option<usize>,
    beside: Vec<usize>,
    /// Conditions, or a formula.
    checked: Vec<Checked>,
}

impl One {
    fn new(
        aggregate: &Aggregate,
        by: &[usize],
        input: &Definition,
        functions: &FunctionRegistry,
    ) -> EngineResult<Self> {
        let column = aggregate.input.as_deref().map(|name| input.require(name)).transpose()?;
        let checked = match &aggregate.function {
            AggFunction::CountWhere { conditions } => {
                let scope = Scope { columns: input.columns(), functions };
                conditions.iter().map(|condition| check_condition(condition, scope)).collect::<EngineResult<_>>()?
            }
            AggFunction::Formula { formula, parameter } => {
                let listed = |(at, def): (usize, &ColumnDef)| match by.contains(&at) {
                    true => def.clone(),
                    false => ColumnDef::new(def.name.clone(), Type::list_of(def.ty)),
                };
                let mut columns: Vec<ColumnDef> = input.columns().iter().enumerate().map(listed).collect();
                if let (Some(name), Some(column)) = (parameter, column) {
                    columns.push(ColumnDef::new(name.clone(), Type::list_of(input.columns()[column].ty)));
                }
                let scope = Scope { columns: &columns, functions };
                vec![match parameter {
                    Some(_) => check_expression(formula, scope)?,
                    None => check_assignment(formula, scope)?.1,
                }]
            }
            _ => Vec::new(),
        };
        let beside = aggregate.function.beside().iter().map(|name| input.require(name));
        let beside = beside.collect::<EngineResult<Vec<_>>>()?;
        Ok(One { aggregate: aggregate.clone(), input: column, beside, checked })
    }
}

impl Groups {
    pub(super) fn new(
        aggregates: &[Aggregate],
        by: &[impl AsRef<str>],
        input: &Definition,
        functions: &FunctionRegistry,
    ) -> EngineResult<Self> {
        let mut keys: Vec<usize> = Vec::new();
        for name in by {
            let key = input.require(name.as_ref())?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let aggregates =
            aggregates.iter().map(|one| One::new(one, &keys, input, functions)).collect::<EngineResult<Vec<_>>>()?;
        let types = input.columns().iter().map(|column| column.ty).collect();
        let passed = (input.flavour() == Flavour::Blink).then(Rows::new);
        let (seen, places) = (Vec::new(), HashMap::new());
        Ok(Groups { by: keys, aggregates, types, seen, places, passed, preserve_empty: false, initial: None })
    }

    /// The same with groups that are there without rows; of all rows there is one from the start.
    pub(super) fn preserving_empty(mut self) -> Self {
        self.preserve_empty = true;
        if self.by.is_empty() {
            self.places.insert(Key::of(&[]), 0);
            self.seen.push(Vec::new());
        }
        self
    }

    /// The same, in which the rows of a table have named groups before any row does.
    pub(super) fn beginning_with(mut self, input: &Definition, initial: &Definition) -> EngineResult<Self> {
        let keys = self.by.iter().map(|&key| initial.require(&input.columns()[key].name));
        self.initial = Some(keys.collect::<EngineResult<_>>()?);
        Ok(self)
    }

    /// Gives their places to the groups that a table names, once.
    pub(super) fn seed(&mut self, initial: &Contents) -> Result<(), Fault> {
        let Some(keys) = self.initial.take() else { return Ok(()) };
        for row in &initial.now {
            let values = keys.iter().map(|&key| needed(&row.cells[key])).collect::<Result<Vec<Value>, Fault>>()?;
            self.place_of(values);
        }
        Ok(())
    }

    /// The key columns, each once.
    pub(super) fn keys(&self) -> &[usize] {
        &self.by
    }

    /// The groups now.
    pub(super) fn update(&mut self, input: &Contents) -> Result<Rows, Fault> {
        let members = self.members(input)?;
        let is_there = |(_, rows): &(usize, &Rows)| self.preserve_empty || !rows.is_empty();
        members.iter().enumerate().filter(is_there).map(|(place, rows)| self.group(place, rows)).collect()
    }

    /// The rows of every group there ever was. New ones take their places as rows that stayed are put in again, and then
    /// those that came.
    pub(super) fn members(&mut self, input: &Contents) -> Result<Vec<Rows>, Fault> {
        for (_, now) in input.kept() {
            self.place(now)?;
        }
        for row in input.added() {
            self.place(row)?;
            if let Some(passed) = &mut self.passed {
                passed.push(row.clone());
            }
        }
        let rows = self.passed.clone().unwrap_or_else(|| input.now.clone());
        let mut members: Vec<Vec<Row>> = vec![Vec::new(); self.seen.len()];
        for row in rows {
            let place = self.place(&row)?;
            members[place].push(row);
        }
        Ok(members)
    }

    fn place(&mut self, row: &Row) -> Result<usize, Fault> {
        let values = self.by.iter().map(|&key| needed(&row.cells[key])).collect::<Result<Vec<Value>, Fault>>()?;
        Ok(self.place_of(values))
    }

    fn place_of(&mut self, values: Vec<Value>) -> usize {
        let next = self.seen.len();
        let place = *self.places.entry(Key::of(&values)).or_insert(next);
        if place == next {
            self.seen.push(values);
        }
        place
    }

    fn group(&self, place: usize, rows: &[Row]) -> Result<Row, Fault> {
        let mut cells: Vec<Cell> = self.seen[place].iter().cloned().map(Ok).collect();
        for one in &self.aggregates {
            cells.push(Ok(self.value(one, place, rows)?));
        }
        Ok(Row { identity: Identity { key: place as u64, generation: 0 }, cells: Rc::from(cells) })
    }

    fn value(&self, one: &One, place: usize, rows: &[Row]) -> Result<Value, Fault> {
        let values = |column: usize| rows.iter().map(|row| needed(&row.cells[column])).collect::<Result<Vec<_>, _>>();
        let list = |column: usize| -> Result<Value, Fault> {
            Ok(List::from_values(self.types[column], values(column)?).map_or(Value::Null, Value::List))
        };
        let Aggregate { function, options, .. } = &one.aggregate;
        match (function, one.input, &one.beside[..]) {
            (AggFunction::Group, Some(column), _) => list(column),
            (AggFunction::Formula { .. }, parameter, _) => {
                evaluate(&one.checked[0], |column| match (self.by.iter().position(|&key| key == column), parameter) {
                    (Some(key), _) => Ok(self.seen[place][key].clone()),
                    (None, Some(parameter)) if column >= self.types.len() => list(parameter),
                    (None, _) => list(column),
                })
            }
            (AggFunction::CountWhere { .. }, ..) => {
                let holds = rows.iter().map(|row| passes(&one.checked, Needs::All, row));
                Ok(Value::I64(
                    holds.collect::<Result<Vec<_>, Fault>>()?.into_iter().filter(|&holds| holds).count() as i64
                ))
            }
            (AggFunction::SortedFirst { .. } | AggFunction::SortedLast { .. }, Some(column), by) => {
                let by = by.iter().map(|&by| values(by)).collect::<Result<Vec<_>, _>>()?;
                Ok(decided(function, &values(column)?, &by))
            }
            (function, Some(column), &[weight]) => weighted(function, &values(column)?, &values(weight)?),
            (function, Some(column), _) => aggregate(function, options, self.types[column], &values(column)?),
            (function, None, _) => aggregate(function, options, Type::I64, &vec![Value::Null; rows.len()]),
        }
    }
}
