//! [`Program`]: what a writer schema becomes for a reader's columns: a flat list of steps, one a field, each of
//! which reads a value into a column or passes over it. No value is looked at twice and none becomes an object.

use std::sync::Arc;

use headwater_engine::vector::VectorBuilder;
use headwater_engine::{Str, Value};

use super::cursor::Cursor;
use super::fault::{Cause, Fault};
use super::fields::Unit;
use super::skip::{Skip, SkipTable};

/// How a value on the wire becomes a value of a column; promotions included.
#[derive(Clone, Debug)]
pub(super) enum Read {
    Bool,
    IntToI32,
    IntToI64,
    IntToF32,
    IntToF64,
    LongToI64,
    LongToF32,
    LongToF64,
    FloatToF32,
    FloatToF64,
    DoubleToF64,
    Text,
    Symbol(Arc<[Str]>),
    Timestamp(Unit),
    Array {
        /// The number of null's branch, if items may be null.
        null: Option<usize>,
        item: Box<Read>,
    },
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    Read(Read, usize),
    /// A union of null and a value; the number of null's branch.
    Nullable {
        null: usize,
        read: Read,
        column: usize,
    },
    Skip(Skip),
    /// A union of null and a record whose fields have columns: null makes all of them null.
    NullableRecord {
        null: usize,
        ops: Box<[Step]>,
        columns: Box<[usize]>,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) op: Op,
    pub(super) field: Arc<str>,
}

/// The steps for one writer schema.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) steps: Box<[Step]>,
    /// Columns the writer does not know.
    pub(super) missing: Box<[(usize, Value)]>,
    pub(super) skips: SkipTable,
    /// Whether the steps cover the whole record, so that bytes after it are a fault.
    pub(super) whole: bool,
}

impl Program {
    /// Appends one record to the columns the program fills. On a fault some columns have grown: the caller
    /// truncates them.
    pub(super) fn run(&self, payload: &[u8], from: usize, columns: &mut [VectorBuilder]) -> Result<(), Fault> {
        let mut cursor = Cursor::new(payload, from);
        for step in &self.steps {
            step.run(&mut cursor, columns, &self.skips)?;
        }
        if self.whole && cursor.remaining() > 0 {
            return Err(Fault { field: None, at: cursor.at(), cause: Cause::Leftover(cursor.remaining()) });
        }
        for (column, value) in &self.missing {
            columns[*column].push(value);
        }
        Ok(())
    }
}

impl Step {
    #[inline]
    fn run(&self, cursor: &mut Cursor<'_>, columns: &mut [VectorBuilder], skips: &SkipTable) -> Result<(), Fault> {
        let at = cursor.at();
        let done = match &self.op {
            Op::Read(read, column) => read.run(cursor, &mut columns[*column]),
            Op::Nullable { null, read, column } => read.run_nullable(*null, cursor, &mut columns[*column]),
            Op::Skip(skip) => skip.pass(cursor, skips),
            Op::NullableRecord { null, ops, columns: own } => match cursor.index(2) {
                Ok(branch) if branch == *null => {
                    own.iter().for_each(|&column| columns[column].push_null());
                    Ok(())
                }
                Ok(_) => return ops.iter().try_for_each(|step| step.run(cursor, columns, skips)),
                Err(cause) => Err(cause),
            },
        };
        done.map_err(|cause| Fault { field: Some(self.field.clone()), at, cause })
    }
}

impl Read {
    #[inline]
    fn run(&self, cursor: &mut Cursor<'_>, column: &mut VectorBuilder) -> Result<(), Cause> {
        match self {
            Read::Bool => column.push_bool(cursor.bool()?),
            Read::IntToI32 => column.push_i32(cursor.int()?),
            Read::IntToI64 => column.push_i64(cursor.int()?.into()),
            Read::IntToF32 => column.push_f32(cursor.int()? as f32),
            Read::IntToF64 => column.push_f64(cursor.int()?.into()),
            Read::LongToI64 => column.push_i64(cursor.long()?),
            Read::LongToF32 => column.push_f32(cursor.long()? as f32),
            Read::LongToF64 => column.push_f64(cursor.long()? as f64),
            Read::FloatToF32 => column.push_f32(cursor.float()?),
            Read::FloatToF64 => column.push_f64(cursor.float()?.into()),
            Read::DoubleToF64 => column.push_f64(cursor.double()?),
            Read::Text => column.push_str(cursor.text()?),
            Read::Symbol(symbols) => column.push_text(symbols[cursor.index(symbols.len())?].clone()),
            Read::Timestamp(unit) => {
                let value = cursor.long()?;
                let nanos = value.checked_mul(unit.nanos()).ok_or(Cause::TimestampRange(value, unit.name()))?;
                column.push_i64(nanos);
            }
            Read::Array { null, item } => {
                item.run_items(*null, cursor, column.items())?;
                column.end_list();
            }
        }
        Ok(())
    }

    /// A union of null, which has the branch of that number, and a value.
    #[inline]
    fn run_nullable(&self, null: usize, cursor: &mut Cursor<'_>, column: &mut VectorBuilder) -> Result<(), Cause> {
        if cursor.index(2)? == null {
            column.push_null();
            return Ok(());
        }
        self.run(cursor, column)
    }

    /// The blocks of an array: a count and as many items, again until a count of zero. A count below zero is followed by
    /// the size of the block, which only those need who pass over it. Every item has a byte at least, so a damaged count
    /// comes to the end of the payload.
    fn run_items(&self, null: Option<usize>, cursor: &mut Cursor<'_>, items: &mut VectorBuilder) -> Result<(), Cause> {
        loop {
            let count = cursor.long()?;
            if count == 0 {
                return Ok(());
            }
            if count < 0 {
                cursor.long()?;
            }
            for _ in 0..count.unsigned_abs() {
                match null {
                    Some(null) => self.run_nullable(null, cursor, items)?,
                    None => self.run(cursor, items)?,
                }
            }
        }
    }
}
