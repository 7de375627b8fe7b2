//! [`ValueSet`]: the values of an `in` list.

use super::texts::TextSet;
use crate::types::{Type, Value};

/// The values a match compares with, all of one type. Null, if it is among them, matches null, and NaN matches NaN.
#[derive(Clone, Debug)]
pub struct ValueSet {
    ty: Type,
    values: Vec<Value>,
    texts: TextSet,
    has_null: bool,
}

impl ValueSet {
    /// A set of values of type `ty`, or null.
    pub(crate) fn new(ty: Type, values: impl IntoIterator<Item = Value>) -> Self {
        let mut set = ValueSet { ty, values: Vec::new(), texts: TextSet::default(), has_null: false };
        for value in values {
            match value {
                Value::Null => set.has_null = true,
                value if set.contains(&value) => {}
                Value::String(text) => {
                    set.texts.insert(text.clone());
                    set.values.push(Value::String(text));
                }
                value => set.values.push(value),
            }
        }
        set
    }

    /// The type of the values.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// The values but null, without duplicates, in the order given.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Whether null is one of the values.
    pub fn has_null(&self) -> bool {
        self.has_null
    }

    /// Whether `value` is in the set.
    pub fn contains(&self, value: &Value) -> bool {
        match value {
            Value::Null => self.has_null,
            Value::String(text) => self.contains_text(text),
            value => self.values.iter().any(|mine| mine.same(value)),
        }
    }

    #[inline]
    pub(crate) fn contains_text(&self, text: &str) -> bool {
        self.texts.contains(text)
    }
}
