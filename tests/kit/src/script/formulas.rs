//! Formulas that are valid for the columns at hand.

use headwater_engine::Type;

use super::random::Random;
use super::shape::{ColumnShape, Quality};

/// A formula text, its type, and what may be done with its value.
#[derive(Clone)]
pub(super) struct Computed {
    /// The text, without a name.
    pub(super) text: String,
    /// Its type.
    pub(super) ty: Type,
    /// What may be done with the value.
    pub(super) quality: Quality,
    /// It may fail for some rows.
    pub(super) fallible: bool,
}

fn computed(text: String, ty: Type, quality: Quality) -> Computed {
    Computed { text, ty, quality, fallible: false }
}

/// A formula over some of `columns`; one in `fail_one_in` may fail for a row.
pub(super) fn formula(random: &mut Random, columns: &[&ColumnShape], fail_one_in: u64) -> Computed {
    let Some(&column) = random.pick(columns) else {
        return computed("1 + 2".to_owned(), Type::I32, Quality::Exact);
    };
    let name = &column.name;
    if random.one_in(fail_one_in)
        && let Some(zero) = columns.iter().find(|column| matches!(column.ty, Type::I8 | Type::I16 | Type::I32))
    {
        let (text, ty) = match random.below(0..4) {
            0 => (format!("7 % {}", zero.name), Type::I32),
            1 => (format!("picky({})", zero.name), Type::I64),
            2 => (format!("wary({})", zero.name), Type::I64),
            _ => (format!("isNull({0}) ? 0 : 100 % {0}", zero.name), Type::I32),
        };
        return Computed { text, ty, quality: Quality::Exact, fallible: true };
    }
    if random.one_in(6) {
        return choice(random, columns);
    }
    match column.ty {
        ty if ty.is_float() => floating(random, column),
        ty if ty.is_integer() => integer(random, column, columns),
        Type::String => match random.below(0..5) {
            3 => computed(tag(random, name, columns), Type::String, Quality::Exact),
            0 => computed(format!("{name} + `!`"), Type::String, Quality::Exact),
            1 => computed(format!("isNull({name}) ? `none` : {name}"), Type::String, Quality::Exact),
            2 => computed(format!("shout({name})"), Type::String, Quality::Exact),
            _ => {
                let texts: Vec<&&ColumnShape> = columns.iter().filter(|other| other.ty == Type::String).collect();
                let other = random.pick(&texts).map_or(name, |other| &other.name);
                computed(format!("`<` + {name} + `:` + {other}"), Type::String, Quality::Exact)
            }
        },
        Type::Timestamp => match random.below(0..3) {
            0 => computed(format!("{name} + 1_000"), Type::Timestamp, Quality::Exact),
            1 => computed(format!("{name} - {name}"), Type::I64, Quality::Exact),
            _ => computed(format!("tenths({name})"), Type::I64, Quality::Exact),
        },
        Type::Date => computed(format!("{name} + 1"), Type::Date, Quality::Exact),
        Type::Time => computed(format!("{name} - {name}"), Type::Duration, Quality::Exact),
        Type::Duration => match random.below(0..4) {
            0 => computed(format!("{name} + 'PT1.5S'"), Type::Duration, Quality::Exact),
            1 => computed(format!("{name} * 3 - {name}"), Type::Duration, Quality::Exact),
            2 => computed(format!("(long){name}"), Type::I64, Quality::Exact),
            _ => computed(format!("'1970-01-01T02:00:00Z' - {name}"), Type::Timestamp, Quality::Exact),
        },
        ty @ Type::Decimal(_) => match random.below(0..3) {
            0 => computed(format!("{name} + 1.25"), ty, Quality::Exact),
            1 => computed(format!("7 - {name}"), ty, Quality::Exact),
            _ => computed(format!("(double){name}"), Type::F64, Quality::Definite),
        },
        Type::List(item) => match random.below(0..8) {
            4 => computed(format!("count({name})"), Type::I64, Quality::Exact),
            5 => computed(format!("concat(reverse({name}), {name})"), column.ty, Quality::Exact),
            6 if item.is_integer() => computed(format!("sum({name})"), Type::I64, Quality::Exact),
            7 => computed(format!("last({name})"), *item, Quality::Definite),
            0 => computed(format!("{name}.size()"), Type::I64, Quality::Exact),
            1 => computed(format!("{name}[len({name}) - 1]"), *item, Quality::Definite),
            2 => computed(format!("{name}[{}]", random.below(0..3)), *item, Quality::Definite),
            _ => computed(format!("isNull({name}) ? null : {name}"), column.ty, Quality::Exact),
        },
        _ => computed(format!("!{}", condition(random, columns)), Type::Bool, Quality::Exact),
    }
}

/// A formula that computes what another one does.
pub(super) fn again(random: &mut Random, other: &Computed) -> Computed {
    let text = &other.text;
    let is_written_exactly = other.ty == Type::String || other.ty.is_integer();
    match random.below(0..3) {
        0 => Computed { text: format!("({text})"), ..other.clone() },
        1 if is_written_exactly => {
            Computed { text: format!("isNull({text}) ? `none` : `<` + ({text})"), ty: Type::String, ..*other }
        }
        _ => Computed { text: format!("!isNull({text})"), ty: Type::Bool, quality: Quality::Exact, ..*other },
    }
}

fn floating(random: &mut Random, column: &ColumnShape) -> Computed {
    let (name, ty, quality) = (&column.name, column.ty, column.quality);
    match random.below(0..6) {
        0 => computed(format!("{name} + 1"), ty, quality),
        1 => computed(format!("-{name}"), ty, quality),
        2 => computed(format!("{name} * 2 - 3"), ty, quality),
        3 => computed(format!("{name} / 3"), Type::F64, Quality::Definite),
        4 => computed(format!("(long){name}"), Type::I64, Quality::Exact),
        _ => computed(format!("{name} % 2 + {name} * {name}"), ty, Quality::Definite),
    }
}

fn integer(random: &mut Random, column: &ColumnShape, columns: &[&ColumnShape]) -> Computed {
    let name = &column.name;
    let wide = if column.ty == Type::I64 { Type::I64 } else { Type::I32 };
    match random.below(0..11) {
        8 => computed(format!("halves({name})"), Type::I64, Quality::Exact),
        9 => {
            let integers: Vec<&&ColumnShape> = columns.iter().filter(|other| other.ty.is_integer()).collect();
            let other = random.pick(&integers).map_or(name, |other| &other.name);
            computed(format!("either({name}, {other})"), Type::I64, Quality::Exact)
        }
        0 => computed(format!("{name} + 1"), wide, Quality::Exact),
        1 => computed(format!("{name} * 3 - {name}"), wide, Quality::Exact),
        2 => computed(format!("{name} / 4"), Type::F64, Quality::Definite),
        3 => computed(format!("({name} & 7) | 8"), wide, Quality::Exact),
        4 => computed(format!("{name} % 3"), wide, Quality::Exact),
        5 => computed(format!("(double){name} * 0.5"), Type::F64, Quality::Definite),
        6 => computed(format!("(byte){name}"), Type::I8, Quality::Exact),
        7 => computed(format!("`n=` + {name}"), Type::String, Quality::Exact),
        _ => {
            let integers: Vec<&&ColumnShape> =
                columns.iter().filter(|other| other.ty.is_integer() && other.ty != Type::I64).collect();
            let other = random.pick(&integers).map_or(name, |other| &other.name);
            computed(format!("{name} - {other} * 2L"), Type::I64, Quality::Exact)
        }
    }
}

/// A call of a function of three things, columns if there are such.
fn tag(random: &mut Random, name: &str, columns: &[&ColumnShape]) -> String {
    let mut some = |is_fit: fn(Type) -> bool, or: &str| {
        let fitting: Vec<&&ColumnShape> = columns.iter().filter(|column| is_fit(column.ty)).collect();
        random.pick(&fitting).map_or_else(|| or.to_owned(), |column| column.name.clone())
    };
    let number = some(|ty| matches!(ty, Type::I8 | Type::I16 | Type::I32), "7");
    let flag = some(|ty| ty == Type::Bool, "true");
    format!("tag({name}, {number}, {flag})")
}

/// A ternary whose condition is never null.
fn choice(random: &mut Random, columns: &[&ColumnShape]) -> Computed {
    let numbers: Vec<&&ColumnShape> =
        columns.iter().filter(|column| matches!(column.ty, Type::I32 | Type::I64 | Type::F64)).collect();
    let when = comparison(random, columns);
    match random.pick(&numbers) {
        Some(column) => computed(format!("({when}) ? {0} : null", column.name), column.ty, column.quality),
        None => computed(format!("({when}) ? 1 : 0"), Type::I32, Quality::Exact),
    }
}

/// A condition: comparisons, matches, and three-valued combinations of them.
pub(super) fn condition(random: &mut Random, columns: &[&ColumnShape]) -> String {
    match random.below(0..6) {
        0 => format!("({} && {})", comparison(random, columns), comparison(random, columns)),
        1 => format!("({} || {})", comparison(random, columns), comparison(random, columns)),
        2 => match columns.iter().find(|column| column.ty == Type::Bool) {
            Some(column) => format!("({} || {})", column.name, comparison(random, columns)),
            None => format!("!({})", comparison(random, columns)),
        },
        _ => format!("({})", comparison(random, columns)),
    }
}

/// A comparison, which is never null.
fn comparison(random: &mut Random, columns: &[&ColumnShape]) -> String {
    let Some(&column) = random.pick(columns) else { return "1 < 2".to_owned() };
    let name = &column.name;
    let operator = ["<", "<=", ">", ">=", "==", "!="][random.below(0..6)];
    if random.one_in(8) {
        return format!("isNull({name})");
    }
    let number = random.below(0..5) as i64 - 2;
    match column.ty {
        Type::I64 if random.one_in(3) => format!("{name} {operator} 0.5"),
        ty if ty.is_numeric() && ty != Type::Char => format!("{name} {operator} {number}"),
        Type::String => format!("{name} {operator} `{}`", ["a", "b", "", "A"][random.below(0..4)]),
        Type::Char => format!("{name} {operator} 'B'"),
        Type::Timestamp => format!("{name} {operator} '1970-01-01T02:00:00Z'"),
        Type::Date => format!("{name} {operator} '1970-01-02'"),
        Type::Time => format!("{name} {operator} '02:00:00'"),
        Type::Duration => format!("{name} {operator} 'PT0S'"),
        Type::Decimal(_) => format!("{name} {operator} {number}.25"),
        Type::List(_) => format!("len({name}) {operator} {number}"),
        _ => format!("{name} == {}", number > 0),
    }
}

/// A match filter, which stands by itself.
pub(super) fn matching(random: &mut Random, columns: &[&ColumnShape]) -> Option<String> {
    let fitting: Vec<&&ColumnShape> =
        columns.iter().filter(|column| matches!(column.ty, Type::I32 | Type::I64 | Type::String)).collect();
    let column = random.pick(&fitting)?;
    let how = ["in", "not in"][random.below(0..2)];
    Some(match column.ty {
        Type::String => format!("{} {how} `a`, `B`, null", column.name),
        _ => format!("{} {how} 0, 2, -1", column.name),
    })
}
