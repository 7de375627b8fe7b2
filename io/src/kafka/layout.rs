//! [`Layout`]: which columns a consumer's table has, and where each comes from.

use std::ops::Range;

use headwater_engine::{ColumnDef, Definition, Flavour, Result, Type};

use super::decode::Source;

/// What is known of a message beside its key and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standard {
    Partition,
    Offset,
    Timestamp,
}

/// The names of the standard columns; `None` leaves one out.
#[derive(Clone, Debug)]
pub(super) struct StandardNames(pub(super) [(Standard, Option<String>); 3]);

impl Default for StandardNames {
    fn default() -> Self {
        let named = |standard, name: &str| (standard, Some(name.to_owned()));
        StandardNames([
            named(Standard::Partition, "KafkaPartition"),
            named(Standard::Offset, "KafkaOffset"),
            named(Standard::Timestamp, "KafkaTimestamp"),
        ])
    }
}

impl StandardNames {
    pub(super) fn set(&mut self, standard: Standard, name: Option<String>) {
        for (known, slot) in &mut self.0 {
            if *known == standard {
                slot.clone_from(&name);
            }
        }
    }
}

/// The columns of the table: standard ones, then those of the key, then those of the value.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) definition: Definition,
    pub(super) standard: Vec<Standard>,
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

impl Layout {
    /// # Errors
    /// [`NameClash`](headwater_engine::ErrorKind::NameClash) if two columns would have one name.
    pub(super) fn new(names: &StandardNames, key: &Source, value: &Source, flavour: Flavour) -> Result<Self> {
        let named = names.0.iter().filter_map(|(standard, name)| Some((*standard, name.as_deref()?)));
        let (standard, mut columns): (Vec<_>, Vec<_>) = named
            .map(|(standard, name)| {
                let ty = match standard {
                    Standard::Partition => Type::I32,
                    Standard::Offset => Type::I64,
                    Standard::Timestamp => Type::Timestamp,
                };
                (standard, ColumnDef::new(name, ty))
            })
            .unzip();
        columns.extend(key.columns());
        let key = standard.len()..columns.len();
        columns.extend(value.columns());
        let value = key.end..columns.len();
        let definition = Definition::new(columns, flavour).map_err(|error| {
            error
                .with_help("rename the standard columns with .partition_column(..) and its like, or those of the specs")
        })?;
        Ok(Layout { definition, standard, key, value })
    }
}
