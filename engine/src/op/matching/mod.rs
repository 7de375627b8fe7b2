//! What all joins are made of: the key columns of a side, the rows of each key, and columns that lead from the rows of
//! the result to those of the tables joined.

mod added;
mod composed;
mod id_lists;
mod index;
mod side;
mod slot_set;
#[cfg(test)]
pub(super) mod testing;

pub(super) use added::{Added, pass_through, reads_old, release};
pub(super) use composed::Indexes;
pub(super) use id_lists::{IdLists, RowsOfKey};
pub(super) use index::Index;
pub(super) use side::{Side, known};
pub(super) use slot_set::SlotSet;
