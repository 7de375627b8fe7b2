//! [`Condition`]: one condition of a filter. On text that is kept as codes it is decided once for each distinct text.

use std::sync::atomic::{AtomicU64, Ordering};

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
    is_fallible: bool,
    /// Rows it was asked about, and of those the ones it left open.
    asked: AtomicU64,
    left: AtomicU64,
    /// Rows whose code told the answer.
    told: AtomicU64,
}

/// Tenths of a nanosecond for a row of text whose code tells the answer.
const BY_CODE: f64 = 10.0;

/// So many texts are decided about even for fewer rows.
const FEW_TEXTS: u64 = 1 << 14;

/// Beyond so many rows, what was seen long ago counts half.
const REMEMBERED: u64 = 1 << 20;

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
        let is_fallible = bound.is_fallible();
        let [asked, left, told] = [0; 3].map(AtomicU64::new);
        Condition { bound, verdicts, is_fallible, asked, left, told }
    }

    /// Whether asking may fail for a row, by the condition or by what it reads: it must see no row but those it is asked
    /// about, and stays in its place.
    pub(super) fn is_fallible(&self) -> bool {
        self.is_fallible
    }

    /// Whether asking may have to fetch pages.
    pub(super) fn is_remote(&self) -> bool {
        self.bound.inputs.iter().any(Column::is_remote)
    }

    /// Takes down that of `asked` rows so many were left open.
    pub(super) fn note(&self, asked: usize, left: usize) {
        self.asked.fetch_add(asked as u64, Ordering::Relaxed);
        self.left.fetch_add(left as u64, Ordering::Relaxed);
    }

    /// Rows it was asked about lately, and of those the ones it left open.
    pub(super) fn seen(&self) -> (u64, u64) {
        (self.asked.load(Ordering::Relaxed), self.left.load(Ordering::Relaxed))
    }

    pub(super) fn forget_half(&mut self) {
        if *self.asked.get_mut() > REMEMBERED {
            *self.asked.get_mut() /= 2;
            *self.left.get_mut() /= 2;
            *self.told.get_mut() /= 2;
        }
    }

    /// What it costs to decide about a row: the condition to be asked first has the least.
    pub(super) fn cost_of_decision(&self) -> f64 {
        let read = self.bound.inputs.iter().map(Column::cost);
        let cost = f64::from(read.fold(self.bound.formula.cost(), u32::saturating_add));
        let (asked, left) = self.seen();
        // A column of text may be kept as codes in some places only.
        let by_code = match self.told.load(Ordering::Relaxed) {
            _ if asked == 0 && self.verdicts.as_ref().is_some_and(|verdicts| verdicts.number.is_some()) => 1.0,
            told => told as f64 / asked.max(1) as f64,
        };
        // Of one that was never asked: half of the rows.
        let decided = (asked.saturating_sub(left) + 1) as f64 / (asked + 2) as f64;
        (by_code * BY_CODE + (1.0 - by_code) * cost) / decided
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
            self.told.fetch_add(ids.len() as u64, Ordering::Relaxed);
            return Ok(verdicts.matches(&codes));
        }
        let inputs = cx.read_all(&self.bound.inputs, ids, View::New)?;
        self.bound.formula.matches(&inputs, ids)
    }
}

impl Verdicts {
    fn learn(&mut self, formula: &Compiled, column: &Column, cx: &Cx<'_>) -> Result<()> {
        let Some(texts) = column.texts(cx) else { return Ok(()) };
        if texts.len() as u64 > cx.input().new.len().max(FEW_TEXTS) {
            self.number = None;
            return Ok(());
        }
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
