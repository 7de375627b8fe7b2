//! Random typed formulas over random columns, for the tests of this crate and the fuzz target that has this file too.

use headwater_engine::vector::Vector;
use headwater_engine::{
    ColumnDef, Date, Result, Str, Time, TimeDelta, Timestamp, Type, Value, formula::FunctionRegistry,
};

/// Where choices come from: random numbers, or the bytes of a fuzzer.
pub(crate) struct Choices<'a>(pub(crate) &'a mut dyn FnMut() -> u32);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        (self.0)() as usize % count.max(1)
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn word(&mut self) -> u64 {
        u64::from((self.0)()) << 32 | u64::from((self.0)())
    }
}

/// The columns formulas read: two of each type.
const COLUMNS: [(&str, Type); 26] = [
    ("Bo", Type::Bool),
    ("Bp", Type::Bool),
    ("By", Type::I8),
    ("Bz", Type::I8),
    ("Sh", Type::I16),
    ("Si", Type::I16),
    ("In", Type::I32),
    ("Io", Type::I32),
    ("Lo", Type::I64),
    ("Lp", Type::I64),
    ("Fl", Type::F32),
    ("Fm", Type::F32),
    ("Do", Type::F64),
    ("Dp", Type::F64),
    ("Ch", Type::Char),
    ("Ci", Type::Char),
    ("Ts", Type::Timestamp),
    ("Tt", Type::Timestamp),
    ("Da", Type::Date),
    ("Db", Type::Date),
    ("Cl", Type::Time),
    ("Cm", Type::Time),
    ("La", Type::Duration),
    ("Lb", Type::Duration),
    ("St", Type::String),
    ("Su", Type::String),
];

/// Columns of `rows` rows, each with no nulls, few or many.
pub(crate) fn columns(choices: &mut Choices<'_>, rows: usize) -> Vec<(ColumnDef, Vector<'static>)> {
    let column = |(name, ty): (&str, Type)| {
        let nulls = [0, 0, 1, 50][choices.below(4)];
        let values = (0..rows).map(|_| if choices.below(100) < nulls { Value::Null } else { value(choices, ty) });
        let vector = Vector::from_values(ty, values.collect::<Vec<_>>()).expect("values of the type");
        (ColumnDef::new(name, ty), vector)
    };
    COLUMNS.into_iter().map(column).collect()
}

/// A value of a type: small, any, or one where things go wrong.
fn value(choices: &mut Choices<'_>, ty: Type) -> Value {
    let small = choices.below(7) as i64 - 3;
    let bits = choices.word();
    let edge = [0, 1, -1, i64::MIN, i64::MAX][choices.below(5)];
    let integer = [small, bits as i64, edge, small][choices.below(4)];
    let cut = |min: i64, max: i64| {
        if edge == i64::MIN {
            min
        } else if edge == i64::MAX {
            max
        } else {
            integer
        }
    };
    let float = match choices.below(4) {
        0 => {
            [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 5e-324, 9.3e18, -2.5e9][choices.below(9)]
        }
        1 => f64::from_bits(bits),
        _ => small as f64 * 0.5,
    };
    match ty {
        Type::Bool => Value::Bool(bits & 1 == 1),
        Type::I8 => Value::I8(cut(i8::MIN.into(), i8::MAX.into()) as i8),
        Type::I16 => Value::I16(cut(i16::MIN.into(), i16::MAX.into()) as i16),
        Type::I32 => Value::I32(cut(i32::MIN.into(), i32::MAX.into()) as i32),
        Type::I64 => Value::I64(integer),
        Type::F32 => Value::F32(if bits & 3 == 0 { f32::from_bits(bits as u32) } else { float as f32 }),
        Type::F64 => Value::F64(float),
        Type::Char => Value::Char(if bits & 1 == 0 { 97 + (bits >> 8) as u16 % 3 } else { (bits >> 8) as u16 }),
        Type::Timestamp => Value::Timestamp(Timestamp::from_nanos(integer)),
        Type::Date => Value::Date(Date::from_days(integer as i32)),
        Type::Time => Value::Time(Time::parse(["00:00", "09:30", "23:59:59.5"][choices.below(3)]).expect("a time")),
        Type::Duration => Value::Duration(TimeDelta::from_nanos(integer)),
        _ => Value::String(Str::from(["", "a", "ab", "b"][choices.below(4)])),
    }
}

/// Functions of the user's own, which only the interpreter calls; the second fails for some values.
pub(crate) fn functions() -> Result<FunctionRegistry> {
    let mut functions = FunctionRegistry::default();
    functions.register("half", |x: f64| x / 2.0)?;
    functions.register("even", |n: i64| if n % 2 == 0 { Ok(n / 2) } else { Err("odd") })?;
    functions.register("known", |n: Option<i64>| n.is_some())?;
    Ok(functions)
}

/// A formula; most are of a type, some the checker will not have.
pub(crate) fn formula(choices: &mut Choices<'_>) -> String {
    let depth = 1 + choices.below(5);
    match choices.below(8) {
        0..3 => condition(choices, depth),
        3 => time(choices, depth),
        4 => text(choices, depth),
        _ => number(choices, depth),
    }
}

fn number(choices: &mut Choices<'_>, depth: usize) -> String {
    if depth == 0 || choices.below(8) == 0 {
        return match choices.below(4) {
            0 => choices.one_of(&[
                "0",
                "1",
                "2",
                "-1",
                "7",
                "8",
                "100",
                "3L",
                "64L",
                "-16L",
                "86400000000000L",
                "2147483647",
                "9223372036854775807L",
                "0.5",
                "2.0",
                "1e300",
                "1.5f",
                "0.0",
                "5 % 3",
            ]),
            1 => choices.one_of(&["By", "Bz", "Sh", "Si", "Ch", "Ci"]),
            2 => choices.one_of(&["In", "Io", "Lo", "Lp"]),
            _ => choices.one_of(&["Fl", "Fm", "Do", "Dp"]),
        }
        .to_owned();
    }
    let depth = depth - 1;
    let a = number(choices, depth);
    match choices.below(26) {
        0..8 => format!("({a} {} {})", choices.one_of(&["+", "-", "*", "/", "+", "*"]), number(choices, depth)),
        8 => format!("({a} % {})", choices.one_of(&["2", "7", "-8", "10L", "86400L", "1", "-1", "0", "2.5"])),
        9 => format!("((int)({a}) % (int)({}))", number(choices, depth)),
        10 => format!("((long){a} {} (long){})", choices.one_of(&["&", "|", "^", "%"]), number(choices, depth)),
        11 => {
            format!("((int){a} {} {})", choices.one_of(&["<<", ">>", ">>>"]), choices.one_of(&["1", "33", "In", "By"]))
        }
        12 => {
            format!("((long){a} {} {})", choices.one_of(&["<<", ">>", ">>>"]), choices.one_of(&["3", "65", "Lo", "In"]))
        }
        13..16 => {
            let cast = choices.one_of(&["byte", "short", "int", "long", "float", "double", "char"]);
            format!("(({cast})({a}))")
        }
        16..19 => format!("({} ? {a} : {})", condition(choices, depth), number(choices, depth)),
        19 => format!("{}((long)({a}))", choices.one_of(&["-", "~"])),
        20 => format!("{}({a})", choices.one_of(&["sqrt", "floor", "ceil", "rint", "abs", "half", "round", "-"])),
        21 => format!("{}({a}, {})", choices.one_of(&["min", "max", "replaceIfNull", "pow"]), number(choices, depth)),
        22 => format!("replaceIfNaN((double)({a}), {})", number(choices, depth)),
        23 => format!("ifelse({}, {a}, {})", condition(choices, depth), number(choices, depth)),
        24 => format!("lowerBin((long)({a}), {})", choices.one_of(&["1L", "8L", "10L", "86400000000000L", "0L"])),
        _ => format!("even((long)({a}))"),
    }
}

fn condition(choices: &mut Choices<'_>, depth: usize) -> String {
    if depth == 0 {
        return choices.one_of(&["Bo", "Bp", "true", "false", "isNull(St)", "In > 0", "Do < 1"]).to_owned();
    }
    let depth = depth - 1;
    let compare = ["<", "<=", ">", ">=", "==", "!="];
    match choices.below(16) {
        0..4 => format!("({} {} {})", number(choices, depth), choices.one_of(&compare), number(choices, depth)),
        4 => format!("({} {} {})", condition(choices, depth), choices.one_of(&compare), condition(choices, depth)),
        5 => format!("(Lo {} {})", choices.one_of(&compare), choices.one_of(&["Do", "9.3e18", "0.5", "Fl", "null"])),
        6..8 => format!("({} && {})", condition(choices, depth), condition(choices, depth)),
        8..10 => format!("({} || {})", condition(choices, depth), condition(choices, depth)),
        10 => format!(
            "({} {} {})",
            condition(choices, depth),
            choices.one_of(&["&", "|", "^"]),
            condition(choices, depth)
        ),
        11 => format!("!{}", condition(choices, depth)),
        12 => format!("isNull({})", number(choices, depth)),
        13 => {
            format!("({} ? {} : {})", condition(choices, depth), condition(choices, depth), condition(choices, depth))
        }
        14 => match choices.below(6) {
            0 => format!(
                "inRange({0}, {1}, {0})",
                choices.one_of(&["In", "Lo", "Do", "Ts"]),
                choices.one_of(&["In", "Tt"])
            ),
            1 => format!(
                "({} in {})",
                choices.one_of(&["In", "Lo", "Do", "Fl", "By"]),
                choices.one_of(&["1, 2, null", "NaN, 0", "3"])
            ),
            2 => format!("isNaN((double){})", number(choices, depth)),
            3 => format!("known((long)({}))", number(choices, depth)),
            4 => format!("({} ? {} : {})", condition(choices, depth), "St.startsWith(`a`)", condition(choices, depth)),
            _ => "(Bo in true, null)".to_owned(),
        },
        _ => match choices.below(4) {
            0 => format!("(Ts {} {})", choices.one_of(&compare), time(choices, depth)),
            1 => format!("(Da {} Db)", choices.one_of(&compare)),
            2 => format!("(Cl {} Cm)", choices.one_of(&compare)),
            _ => format!("({} {} Su)", text(choices, depth), choices.one_of(&["==", "!=", "<"])),
        },
    }
}

fn time(choices: &mut Choices<'_>, depth: usize) -> String {
    if depth == 0 {
        return choices.one_of(&["Ts", "Tt"]).to_owned();
    }
    let inner = time(choices, depth - 1);
    match choices.below(5) {
        0 => format!("({inner} + {})", choices.one_of(&["La", "'PT1H'", "Lo"])),
        1 => format!("({inner} - Lb)"),
        2 => format!("({} ? {inner} : Tt)", condition(choices, depth - 1)),
        3 => format!("lowerBin({inner}, {})", choices.one_of(&["1000000000L", "60000000000L", "4096L"])),
        _ => format!("({} ? null : {inner})", condition(choices, depth - 1)),
    }
}

fn text(choices: &mut Choices<'_>, depth: usize) -> String {
    if depth == 0 {
        return choices.one_of(&["St", "Su"]).to_owned();
    }
    match choices.below(4) {
        0 => format!("({} ? {} : Su)", condition(choices, depth - 1), text(choices, depth - 1)),
        1 => format!("(St + `-` + {})", number(choices, depth - 1)),
        2 => format!("(`` + (long)({}) + {})", number(choices, depth - 1), condition(choices, depth - 1)),
        _ => text(choices, 0),
    }
}

/// What differs between two results; values are compared by their bits, but a NaN is a NaN.
pub(crate) fn difference(a: &Result<Vector<'_>>, b: &Result<Vector<'_>>) -> Option<String> {
    let bits = |value: Value| match value {
        Value::F64(value) if value.is_nan() => "NaN".to_owned(),
        Value::F32(value) if value.is_nan() => "NaN".to_owned(),
        Value::F64(value) => format!("{value:?} {:x}", value.to_bits()),
        Value::F32(value) => format!("{value:?} {:x}", value.to_bits()),
        value => format!("{value:?}"),
    };
    match (a, b) {
        (Ok(a), Ok(b)) if (a.ty(), a.len()) != (b.ty(), b.len()) => {
            Some(format!("{} values of {} and {} of {}", a.len(), a.ty(), b.len(), b.ty()))
        }
        (Ok(a), Ok(b)) => (0..a.len()).find_map(|row| {
            let (a, b) = (bits(a.value(row)), bits(b.value(row)));
            (a != b).then(|| format!("row {row}: {a} and {b}"))
        }),
        (Err(a), Err(b)) => (a.report() != b.report()).then(|| format!("{}\n{}", a.report(), b.report())),
        (a, b) => Some(format!("{:?} and {:?}", a.as_ref().err(), b.as_ref().err())),
    }
}
