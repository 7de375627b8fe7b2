//! [`Encoder`]: rows into JSON objects.

use std::io::Write as _;

use headwater_engine::vector::{Values, Vector};
use headwater_engine::{Date, Definition, List, Result, Timestamp, Type};

/// Writes rows of a table as JSON objects. Null fields are left out.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    /// The column, and its name as it stands in the object: quoted, with the colon.
    fields: Box<[(usize, Box<[u8]>)]>,
}

impl Encoder {
    /// An encoder of the columns named, as field and column; of all columns under their own names if none are.
    ///
    /// # Errors
    /// [`Unknown`](headwater_engine::ErrorKind::Unknown) for a column that is not there.
    pub(crate) fn new<'n>(
        definition: &Definition,
        named: impl IntoIterator<Item = (&'n str, &'n str)>,
    ) -> Result<Encoder> {
        let mut fields = Vec::new();
        for (field, column) in named {
            fields.push((definition.require(column)?, label(field)));
        }
        if fields.is_empty() {
            let columns = definition.columns().iter().enumerate();
            fields.extend(columns.map(|(at, column)| (at, label(&column.name))));
        }
        Ok(Encoder { fields: fields.into() })
    }

    /// Appends row `row` to `out`.
    pub(crate) fn encode(&self, columns: &[Vector<'_>], row: usize, out: &mut Vec<u8>) {
        out.push(b'{');
        let start = out.len();
        for (column, label) in &self.fields {
            let column = &columns[*column];
            if column.is_valid(row) {
                if out.len() > start {
                    out.push(b',');
                }
                out.extend_from_slice(label);
                put(column, row, out);
            }
        }
        out.push(b'}');
    }
}

fn label(name: &str) -> Box<[u8]> {
    format!("{}:", serde_json::Value::from(name)).into_bytes().into()
}

/// Appends a value that is not null. Writing to a vector does not fail.
fn put(column: &Vector<'_>, row: usize, out: &mut Vec<u8>) {
    let _ = match (column.values(), column.ty()) {
        (Values::Bool(v), _) => write!(out, "{}", v.get(row)),
        (Values::I8(v), _) => write!(out, "{}", v[row]),
        (Values::I16(v), _) => write!(out, "{}", v[row]),
        (Values::I32(v), Type::Date) => write!(out, "\"{}\"", Date::from_days(v[row])),
        (Values::I32(v), _) => write!(out, "{}", v[row]),
        (Values::I64(v), Type::Timestamp) => write!(out, "\"{}\"", Timestamp::from_nanos(v[row])),
        (Values::I64(_), Type::Time | Type::Duration) => write!(out, "\"{}\"", column.value(row)),
        // As text: a number would be read as a float.
        (Values::I128(_), _) => write!(out, "\"{}\"", column.value(row)),
        (Values::I64(v), _) => write!(out, "{}", v[row]),
        (Values::F32(v), _) if v[row].is_finite() => write!(out, "{:?}", v[row]),
        (Values::F32(v), _) => write!(out, "\"{}\"", unusual(f64::from(v[row]))),
        (Values::F64(v), _) if v[row].is_finite() => write!(out, "{:?}", v[row]),
        (Values::F64(v), _) => write!(out, "\"{}\"", unusual(v[row])),
        (Values::U16(v), _) => match char::from_u32(u32::from(v[row])) {
            Some(unit) => write!(out, "{}", serde_json::Value::from(unit.to_string())),
            // Half a pair: no character, but JSON can name it.
            None => write!(out, "\"\\u{:04x}\"", v[row]),
        },
        (Values::Str(v), _) => serde_json::to_writer(out, v[row].as_str()).map_err(std::io::Error::from),
        (Values::List(v), _) => {
            list(&v[row], out);
            Ok(())
        }
    };
}

/// Appends an array; unlike a field, an item that is null has its place.
fn list(list: &List, out: &mut Vec<u8>) {
    out.push(b'[');
    for (items, row) in list.shared().into_iter().flat_map(|(items, range)| range.map(move |row| (items, row))) {
        if out.last() != Some(&b'[') {
            out.push(b',');
        }
        if items.is_valid(row) {
            put(items, row, out);
        } else {
            out.extend_from_slice(b"null");
        }
    }
    out.push(b']');
}

/// What JSON has no number for.
fn unusual(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

#[cfg(test)]
mod tests {
    use headwater_engine::{ColumnDef, Flavour, Value};

    use super::*;

    #[test]
    fn every_type_is_written_and_null_left_out() {
        let cells = [
            Value::Bool(true),
            Value::I8(-8),
            Value::I64(i64::MIN),
            Value::F32(0.1),
            Value::F64(f64::NEG_INFINITY),
            Value::F64(1e300),
            Value::Char(0xd800),
            Value::from("a \"b\"\n"),
            Value::Timestamp(Timestamp::from_nanos(1)),
            Value::Date(Date::from_days(1)),
            List::from(vec![Some("a,"), None]).into(),
            List::from(Vec::<i8>::new()).into(),
            List::from_values(Type::List(&Type::I64), [vec![1_i64], vec![2, 3]].map(|list| List::from(list).into()))
                .into(),
        ];
        let defs = cells.iter().enumerate().map(|(at, cell)| ColumnDef::new(format!("c{at}"), cell.ty().unwrap()));
        let definition = Definition::new(defs, Flavour::Append).unwrap();
        let columns: Vec<_> = cells
            .iter()
            .map(|cell| Vector::from_values(cell.ty().unwrap(), [cell.clone(), Value::Null]).unwrap())
            .collect();
        let encoder = Encoder::new(&definition, []).unwrap();
        let mut out = Vec::new();
        encoder.encode(&columns, 0, &mut out);
        encoder.encode(&columns, 1, &mut out);
        let expected = concat!(
            r#"{"c0":true,"c1":-8,"c2":-9223372036854775808,"c3":0.1,"c4":"-Infinity","c5":1e300,"c6":"\ud800","#,
            r#""c7":"a \"b\"\n","c8":"1970-01-01T00:00:00.000000001Z","c9":"1970-01-02","#,
            r#""c10":["a,",null],"c11":[],"c12":[[1],[2,3]]}{}"#
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        let error = Encoder::new(&definition, [("x", "c77")]).unwrap_err();
        assert_eq!(error.message(), "there is no column c77");
    }
}
