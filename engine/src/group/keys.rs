//! [`Keys`]: the keys of a batch of rows.

use super::widen;
use crate::Result;
use crate::column::{Codes, Column, Ids, View};
use crate::graph::Cx;
use crate::types::Type;
use crate::vector::Vector;

/// The keys of a batch of rows.
pub(crate) enum Keys<'v> {
    /// The values of each key column.
    Columns(Vec<Vector<'v>>),
    /// The codes of the only key column, which is text.
    Codes(Codes<'v>),
}

impl<'v> Keys<'v> {
    /// Reads key columns, each as a type that is its own or a wider one.
    pub(crate) fn read<'c>(
        cx: &'v Cx<'_>,
        columns: impl ExactSizeIterator<Item = (&'c Column, Type)>,
        ids: Ids<'_>,
        view: View,
    ) -> Result<Self> {
        let is_single = columns.len() == 1;
        let mut values = Vec::with_capacity(columns.len());
        for (column, ty) in columns {
            if is_single && let Some(codes) = cx.codes(column, ids, view)? {
                return Ok(Keys::Codes(codes));
            }
            values.push(widen(cx.read(column, ids, view)?, ty));
        }
        Ok(Keys::Columns(values))
    }
}
