//! [`Compiled`]: a checked formula with the program that runs it.

use std::sync::Arc;

use super::ids::Ids;
use super::memo::Memo;
use crate::formula::{Checked, FormulaBackend, Program};
use crate::types::Type;
use crate::vector::{Bits, Vector};
use crate::{Error, ErrorKind, Result};

/// A checked formula and its program. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    checked: Arc<Checked>,
    program: Arc<dyn Program>,
    backend: &'static str,
    /// What it gave before, if that is kept.
    memo: Option<Arc<Memo>>,
}

impl Compiled {
    pub(crate) fn new(checked: Checked, backend: &dyn FormulaBackend) -> Result<Self> {
        let program = backend.compile(&checked)?;
        Ok(Compiled { checked: Arc::new(checked), program, backend: backend.name(), memo: None })
    }

    /// The same, with what it gives kept by what it is given.
    pub(crate) fn remembering(self) -> Self {
        Compiled { memo: Some(Arc::new(Memo::new(self.ty()))), ..self }
    }

    /// What it gave before, if that is kept.
    pub(crate) fn memo(&self) -> Option<&Arc<Memo>> {
        self.memo.as_ref()
    }

    pub(crate) fn ty(&self) -> Type {
        self.checked.ty()
    }

    /// Whether both are clones of one.
    pub(crate) fn is_same(&self, other: &Compiled) -> bool {
        Arc::ptr_eq(&self.checked, &other.checked)
    }

    pub(crate) fn reads_columns(&self) -> bool {
        !self.checked.inputs().is_empty()
    }

    /// Whether evaluating it may fail, so that it must see no row it is not asked about.
    pub(crate) fn is_fallible(&self) -> bool {
        self.checked.expr().is_fallible()
    }

    /// About what a row costs, in tenths of a nanosecond, but for reading its columns.
    pub(crate) fn cost(&self) -> u32 {
        self.checked.expr().cost()
    }

    /// Whether the same cells always give the same value.
    pub(crate) fn is_pure(&self) -> bool {
        self.checked.is_pure()
    }

    pub(crate) fn text(&self) -> &str {
        self.checked.text()
    }

    /// What runs it, and why.
    pub(crate) fn runs_by(&self) -> String {
        let by = self.program.explain();
        let by = by.unwrap_or_else(|| format!("by the {}, the backend of this session", self.backend));
        match &self.memo {
            Some(memo) => format!("once for equal inputs, of which {} are known; {by}", memo.len()),
            None => by,
        }
    }

    /// The value for each row; an error names the row by its id.
    pub(crate) fn evaluate<'v>(&self, inputs: &[Vector<'v>], ids: Ids<'_>) -> Result<Vector<'v>> {
        let values = match &self.memo {
            Some(memo) => memo.evaluate(&*self.program, inputs, ids.len()),
            None => self.program.evaluate(inputs, ids.len()),
        };
        let values = values.map_err(|error| error.map_row(|row| ids.get(row as usize)))?;
        if values.ty() != self.ty() {
            let message = format!("{} gave values of type {} for {}", self.backend, values.ty(), self.text());
            return Err(Error::new(ErrorKind::Internal, message));
        }
        self.expect(values.len(), ids)?;
        Ok(values)
    }

    /// The rows where the condition is true; an error names the row by its id.
    pub(crate) fn matches(&self, inputs: &[Vector<'_>], ids: Ids<'_>) -> Result<Bits> {
        let matches =
            self.program.matches(inputs, ids.len()).map_err(|error| error.map_row(|row| ids.get(row as usize)))?;
        self.expect(matches.len(), ids)?;
        Ok(matches)
    }

    /// That the backend, which may be anybody's, gave as much as it was asked for.
    fn expect(&self, given: usize, ids: Ids<'_>) -> Result<()> {
        if given == ids.len() {
            return Ok(());
        }
        let message = format!("{} gave {given} values for {} rows of {}", self.backend, ids.len(), self.text());
        Err(Error::new(ErrorKind::Internal, message))
    }
}
