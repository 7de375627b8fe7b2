//! [`Side`]: the key or the value of messages into columns.

use std::ops::Range;

use headwater_engine::vector::VectorBuilder;
use headwater_engine::{ColumnDef, Error, ErrorKind, Result, Type};

#[cfg(feature = "avro")]
use crate::avro;

use super::rejected::Rejection;

/// Which part of the columns is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Those a filter looks at.
    Probe,
    /// The others.
    Rest,
}

/// Why a message gave no row yet.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Its schema has to be learned first.
    #[cfg(feature = "avro")]
    UnknownSchema(u32),
    /// It is at fault.
    Rejected(Rejection),
}

impl From<Rejection> for Trouble {
    fn from(rejection: Rejection) -> Self {
        Trouble::Rejected(rejection)
    }
}

/// A key or value spec, with what it needs to know from outside found out.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Ignore,
    Simple(ColumnDef),
    #[cfg(feature = "avro")]
    Avro(std::sync::Arc<[avro::Field]>),
    #[cfg(feature = "json")]
    Json(std::sync::Arc<[crate::json::Field]>),
}

impl Source {
    pub(super) fn simple(column: &str, ty: Type) -> Result<Source> {
        use Type::{Bool, F32, F64, I8, I16, I32, I64, String};
        if matches!(ty, Bool | I8 | I16 | I32 | I64 | F32 | F64 | String) {
            return Ok(Source::Simple(ColumnDef::new(column, ty)));
        }
        Err(Error::new(ErrorKind::Argument, format!("a simple key or value cannot be of type {ty}"))
            .with_column(column)
            .with_help("simple ones are String, Bool, I8 to I64, F32 and F64"))
    }

    pub(super) fn columns(&self) -> Vec<ColumnDef> {
        match self {
            Source::Ignore => Vec::new(),
            Source::Simple(column) => vec![column.clone()],
            #[cfg(feature = "avro")]
            Source::Avro(fields) => fields.iter().map(|field| field.column.clone()).collect(),
            #[cfg(feature = "json")]
            Source::Json(fields) => fields.iter().map(|field| field.column.clone()).collect(),
        }
    }
}

/// Decodes keys, or values, into their columns of the table.
#[derive(Debug)]
pub(super) struct Side {
    name: &'static str,
    form: Form,
    probe: Box<[usize]>,
    rest: Box<[usize]>,
}

#[derive(Debug)]
enum Form {
    Ignore,
    Simple {
        ty: Type,
        column: usize,
        probe: bool,
    },
    #[cfg(feature = "avro")]
    Avro(avro::Decoder),
    #[cfg(feature = "json")]
    Json(crate::json::Decoder),
}

impl Side {
    /// A decoder into `columns`; `probes` says of a column whether the filter looks at it.
    pub(super) fn new(
        name: &'static str,
        source: &Source,
        columns: Range<usize>,
        probes: &dyn Fn(usize) -> bool,
    ) -> Self {
        let form = match source {
            Source::Ignore => Form::Ignore,
            Source::Simple(def) => Form::Simple { ty: def.ty, column: columns.start, probe: probes(columns.start) },
            #[cfg(feature = "avro")]
            Source::Avro(fields) => Form::Avro(avro::Decoder::new(fields.clone(), columns.start, probes)),
            #[cfg(feature = "json")]
            Source::Json(fields) => Form::Json(crate::json::Decoder::new(fields.clone(), columns.start, probes)),
        };
        let (probe, rest) = columns.partition::<Vec<_>, _>(|&column| probes(column));
        Side { name, form, probe: probe.into(), rest: rest.into() }
    }

    /// Appends one row to the columns of the pass. On an error some have grown: the caller truncates them.
    #[inline]
    pub(super) fn decode(
        &mut self,
        bytes: Option<&[u8]>,
        pass: Pass,
        columns: &mut [VectorBuilder],
    ) -> Result<(), Trouble> {
        let own = match pass {
            Pass::Probe => &self.probe,
            Pass::Rest => &self.rest,
        };
        if pass == Pass::Probe && own.is_empty() {
            return Ok(());
        }
        let Some(bytes) = bytes else {
            own.iter().for_each(|&column| columns[column].push_null());
            return Ok(());
        };
        let rejected = match &mut self.form {
            Form::Ignore => return Ok(()),
            Form::Simple { ty, column, probe } => {
                if *probe != (pass == Pass::Probe) {
                    return Ok(());
                }
                simple(bytes, *ty, &mut columns[*column])
            }
            #[cfg(feature = "avro")]
            Form::Avro(decoder) => {
                let done = match pass {
                    Pass::Probe => decoder.probe(bytes, columns),
                    Pass::Rest => decoder.rest(bytes, columns),
                };
                match done {
                    Ok(()) => return Ok(()),
                    Err(avro::Trouble::UnknownSchema(id)) => return Err(Trouble::UnknownSchema(id)),
                    Err(avro::Trouble::Rejected(why)) => {
                        Err(Rejection { reason: why.reason(), detail: why.to_string() })
                    }
                }
            }
            #[cfg(feature = "json")]
            Form::Json(decoder) => decoder.decode(bytes, pass, columns),
        };
        rejected.map_err(|rejection| rejection.of(self.name).into())
    }

    /// Takes in a schema that a message named, or the reason why there is none.
    #[cfg(feature = "avro")]
    pub(super) fn learn(&mut self, id: u32, schema: Result<&str, &str>) {
        if let Form::Avro(decoder) = &mut self.form {
            match schema {
                Ok(schema) => decoder.learn(id, schema),
                Err(why) => decoder.refuse(id, why),
            }
        }
    }
}

/// One value as Kafka's own serializers write it.
fn simple(bytes: &[u8], ty: Type, column: &mut VectorBuilder) -> Result<(), Rejection> {
    fn number<const N: usize>(bytes: &[u8], ty: Type) -> Result<[u8; N], Rejection> {
        bytes.try_into().map_err(|_| Rejection {
            reason: format!("not {N} bytes, which a value of type {ty} has"),
            detail: format!("{} bytes, where a value of type {ty} has {N}", bytes.len()),
        })
    }
    match ty {
        Type::Bool => match number::<1>(bytes, ty)? {
            [byte @ (0 | 1)] => column.push_bool(byte == 1),
            [byte] => {
                let reason = "a byte that is not a boolean".to_owned();
                return Err(Rejection { reason, detail: format!("byte {byte} is not a boolean") });
            }
        },
        Type::I8 => column.push_i8(i8::from_be_bytes(number(bytes, ty)?)),
        Type::I16 => column.push_i16(i16::from_be_bytes(number(bytes, ty)?)),
        Type::I32 => column.push_i32(i32::from_be_bytes(number(bytes, ty)?)),
        Type::I64 => column.push_i64(i64::from_be_bytes(number(bytes, ty)?)),
        Type::F32 => column.push_f32(f32::from_be_bytes(number(bytes, ty)?)),
        Type::F64 => column.push_f64(f64::from_be_bytes(number(bytes, ty)?)),
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|_| Rejection::new("text that is not UTF-8"))?;
            column.push_str(text);
        }
    }
    Ok(())
}
