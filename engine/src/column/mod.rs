//! Columns as expressions: stored values, lazily read regions, constants, formulas, gathers, merges. One way to read them all.
//!
//! A column never holds another node's storage: it names it ([`StoreRef`]), and whoever reads brings the
//! [`Stores`], the graph in a cycle or a pin outside one. So sharing a column costs nothing, and only a pin
//! makes a writer copy.

mod block;
mod by_text;
mod compiled;
mod computed;
mod dictionary;
mod either;
mod element;
mod ids;
mod listed;
mod memo;
mod merged;
mod overwrite;
mod plan;
mod reading;
mod regions;
mod series;
mod spine;
mod stored;
#[cfg(test)]
mod tests;
mod text;
mod together;
mod undo;

pub(crate) use compiled::Compiled;
pub(crate) use computed::Computed;
#[cfg(test)]
pub(crate) use dictionary::Dictionary;
pub(crate) use dictionary::{Coded, Codes, Texts};
pub(crate) use either::Either;
pub(crate) use element::Element;
pub(crate) use ids::{Ids, batches, batches_of, is_scattered};
pub(crate) use listed::Listed;
pub(crate) use memo::Memo;
pub(crate) use merged::{Merged, Places};
pub(crate) use regions::Regions;
pub(crate) use series::Series;
pub(crate) use stored::{BLOCK_LOG2, Stored};
pub(crate) use together::Together;

use std::sync::Arc;

use crate::graph::NodeId;
use crate::order::{OrderIndex, RowOrder};
use crate::types::{Type, Value};
use crate::vector::{Bits, Vector};
use crate::{Error, ErrorKind, Result};

/// Which of the two states around a cycle is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// As it was before the cycle.
    Old,
    /// As it is now.
    New,
}

/// A stored column by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StoreRef {
    pub(crate) node: NodeId,
    pub(crate) slot: usize,
}

/// Where stored columns are found by name.
pub(crate) trait Stores: Sync {
    /// The stored column that has what `view` shows; `None` if its node is gone, which a living reader never sees.
    fn stored(&self, at: StoreRef, view: View) -> Option<&Stored>;

    /// The index of the order of a node's rows, as it is now.
    fn index(&self, node: NodeId) -> Option<&OrderIndex>;
}

/// How to read a column. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    /// Kept by a node.
    Stored { at: StoreRef, ty: Type },
    /// Read from files when asked.
    Region { regions: Arc<Regions>, column: usize, ty: Type },
    /// A formula over other columns, evaluated when read.
    Computed(Arc<Computed>),
    /// Another table's column at ids that a stored column holds; null where that is null.
    Gathered(Arc<Gathered>),
    /// Another table's column, or that of a third where a stored column leads to no row of the first.
    Either(Arc<Either>),
    /// Columns of several tables, each with ids of its own.
    Merged(Arc<Merged>),
    /// Lists of what some rows of another column hold.
    Listed(Arc<Listed>),
    /// Single values of the lists of another table's column.
    Element(Arc<Element>),
    /// One value for every row.
    Constant { value: Value, ty: Type },
    /// A timestamp that follows from the row id.
    Series(Arc<Series>),
    /// Where a row stands in the order of its table, as an integer that compares.
    Place(RowOrder),
}

/// An index column and the column it points into.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) index: StoreRef,
    pub(crate) source: Column,
}

impl Column {
    pub(crate) fn ty(&self) -> Type {
        match self {
            Column::Stored { ty, .. } | Column::Region { ty, .. } | Column::Constant { ty, .. } => *ty,
            Column::Computed(computed) => computed.formula().ty(),
            Column::Gathered(gathered) => gathered.source.ty(),
            Column::Either(either) => either.ty,
            Column::Series(_) => Type::Timestamp,
            Column::Place(_) => Type::I64,
            Column::Merged(merged) => merged.ty(),
            Column::Listed(listed) => listed.ty(),
            Column::Element(element) => element.ty(),
        }
    }

    /// The values of `ids`, in their order.
    pub(crate) fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'s>> {
        match self {
            Column::Stored { at, .. } => Ok(find(stores, *at, view)?.read(ids, view)),
            Column::Region { regions, column, ty } => regions.read(*column, *ty, ids),
            Column::Constant { value, ty } => constant(*ty, value, ids.len()),
            Column::Computed(computed) => computed.read(stores, ids, view),
            Column::Gathered(gathered) => gathered.read(stores, ids, view),
            Column::Either(either) => either.read(stores, ids, view),
            Column::Series(series) => Ok(series.read(ids)),
            Column::Place(order) => {
                let places = order.places(stores, ids, view)?;
                Ok(places.into_iter().map(|place| place as i64).collect::<Vec<_>>().into())
            }
            Column::Merged(merged) => merged.read(stores, ids, view),
            Column::Listed(listed) => listed.read(stores, ids, view),
            Column::Element(element) => element.read(stores, ids, view),
        }
    }

    /// The texts of `ids` by code; `None` where they are not kept so.
    pub(crate) fn codes<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Option<Codes<'s>>> {
        match self {
            Column::Stored { at, ty: Type::String } => Ok(find(stores, *at, view)?.codes(ids, view)),
            Column::Gathered(gathered) if gathered.source.ty() == Type::String => gathered.codes(stores, ids, view),
            _ => Ok(None),
        }
    }

    /// Whether it is text that may be kept as codes.
    pub(crate) fn may_be_coded(&self) -> bool {
        match self {
            Column::Stored { ty, .. } => *ty == Type::String,
            Column::Gathered(gathered) => gathered.source.may_be_coded(),
            _ => false,
        }
    }

    /// The same column, where nothing that may fail was taken out of its formula.
    pub(crate) fn plain(&self) -> Column {
        match self {
            Column::Computed(computed) => Column::Computed(computed.plain().unwrap_or(computed).clone()),
            other => other.clone(),
        }
    }

    /// The texts behind the codes of this column as it is now, if it is kept so.
    pub(crate) fn texts<'s>(&self, stores: &'s dyn Stores) -> Option<&'s Texts> {
        match self {
            Column::Stored { at, .. } => stores.stored(*at, View::New)?.texts(),
            Column::Gathered(gathered) => gathered.source.texts(stores),
            _ => None,
        }
    }

    /// Calls `each` for every stored column that reading this one may read.
    pub(crate) fn for_each_store(&self, each: &mut impl FnMut(StoreRef)) {
        match self {
            Column::Stored { at, .. } => each(*at),
            Column::Region { .. } | Column::Constant { .. } | Column::Series(_) => {}
            Column::Place(order) => order.labels().into_iter().for_each(each),
            Column::Computed(computed) => computed.leaves().for_each(|leaf| leaf.for_each_store(each)),
            Column::Gathered(gathered) => {
                each(gathered.index);
                gathered.source.for_each_store(each);
            }
            Column::Either(either) => {
                each(either.index);
                either.first.for_each_store(each);
                either.second.for_each_store(each);
            }
            Column::Merged(merged) => merged.sources.iter().for_each(|source| source.for_each_store(each)),
            Column::Listed(listed) => {
                let (rows, source) = listed.parts();
                each(rows);
                source.for_each_store(each);
            }
            Column::Element(element) => {
                let (at, lists) = element.parts();
                at.into_iter().for_each(&mut *each);
                lists.for_each_store(each);
            }
        }
    }

    /// Whether reading may have to fetch pages, which a cycle must not do.
    pub(crate) fn is_remote(&self) -> bool {
        match self {
            Column::Region { .. } => true,
            Column::Stored { .. } | Column::Constant { .. } | Column::Series(_) | Column::Place(_) => false,
            Column::Computed(computed) => computed.leaves().any(Column::is_remote),
            Column::Gathered(gathered) => gathered.source.is_remote(),
            Column::Either(either) => either.first.is_remote() || either.second.is_remote(),
            Column::Merged(merged) => merged.sources.iter().any(Column::is_remote),
            Column::Listed(listed) => listed.parts().1.is_remote(),
            Column::Element(element) => element.parts().1.is_remote(),
        }
    }

    /// About what reading a row costs, in tenths of a nanosecond: which of two columns is read first.
    pub(crate) fn cost(&self) -> u32 {
        match self {
            Column::Computed(computed) => computed.cost(),
            Column::Gathered(gathered) => 20 + gathered.source.cost(),
            Column::Either(either) => 20 + either.first.cost() + either.second.cost(),
            Column::Merged(merged) => merged.sources.iter().map(Column::cost).max().unwrap_or(0),
            Column::Listed(_) | Column::Element(_) | Column::Region { .. } => 200,
            Column::Stored { ty: Type::String, .. } => 50,
            Column::Stored { .. } | Column::Constant { .. } | Column::Series(_) | Column::Place(_) => 0,
        }
    }

    /// Whether reading may fail for a row, and not for another: a formula may.
    pub(crate) fn is_fallible(&self) -> bool {
        match self {
            Column::Computed(computed) => computed.is_fallible(),
            Column::Gathered(gathered) => gathered.source.is_fallible(),
            Column::Either(either) => either.first.is_fallible() || either.second.is_fallible(),
            Column::Merged(merged) => merged.sources.iter().any(Column::is_fallible),
            Column::Listed(listed) => listed.parts().1.is_fallible(),
            Column::Element(element) => element.parts().1.is_fallible(),
            Column::Stored { .. }
            | Column::Region { .. }
            | Column::Constant { .. }
            | Column::Series(_)
            | Column::Place(_) => false,
        }
    }

    /// The word `explain()` uses for this kind of column.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Column::Stored { .. } => "stored",
            Column::Region { .. } => "region",
            Column::Computed(computed) if computed.formula().memo().is_some() => "computed once for equal inputs",
            Column::Computed(_) => "computed",
            Column::Gathered(_) => "gathered",
            Column::Either(_) => "gathered from either side",
            Column::Merged(_) => "merged",
            Column::Listed(_) => "lists",
            Column::Element(_) => "values of lists",
            Column::Constant { .. } => "constant",
            Column::Series(_) => "computed from the row",
            Column::Place(_) => "order",
        }
    }
}

pub(crate) fn find(stores: &dyn Stores, at: StoreRef, view: View) -> Result<&Stored> {
    stores.stored(at, view).ok_or_else(|| Error::new(ErrorKind::Internal, format!("no stored column {at:?}")))
}

fn constant(ty: Type, value: &Value, len: usize) -> Result<Vector<'static>> {
    Vector::constant(ty, value, len)
        .ok_or_else(|| Error::new(ErrorKind::Internal, format!("the constant {value} is not of type {ty}")))
}

impl Gathered {
    fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'s>> {
        let targets = self.targets(stores, ids, view)?;
        let Some(ids) = targets.ids() else { return Ok(Vector::nulls(self.source.ty(), ids.len())) };
        let values = self.source.read(stores, Ids::List(ids), view)?;
        let Some(valid) = targets.valid() else { return Ok(values) };
        let (ty, values, found) = values.into_parts();
        Ok(Vector::new(ty, values, Some(found.map_or_else(|| valid.clone(), |found| found.and(valid)))))
    }

    fn codes<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Option<Codes<'s>>> {
        let targets = self.targets(stores, ids, view)?;
        let Some(ids) = targets.ids() else { return Ok(None) };
        let codes = self.source.codes(stores, Ids::List(ids), view)?;
        Ok(codes.map(|codes| match targets.valid() {
            Some(valid) => codes.only(valid),
            None => codes,
        }))
    }

    fn targets<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Targets<'s>> {
        let index = find(stores, self.index, view)?.read(ids, view);
        let Some(targets) = index.native::<i64>() else {
            return Err(Error::new(ErrorKind::Internal, "an index column that does not hold ids"));
        };
        let Some(valid) = index.valid() else { return Ok(Targets::All(index)) };
        let Some(hit) = valid.ones().next() else { return Ok(Targets::None) };
        // A row without a target reads that of another, which is there to be read, and then is null all the same.
        let mut targets: Vec<u64> = bytemuck::cast_slice(targets).to_vec();
        let stand_in = targets[hit];
        for (at, word) in valid.words().iter().enumerate() {
            let mut missing = !word;
            while missing != 0 {
                let index = at * 64 + missing.trailing_zeros() as usize;
                let Some(target) = targets.get_mut(index) else { break };
                *target = stand_in;
                missing &= missing - 1;
            }
        }
        Ok(Targets::Some(targets, valid.clone()))
    }
}

/// Where an index leads some rows.
enum Targets<'s> {
    /// Nowhere.
    None,
    /// Each somewhere.
    All(Vector<'s>),
    /// Those whose bit is set somewhere, the others where one of those goes.
    Some(Vec<u64>, Bits),
}

impl Targets<'_> {
    /// The ids to read; `None` if there is nothing to be read.
    fn ids(&self) -> Option<&[u64]> {
        match self {
            Targets::None => None,
            Targets::All(index) => index.native::<i64>().map(bytemuck::cast_slice),
            Targets::Some(ids, _) => Some(ids),
        }
    }

    /// Which rows lead somewhere, unless all do.
    fn valid(&self) -> Option<&Bits> {
        match self {
            Targets::Some(_, valid) => Some(valid),
            Targets::None | Targets::All(_) => None,
        }
    }
}
