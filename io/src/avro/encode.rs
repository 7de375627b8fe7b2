//! [`Encoder`]: rows into Confluent-framed Avro records, and a schema for a table that has none yet.

use apache_avro::Schema;
use headwater_engine::vector::{Values, Vector};
use headwater_engine::{Definition, Error, ErrorKind, List, Result, Type, error};
use serde_json::{Value as Json, json};

use super::fields::{Scalar, Unit, describe, split_null};

/// Writes rows of a table as records of one schema.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    frame: [u8; 5],
    fields: Box<[Field]>,
}

/// A field of the schema and the column behind it.
#[derive(Clone, Debug)]
struct Field {
    name: String,
    /// `None`: the table has no such column, and null is written.
    column: Option<usize>,
    /// The number of null's branch, if the field may be null.
    null: Option<usize>,
    write: Write,
}

#[derive(Clone, Debug)]
enum Write {
    Bool,
    Integer,
    Float,
    Double,
    Text,
    Symbol(Vec<String>),
    Timestamp(Unit),
    /// The number of null's branch, if items may be null.
    Array(Option<usize>, Box<Write>),
    Null,
}

/// An Avro schema for the columns of a table: every field may be null, timestamps count microseconds.
///
/// # Errors
/// [`ErrorKind::Argument`] for a column whose name Avro does not allow.
pub(crate) fn schema_for(definition: &Definition, record: &str, columns: &[(String, String)]) -> Result<String> {
    let all = definition.columns().iter().map(|column| (&*column.name, &*column.name));
    let named: Vec<(&str, &str)> = match columns {
        [] => all.collect(),
        columns => columns.iter().map(|(field, column)| (field.as_str(), column.as_str())).collect(),
    };
    let mut fields = Vec::with_capacity(named.len());
    for (field, column) in named {
        if !is_avro_name(field) {
            return Err(Error::new(ErrorKind::Argument, format!("Avro has no field name {field}"))
                .with_column(column)
                .with_help("give the column another field name with .field(field, column)"));
        }
        let ty = definition.columns()[definition.require(column)?].ty;
        fields.push(json!({"name": field, "type": ["null", avro_type(ty)], "default": null}));
    }
    Ok(json!({"type": "record", "name": record, "fields": fields}).to_string())
}

/// A record name made from any text: what Avro does not allow becomes `_`.
pub(crate) fn record_name(text: &str) -> String {
    let mut name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    name
}

fn is_avro_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn avro_type(ty: Type) -> Json {
    match ty {
        Type::Bool => json!("boolean"),
        Type::I8 | Type::I16 | Type::I32 => json!("int"),
        Type::I64 => json!("long"),
        Type::F32 => json!("float"),
        Type::F64 => json!("double"),
        Type::Timestamp => json!({"type": "long", "logicalType": "timestamp-micros"}),
        Type::Date => json!({"type": "int", "logicalType": "date"}),
        Type::List(item) => json!({"type": "array", "items": ["null", avro_type(*item)]}),
        _ => json!("string"),
    }
}

impl Encoder {
    /// An encoder for the schema of `id`. `columns` are fields with the columns behind them; other fields go with
    /// the column of their name. With `only`, columns without a field are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] if a column does not fit its field, [`ErrorKind::Unknown`] for a field that is not null
    /// and has no column, [`ErrorKind::Argument`] for a column that would be left out unasked.
    pub(crate) fn new(
        schema: &Schema,
        id: u32,
        definition: &Definition,
        columns: &[(String, String)],
        only: bool,
    ) -> Result<Self> {
        let Schema::Record(record) = schema else {
            return Err(Error::new(ErrorKind::Type, format!("the schema is {}, not a record", describe(schema))));
        };
        let mut fields = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let mapped = columns.iter().find(|(name, _)| *name == field.name);
            let column = match mapped {
                Some((_, column)) => Some(definition.require(column)?),
                None => definition.position(&field.name),
            };
            fields.push(Field::new(&field.name, &field.schema, column, definition)?);
        }
        if let Some((name, _)) = columns.iter().find(|(name, _)| !record.lookup.contains_key(name)) {
            return Err(Error::new(ErrorKind::Unknown, format!("the schema {} has no field {name}", record.name)));
        }
        let written = |column: usize| fields.iter().any(|field| field.column == Some(column));
        let lost = definition.columns().iter().enumerate().find(|&(at, _)| !only && !written(at));
        if let Some((_, column)) = lost {
            let names = record.fields.iter().map(|field| field.name.as_str());
            let message = format!("the schema {} has no field for the column {}", record.name, column.name);
            return Err(Error::new(ErrorKind::Argument, message).with_column(&*column.name).with_help(format!(
                "the fields are {}; with .only_named_fields() other columns are left out",
                error::list(names, 12)
            )));
        }
        let mut frame = [0; 5];
        frame[1..].copy_from_slice(&id.to_be_bytes());
        Ok(Encoder { frame, fields: fields.into() })
    }

    /// Appends row `row` to `out`.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] naming the column for a null where the schema has none, or a text that is no symbol of
    /// an enum.
    pub(crate) fn encode(
        &self,
        definition: &Definition,
        columns: &[Vector<'_>],
        row: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.extend_from_slice(&self.frame);
        for field in &self.fields {
            let column = field.column.map(|column| &columns[column]).filter(|column| column.is_valid(row));
            let done = match (column, field.null) {
                (None, Some(null)) => {
                    long(null as i64, out);
                    Some(())
                }
                (None, None) => None,
                (Some(column), null) => {
                    if let Some(null) = null {
                        long(1 - null as i64, out);
                    }
                    field.write.put(column, row, out)
                }
            };
            if done.is_none() {
                let name = field.column.map_or("", |column| &*definition.columns()[column].name);
                let message = match column {
                    None => format!("null, where the field {} of the schema cannot be null", field.name),
                    Some(column) => format!("{} cannot be written as the field {}", column.value(row), field.name),
                };
                return Err(Error::new(ErrorKind::Type, message).with_column(name));
            }
        }
        Ok(())
    }
}

impl Field {
    fn new(name: &str, schema: &Schema, column: Option<usize>, definition: &Definition) -> Result<Field> {
        let (null, value) = split_null(schema);
        let name = name.to_owned();
        let Some(at) = column else {
            return match null {
                Some(_) => Ok(Field { name, column, null, write: Write::Null }),
                None => Err(Error::new(ErrorKind::Unknown, format!("there is no column for the field {name}"))
                    .with_help("name one with .field(field, column)")),
            };
        };
        let def = &definition.columns()[at];
        let write = Scalar::of(value).and_then(|scalar| write(def.ty, &scalar)).ok_or_else(|| {
            let message = format!("a column of type {} for the field {name}, which is {}", def.ty, describe(schema));
            Error::new(ErrorKind::Type, message).with_column(&*def.name)
        })?;
        Ok(Field { name, column, null, write })
    }
}

/// How values of a column type become a field: the same type, or a wider one.
fn write(ty: Type, field: &Scalar) -> Option<Write> {
    Some(match (ty, field) {
        (Type::Bool, Scalar::Bool) => Write::Bool,
        (Type::I8 | Type::I16 | Type::I32, Scalar::Int | Scalar::Long) => Write::Integer,
        (Type::I64, Scalar::Long) => Write::Integer,
        (Type::Date, Scalar::Date) => Write::Integer,
        (Type::I8 | Type::I16 | Type::F32, Scalar::Float) => Write::Float,
        (Type::I8 | Type::I16 | Type::I32 | Type::F32 | Type::F64, Scalar::Double) => Write::Double,
        (Type::String | Type::Char, Scalar::Text) => Write::Text,
        (Type::String, Scalar::Enum(symbols)) => Write::Symbol(symbols.to_vec()),
        (Type::Timestamp, Scalar::Timestamp(unit)) => Write::Timestamp(*unit),
        (Type::List(ty), Scalar::Array(null, item)) => Write::Array(*null, Box::new(write(*ty, item)?)),
        _ => return None,
    })
}

impl Write {
    /// Appends a value that is not null; `None` if it cannot be written so.
    fn put(&self, column: &Vector<'_>, row: usize, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Write::Bool => out.push(column.bools()?.get(row).into()),
            Write::Integer => long(integer(column, row)?, out),
            Write::Float => out.extend_from_slice(&(float(column, row)? as f32).to_le_bytes()),
            Write::Double => out.extend_from_slice(&float(column, row)?.to_le_bytes()),
            Write::Text => match column.values() {
                Values::Str(values) => text(&values[row], out),
                Values::U16(values) => text(&String::from_utf16_lossy(&[values[row]]), out),
                _ => return None,
            },
            Write::Symbol(symbols) => {
                let symbol = column.strings()?[row].as_str();
                long(symbols.iter().position(|known| known == symbol)? as i64, out);
            }
            // Rounded towards the past, as in the rest of the engine.
            Write::Timestamp(unit) => long(integer(column, row)?.div_euclid(unit.nanos()), out),
            Write::Array(null, item) => item.put_items(*null, &column.lists()?[row], out)?,
            Write::Null => return None,
        }
        Some(())
    }
}

impl Write {
    /// Appends the items of an array: one block of them, and the end.
    fn put_items(&self, null: Option<usize>, list: &List, out: &mut Vec<u8>) -> Option<()> {
        if !list.is_empty() {
            long(list.len() as i64, out);
        }
        for (items, row) in list.shared().into_iter().flat_map(|(items, range)| range.map(move |row| (items, row))) {
            match null {
                Some(null) if !items.is_valid(row) => long(null as i64, out),
                None if !items.is_valid(row) => return None,
                _ => {
                    if let Some(null) = null {
                        long(1 - null as i64, out);
                    }
                    self.put(items, row, out)?;
                }
            }
        }
        long(0, out);
        Some(())
    }
}

fn integer(column: &Vector<'_>, row: usize) -> Option<i64> {
    Some(match column.values() {
        Values::I8(v) => v[row].into(),
        Values::I16(v) => v[row].into(),
        Values::I32(v) => v[row].into(),
        Values::I64(v) => v[row],
        _ => return None,
    })
}

fn float(column: &Vector<'_>, row: usize) -> Option<f64> {
    match column.values() {
        Values::F32(v) => Some(v[row].into()),
        Values::F64(v) => Some(v[row]),
        _ => integer(column, row).map(|value| value as f64),
    }
}

fn long(value: i64, out: &mut Vec<u8>) {
    let mut raw = (value << 1 ^ value >> 63) as u64;
    while raw >= 0x80 {
        out.push(raw as u8 | 0x80);
        raw >>= 7;
    }
    out.push(raw as u8);
}

fn text(text: &str, out: &mut Vec<u8>) {
    long(text.len() as i64, out);
    out.extend_from_slice(text.as_bytes());
}
