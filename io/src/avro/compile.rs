//! Writer schema and reader columns in, [`Program`] out: schema resolution by field name, done once per schema id.

use std::collections::HashMap;
use std::sync::Arc;

use apache_avro::Schema;
use apache_avro::schema::{Name, RecordSchema, ResolvedSchema};
use headwater_engine::{Error, ErrorKind, Result, Str};

use super::fields::{Field, Scalar, describe, split_null};
use super::program::{Op, Program, Read, Step};
use super::skip::SkipBuilder;

/// Which columns a program fills: for each reader field the position of its builder, or `None` to pass over it.
pub(super) type Slots = [Option<usize>];

/// The program that reads records of `writer` into the columns that `slots` gives the `fields`.
///
/// With `whole` unset it stops after the last field that has a slot.
///
/// # Errors
/// [`ErrorKind::Type`] naming the field if a type of the writer does not widen to the reader's.
pub(super) fn compile(writer: &Schema, fields: &[Field], slots: &Slots, whole: bool) -> Result<Program> {
    let Schema::Record(record) = writer else {
        return Err(Error::new(ErrorKind::Type, format!("the writer schema is {}, not a record", describe(writer))));
    };
    let resolved = ResolvedSchema::new(writer).map_err(|error| {
        Error::new(ErrorKind::Type, "the writer schema refers to types it does not define").with_source(error)
    })?;
    let mut compiler = Compiler {
        names: resolved.get_names(),
        skips: SkipBuilder::new(resolved.get_names()),
        fields,
        slots,
        filled: vec![false; fields.len()],
    };
    let mut steps = compiler.record(record, "", &(0..fields.len()).collect::<Vec<_>>(), 0)?;
    if !whole {
        while steps.last().is_some_and(|step| matches!(step.op, Op::Skip(_))) {
            steps.pop();
        }
    }
    let missing = fields.iter().zip(slots).zip(&compiler.filled);
    let missing = missing.filter(|(_, filled)| !**filled);
    let missing = missing.filter_map(|((field, slot), _)| slot.map(|slot| (slot, field.default.clone()))).collect();
    Ok(Program { steps: steps.into(), missing, skips: compiler.skips.finish(), whole })
}

struct Compiler<'s> {
    names: &'s HashMap<Name, &'s Schema>,
    skips: SkipBuilder<'s>,
    fields: &'s [Field],
    slots: &'s Slots,
    /// Fields that the writer has.
    filled: Vec<bool>,
}

impl Compiler<'_> {
    /// The steps of a record at `depth` below the top; `wanted` are the reader fields whose paths lead here.
    fn record(&mut self, record: &RecordSchema, outer: &str, wanted: &[usize], depth: usize) -> Result<Vec<Step>> {
        let mut steps = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let dotted = if outer.is_empty() { field.name.clone() } else { format!("{outer}.{}", field.name) };
            let inside: Vec<usize> = wanted
                .iter()
                .copied()
                .filter(|&index| self.slots[index].is_some() && !self.filled[index])
                .filter(|&index| self.fields[index].is_named(record, &field.name, depth))
                .collect();
            if inside.is_empty() {
                steps.push(Step { op: Op::Skip(self.skips.skip(&field.schema)), field: Arc::from(dotted) });
            } else {
                self.field(&field.schema, &dotted, &inside, depth + 1, &mut steps)?;
            }
        }
        Ok(steps)
    }

    fn field(
        &mut self,
        schema: &Schema,
        dotted: &str,
        inside: &[usize],
        depth: usize,
        steps: &mut Vec<Step>,
    ) -> Result<()> {
        let (null, value) = split_null(schema);
        let value = match value {
            Schema::Ref { name } => self.names.get(name).copied().unwrap_or(value),
            value => value,
        };
        let ends_here = inside.iter().copied().find(|&index| self.fields[index].path.len() == depth);
        let op = match (value, ends_here) {
            (Schema::Record(record), None) => {
                let nested = self.record(record, dotted, inside, depth)?;
                let Some(null) = null else {
                    steps.extend(nested);
                    return Ok(());
                };
                // Columns that the writer's record lacks are filled as missing ones, in either branch.
                let filled = inside.iter().filter(|&&index| self.filled[index]);
                Op::NullableRecord {
                    null,
                    ops: nested.into(),
                    columns: filled.filter_map(|&i| self.slots[i]).collect(),
                }
            }
            (_, None) => return Err(refuse(dotted, schema, "a record")),
            (value, Some(index)) => {
                let reader = &self.fields[index];
                let read = Scalar::of(value).and_then(|writer| resolve(&writer, &reader.scalar));
                let (Some(read), Some(column)) = (read, self.slots[index]) else {
                    return Err(refuse(dotted, schema, &format!("a column of type {}", reader.column.ty)));
                };
                self.filled[index] = true;
                match null {
                    Some(null) => Op::Nullable { null, read, column },
                    None => Op::Read(read, column),
                }
            }
        };
        steps.push(Step { op, field: Arc::from(dotted) });
        Ok(())
    }
}

fn refuse(dotted: &str, schema: &Schema, wanted: &str) -> Error {
    let message = format!("field {dotted} is {} where the table has {wanted}", describe(schema));
    Error::new(ErrorKind::Type, message)
        .with_help("new fields and types that widen are taken as they come; any other change needs a new table")
}

/// How a writer's values are read as the reader's type: the same, or widened; `None` if neither.
fn resolve(writer: &Scalar, reader: &Scalar) -> Option<Read> {
    Some(match (writer, reader) {
        (Scalar::Bool, Scalar::Bool) => Read::Bool,
        (Scalar::Int, Scalar::Int | Scalar::Date) | (Scalar::Date, Scalar::Date | Scalar::Int) => Read::IntToI32,
        (Scalar::Int, Scalar::Long) => Read::IntToI64,
        (Scalar::Int, Scalar::Float) => Read::IntToF32,
        (Scalar::Int, Scalar::Double) => Read::IntToF64,
        (Scalar::Long | Scalar::Timestamp(_), Scalar::Long) => Read::LongToI64,
        (Scalar::Long, Scalar::Float) => Read::LongToF32,
        (Scalar::Long, Scalar::Double) => Read::LongToF64,
        (Scalar::Long, Scalar::Timestamp(unit)) | (Scalar::Timestamp(unit), Scalar::Timestamp(_)) => {
            Read::Timestamp(*unit)
        }
        (Scalar::Float, Scalar::Float) => Read::FloatToF32,
        (Scalar::Float, Scalar::Double) => Read::FloatToF64,
        (Scalar::Double, Scalar::Double) => Read::DoubleToF64,
        (Scalar::Text | Scalar::Bytes, Scalar::Text | Scalar::Enum(_)) => Read::Text,
        (Scalar::Enum(symbols), Scalar::Text | Scalar::Enum(_)) => {
            Read::Symbol(symbols.iter().map(|symbol| Str::from(symbol.as_str())).collect())
        }
        (Scalar::Array(null, writer), Scalar::Array(_, reader)) => {
            Read::Array { null: *null, item: Box::new(resolve(writer, reader)?) }
        }
        _ => return None,
    })
}
