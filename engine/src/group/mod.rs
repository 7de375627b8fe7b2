//! [`KeyTable`]: from the key of a row to a small number, the slot of its group. Aggregations and joins share it.
//!
//! Null is a key like any other and equal to null, all NaN are one key, and -0.0 is 0.0; a slot shows the key as it
//! was seen first. How a key is found depends on its columns ([0026](../../../docs/decisions/0026-layout-of-groups.md)).

mod by_columns;
mod by_number;
mod by_parts;
mod by_text;
mod column;
mod deal;
mod hash;
mod keys;
mod numbers;
#[cfg(test)]
mod tests;
mod widen;

pub(crate) use deal::Dealer;
pub(crate) use keys::Keys;
pub(crate) use widen::widen;

use by_columns::ByColumns;
use by_number::ByNumber;
use by_parts::ByParts;
use by_text::ByText;
use keys::KeyPart;

use crate::types::Type;
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// The slot of a key that is not in a table.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// Distinct keys, each with a slot. State by key is kept in plain arrays indexed by slot.
#[derive(Debug)]
pub(crate) struct KeyTable {
    types: Vec<Type>,
    form: Form,
}

/// How keys are found.
#[derive(Debug)]
enum Form {
    /// Whole keys are hashed and compared: whatever may be equal and look different.
    Columns(ByColumns),
    /// The one column is a number.
    Number(ByNumber),
    /// The one column is text.
    Text(ByText),
    /// Several columns, each a table of its own, whose slots together are a number.
    Parts(ByParts),
}

/// Whether equal values of a type are the same value, and a number may stand for them.
fn is_exact(ty: Type) -> bool {
    ByNumber::takes(ty) || ty == Type::String
}

/// The values of all key columns.
fn values<'k>(keys: &'k [KeyPart<'_>]) -> Vec<Vector<'k>> {
    keys.iter().map(KeyPart::values).collect()
}

impl KeyTable {
    /// An empty table for keys of these types; no types for the one key that every row has.
    pub(crate) fn new(types: &[Type]) -> Self {
        let form = match types {
            &[ty] if ByNumber::takes(ty) => Form::Number(ByNumber::new(ty)),
            [Type::String] => Form::Text(ByText::new()),
            [_, _, ..] if types.iter().all(|&ty| is_exact(ty)) => Form::Parts(ByParts::new(types)),
            _ => Form::Columns(ByColumns::new(types)),
        };
        KeyTable { types: types.to_vec(), form }
    }

    /// Key columns.
    pub(crate) fn columns(&self) -> usize {
        self.types.len()
    }

    /// Distinct keys.
    pub(crate) fn len(&self) -> usize {
        match &self.form {
            Form::Columns(keys) => keys.len(),
            Form::Number(keys) => keys.len(),
            Form::Text(keys) => keys.len(),
            Form::Parts(keys) => keys.len(),
        }
    }

    /// One past the highest slot ever used: the length of arrays indexed by slot.
    pub(crate) fn slots(&self) -> usize {
        match &self.form {
            Form::Columns(keys) => keys.slots(),
            Form::Number(keys) => keys.slots(),
            Form::Text(keys) => keys.slots(),
            Form::Parts(keys) => keys.slots(),
        }
    }

    /// Makes room for `keys` keys more, so that a table whose size is known is not hashed anew while it grows.
    pub(crate) fn reserve(&mut self, more: usize) {
        match &mut self.form {
            Form::Columns(keys) => keys.reserve(more),
            Form::Number(keys) => keys.reserve(more),
            Form::Text(keys) => keys.reserve(more),
            Form::Parts(keys) => keys.reserve(more),
        }
    }

    /// Puts the slot of each of `rows` keys into `out`. A key that is not there yet gets a slot, numbered upwards in
    /// order of rows unless slots of removed keys wait to be used again.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if there would be more than 2^32 - 2 keys.
    ///
    /// # Panics
    /// If the keys are of other types than the table's, or not `rows` many.
    pub(crate) fn place(&mut self, keys: &Keys<'_>, rows: usize, out: &mut Vec<u32>) -> Result<()> {
        self.place_parts(keys.parts(), rows, out)
    }

    fn place_parts(&mut self, keys: &[KeyPart<'_>], rows: usize, out: &mut Vec<u32>) -> Result<()> {
        self.check(keys, rows);
        self.check_room(rows)?;
        match (&mut self.form, keys) {
            (Form::Columns(table), _) => table.place(&values(keys), rows, out),
            (Form::Number(table), _) => table.place(&keys[0].values(), out),
            (Form::Text(table), [KeyPart::Codes(codes)]) => table.place_codes(codes, out),
            (Form::Text(table), _) => table.place(&keys[0].values(), out),
            (Form::Parts(table), _) => {
                if !table.place(keys, rows, out)? {
                    let mut table = table.by_columns();
                    table.place(&values(keys), rows, out);
                    self.form = Form::Columns(table);
                }
            }
        }
        Ok(())
    }

    /// Puts the slot of each of `rows` keys into `out`, [`NO_SLOT`] for a key that is not there.
    ///
    /// # Panics
    /// As [`KeyTable::place`].
    pub(crate) fn locate(&mut self, keys: &Keys<'_>, rows: usize, out: &mut Vec<u32>) {
        self.locate_parts(keys.parts(), rows, out);
    }

    fn locate_parts(&mut self, keys: &[KeyPart<'_>], rows: usize, out: &mut Vec<u32>) {
        self.check(keys, rows);
        match (&mut self.form, keys) {
            (Form::Columns(table), _) => table.locate(&values(keys), rows, out),
            (Form::Number(table), _) => table.locate(&keys[0].values(), out),
            (Form::Text(table), [KeyPart::Codes(codes)]) => table.locate_codes(codes, out),
            (Form::Text(table), _) => table.locate(&keys[0].values(), out),
            (Form::Parts(table), _) => table.locate(keys, rows, out),
        }
    }

    /// Puts the slot here of each slot of another table for keys of the same types, from which no key was ever removed,
    /// into `out`. A key that is not there yet gets a slot.
    ///
    /// # Errors
    /// As [`KeyTable::place`].
    pub(crate) fn place_all(&mut self, other: &KeyTable, out: &mut Vec<u32>) -> Result<()> {
        self.check_room(other.slots())?;
        let is_placed = match (&mut self.form, &other.form) {
            (Form::Text(table), Form::Text(other)) => {
                table.place_all(other, out);
                true
            }
            (Form::Parts(table), Form::Parts(other)) => table.place_all(other, out)?,
            _ => false,
        };
        if is_placed {
            return Ok(());
        }
        let all: Vec<u32> = (0..other.slots() as u32).collect();
        let columns = (0..other.columns()).map(|column| other.keys(column, &all));
        self.place(&Keys::of(columns), all.len(), out)
    }

    /// Puts the keys of another table for keys of the same types, from which no key was ever removed and none of which is
    /// here, in behind those that are here, in its order. How keys of one column are found is left to whoever looks for one
    /// first, or to [`KeyTable::index`].
    ///
    /// # Errors
    /// As [`KeyTable::place`].
    pub(crate) fn append(&mut self, other: &KeyTable) -> Result<()> {
        self.check_room(other.slots())?;
        match (&mut self.form, &other.form) {
            (Form::Columns(table), Form::Columns(other)) => table.append(other),
            (Form::Number(table), Form::Number(other)) => table.append(other),
            // Texts meet by code, if they can, and what is made of parts is looked up at once.
            _ => return self.place_all(other, &mut Vec::new()),
        }
        Ok(())
    }

    /// Makes all keys ready to be looked up.
    pub(crate) fn index(&mut self) {
        match &mut self.form {
            Form::Columns(keys) => keys.index(),
            Form::Number(keys) => keys.index(),
            Form::Text(keys) => keys.index(),
            Form::Parts(_) => {}
        }
    }

    /// Whether there may be `more` keys more.
    fn check_room(&self, more: usize) -> Result<()> {
        if self.slots() + more >= NO_SLOT as usize {
            return Err(Error::new(ErrorKind::Limit, "more than 4294967294 distinct keys"));
        }
        Ok(())
    }

    fn check(&self, keys: &[KeyPart<'_>], rows: usize) {
        assert_eq!(keys.len(), self.types.len(), "keys of another number of columns");
        for (&ty, key) in self.types.iter().zip(keys) {
            assert_eq!((ty, rows), (key.ty(), key.len()), "keys of another type or number");
        }
    }

    /// Forgets the key of a slot; the slot may be given to another key from now on.
    ///
    /// # Panics
    /// If the slot has no key.
    pub(crate) fn remove(&mut self, slot: u32) {
        match &mut self.form {
            Form::Columns(keys) => keys.remove(slot),
            Form::Number(keys) => keys.remove(slot),
            Form::Text(keys) => keys.remove(slot),
            Form::Parts(keys) => keys.remove(slot),
        }
    }

    /// Key column `column` of each of `slots`.
    pub(crate) fn keys(&self, column: usize, slots: &[u32]) -> Vector<'static> {
        match &self.form {
            Form::Columns(keys) => keys.keys(column, slots),
            Form::Number(keys) => keys.keys(slots),
            Form::Text(keys) => keys.keys(slots),
            Form::Parts(keys) => keys.keys(column, slots),
        }
    }

    /// Key column `column` of each of `slots` where it is text that many of them share: the texts, and the place of each
    /// key's among them.
    pub(crate) fn shared_texts(&self, column: usize, slots: &[u32]) -> Option<(Vector<'static>, Vec<u32>)> {
        match &self.form {
            Form::Parts(keys) if self.types[column] == Type::String => keys.shared(column, slots),
            _ => None,
        }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        match &self.form {
            Form::Columns(keys) => keys.bytes(),
            Form::Number(keys) => keys.bytes(),
            Form::Text(keys) => keys.bytes(),
            Form::Parts(keys) => keys.bytes(),
        }
    }

    /// Checks the structure: every slot is free or found by its key.
    pub(crate) fn validate(&self) -> Result<(), String> {
        match &self.form {
            Form::Columns(keys) => keys.validate(),
            Form::Number(keys) => keys.validate(),
            Form::Text(keys) => keys.validate(),
            Form::Parts(keys) => keys.validate(),
        }
    }
}
