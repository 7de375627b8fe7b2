//! [`Condition`]: one condition of a filter. On text that is kept as codes it is decided once for each distinct text.

use crate::Result;
use crate::column::{Codes, Column, Compiled, Ids, View};
use crate::graph::Cx;
use crate::op::Bound;
use crate::types::Type;
use crate::vector::{Bits, Vector};

pub(super) struct Condition {
    bound: Bound,
    /// Of a condition that reads one text column, and says the same of the same text.
    verdicts: Option<Verdicts>,
}

/// What a condition says of the texts of a dictionary.
#[derive(Default)]
struct Verdicts {
    /// Which dictionary.
    number: Option<u64>,
    by_code: Vec<bool>,
    of_null: bool,
}

impl Condition {
    pub(super) fn new(bound: Bound) -> Self {
        let formula = &bound.formula;
        // One that may fail must see no text but those of the rows it is asked about.
        let is_of_text = matches!(&bound.inputs[..], [column] if column.ty() == Type::String);
        let verdicts = (is_of_text && formula.is_pure() && !formula.is_fallible()).then(Verdicts::default);
        Condition { bound, verdicts }
    }

    pub(super) fn formula(&self) -> &Compiled {
        &self.bound.formula
    }

    /// Decides about texts that came since it was last called.
    pub(super) fn learn(&mut self, cx: &Cx<'_>) -> Result<()> {
        match (&mut self.verdicts, &self.bound.inputs[..]) {
            (Some(verdicts), [column]) => verdicts.learn(&self.bound.formula, column, cx),
            _ => Ok(()),
        }
    }

    /// Which of the rows it is true for.
    pub(super) fn matches(&self, cx: &Cx<'_>, ids: Ids<'_>) -> Result<Bits> {
        if let (Some(verdicts), [column]) = (&self.verdicts, &self.bound.inputs[..])
            && verdicts.number.is_some()
            && let Some(codes) = cx.codes(column, ids, View::New)?
            && verdicts.number == Some(codes.texts.number())
        {
            return Ok(verdicts.matches(&codes));
        }
        let inputs = cx.read_all(&self.bound.inputs, ids, View::New)?;
        self.bound.formula.matches(&inputs, ids)
    }
}

impl Verdicts {
    fn learn(&mut self, formula: &Compiled, column: &Column, cx: &Cx<'_>) -> Result<()> {
        let Some(texts) = column.texts(cx) else { return Ok(()) };
        let decide = |texts: Vector<'_>| {
            let ids = Ids::Range { start: 0, len: texts.len() };
            formula.matches(&[texts], ids)
        };
        if self.number != Some(texts.number()) {
            let of_null = decide(Vector::nulls(Type::String, 1))?.any();
            *self = Verdicts { number: Some(texts.number()), by_code: Vec::new(), of_null };
        }
        if self.by_code.len() < texts.len() {
            self.by_code.extend(decide(texts.since(self.by_code.len()))?.iter());
        }
        Ok(())
    }

    fn matches(&self, codes: &Codes<'_>) -> Bits {
        let bits = Bits::from_fn(codes.codes.len(), |row| self.by_code[codes.codes[row] as usize]);
        match &codes.valid {
            None => bits,
            Some(valid) if self.of_null => bits.or(&valid.not()),
            Some(valid) => bits.and(valid),
        }
    }
}
