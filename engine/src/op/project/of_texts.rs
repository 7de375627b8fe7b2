//! [`OfTexts`]: text that a formula makes of texts which are all kept as codes.
//!
//! Such a formula has one value for each combination of codes. It is evaluated when a combination is first met, and what
//! it gave is kept as a code too: a row costs a look at each of its codes, and at a table.

use super::batched::in_batches;
use crate::Result;
use crate::column::{Column, Compiled, Ids, View};
use crate::graph::Cx;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Bits;

/// Text made of coded texts, for one stored column.
pub(super) struct OfTexts {
    formula: Compiled,
    inputs: Vec<Column>,
    table: Table,
    /// The texts of results that took in no more.
    full: Option<u64>,
}

/// The codes of results by the codes they are made of.
#[derive(Default)]
struct Table {
    /// Which texts the codes of each input are of, and the bits that hold such a code and null.
    inputs: Vec<(u64, u32)>,
    /// Which texts the codes of the results are of.
    own: Option<u64>,
    results: Vec<u32>,
}

/// In the table: a combination that was never met, and one that gives null. No column has so many texts.
const NOT_MET: u32 = u32::MAX;
const NULL: u32 = u32::MAX - 1;

/// Combinations that a table has room for however few the rows are, and at most.
const ALWAYS: u64 = 1 << 16;
const MOST: u64 = 1 << 22;

/// What was found for a batch of rows.
struct Found {
    codes: Vec<u32>,
    /// The rows whose combination was never met, and the place of that in the table.
    open: Vec<(u32, u32)>,
}

impl OfTexts {
    /// `None` if the formula does more than make text of texts that may be coded.
    pub(super) fn new(formula: &Compiled, inputs: Vec<Column>) -> Option<Self> {
        let makes_text = formula.ty() == Type::String && formula.is_pure();
        let of_texts = !inputs.is_empty() && inputs.iter().all(Column::may_be_coded);
        (makes_text && of_texts).then(|| OfTexts {
            formula: formula.clone(),
            inputs,
            table: Table::default(),
            full: None,
        })
    }

    /// Fills `slot` for some rows; `false` if it can't, because texts are not kept as codes or there are too many: what
    /// it has written then is not wrong, but not all.
    pub(super) fn fill(&mut self, cx: &mut Cx<'_>, slot: usize, rows: &RowSet) -> Result<bool> {
        if !self.fit(cx, slot, rows.len()) {
            return Ok(false);
        }
        let most = cx.batch_rows(slot);
        in_batches(cx, self, rows, (most, true), Self::find, |this, cx, ids, found| this.put(cx, slot, ids, found))
    }

    /// Makes the table anew if it is of other texts than those that are there now; `false` if they can have none.
    fn fit(&mut self, cx: &Cx<'_>, slot: usize, rows: u64) -> bool {
        let own = cx.own_column(slot).texts().map(|texts| texts.number());
        if self.full.is_some() && self.full == own {
            return false;
        }
        let mut is_same = self.table.own == own && self.table.inputs.len() == self.inputs.len();
        let mut inputs = Vec::with_capacity(self.inputs.len());
        for (at, input) in self.inputs.iter().enumerate() {
            let Some(texts) = input.texts(cx) else { return false };
            let known = self.table.inputs.get(at).filter(|_| is_same);
            let known = known.filter(|&&(number, bits)| number == texts.number() && texts.len() < 1 << bits);
            is_same &= known.is_some();
            inputs.push(known.copied().unwrap_or((texts.number(), u64::BITS - (texts.len() as u64).leading_zeros())));
        }
        if is_same {
            return true;
        }
        let bits: u32 = inputs.iter().map(|&(_, bits)| bits).sum();
        if bits >= u64::BITS || 1 << bits > ALWAYS.max(rows).min(MOST) {
            return false;
        }
        self.table = Table { inputs, own, results: vec![NOT_MET; 1 << bits] };
        true
    }

    /// What the table has for some rows; `None` if not all texts are kept as codes.
    fn find(&self, cx: &Cx<'_>, ids: Ids<'_>) -> Result<Option<Found>> {
        let mut places = vec![0_u32; ids.len()];
        for (input, &(_, bits)) in self.inputs.iter().zip(&self.table.inputs) {
            let Some(codes) = cx.codes(input, ids, View::New)? else { return Ok(None) };
            // Null comes before code 0, the empty text.
            match &codes.valid {
                None => {
                    places.iter_mut().zip(&codes.codes).for_each(|(place, code)| *place = *place << bits | (code + 1))
                }
                Some(_) => places.iter_mut().enumerate().for_each(|(row, place)| {
                    *place = *place << bits | if codes.is_valid(row) { codes.codes[row] + 1 } else { 0 };
                }),
            }
        }
        let results = &self.table.results;
        let codes: Vec<u32> = places.iter().map(|&place| results[place as usize]).collect();
        let open = codes.iter().enumerate().filter(|(_, code)| **code == NOT_MET);
        let open = open.map(|(row, _)| (row as u32, places[row])).collect();
        Ok(Some(Found { codes, open }))
    }

    /// Evaluates what was never met, and writes all; `false` if the column keeps text as it is.
    fn put(&mut self, cx: &mut Cx<'_>, slot: usize, ids: Ids<'_>, found: Option<Found>) -> Result<bool> {
        let Some(Found { mut codes, open }) = found else { return Ok(false) };
        if !open.is_empty() && !self.learn(cx, slot, ids, &open)? {
            return Ok(false);
        }
        open.iter().for_each(|&(row, place)| codes[row as usize] = self.table.results[place as usize]);
        let valid = codes.contains(&NULL).then(|| Bits::from_fn(codes.len(), |row| codes[row] != NULL));
        if valid.is_some() {
            codes.iter_mut().filter(|code| **code == NULL).for_each(|code| *code = 0);
        }
        cx.put_codes(slot, ids, codes, valid)?;
        Ok(true)
    }

    /// Evaluates the formula for combinations that were never met, each once: an error names the first row that has one.
    fn learn(&mut self, cx: &mut Cx<'_>, slot: usize, ids: Ids<'_>, open: &[(u32, u32)]) -> Result<bool> {
        let results = &mut self.table.results;
        let mut new = Vec::new();
        for &(row, place) in open {
            if results[place as usize] == NOT_MET {
                results[place as usize] = NULL;
                new.push((ids.get(row as usize), place));
            }
        }
        if new.is_empty() {
            return Ok(true);
        }
        let list: Vec<u64> = new.iter().map(|&(id, _)| id).collect();
        let ids = Ids::List(&list);
        let inputs = cx.read_all(&self.inputs, ids, View::New)?;
        let texts = self.formula.evaluate(&inputs, ids)?.into_owned();
        let coded = cx.encode(slot, &texts)?;
        let own = cx.own_column(slot).texts().map(|texts| texts.number());
        let Some(coded) = coded else {
            (self.table, self.full) = (Table::default(), own);
            return Ok(false);
        };
        for (at, &(_, place)) in new.iter().enumerate() {
            if coded.is_valid(at) {
                results[place as usize] = coded.codes()[at];
            }
        }
        self.table.own = own;
        Ok(true)
    }

    /// What `explain()` tells.
    pub(super) fn remark(&self) -> String {
        format!("once for each combination of texts kept as codes: {}", self.formula.text().trim())
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.table.results)
    }
}
