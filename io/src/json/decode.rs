//! [`Decoder`]: JSON objects into columns, each field of the type asked for or an error.

use std::sync::Arc;

use headwater_engine::vector::VectorBuilder;
use headwater_engine::{ColumnDef, Date, Decimal, Time, TimeDelta, Type};
use serde_json::Value;

use crate::kafka::{Pass, Rejection};

/// A field of the objects and the column it fills.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// A name, or a JSON pointer if it starts with `/`.
    pub(crate) path: String,
    /// The column.
    pub(crate) column: ColumnDef,
}

/// Decodes objects into the columns of its fields.
#[derive(Debug)]
pub(crate) struct Decoder {
    fields: Arc<[Field]>,
    first: usize,
    probes: Box<[bool]>,
}

impl Decoder {
    /// A decoder of `fields` into the builders from `first` on; `probes` says which builders belong to the probe.
    pub(crate) fn new(fields: Arc<[Field]>, first: usize, probes: &dyn Fn(usize) -> bool) -> Self {
        let probes = (0..fields.len()).map(|index| probes(first + index)).collect();
        Decoder { fields, first, probes }
    }

    /// Appends one row to the columns of the pass. On an error some have grown: the caller truncates them.
    pub(crate) fn decode(&self, bytes: &[u8], pass: Pass, columns: &mut [VectorBuilder]) -> Result<(), Rejection> {
        let object: Value = serde_json::from_slice(bytes)
            .map_err(|error| Rejection { reason: "not JSON".to_owned(), detail: format!("not JSON: {error}") })?;
        if !object.is_object() {
            return Err(Rejection::new("JSON that is not an object"));
        }
        for (index, field) in self.fields.iter().enumerate() {
            if self.probes[index] != (pass == Pass::Probe) {
                continue;
            }
            let column = &mut columns[self.first + index];
            match field.find(&object) {
                None | Some(Value::Null) => column.push_null(),
                Some(value) => put(value, column).ok_or_else(|| field.refuse(value))?,
            }
        }
        Ok(())
    }
}

impl Field {
    fn find<'v>(&self, object: &'v Value) -> Option<&'v Value> {
        if self.path.starts_with('/') { object.pointer(&self.path) } else { object.get(&self.path) }
    }

    fn refuse(&self, value: &Value) -> Rejection {
        let mut shown = value.to_string();
        if let Some((end, _)) = shown.char_indices().nth(60) {
            shown.truncate(end);
            shown.push('…');
        }
        Rejection {
            reason: format!("field {}: not a value of type {}", self.path, self.column.ty),
            detail: format!("field {}: {shown} is not a value of type {}", self.path, self.column.ty),
        }
    }
}

/// Appends a value that is of the column's type; `None` if it is not.
fn put(value: &Value, column: &mut VectorBuilder) -> Option<()> {
    match column.ty() {
        Type::Bool => column.push_bool(value.as_bool()?),
        Type::I8 => column.push_i8(value.as_i64()?.try_into().ok()?),
        Type::I16 => column.push_i16(value.as_i64()?.try_into().ok()?),
        Type::I32 => column.push_i32(value.as_i64()?.try_into().ok()?),
        Type::I64 => column.push_i64(value.as_i64()?),
        Type::F32 => column.push_f32(float(value)? as f32),
        Type::F64 => column.push_f64(float(value)?),
        Type::Char => {
            let mut units = value.as_str()?.encode_utf16();
            let unit = units.next()?;
            units.next().is_none().then(|| column.push_u16(unit))?;
        }
        Type::String => column.push_str(value.as_str()?),
        Type::Timestamp => {
            let stamp: jiff::Timestamp = value.as_str()?.parse().ok()?;
            column.push_i64(stamp.as_nanosecond().try_into().ok()?);
        }
        Type::Date => column.push_i32(Date::parse(value.as_str()?)?.days()),
        Type::Time => column.push_i64(Time::parse(value.as_str()?)?.nanos()),
        Type::Duration => column.push_i64(TimeDelta::parse(value.as_str()?)?.nanos()),
        Type::Decimal(_) => {
            let decimal = match value {
                Value::String(text) => Decimal::parse(text),
                Value::Number(number) => Decimal::parse(&number.to_string()),
                _ => None,
            };
            column.push(&decimal?.into())?;
        }
        Type::List(_) => {
            for item in value.as_array()? {
                match item {
                    Value::Null => column.items().push_null(),
                    item => put(item, column.items())?,
                }
            }
            column.end_list();
        }
        _ => return None,
    }
    Some(())
}

fn float(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| match value.as_str()? {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(json: &str) -> Result<Vec<headwater_engine::Value>, String> {
        let field = |path: &str, ty| Field { path: path.to_owned(), column: ColumnDef::new(path, ty) };
        let fields =
            [field("a", Type::I8), field("/b/c", Type::F64), field("t", Type::Timestamp), field("d", Type::Date)];
        let mut columns: Vec<_> = fields.iter().map(|field| VectorBuilder::new(field.column.ty)).collect();
        let decoder = Decoder::new(fields.into(), 0, &|_| false);
        decoder.decode(json.as_bytes(), Pass::Rest, &mut columns).map_err(|rejection| rejection.detail)?;
        Ok(columns.into_iter().map(|column| column.finish().value(0)).collect())
    }

    #[test]
    fn arrays_are_lists_all_or_nothing() {
        let ty = Type::List(&Type::I8);
        let field = Field { path: "l".to_owned(), column: ColumnDef::new("l", ty) };
        let decoder = Decoder::new([field].into(), 0, &|_| false);
        let mut columns = [VectorBuilder::new(ty)];
        for (json, fits) in [
            (r#"{"l": [1, null]}"#, true),
            (r#"{"l": [7, 7, 300]}"#, false),
            (r#"{"l": 1}"#, false),
            (r#"{"l": []}"#, true),
            (r#"{"l": null}"#, true),
            (r#"{"l": [2]}"#, true),
        ] {
            let rows = columns[0].len();
            let decoded = decoder.decode(json.as_bytes(), Pass::Rest, &mut columns);
            assert_eq!(decoded.is_ok(), fits, "{json}");
            if let Err(rejection) = decoded {
                assert!(rejection.detail.ends_with("is not a value of type list<i8>"), "{}", rejection.detail);
                columns[0].truncate(rows);
            }
        }
        let [column] = columns;
        let lists: Vec<String> = column.finish().iter().map(|list| list.to_string()).collect();
        assert_eq!(lists, ["[1, null]", "[]", "null", "[2]"]);
    }

    #[test]
    fn fields_are_of_their_type_or_an_error() {
        let row = decode(r#"{"a": -7, "b": {"c": "NaN"}, "t": "2026-01-01T00:00:00.5+01:00", "d": "1970-01-02"}"#);
        let row: Vec<String> = row.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(row, ["-7", "NaN", "2025-12-31T23:00:00.5Z", "1970-01-02"]);
        assert!(decode(r#"{"b": {"c": null}}"#).unwrap().iter().all(headwater_engine::Value::is_null));
        let told = [r#"{"a": "7"}"#, r#"{"a": 128}"#, r#"{"a": 1.5}"#, r#"{"d": 3}"#, "[1]", "{"]
            .map(|json| decode(json).unwrap_err());
        assert_eq!(
            told,
            [
                r#"field a: "7" is not a value of type i8"#,
                "field a: 128 is not a value of type i8",
                "field a: 1.5 is not a value of type i8",
                "field d: 3 is not a value of type date",
                "JSON that is not an object",
                "not JSON: EOF while parsing an object at line 1 column 1",
            ]
        );
    }
}
