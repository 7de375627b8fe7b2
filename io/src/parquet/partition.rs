//! The types of partition values: found over all of them, since the path of a file is text.

use std::collections::BTreeMap;

use headwater_engine::{ColumnDef, Date, Error, ErrorKind, Result, Type, Value};

use super::layout::Layout;
use crate::store::Store;

/// The partition columns, and for each file their values.
#[derive(Debug)]
pub(super) struct Partitions {
    pub(super) columns: Vec<ColumnDef>,
    pub(super) values: Vec<Vec<Value>>,
}

impl Partitions {
    /// Types each key as asked for, else as the first of integer, float, boolean, ISO date and text that all its values fit.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] if a type is asked for a key that is not there, [`ErrorKind::Format`] if a value does not
    /// fit the type asked for.
    pub(super) fn of(layout: &Layout, asked: &BTreeMap<String, Type>, store: &Store) -> Result<Self> {
        if let Some(name) = asked.keys().find(|name| !layout.keys.contains(name)) {
            let keys = headwater_engine::error::list(layout.keys.iter().map(String::as_str), 12);
            let error = Error::new(ErrorKind::Unknown, format!("there is no partition key {name}"));
            return Err(error
                .with_column(name)
                .with_path(store.show(store.root()))
                .with_help(format!("the keys are {keys}")));
        }
        let mut values = vec![Vec::with_capacity(layout.keys.len()); layout.files.len()];
        let mut columns = Vec::with_capacity(layout.keys.len());
        for (index, key) in layout.keys.iter().enumerate() {
            let texts = || layout.files.iter().filter_map(move |file| file.values[index].as_deref());
            let ty = match asked.get(key) {
                Some(&ty) => ty,
                None => infer(texts),
            };
            for (file, values) in layout.files.iter().zip(&mut values) {
                let value = match file.values[index].as_deref() {
                    None => Value::Null,
                    Some(text) => parse(ty, text).ok_or_else(|| {
                        let error = Error::new(ErrorKind::Format, format!("the partition value {text} is no {ty}"));
                        error.with_column(key).with_path(store.show(&file.path))
                    })?,
                };
                values.push(value);
            }
            columns.push(ColumnDef::new(key.as_str(), ty));
        }
        Ok(Partitions { columns, values })
    }
}

fn infer<'t, I: Iterator<Item = &'t str>>(texts: impl Fn() -> I) -> Type {
    let fits = |ty: Type| texts().next().is_some() && texts().all(|text| parse(ty, text).is_some());
    [Type::I64, Type::F64, Type::Bool, Type::Date].into_iter().find(|&ty| fits(ty)).unwrap_or(Type::String)
}

/// The value a text stands for; `None` if it stands for none of that type.
fn parse(ty: Type, text: &str) -> Option<Value> {
    match ty {
        Type::Bool if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
        Type::Bool if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
        Type::I8 => text.parse().ok().map(Value::I8),
        Type::I16 => text.parse().ok().map(Value::I16),
        Type::I32 => text.parse().ok().map(Value::I32),
        Type::I64 => text.parse().ok().map(Value::I64),
        // Rust also reads words such as `infinity` as floats; as a directory's name they are words.
        Type::F32 | Type::F64 if !text.contains(|c: char| c.is_ascii_digit()) => None,
        Type::F32 => text.parse().ok().map(Value::F32),
        Type::F64 => text.parse().ok().map(Value::F64),
        Type::Date => Date::parse(text).map(Value::Date),
        Type::String => Some(text.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(texts: &[&str]) -> Type {
        infer(|| texts.iter().copied())
    }

    #[test]
    fn types_are_found_over_all_values() {
        assert_eq!(inferred(&["1", "-2", "03"]), Type::I64);
        assert_eq!(inferred(&["1", "2.5", "1e3"]), Type::F64);
        assert_eq!(inferred(&["99999999999999999999"]), Type::F64);
        assert_eq!(inferred(&["true", "FALSE"]), Type::Bool);
        assert_eq!(inferred(&["2026-08-01", "2026-08-02"]), Type::Date);
        assert_eq!(inferred(&["2026-08-01", "2026-02-30"]), Type::String);
        assert_eq!(inferred(&["1", "x"]), Type::String);
        assert_eq!(inferred(&["infinity"]), Type::String);
        assert_eq!(inferred(&[]), Type::String);
    }
}
