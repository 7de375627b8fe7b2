//! view, update_view, lazy_update, update, select: formulas in order, each seeing the columns of those before it.

use super::{Prepared, Result};
use crate::formula::{Checked, Formula, FunctionRegistry, Scope, check_assignment};
use crate::plan::{ColumnDef, Definition, Projection};
use crate::{Error, ErrorKind};

/// Where a column of a projection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A column of the input.
    Input(usize),
    /// The result of a formula of the same call.
    Formula(usize),
}

/// A formula of a projection and where each of its inputs comes from.
#[derive(Clone, Debug)]
pub struct ProjectedColumn {
    /// The formula.
    pub checked: Checked,
    /// One origin an input of the formula.
    pub inputs: Vec<Origin>,
}

/// The columns in scope: definitions beside where they come from.
struct Visible {
    defs: Vec<ColumnDef>,
    origins: Vec<Origin>,
}

impl Visible {
    fn of(input: &Definition) -> Self {
        let defs = input.columns().to_vec();
        let origins = (0..defs.len()).map(Origin::Input).collect();
        Visible { defs, origins }
    }

    fn nothing() -> Self {
        Visible { defs: Vec::new(), origins: Vec::new() }
    }

    /// Defines a column anew in its place, or a new one at the end.
    fn define(&mut self, def: ColumnDef, origin: Origin) {
        match self.defs.iter().position(|known| known.name == def.name) {
            Some(at) => (self.defs[at], self.origins[at]) = (def, origin),
            None => {
                self.defs.push(def);
                self.origins.push(origin);
            }
        }
    }
}

pub(super) fn check(
    form: Projection,
    formulas: &[Formula],
    input: &Definition,
    functions: &FunctionRegistry,
) -> Result<(Definition, Prepared)> {
    if formulas.is_empty() && form != Projection::Select {
        return Err(Error::new(ErrorKind::Argument, "no formula given"));
    }
    let mut scope = Visible::of(input);
    let whole_table = form == Projection::Select && formulas.is_empty();
    let mut result = if form.keeps_columns() || whole_table { Visible::of(input) } else { Visible::nothing() };
    let mut prepared = Vec::with_capacity(formulas.len());
    for formula in formulas {
        let (name, checked) = check_assignment(formula, Scope { columns: &scope.defs, functions })?;
        if !checked.is_pure() && !form.is_stored() {
            return Err(Error::new(ErrorKind::Unsupported, "this formula gives another value each time it is read")
                .with_place(formula.text(), 0..formula.text().len())
                .with_help(if form.keeps_columns() {
                    "use update, which keeps the value"
                } else {
                    "use select, or update, which keep the value"
                }));
        }
        let def = ColumnDef::new(name, checked.ty());
        let origin = match checked.as_column() {
            Some(column) => scope.origins[column],
            None => {
                let inputs = checked.inputs().iter().map(|&column| scope.origins[column]).collect();
                prepared.push(ProjectedColumn { checked, inputs });
                Origin::Formula(prepared.len() - 1)
            }
        };
        scope.define(def.clone(), origin);
        result.define(def, origin);
    }
    let definition = Definition::new(result.defs, input.flavour())?;
    Ok((definition, Prepared::Project { formulas: prepared, outputs: result.origins, form }))
}
