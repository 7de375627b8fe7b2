//! view, update_view, update, select, drop and rename: each row by itself.

use headwater_engine::formula::{Checked, FunctionRegistry, Scope, check_assignment};
use headwater_engine::plan::{ColumnDef, Definition, Operation, Projection};
use headwater_engine::{Formula, Result as EngineResult};

use super::formula::evaluate;
use super::rows::{Cell, Fault, Row, Rows};

/// How the cells of a row are made.
pub(super) struct Project {
    /// Formulas in order, each with the cells that are the columns of its scope. Its value is one cell more.
    formulas: Vec<(Checked, Vec<usize>)>,
    /// The cells that make the row.
    result: Vec<usize>,
    /// Values are kept: one that cannot be made is the table's failure, not its reader's.
    kept: bool,
}

/// The columns that a formula may read, each at its place among the cells.
struct Visible {
    defs: Vec<ColumnDef>,
    places: Vec<usize>,
}

impl Visible {
    fn define(&mut self, def: ColumnDef, place: usize) {
        match self.defs.iter().position(|known| known.name == def.name) {
            Some(at) => (self.defs[at], self.places[at]) = (def, place),
            None => {
                self.defs.push(def);
                self.places.push(place);
            }
        }
    }
}

impl Project {
    pub(super) fn new(
        operation: &Operation,
        input: &Definition,
        functions: &FunctionRegistry,
    ) -> EngineResult<Option<Self>> {
        let all: Vec<usize> = (0..input.columns().len()).collect();
        let lazily = |result| Project { formulas: Vec::new(), result, kept: false };
        Ok(Some(match operation {
            Operation::DropColumns { columns } => {
                let stays = |&column: &usize| !columns.contains(&input.columns()[column].name);
                lazily(all.iter().copied().filter(stays).collect())
            }
            Operation::RenameColumns { pairs } => {
                let stays = |&column: &usize| {
                    let name = &input.columns()[column].name;
                    pairs.iter().any(|pair| pair.input == *name) || pairs.iter().all(|pair| pair.output != *name)
                };
                lazily(all.iter().copied().filter(stays).collect())
            }
            Operation::MoveColumns { columns, to } => {
                let is_moved = |column: &usize| columns.contains(&input.columns()[*column].name);
                let mut result: Vec<usize> = all.iter().copied().filter(|column| !is_moved(column)).collect();
                let moved = columns.iter().map(|name| input.require(name)).collect::<EngineResult<Vec<_>>>()?;
                let at = to.unwrap_or(result.len());
                moved.into_iter().enumerate().for_each(|(place, column)| result.insert(at + place, column));
                lazily(result)
            }
            Operation::Project { form, formulas } => Project::of(*form, formulas, input, functions)?,
            _ => return Ok(None),
        }))
    }

    fn of(form: Projection, texts: &[Formula], input: &Definition, functions: &FunctionRegistry) -> EngineResult<Self> {
        let mut scope = Visible { defs: input.columns().to_vec(), places: (0..input.columns().len()).collect() };
        let nothing = || Visible { defs: Vec::new(), places: Vec::new() };
        let whole = form.keeps_columns() || texts.is_empty();
        let mut result =
            if whole { Visible { defs: scope.defs.clone(), places: scope.places.clone() } } else { nothing() };
        let mut formulas: Vec<(Checked, Vec<usize>)> = Vec::new();
        for text in texts {
            let (name, checked) = check_assignment(text, Scope { columns: &scope.defs, functions })?;
            let def = ColumnDef::new(name, checked.ty());
            let place = match checked.as_column() {
                Some(column) => scope.places[column],
                None => {
                    formulas.push((checked, scope.places.clone()));
                    input.columns().len() + formulas.len() - 1
                }
            };
            scope.define(def.clone(), place);
            result.define(def, place);
        }
        Ok(Project { formulas, result: result.places, kept: form.is_stored() })
    }

    pub(super) fn apply(&self, input: &Rows) -> Result<Rows, Fault> {
        input.iter().map(|row| self.row(row)).collect()
    }

    fn row(&self, row: &Row) -> Result<Row, Fault> {
        let mut cells = row.cells.to_vec();
        for (formula, places) in &self.formulas {
            let value: Cell = evaluate(formula, |column| cells[places[column]].clone());
            if self.kept {
                value.clone()?;
            }
            cells.push(value);
        }
        let cells: Vec<Cell> = self.result.iter().map(|&place| cells[place].clone()).collect();
        Ok(Row { identity: row.identity, cells: cells.into() })
    }
}
