//! Conditions asked about a batch of rows one after the other, each about those that the ones before it left open.

use std::ops::Range;

use crate::Result;
use crate::column::Ids;
use crate::rowset::RowSetBuilder;
use crate::vector::Bits;

/// The rows of a batch that all conditions leave open. `ask` tells which of some rows a condition does; one that
/// `is_fallible`, as it may fail for a row, sees none that is out already.
pub(super) fn ask_in_turn<C>(
    batch: Ids<'_>,
    conditions: impl IntoIterator<Item = C>,
    is_fallible: impl Fn(&C) -> bool,
    mut ask: impl FnMut(C, Ids<'_>) -> Result<Bits>,
) -> Result<Hits> {
    let (mut left, mut listed) = (Left { batch: Some(batch), bits: None }, Vec::new());
    for condition in conditions {
        if left.is_few() || is_fallible(&condition) {
            left = left.listed(&mut listed);
        }
        let ids = left.ids(&listed);
        if ids.len() == 0 {
            break;
        }
        left.keep(ask(condition, ids)?);
    }
    Ok(left.hits(listed))
}

/// Some rows of a batch, in its order.
pub(super) enum Hits {
    Range(Range<u64>),
    /// Those after the id whose bit is set.
    Bits(u64, Bits),
    List(Vec<u64>),
}

impl Hits {
    /// The rows of the batch that are not among these.
    pub(super) fn others_of(self, batch: Ids<'_>) -> Hits {
        match (self, batch) {
            (Hits::Bits(start, bits), _) => Hits::Bits(start, bits.not()),
            (hits, batch) => {
                let mut these = hits.iter().peekable();
                let others = batch.iter().filter(|id| these.next_if_eq(id).is_none());
                Hits::List(others.collect())
            }
        }
    }

    /// Of each row of the batch, whether it is among these.
    pub(super) fn within(self, batch: Ids<'_>) -> Bits {
        match self {
            Hits::Bits(_, bits) => bits,
            hits => {
                let mut these = hits.iter().peekable();
                Bits::from_fn(batch.len(), |at| these.next_if_eq(&batch.get(at)).is_some())
            }
        }
    }

    fn iter(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Hits::Range(range) => Box::new(range.clone()),
            Hits::Bits(start, bits) => Box::new(bits.ones().map(move |bit| start + bit as u64)),
            Hits::List(ids) => Box::new(ids.iter().copied()),
        }
    }

    /// Puts rows that ascend behind others.
    pub(super) fn push_to(self, rows: &mut RowSetBuilder) {
        match self {
            Hits::Range(range) => rows.push_range(range),
            Hits::Bits(start, bits) => rows.push_bits(start, &bits),
            Hits::List(ids) => rows.extend_sorted(&ids),
        }
    }
}

/// The rows of a batch that the conditions so far have left open.
struct Left<'a> {
    /// The batch, or none once the ids left have been listed.
    batch: Option<Ids<'a>>,
    /// Which of the batch, or of the list; `None` for all.
    bits: Option<Bits>,
}

/// Below one row in so many, reading those rows by id is cheaper than all of them as a slice.
const FEW: usize = 8;

impl<'a> Left<'a> {
    /// What the next condition is asked about.
    fn ids<'l>(&self, listed: &'l [u64]) -> Ids<'l>
    where
        'a: 'l,
    {
        self.batch.unwrap_or(Ids::List(listed))
    }

    /// Whether so few are left that the next condition should see only them.
    fn is_few(&self) -> bool {
        self.bits.as_ref().is_some_and(|bits| bits.count() * FEW < bits.len())
    }

    /// The same rows as a list: a condition that may fail must not see a row that is out already.
    fn listed(self, list: &mut Vec<u64>) -> Self {
        let Some(bits) = self.bits.filter(|bits| !bits.all()) else { return Left { bits: None, ..self } };
        match self.batch {
            Some(batch) => *list = bits.ones().map(|index| batch.get(index)).collect(),
            None => *list = bits.ones().map(|index| list[index]).collect(),
        }
        Left { batch: None, bits: None }
    }

    fn keep(&mut self, bits: Bits) {
        self.bits = Some(match self.bits.take() {
            Some(before) => before.and(&bits),
            None => bits,
        });
    }

    fn hits(self, listed: Vec<u64>) -> Hits {
        match (self.bits, self.batch) {
            (Some(bits), Some(Ids::Range { start, .. })) => Hits::Bits(start, bits),
            (None, Some(Ids::Range { start, len })) => Hits::Range(start..start + len as u64),
            (Some(bits), Some(Ids::List(ids))) => Hits::List(bits.ones().map(|index| ids[index]).collect()),
            (None, Some(Ids::List(ids))) => Hits::List(ids.to_vec()),
            (Some(bits), None) => Hits::List(bits.ones().map(|index| listed[index]).collect()),
            (None, None) => Hits::List(listed),
        }
    }
}
