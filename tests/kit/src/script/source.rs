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

/// How the rows of a source come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Supply {
    /// They are there from the beginning.
    Still,
    /// They stay.
    Append,
    /// They live for one cycle.
    Blink,
    /// The newest stay, so many.
    Newest(u64),
    /// Those stay that are no older than so many nanoseconds before the newest, by a column of timestamps.
    Recent {
        /// The place of the column.
        column: usize,
        /// The age.
        nanos: i64,
    },
    /// They come, change and go by ids.
    Named,
    /// They are put in and deleted by the values of these columns.
    ByKey(Vec<usize>),
}

impl Supply {
    /// Any of them, over these columns.
    fn random(random: &mut Random, columns: &[SourceColumn]) -> Self {
        match random.below(0..9) {
            0..=2 => Supply::Named,
            3 => Supply::Append,
            4 => Supply::Blink,
            5 => Supply::Newest(60),
            6 => {
                let stamp = columns.iter().position(|column| column.ty == Type::Timestamp);
                // Columns of timestamps span some hours, or all of time.
                stamp.map_or(Supply::Append, |column| Supply::Recent { column, nanos: 1_000_000_000_000 })
            }
            7 => {
                let keys = (0..1 + random.below(0..2)).map(|_| random.below(0..columns.len())).collect::<Vec<_>>();
                Supply::ByKey(if keys.len() == 2 && keys[0] == keys[1] { vec![keys[0]] } else { keys })
            }
            _ => Supply::Still,
        }
    }

    /// The flavour of the table.
    pub fn flavour(&self) -> Flavour {
        match self {
            Supply::Still => Flavour::Static,
            Supply::Append => Flavour::Append,
            Supply::Blink => Flavour::Blink,
            Supply::Newest(_) | Supply::Recent { .. } => Flavour::Ring,
            Supply::Named | Supply::ByKey(_) => Flavour::Keyed,
        }
    }
}

/// A source table.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// How its rows come and go.
    pub supply: Supply,
    /// Its columns: keys, then numbers that can be summed, then anything.
    pub columns: Vec<SourceColumn>,
}

impl Source {
    /// A source of random columns, of any supply unless one is given; `place` makes its name and those of its columns
    /// its own.
    pub fn random(random: &mut Random, place: usize, supply: Option<Supply>) -> Self {
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
        let supply = supply.unwrap_or_else(|| Supply::random(random, &columns));
        Source { name: format!("source_{letter}").to_lowercase(), supply, columns }
    }

    /// The flavour of the table.
    pub fn flavour(&self) -> Flavour {
        self.supply.flavour()
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
