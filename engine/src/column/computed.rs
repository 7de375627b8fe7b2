//! [`Computed`]: a formula over columns, read without going through the formulas below it one by one.
//!
//! A column of a formula may be read by several formulas above it, and those by one again: read as a tree, the column at the bottom of
//! such a tower would be evaluated twice for each floor. So the formulas below are taken up in one plan when the column is made, each
//! once, and what they read as well.

use std::sync::Arc;

use super::plan::{Input, Plan, Step};
use super::{Column, Compiled, Ids, Stores, View};
use crate::Result;
use crate::vector::Vector;

/// A formula and the plan to read it by.
#[derive(Debug)]
pub(crate) struct Computed {
    below: Plan,
    top: Step,
    /// Whether it reads the leaves, in their order, and nothing else.
    is_flat: bool,
    /// The same, where nothing was taken out of formulas: it says what is wrong in the words of the formula that was
    /// asked.
    plain: Option<Arc<Computed>>,
}

impl Computed {
    pub(crate) fn new(formula: Compiled, inputs: &[Column]) -> Self {
        let is_shared = |input: &Column| matches!(input, Column::Computed(computed) if computed.plain.is_some());
        let plain = inputs.iter().any(is_shared).then(|| {
            let inputs: Vec<Column> = inputs.iter().map(Column::plain).collect();
            Arc::new(Computed::new(formula.clone(), &inputs))
        });
        Computed { plain, ..Computed::over(formula, inputs) }
    }

    /// A formula that reads parts which may fail, and the same without parts.
    pub(crate) fn sharing(formula: Compiled, inputs: &[Column], plain: Arc<Computed>) -> Self {
        Computed { plain: Some(plain), ..Computed::over(formula, inputs) }
    }

    fn over(formula: Compiled, inputs: &[Column]) -> Self {
        let mut below = Plan::default();
        let inputs = inputs.iter().map(|input| below.take_up(input)).collect();
        let top = Step { formula, inputs };
        below.note(&top);
        let in_order = top.inputs.iter().copied().eq((0..below.leaves().count()).map(Input::Leaf));
        let is_flat = in_order && !below.may_read_codes();
        Computed { below, top, is_flat, plain: None }
    }

    pub(crate) fn formula(&self) -> &Compiled {
        &self.top.formula
    }

    /// The same without parts that may fail.
    pub(super) fn plain(&self) -> Option<&Arc<Computed>> {
        self.plain.as_ref()
    }

    /// The plan, and the formula on top of it.
    pub(super) fn parts(&self) -> (&Plan, &Step) {
        (&self.below, &self.top)
    }

    /// The columns it reads that are not formulas themselves.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &Column> {
        self.below.leaves()
    }

    /// About what a row costs, in tenths of a nanosecond.
    pub(super) fn cost(&self) -> u32 {
        let formulas = self.below.formulas().chain([&self.top.formula]).map(Compiled::cost);
        formulas.chain(self.leaves().map(Column::cost)).fold(0, u32::saturating_add)
    }

    /// Whether reading it may fail for a row.
    pub(super) fn is_fallible(&self) -> bool {
        self.below.formulas().chain([&self.top.formula]).any(Compiled::is_fallible)
            || self.leaves().any(Column::is_fallible)
    }

    pub(super) fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'s>> {
        match (self.read_once(stores, ids, view), &self.plain) {
            (Err(_), Some(plain)) => plain.read(stores, ids, view),
            (read, _) => read,
        }
    }

    fn read_once<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'s>> {
        if self.is_flat {
            let leaves = self.leaves().map(|leaf| leaf.read(stores, ids, view)).collect::<Result<Vec<_>>>()?;
            return self.top.formula.evaluate(&leaves, ids);
        }
        self.below.read(stores, ids, view)?.evaluate(&self.top, ids)
    }
}

#[cfg(test)]
mod tests {
    use crate::vector::Vector;
    use crate::{Session, Value};

    /// Both columns of a floor read both of the one below: as a tree, the top would read the bottom a trillion times.
    #[test]
    fn a_tower_of_shared_formulas_is_read_in_one_pass() {
        let session = Session::new();
        let ones = || Vector::from(vec![1_i64, 2, 3]);
        let mut table = session.static_table("rows", [("A0", ones()), ("B0", ones())]).unwrap();
        for floor in 1..=40 {
            let below = floor - 1;
            let (sum, same) =
                (format!("A{floor} = A{below} + B{below}"), format!("B{floor} = A{below} - B{below} + B0"));
            table = table.update_view(sum).unwrap().update_view(same).unwrap();
        }
        let (mut a, mut b) = (3_i64, 3_i64);
        for _ in 1..=40 {
            (a, b) = (a.wrapping_add(b), a.wrapping_sub(b).wrapping_add(3));
        }
        let pin = table.snapshot().unwrap();
        assert_eq!(pin.column("A40").unwrap().value(2), Value::I64(a));
        assert_eq!(pin.column("B40").unwrap().value(2), Value::I64(b));
    }
}
