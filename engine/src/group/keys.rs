//! [`Keys`]: the keys of a batch of rows.

use super::widen;
use crate::Result;
use crate::column::{Codes, Column, Ids, View};
use crate::graph::Cx;
use crate::types::Type;
use crate::vector::Vector;

/// The keys of a batch of rows, column by column.
pub(crate) struct Keys<'v>(Vec<KeyPart<'v>>);

/// A column of keys.
pub(crate) enum KeyPart<'v> {
    Values(Vector<'v>),
    /// Text by code.
    Codes(Codes<'v>),
}

impl<'v> Keys<'v> {
    /// Keys without a column: all rows have the same.
    pub(crate) fn none() -> Self {
        Keys(Vec::new())
    }

    /// The values of each key column.
    pub(crate) fn of(columns: impl IntoIterator<Item = Vector<'v>>) -> Self {
        Keys(columns.into_iter().map(KeyPart::Values).collect())
    }

    /// Reads key columns, each as a type that is its own or a wider one.
    pub(crate) fn read<'c>(
        cx: &'v Cx<'_>,
        columns: impl ExactSizeIterator<Item = (&'c Column, Type)>,
        ids: Ids<'_>,
        view: View,
    ) -> Result<Self> {
        let part = |(column, ty): (&Column, Type)| {
            Ok(match cx.codes(column, ids, view)? {
                Some(codes) => KeyPart::Codes(codes),
                None => KeyPart::Values(widen(cx.read(column, ids, view)?, ty)),
            })
        };
        Ok(Keys(columns.map(part).collect::<Result<_>>()?))
    }

    pub(super) fn parts(&self) -> &[KeyPart<'v>] {
        &self.0
    }
}

impl KeyPart<'_> {
    pub(super) fn values(&self) -> Vector<'_> {
        match self {
            KeyPart::Values(values) => values.borrowed(),
            KeyPart::Codes(codes) => codes.all_texts(),
        }
    }

    pub(super) fn ty(&self) -> Type {
        match self {
            KeyPart::Values(values) => values.ty(),
            KeyPart::Codes(_) => Type::String,
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            KeyPart::Values(values) => values.len(),
            KeyPart::Codes(codes) => codes.codes.len(),
        }
    }
}
