//! [`Skip`]: how a value that nobody reads is passed over.

use std::collections::HashMap;

use apache_avro::Schema;
use apache_avro::schema::{InnerDecimalSchema, Name, UuidSchema};

use super::cursor::Cursor;
use super::fault::Cause;

/// How deep values may nest in each other: a schema may name itself, and a damaged payload may follow it for ever.
const MAX_DEPTH: usize = 64;

/// How to pass over a value of some writer schema.
#[derive(Clone, Debug)]
pub(super) enum Skip {
    Fixed(usize),
    Varint,
    Bytes,
    Union(Box<[Skip]>),
    Sequence(Box<[Skip]>),
    Array(Box<Skip>),
    Map(Box<Skip>),
    /// A named type inside itself, by its number in [`SkipTable`].
    Named(usize),
}

/// The named types of a schema that refer to themselves.
#[derive(Clone, Debug, Default)]
pub(super) struct SkipTable(Vec<Skip>);

/// Builds [`Skip`]s for one writer schema.
#[derive(Debug)]
pub(super) struct SkipBuilder<'s> {
    names: &'s HashMap<Name, &'s Schema>,
    numbers: HashMap<Name, usize>,
    table: SkipTable,
}

impl<'s> SkipBuilder<'s> {
    pub(super) fn new(names: &'s HashMap<Name, &'s Schema>) -> Self {
        SkipBuilder { names, numbers: HashMap::new(), table: SkipTable::default() }
    }

    pub(super) fn finish(self) -> SkipTable {
        self.table
    }

    pub(super) fn skip(&mut self, schema: &Schema) -> Skip {
        match schema {
            Schema::Null => Skip::Fixed(0),
            Schema::Boolean => Skip::Fixed(1),
            Schema::Float => Skip::Fixed(4),
            Schema::Double => Skip::Fixed(8),
            Schema::Fixed(fixed) | Schema::Duration(fixed) | Schema::Uuid(UuidSchema::Fixed(fixed)) => {
                Skip::Fixed(fixed.size)
            }
            Schema::Decimal(decimal) => match &decimal.inner {
                InnerDecimalSchema::Fixed(fixed) => Skip::Fixed(fixed.size),
                InnerDecimalSchema::Bytes => Skip::Bytes,
            },
            Schema::Bytes | Schema::String | Schema::BigDecimal => Skip::Bytes,
            Schema::Uuid(UuidSchema::Bytes | UuidSchema::String) => Skip::Bytes,
            Schema::Int
            | Schema::Long
            | Schema::Enum(_)
            | Schema::Date
            | Schema::TimeMillis
            | Schema::TimeMicros
            | Schema::TimestampMillis
            | Schema::TimestampMicros
            | Schema::TimestampNanos
            | Schema::LocalTimestampMillis
            | Schema::LocalTimestampMicros
            | Schema::LocalTimestampNanos => Skip::Varint,
            Schema::Array(array) => Skip::Array(Box::new(self.skip(&array.items))),
            Schema::Map(map) => Skip::Map(Box::new(self.skip(&map.types))),
            Schema::Union(union) => Skip::Union(union.variants().iter().map(|branch| self.skip(branch)).collect()),
            Schema::Record(record) => self.sequence(record.fields.iter().map(|field| &field.schema)),
            Schema::Ref { name } => self.named(name),
        }
    }

    fn sequence<'f>(&mut self, fields: impl Iterator<Item = &'f Schema>) -> Skip {
        let mut parts: Vec<Skip> = Vec::new();
        for field in fields {
            let part = self.skip(field);
            match (parts.last_mut(), part) {
                (Some(Skip::Fixed(before)), Skip::Fixed(size)) => *before += size,
                (_, part) => parts.push(part),
            }
        }
        match parts.len() {
            0 => Skip::Fixed(0),
            1 => parts.remove(0),
            _ => Skip::Sequence(parts.into()),
        }
    }

    fn named(&mut self, name: &Name) -> Skip {
        if let Some(&number) = self.numbers.get(name) {
            return Skip::Named(number);
        }
        let number = self.table.0.len();
        self.numbers.insert(name.clone(), number);
        self.table.0.push(Skip::Fixed(0));
        // A schema that parsed defines every name it refers to.
        if let Some(schema) = self.names.get(name).copied() {
            self.table.0[number] = self.skip(schema);
        }
        Skip::Named(number)
    }
}

impl Skip {
    #[inline]
    pub(super) fn pass(&self, cursor: &mut Cursor<'_>, table: &SkipTable) -> Result<(), Cause> {
        self.pass_nested(cursor, table, 0)
    }

    fn pass_nested(&self, cursor: &mut Cursor<'_>, table: &SkipTable, depth: usize) -> Result<(), Cause> {
        match self {
            Skip::Fixed(size) => cursor.skip(*size),
            Skip::Varint => cursor.long().map(drop),
            Skip::Bytes => cursor.bytes().map(drop),
            _ if depth == MAX_DEPTH => Err(Cause::Depth),
            Skip::Union(branches) => {
                let branch = cursor.index(branches.len())?;
                branches[branch].pass_nested(cursor, table, depth + 1)
            }
            Skip::Sequence(parts) => parts.iter().try_for_each(|part| part.pass_nested(cursor, table, depth + 1)),
            Skip::Array(item) => blocks(cursor, |cursor| item.pass_nested(cursor, table, depth + 1)),
            Skip::Map(value) => blocks(cursor, |cursor| {
                cursor.bytes()?;
                value.pass_nested(cursor, table, depth + 1)
            }),
            Skip::Named(number) => table.0[*number].pass_nested(cursor, table, depth + 1),
        }
    }
}

/// Passes over the blocks of an array or map: a count and as many items, again until a count of zero. A count
/// below zero is followed by the size of the block in bytes.
fn blocks(cursor: &mut Cursor<'_>, mut item: impl FnMut(&mut Cursor<'_>) -> Result<(), Cause>) -> Result<(), Cause> {
    loop {
        let count = cursor.long()?;
        if count == 0 {
            return Ok(());
        }
        if count < 0 {
            let long = cursor.long()?;
            cursor.skip(usize::try_from(long).map_err(|_| Cause::Length(long))?)?;
            continue;
        }
        for _ in 0..count {
            let before = cursor.at();
            item(cursor)?;
            // An item without bytes has none in any position, however many the count claims.
            if cursor.at() == before {
                break;
            }
        }
    }
}
