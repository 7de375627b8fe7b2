//! Random cells: ordinary ones, few distinct ones, and the ones where engines break.

use headwater_engine::{Date, Decimal, List, Time, TimeDelta, Timestamp, Type, Value};

use super::random::Random;

/// How the values of a column are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Few distinct values, some much more often than others: keys.
    Keys,
    /// Numbers whose sums are exact in any order: small multiples of 1/8, and NaN and the infinities.
    Tame,
    /// Everything: extremes, tiny and huge numbers, any text.
    Wild,
}

/// One null in so many cells.
const NULL_ONE_IN: u64 = 7;

/// A cell of a column of type `ty`.
pub(super) fn cell(random: &mut Random, ty: Type, spread: Spread) -> Value {
    if random.one_in(NULL_ONE_IN) {
        return Value::Null;
    }
    match spread {
        Spread::Keys => key(random, ty),
        Spread::Tame => tame(random, ty),
        Spread::Wild => wild(random, ty),
    }
}

fn key(random: &mut Random, ty: Type) -> Value {
    let choice = random.skewed(0..6) as i8;
    match ty {
        Type::Bool => Value::Bool(choice % 2 == 0),
        Type::I8 => Value::I8(choice - 2),
        Type::I16 => Value::I16(i16::from(choice) - 2),
        Type::I32 => Value::I32(i32::from(choice) - 2),
        Type::I64 => Value::I64([0, 1, -1, i64::MIN, i64::MAX, 2][choice as usize]),
        Type::F32 => Value::F32([0.0, -0.0, f32::NAN, 1.5, f32::INFINITY, -2.0][choice as usize]),
        Type::F64 => Value::F64([0.0, f64::NAN, -0.0, 1.5, f64::NEG_INFINITY, -2.0][choice as usize]),
        Type::Char => Value::Char([65, 66, 0, 0xffff, 97, 0xd800][choice as usize]),
        Type::String => ["a", "b", "", "A", "a text too long to be kept inline", "ü"][choice as usize].into(),
        Type::Timestamp => Value::Timestamp(Timestamp::from_nanos(i64::from(choice) * 3_600_000_000_000 - 1)),
        Type::Date => Value::Date(Date::from_days(i32::from(choice) - 1)),
        Type::Time => Time::from_nanos(i64::from(choice) * 3_600_000_000_000).into(),
        Type::Duration => Value::Duration(TimeDelta::from_nanos(i64::from(choice) - 2)),
        Type::Decimal(scale) => Decimal::new(i128::from(choice) - 2, scale).into(),
        Type::List(item) => list(*item, (0..choice % 3).map(|_| cell(random, *item, Spread::Keys))),
        _ => Value::Null,
    }
}

fn tame(random: &mut Random, ty: Type) -> Value {
    let eighths = random.below(0..4001) as i32 - 2000;
    let special = random.one_in(12);
    match ty {
        Type::F32 if special => Value::F32([f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0][random.below(0..4)]),
        Type::F64 if special => Value::F64([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0][random.below(0..4)]),
        Type::F32 => Value::F32(eighths as f32 / 8.0),
        Type::F64 => Value::F64(f64::from(eighths) / 8.0),
        Type::I16 => Value::I16(eighths as i16),
        Type::I32 => Value::I32(eighths),
        Type::I64 => Value::I64(eighths.into()),
        Type::Timestamp => Value::Timestamp(Timestamp::from_nanos(i64::from(eighths) * 1_234_567_890)),
        Type::Date => Value::Date(Date::from_days(eighths)),
        Type::Duration => Value::Duration(TimeDelta::from_nanos(i64::from(eighths) * 987_654_321)),
        Type::Decimal(scale) => Decimal::new(i128::from(eighths) * 1_000_003, scale).into(),
        _ => wild(random, ty),
    }
}

fn wild(random: &mut Random, ty: Type) -> Value {
    let bits = random.bits();
    let extreme = random.one_in(4);
    let pick = random.below(0..4);
    match ty {
        Type::Bool => Value::Bool(bits & 1 == 1),
        Type::I8 if extreme => Value::I8([i8::MIN, i8::MAX, 0, -1][pick]),
        Type::I16 if extreme => Value::I16([i16::MIN, i16::MAX, 0, -1][pick]),
        Type::I32 if extreme => Value::I32([i32::MIN, i32::MAX, 0, -1][pick]),
        Type::I64 if extreme => Value::I64([i64::MIN, i64::MAX, 0, -1][pick]),
        Type::F32 if extreme => Value::F32([f32::MAX, f32::MIN, f32::MIN_POSITIVE / 2.0, f32::NAN][pick]),
        Type::F64 if extreme => Value::F64([f64::MAX, f64::MIN, f64::MIN_POSITIVE / 2.0, f64::NAN][pick]),
        Type::Timestamp if extreme => Value::Timestamp(Timestamp::from_nanos([i64::MIN, i64::MAX, 0, -1][pick])),
        Type::I8 => Value::I8(bits as i8),
        Type::I16 => Value::I16(bits as i16),
        Type::I32 => Value::I32(bits as i32),
        Type::I64 => Value::I64(bits as i64),
        Type::F32 => Value::F32(f32::from_bits(bits as u32)),
        Type::F64 => Value::F64(f64::from_bits(bits)),
        Type::Char => Value::Char(bits as u16),
        Type::String => text(random).into(),
        Type::Timestamp => Value::Timestamp(Timestamp::from_nanos(bits as i64)),
        Type::Date => Value::Date(Date::from_days(bits as i32 % 100_000)),
        Type::Time => Time::from_nanos((bits >> 1) as i64 % Time::LIMIT).into(),
        Type::Duration => Value::Duration(TimeDelta::from_nanos(bits as i64)),
        Type::Decimal(scale) => Decimal::new(i128::from(bits as i64) << (bits % 40), scale).into(),
        Type::List(item) => list(*item, (0..random.skewed(0..12)).map(|_| cell(random, *item, Spread::Wild))),
        _ => Value::Null,
    }
}

fn list(item: Type, values: impl Iterator<Item = Value>) -> Value {
    List::from_values(item, values).into()
}

/// Text of up to 24 letters, so that about half are kept outside their cells.
fn text(random: &mut Random) -> String {
    const LETTERS: [char; 8] = ['a', 'B', ' ', 'ß', '中', '1', '-', '\u{1f980}'];
    let len = random.below(0..24);
    (0..len).map(|_| LETTERS[random.below(0..LETTERS.len())]).collect()
}
