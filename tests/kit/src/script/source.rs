//! What tables a script feeds.

use headwater_engine::{ColumnDef, Flavour, Type};

use super::random::Random;
use super::values::Spread;

/// A column of a source and how its cells are drawn.
#[derive(Clone, Debug)]
pub struct SourceColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// How its cells are drawn.
    pub spread: Spread,
}

/// Rows that a ring of a script keeps.
pub const RING_ROWS: u64 = 60;

/// A source table.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// How its rows come and go.
    pub flavour: Flavour,
    /// Its columns: keys, then numbers that can be summed, then anything.
    pub columns: Vec<SourceColumn>,
}

impl Source {
    /// A source of random columns; `place` makes its name and those of its columns its own.
    pub fn random(random: &mut Random, place: usize, flavour: Flavour) -> Self {
        let letter = ["A", "B", "C"][place % 3];
        let mut columns = Vec::new();
        let mut add = |name: String, ty, spread| columns.push(SourceColumn { name, ty, spread });
        // Key columns of one number have one type in all sources but for width, so that tables can be joined.
        for (number, types) in KEY_TYPES.iter().enumerate() {
            let ty = types[random.below(0..types.len())];
            add(format!("{letter}K{number}"), ty, Spread::Keys);
        }
        for number in 0..random.below(1..4) {
            let ty = TAME_TYPES[random.below(0..TAME_TYPES.len())];
            add(format!("{letter}T{number}"), ty, Spread::Tame);
        }
        for number in 0..random.below(1..4) {
            let ty = match Type::ALL[random.below(0..Type::ALL.len())] {
                Type::List(_) => LISTS[random.below(0..LISTS.len())],
                ty => ty,
            };
            add(format!("{letter}W{number}"), ty, Spread::Wild);
        }
        Source { name: format!("source_{letter}").to_lowercase(), flavour, columns }
    }

    /// The columns as a session takes them.
    pub fn definitions(&self) -> Vec<ColumnDef> {
        self.columns.iter().map(|column| ColumnDef::new(column.name.as_str(), column.ty)).collect()
    }
}

const KEY_TYPES: [&[Type]; 3] = [
    &[Type::I8, Type::I16, Type::I32, Type::I64],
    &[Type::String, Type::String, Type::Char, Type::Bool, Type::Date, Type::List(&Type::I32)],
    &[Type::F64, Type::F32, Type::Timestamp, Type::Duration, Type::Decimal(2)],
];

const LISTS: [Type; 4] =
    [Type::List(&Type::F64), Type::List(&Type::Bool), Type::List(&Type::String), Type::List(&Type::List(&Type::I32))];

const TAME_TYPES: [Type; 9] = [
    Type::F64,
    Type::F64,
    Type::F32,
    Type::I32,
    Type::I64,
    Type::I16,
    Type::Timestamp,
    Type::Duration,
    Type::Decimal(2),
];
