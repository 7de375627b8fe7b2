//! [`List`]: a cell that holds several values; and the types of such cells.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Type, Value};
use crate::vector::{Native, Vector};

/// One list cell: a run of values in a vector that it may share with other lists; cloning never copies values.
///
/// A list may be empty, and its values may be null. `==` is IEEE for floats, as for [`Value`].
///
/// ```
/// use headwater_engine::{List, Type, Value};
/// let prices = List::from(vec![Some(1.5), None, Some(2.5)]);
/// assert_eq!((prices.len(), prices.item_type(), prices.value(1)), (3, Type::F64, Value::Null));
/// assert_eq!(prices.to_string(), "[1.5, null, 2.5]");
/// assert_eq!(List::from(vec![1_i64, 2]).native::<i64>(), Some(&[1, 2][..]));
/// ```
#[derive(Clone, Default)]
pub struct List {
    /// `None` in the default, which stands under nulls and should not cost an allocation.
    items: Option<Arc<Vector<'static>>>,
    start: usize,
    len: usize,
}

impl List {
    /// The values of a range of a vector, which lists can share.
    ///
    /// # Panics
    /// If the range is not one of the vector.
    pub fn of(items: Arc<Vector<'static>>, range: Range<usize>) -> List {
        assert!(range.start <= range.end && range.end <= items.len(), "values {range:?} of {}", items.len());
        List { items: Some(items), start: range.start, len: range.len() }
    }

    /// A list of values of type `item`; `None` if one of them is of another type.
    pub fn from_values(item: Type, values: impl IntoIterator<Item = Value>) -> Option<List> {
        Vector::from_values(item, values).map(List::from)
    }

    /// The values of a range, as a list that shares them.
    ///
    /// # Panics
    /// If the range is not one of the list.
    pub fn part(&self, range: Range<usize>) -> List {
        assert!(range.start <= range.end && range.end <= self.len, "values {range:?} of {}", self.len);
        List { items: self.items.clone(), start: self.start + range.start, len: range.len() }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The type of the values; `Bool` for the default, which has none.
    pub fn item_type(&self) -> Type {
        self.items.as_ref().map_or(Type::Bool, |items| items.ty())
    }

    /// The vector that holds the values, and which of its values they are: how lists are read without a copy. `None` for
    /// the default, which has no values.
    pub fn shared(&self) -> Option<(&Arc<Vector<'static>>, Range<usize>)> {
        self.items.as_ref().map(|items| (items, self.start..self.start + self.len))
    }

    /// The values; only booleans and validity are copied.
    pub fn items(&self) -> Vector<'_> {
        match self.shared() {
            Some((items, range)) => items.slice(range),
            None => Vector::nulls(Type::Bool, 0),
        }
    }

    /// The values as a slice of `T`, those of nulls any value; `None` if `T` is not their physical form.
    pub fn native<T: Native>(&self) -> Option<&[T]> {
        let (items, range) = self.shared()?;
        Some(&items.native()?[range])
    }

    /// Value `index`.
    ///
    /// # Panics
    /// If `index` is out of range.
    pub fn value(&self, index: usize) -> Value {
        match self.shared() {
            Some((items, range)) if index < range.len() => items.value(range.start + index),
            _ => panic!("value {index} of a list of {}", self.len),
        }
    }

    /// Whether value `index` is not null.
    ///
    /// # Panics
    /// If `index` is out of range.
    pub fn is_valid(&self, index: usize) -> bool {
        match self.shared() {
            Some((items, range)) if index < range.len() => items.is_valid(range.start + index),
            _ => panic!("value {index} of a list of {}", self.len),
        }
    }

    /// How many values are null.
    pub fn null_count(&self) -> usize {
        let valid = self.shared().and_then(|(items, range)| Some(items.valid()?.slice(range)));
        valid.map_or(0, |valid| self.len - valid.count())
    }

    /// All values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value> + '_ {
        (0..self.len).map(|index| self.value(index))
    }

    /// Equality as cells are compared: all NaN are equal, and -0.0 equals 0.0.
    pub fn same(&self, other: &List) -> bool {
        self.is_one_with(other) || self.len == other.len && self.iter().zip(other.iter()).all(|(a, b)| a.same(&b))
    }

    /// Whether both are the same run of the same vector.
    pub(crate) fn is_one_with(&self, other: &List) -> bool {
        let there = |list: &List| list.items.as_ref().map(Arc::as_ptr);
        there(self) == there(other) && (self.start, self.len) == (other.start, other.len)
    }

    /// Bytes of the values. Of a vector that lists share, each counts its own part.
    pub fn heap_bytes(&self) -> usize {
        self.shared().map_or(0, |(items, range)| items.bytes_of(range))
    }
}

impl<V: Into<Vector<'static>>> From<V> for List {
    fn from(items: V) -> Self {
        let items = items.into();
        let len = items.len();
        List::of(Arc::new(items), 0..len)
    }
}

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            match value {
                // In quotes, so that a comma in a text is told from one between texts.
                Value::String(text) => fmt::Debug::fmt(&text, f)?,
                value => fmt::Display::fmt(&value, f)?,
            }
        }
        f.write_str("]")
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Type {
    /// The type of lists of `item`: [`Type::List`] of a type that is known only when the program runs.
    ///
    /// ```
    /// use headwater_engine::Type;
    /// assert_eq!(Type::list_of(Type::I64), Type::List(&Type::I64));
    /// ```
    pub fn list_of(item: Type) -> Type {
        const PLAIN: &[Type] = &Type::ALL;
        /// Types of items that were asked for, kept for good: there are as many as scales of decimals and depths of lists.
        static OTHERS: Mutex<Vec<&Type>> = Mutex::new(Vec::new());
        if let Some(item) = PLAIN.iter().find(|&&plain| plain == item) {
            return Type::List(item);
        }
        let mut others = OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(item) = others.iter().copied().find(|&&other| other == item) {
            return Type::List(item);
        }
        let kept: &'static Type = Box::leak(Box::new(item));
        others.push(kept);
        Type::List(kept)
    }

    /// The type of the values of a list; `None` for what is no list.
    pub fn item(self) -> Option<Type> {
        if let Type::List(item) = self { Some(*item) } else { None }
    }
}

#[cfg(feature = "serde")]
pub(super) fn item_type<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<&'static Type, D::Error> {
    let item = <Type as serde::Deserialize>::deserialize(deserializer)?;
    match Type::list_of(item) {
        Type::List(item) => Ok(item),
        other => Err(serde::de::Error::custom(format!("{other} is no list"))),
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for List {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.item_type(), self.iter().collect::<Vec<Value>>()).serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for List {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (item, values) = <(Type, Vec<Value>)>::deserialize(deserializer)?;
        List::from_values(item, values)
            .ok_or_else(|| serde::de::Error::custom(format!("not all values of the list are of type {item}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Str;

    #[test]
    fn lists_of_one_vector_share_it() {
        let items = Arc::new(Vector::from(vec!["a", "b", "a text too long to be kept inline"]));
        let (first, rest) = (List::of(items.clone(), 0..1), List::of(items.clone(), 1..3));
        assert!(std::ptr::eq(&first.native::<Str>().unwrap()[0], &items.strings().unwrap()[0]));
        assert_eq!(rest.to_string(), r#"["b", "a text too long to be kept inline"]"#);
        assert_eq!((first.heap_bytes(), rest.heap_bytes()), (16, 2 * 16 + 33));
        assert_eq!(Arc::strong_count(&items), 3);
    }

    #[test]
    fn equality_is_that_of_the_values() {
        let (a, b) = (List::from(vec![f64::NAN, 0.0]), List::from(vec![f64::NAN, -0.0]));
        assert!(a.same(&b) && a != a.clone());
        let shorter = List::from(vec![f64::NAN]);
        assert!(!a.same(&shorter) && List::default().same(&List::from(Vec::<i64>::new())));
        let null = List::from(vec![None, Some(1_i8)]);
        assert!(null.same(&null.clone()) && null == List::from(vec![None, Some(1_i8)]));
        assert_ne!(null, List::from(vec![Some(0_i8), Some(1)]));
    }

    #[test]
    fn a_type_of_lists_is_one_however_it_is_made() {
        let decimals = Type::list_of(Type::Decimal(7));
        assert_eq!(decimals, Type::List(&Type::Decimal(7)));
        assert_eq!((decimals.item(), Type::I64.item()), (Some(Type::Decimal(7)), None));
        assert_eq!(Type::list_of(decimals).to_string(), "list<list<decimal(7)>>");
    }
}
