//! [`Writer`]: rows into keys, or values, of messages.

use headwater_engine::vector::{Values, Vector};
use headwater_engine::{Definition, Error, ErrorKind, Result, Type};

#[cfg(feature = "avro")]
use crate::avro;

use super::spec::{Form, Spec};

/// Writes the key, or the value, of messages from rows of a table.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    form: How,
}

#[derive(Clone, Debug)]
enum How {
    Ignore,
    Simple(usize),
    #[cfg(feature = "avro")]
    Avro {
        encoder: avro::Encoder,
        definition: Definition,
    },
    #[cfg(feature = "json")]
    Json(crate::json::Encoder),
}

impl Writer {
    /// What `spec` means for a table of this definition, its schema found or registered.
    pub(super) fn new(
        spec: &Spec,
        definition: &Definition,
        #[cfg(feature = "avro")] registry: Option<&crate::registry::Registry>,
    ) -> Result<Writer> {
        let form = match &spec.0 {
            Form::Ignore => How::Ignore,
            Form::Simple { column, ty } => How::Simple(simple(definition, column, *ty)?),
            #[cfg(feature = "avro")]
            Form::Avro(spec) => {
                let registry = registry.ok_or_else(|| {
                    Error::new(ErrorKind::Argument, "Avro needs a schema registry")
                        .with_help("give it by .registry(url)")
                })?;
                How::Avro { encoder: avro_encoder(spec, definition, registry)?, definition: definition.clone() }
            }
            #[cfg(feature = "json")]
            Form::Json(spec) => {
                let named = spec.fields.iter().map(|(field, column, _)| (field.as_str(), column.as_str()));
                How::Json(crate::json::Encoder::new(definition, named)?)
            }
        };
        Ok(Writer { form })
    }

    /// Whether nothing is written.
    pub(super) fn is_ignored(&self) -> bool {
        matches!(self.form, How::Ignore)
    }

    /// Writes row `row` into `out`, which is emptied first; `false` if there is nothing: null, or an ignored one.
    pub(super) fn write(&self, columns: &[Vector<'_>], row: usize, out: &mut Vec<u8>) -> Result<bool> {
        out.clear();
        match &self.form {
            How::Ignore => Ok(false),
            How::Simple(column) => {
                let column = &columns[*column];
                if column.is_valid(row) {
                    put(column, row, out);
                }
                Ok(column.is_valid(row))
            }
            #[cfg(feature = "avro")]
            How::Avro { encoder, definition } => encoder.encode(definition, columns, row, out).map(|()| true),
            #[cfg(feature = "json")]
            How::Json(encoder) => {
                encoder.encode(columns, row, out);
                Ok(true)
            }
        }
    }
}

/// The column of a simple key or value, if it is of the type said.
fn simple(definition: &Definition, column: &str, ty: Type) -> Result<usize> {
    super::decode::Source::simple(column, ty)?;
    let at = definition.require(column)?;
    let found = definition.columns()[at].ty;
    if found == ty {
        return Ok(at);
    }
    let message = format!("the column is of type {found}, not {ty}");
    Err(Error::new(ErrorKind::Type, message).with_column(column))
}

/// One value as Kafka's own serializers write it.
fn put(column: &Vector<'_>, row: usize, out: &mut Vec<u8>) {
    match column.values() {
        Values::Bool(v) => out.push(v.get(row).into()),
        Values::I8(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::I16(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::U16(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::I32(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::I64(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::F32(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::F64(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::I128(v) => out.extend_from_slice(&v[row].to_be_bytes()),
        Values::Str(v) => out.extend_from_slice(v[row].as_bytes()),
        // No simple value is a list: `simple` refuses it.
        Values::List(_) => {}
    }
}

/// An encoder for the subject's schema; where the registry has none, one made from the table is registered.
#[cfg(feature = "avro")]
fn avro_encoder(
    spec: &super::spec::Avro,
    definition: &Definition,
    registry: &crate::registry::Registry,
) -> Result<avro::Encoder> {
    let found = registry.by_subject(&spec.subject, spec.version);
    let (id, schema) = match found {
        Ok(found) => (found.id, found.schema.to_string()),
        Err(error) if error.kind() == ErrorKind::Unknown && spec.version.is_none() => {
            let columns = if spec.only { &spec.fields[..] } else { &all_fields(spec, definition)[..] };
            let schema = avro::schema_for(definition, &avro::record_name(&spec.subject), columns)?;
            (registry.register(&spec.subject, &schema)?, schema)
        }
        Err(error) => return Err(error),
    };
    let schema = avro::parse(&schema);
    let encoder = schema.and_then(|schema| avro::Encoder::new(&schema, id, definition, &spec.fields, spec.only));
    encoder.map_err(|error| error.with_path(format!("subject {}", spec.subject)))
}

/// Field and column for every column: under the name that the spec gives it, or its own.
#[cfg(feature = "avro")]
fn all_fields(spec: &super::spec::Avro, definition: &Definition) -> Vec<(String, String)> {
    let field = |column: &str| match spec.fields.iter().find(|(_, named)| named == column) {
        Some((field, _)) => field.clone(),
        None => column.to_owned(),
    };
    definition.columns().iter().map(|column| (field(&column.name), column.name.to_string())).collect()
}
