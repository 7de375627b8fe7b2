//! [`Field`]: the columns that a reader schema gives, and the Avro types behind them.

use std::collections::HashMap;
use std::sync::Arc;

use apache_avro::Schema;
use apache_avro::schema::{Name, RecordSchema, ResolvedSchema, UuidSchema};
use headwater_engine::{ColumnDef, Date, Error, ErrorKind, List, Result, Timestamp, Type, Value, error};

/// Between the names of a record and of its field, in the name of a flattened column.
const NESTED: &str = "__";

/// The unit of a timestamp on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Unit {
    pub(super) fn name(self) -> &'static str {
        match self {
            Unit::Millis => "milliseconds",
            Unit::Micros => "microseconds",
            Unit::Nanos => "nanoseconds",
        }
    }

    pub(super) fn nanos(self) -> i64 {
        match self {
            Unit::Millis => 1_000_000,
            Unit::Micros => 1_000,
            Unit::Nanos => 1,
        }
    }
}

/// An Avro type that fits one column (of lists, if it is an array).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Bool,
    Int,
    Long,
    Float,
    Double,
    Text,
    /// `bytes`: no column type, but a writer's bytes may be read as text.
    Bytes,
    Enum(Arc<[String]>),
    Date,
    Timestamp(Unit),
    /// An array, and the number of null's branch if its items may be null.
    Array(Option<usize>, Box<Scalar>),
}

impl Scalar {
    /// `None` for what fits no column.
    pub(super) fn of(schema: &Schema) -> Option<Scalar> {
        Some(match schema {
            Schema::Boolean => Scalar::Bool,
            Schema::Int => Scalar::Int,
            Schema::Long => Scalar::Long,
            Schema::Float => Scalar::Float,
            Schema::Double => Scalar::Double,
            Schema::String | Schema::Uuid(UuidSchema::String) => Scalar::Text,
            Schema::Bytes => Scalar::Bytes,
            Schema::Enum(symbols) => Scalar::Enum(symbols.symbols.clone().into()),
            Schema::Date => Scalar::Date,
            Schema::TimestampMillis => Scalar::Timestamp(Unit::Millis),
            Schema::TimestampMicros => Scalar::Timestamp(Unit::Micros),
            Schema::TimestampNanos => Scalar::Timestamp(Unit::Nanos),
            Schema::Array(array) => {
                let (null, item) = split_null(&array.items);
                Scalar::Array(null, Box::new(Scalar::of(item)?))
            }
            _ => return None,
        })
    }

    pub(super) fn ty(&self) -> Option<Type> {
        Some(match self {
            Scalar::Bool => Type::Bool,
            Scalar::Int => Type::I32,
            Scalar::Long => Type::I64,
            Scalar::Float => Type::F32,
            Scalar::Double => Type::F64,
            Scalar::Text | Scalar::Enum(_) => Type::String,
            Scalar::Date => Type::Date,
            Scalar::Timestamp(_) => Type::Timestamp,
            Scalar::Array(_, item) => Type::list_of(item.ty()?),
            Scalar::Bytes => return None,
        })
    }
}

/// A field of the reader schema and the column it fills.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The names from the record down to the field, and other names a writer may have used for each.
    pub(super) path: Vec<Vec<String>>,
    pub(super) scalar: Scalar,
    /// The value where a writer does not know the field.
    pub(super) default: Value,
    /// The column.
    pub(crate) column: ColumnDef,
}

impl Field {
    /// Whether `name` of a writer's record is what this field's path names at `depth`; an alias counts where the
    /// name itself is not there.
    pub(super) fn is_named(&self, record: &RecordSchema, name: &str, depth: usize) -> bool {
        let Some((own, aliases)) = self.path.get(depth).and_then(|names| names.split_first()) else { return false };
        own == name || (aliases.iter().any(|alias| alias == name) && !record.lookup.contains_key(own))
    }
}

/// What the caller asked for: all fields under their own names, or some, or some under other names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Projection {
    /// Dotted field and column name.
    pub(crate) columns: Vec<(String, String)>,
    /// Whether fields that `columns` does not name are left out.
    pub(crate) only: bool,
}

/// The columns of a reader schema: its fields in order, those of nested records flattened to `outer__inner`.
///
/// # Errors
/// [`ErrorKind::Type`] naming the field if one is wanted that fits no column; [`ErrorKind::Unknown`] if the
/// projection names a field that is not there.
pub(crate) fn reader_fields(schema: &Schema, projection: &Projection) -> Result<Vec<Field>> {
    let Schema::Record(record) = schema else {
        return Err(Error::new(ErrorKind::Type, "the schema is not a record")
            .with_help("use kafka::simple for messages that are one value"));
    };
    let resolved = ResolvedSchema::new(schema).map_err(|error| {
        Error::new(ErrorKind::Type, "the schema refers to types it does not define").with_source(error)
    })?;
    let mut walk =
        Walk { names: resolved.get_names(), projection, found: Vec::new(), seen: Vec::new(), open: Vec::new() };
    walk.record(record, &[])?;
    for (wanted, _) in &projection.columns {
        if !walk.seen.contains(wanted) {
            let error = Error::new(ErrorKind::Unknown, format!("the schema {} has no field {wanted}", record.name));
            let names = walk.seen.iter().map(String::as_str);
            return Err(match error::nearest(wanted, names.clone()) {
                Some(near) => error.with_help(format!("did you mean {near}?")),
                None => error.with_help(format!("the fields are {}", error::list(names, 12))),
            });
        }
    }
    Ok(walk.found)
}

struct Walk<'s> {
    names: &'s HashMap<Name, &'s Schema>,
    projection: &'s Projection,
    found: Vec<Field>,
    seen: Vec<String>,
    /// The records that the walk is inside of: one that holds itself has no finite list of columns.
    open: Vec<&'s Name>,
}

impl<'s> Walk<'s> {
    fn record(&mut self, record: &'s RecordSchema, outer: &[Vec<String>]) -> Result<()> {
        self.open.push(&record.name);
        for field in &record.fields {
            let mut path = outer.to_vec();
            path.push(std::iter::once(&field.name).chain(&field.aliases).cloned().collect());
            let (_, value) = split_null(&field.schema);
            let schema = match value {
                Schema::Ref { name } if !self.open.contains(&name) => self.names.get(name).copied().unwrap_or(value),
                value => value,
            };
            if let Schema::Record(inner) = schema {
                self.record(inner, &path)?;
                continue;
            }
            let own_names: Vec<&str> = path.iter().map(|names| names[0].as_str()).collect();
            let dotted = own_names.join(".");
            let mapped = self.projection.columns.iter().find(|(wanted, _)| *wanted == dotted);
            self.seen.push(dotted.clone());
            let name = match mapped {
                Some((_, column)) => column.clone(),
                None if self.projection.only => continue,
                None => own_names.join(NESTED),
            };
            let scalar = Scalar::of(schema);
            let Some((scalar, ty)) = scalar.and_then(|scalar| scalar.ty().map(|ty| (scalar, ty))) else {
                let message = format!(
                    "field {dotted} of schema {} is {}, for which there is no column type",
                    record.name,
                    describe(&field.schema)
                );
                return Err(Error::new(ErrorKind::Type, message)
                    .with_help("name the fields you want with .field(..) and .only_named_fields()"));
            };
            let default = field.default.as_ref().map_or(Value::Null, |json| default_value(json, &scalar));
            self.found.push(Field { path, scalar, default, column: ColumnDef::new(name, ty) });
        }
        self.open.pop();
        Ok(())
    }
}

/// For a union of null and `T`: the number of null's branch, and `T`; any other schema as it is.
pub(super) fn split_null(schema: &Schema) -> (Option<usize>, &Schema) {
    if let Schema::Union(union) = schema {
        match union.variants() {
            [Schema::Null, other] => return (Some(0), other),
            [other, Schema::Null] => return (Some(1), other),
            _ => {}
        }
    }
    (None, schema)
}

/// A schema in a few words, for messages.
pub(super) fn describe(schema: &Schema) -> String {
    match schema {
        Schema::Union(union) => {
            let branches: Vec<String> = union.variants().iter().map(describe).collect();
            format!("a union of {}", branches.join(", "))
        }
        Schema::Record(record) => format!("the record {}", record.name),
        Schema::Enum(symbols) => format!("the enum {}", symbols.name),
        Schema::Fixed(fixed) => format!("fixed of {} bytes", fixed.size),
        Schema::Ref { name } => format!("the type {name} inside itself"),
        Schema::Array(array) => format!("an array of {}", describe(&array.items)),
        Schema::Map(_) => "a map".to_owned(),
        Schema::Decimal(_) | Schema::BigDecimal => "a decimal".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// A default as Avro writes it in the schema; what does not fit the type counts as null.
fn default_value(json: &serde_json::Value, scalar: &Scalar) -> Value {
    let value = match scalar {
        Scalar::Bool => json.as_bool().map(Value::Bool),
        Scalar::Int => json.as_i64().and_then(|v| i32::try_from(v).ok()).map(Value::I32),
        Scalar::Long => json.as_i64().map(Value::I64),
        Scalar::Float => json.as_f64().map(|v| Value::F32(v as f32)),
        Scalar::Double => json.as_f64().map(Value::F64),
        Scalar::Text | Scalar::Enum(_) => json.as_str().map(Value::from),
        Scalar::Date => json.as_i64().and_then(|v| i32::try_from(v).ok()).map(|v| Value::Date(Date::from_days(v))),
        Scalar::Timestamp(unit) => json
            .as_i64()
            .and_then(|v| v.checked_mul(unit.nanos()))
            .map(|nanos| Value::Timestamp(Timestamp::from_nanos(nanos))),
        Scalar::Array(_, item) => json
            .as_array()
            .and_then(|items| List::from_values(item.ty()?, items.iter().map(|json| default_value(json, item))))
            .map(Value::List),
        Scalar::Bytes => None,
    };
    value.unwrap_or(Value::Null)
}
