//! Random aggregations and joins, and what may be done with their results.

use headwater_engine::plan::{AggFunction, Aggregate, Match};
use headwater_engine::{Flavour, Type, Value, agg};

use super::formulas::condition;
use super::plan::at_best;
use super::random::Random;
use super::shape::{ColumnShape, Quality, Shape};
use super::step::ShortForm;
use super::values::{Spread, cell};

/// Some aggregations of a table by some keys, and the columns they give.
pub(super) fn random(
    random: &mut Random,
    shape: &Shape,
    by: &[ColumnShape],
    place: usize,
) -> (Vec<Aggregate>, Vec<ColumnShape>) {
    let (mut aggregates, mut columns) = (Vec::new(), Vec::new());
    for number in 0..random.below(1..6) {
        if let Some((aggregate, column)) = one(random, shape, by, &format!("G{place}_{number}")) {
            aggregates.push(aggregate);
            columns.push(column);
        }
    }
    if aggregates.is_empty() {
        let name = format!("G{place}");
        aggregates.push(agg::count(&name));
        columns.push(result(&AggFunction::Count, name, None));
    }
    (aggregates, columns)
}

/// An aggregation, if the table has columns for it.
fn one(random: &mut Random, shape: &Shape, by: &[ColumnShape], name: &str) -> Option<(Aggregate, ColumnShape)> {
    let lists = shape.flavour != Flavour::Blink;
    let definite: Vec<&ColumnShape> = shape.definite();
    let choice = random.below(0..26);
    let function = match choice {
        0 => AggFunction::Sum,
        1 => AggFunction::Avg,
        2 => AggFunction::Count,
        3 | 4 => AggFunction::Min,
        5 => AggFunction::Max,
        6 => AggFunction::First,
        7 => AggFunction::Last,
        8 if lists => AggFunction::Group,
        9 => AggFunction::AbsSum,
        10 => AggFunction::Var,
        11 => AggFunction::Std,
        12 => AggFunction::Median,
        13 => AggFunction::CountDistinct,
        14 => AggFunction::Distinct,
        15 | 16 => AggFunction::Unique,
        17 | 18 => AggFunction::Percentile { fraction: [0.0, 0.25, 0.5, 0.9, 1.0][random.below(0..5)] },
        19 => AggFunction::ApproxPercentile { fraction: [0.0, 0.3, 0.99, 1.0][random.below(0..4)] },
        20 | 21 => {
            let weights: Vec<&&ColumnShape> = definite.iter().filter(|column| is_weight(column)).collect();
            let weight = random.pick(&weights)?.name.as_str().into();
            if choice == 20 { AggFunction::WeightedAvg { weight } } else { AggFunction::WeightedSum { weight } }
        }
        22 | 23 => {
            let deciding: Vec<&&ColumnShape> = definite.iter().filter(|column| column.ty.item().is_none()).collect();
            let mut by = Vec::new();
            for _ in 0..1 + random.below(0..3) * random.below(0..2) {
                by.push(random.pick(&deciding)?.name.as_str().into());
            }
            if choice == 22 { AggFunction::SortedFirst { by } } else { AggFunction::SortedLast { by } }
        }
        24 => {
            let conditions: Vec<String> = (0..random.below(1..3)).map(|_| condition(random, &definite)).collect();
            let aggregate = agg::count_where(name, conditions);
            return Some((aggregate, result(&AggFunction::Count, name.to_owned(), None)));
        }
        _ if lists => return formula(random, shape, by, name),
        _ => AggFunction::Count,
    };
    if matches!(function, AggFunction::Count) {
        return Some((agg::count(name), result(&function, name.to_owned(), None)));
    }
    let fitting: Vec<&ColumnShape> = shape.columns.iter().filter(|column| fits(&function, column)).collect();
    let column = *random.pick(&fitting)?;
    let aggregate = Aggregate::new(function.clone(), name, Some(column.name.as_str().into()));
    let aggregate = options(random, aggregate, column);
    let mut result = result(&function, name.to_owned(), Some(column));
    if aggregate.options.average == Some(false) && matches!(function, AggFunction::Median) {
        result.ty = column.ty;
    }
    if aggregate.options.average == Some(true) {
        result.ty = averaged(column.ty);
    }
    Some((aggregate, result))
}

/// What may be said besides, by chance.
fn options(random: &mut Random, aggregate: Aggregate, column: &ColumnShape) -> Aggregate {
    let other = cell(random, column.ty, Spread::Keys);
    match aggregate.function {
        AggFunction::CountDistinct | AggFunction::Distinct if random.one_in(2) => aggregate.include_nulls(),
        AggFunction::Unique if random.one_in(2) => {
            let nulls = other != Value::Null && random.one_in(2);
            let aggregate = aggregate.otherwise(other);
            if nulls { aggregate.include_nulls() } else { aggregate }
        }
        AggFunction::Median | AggFunction::Percentile { .. } if random.one_in(2) => {
            let average = random.one_in(2);
            aggregate.average_evenly_divided(average)
        }
        _ => aggregate,
    }
}

/// A formula over the list of a column, which may be called by another name, and perhaps a key.
fn formula(random: &mut Random, shape: &Shape, by: &[ColumnShape], name: &str) -> Option<(Aggregate, ColumnShape)> {
    let is_listed = |column: &&ColumnShape| {
        column.quality < Quality::Rounded && column.ty.item().is_none() && by.iter().all(|key| key.name != column.name)
    };
    let listed: Vec<&ColumnShape> = shape.columns.iter().filter(is_listed).collect();
    let column = *random.pick(&listed)?;
    let as_each = random.one_in(3);
    let list = if as_each { "each" } else { &column.name };
    let (text, ty) = match random.below(0..4) {
        0 if column.ty.is_integer() => (format!("sum({list}) + 1"), Type::I64),
        1 => (format!("first({list})"), column.ty),
        2 => (format!("{list}.size() * 2"), Type::I64),
        _ => (format!("count({list})"), Type::I64),
    };
    let aggregate = match as_each {
        true => agg::formula_of(text, "each", &format!("{name} = {}", column.name)),
        false => agg::formula(format!("{name} = {text}")),
    };
    Some((aggregate, ColumnShape { name: name.to_owned(), ty, quality: Quality::Definite, is_key: false }))
}

/// Numbers whose products with others of their kind are exact in any order.
pub(super) fn is_weight(column: &ColumnShape) -> bool {
    column.quality == Quality::Exact && (column.ty.is_float() || matches!(column.ty, Type::I8 | Type::I16))
}

fn averaged(ty: Type) -> Type {
    if matches!(ty, Type::I32 | Type::I64) { Type::F64 } else { ty }
}

/// Whether a function takes a column: sums of anything but exact numbers are a matter of their order, which the
/// extremes of floats would make one of infinity or not.
fn fits(function: &AggFunction, column: &ColumnShape) -> bool {
    let is_exact = column.quality == Quality::Exact;
    match function {
        AggFunction::Sum => is_exact && (is_amount(column.ty) || column.ty == Type::Bool),
        AggFunction::Avg | AggFunction::AbsSum => is_exact && is_amount(column.ty),
        AggFunction::Var | AggFunction::Std => is_exact && column.ty.is_numeric(),
        AggFunction::WeightedAvg { .. } | AggFunction::WeightedSum { .. } => is_weight(column),
        AggFunction::ApproxPercentile { .. } => column.quality < Quality::Rounded && column.ty.is_numeric(),
        // The order of rounded values is not the same for all who round.
        AggFunction::Min
        | AggFunction::Max
        | AggFunction::Group
        | AggFunction::Median
        | AggFunction::Percentile { .. }
        | AggFunction::CountDistinct
        | AggFunction::Distinct
        | AggFunction::Unique => column.quality < Quality::Rounded && column.ty.item().is_none(),
        _ => true,
    }
}

fn result(function: &AggFunction, name: String, column: Option<&ColumnShape>) -> ColumnShape {
    let input = column.map_or(Type::I64, |column| column.ty);
    let (ty, quality) = match function {
        AggFunction::Count | AggFunction::CountDistinct => (Type::I64, Quality::Exact),
        AggFunction::Sum | AggFunction::AbsSum if input.is_float() => (input, Quality::Definite),
        AggFunction::Sum | AggFunction::Avg | AggFunction::AbsSum if input == Type::Duration => (input, Quality::Exact),
        AggFunction::Sum | AggFunction::AbsSum if matches!(input, Type::Decimal(_)) => (input, Quality::Exact),
        AggFunction::Sum | AggFunction::AbsSum => (Type::I64, Quality::Exact),
        AggFunction::Avg | AggFunction::Var | AggFunction::Std | AggFunction::WeightedAvg { .. } => {
            (Type::F64, Quality::Rounded)
        }
        // Of integers it may be one; there is nothing to be done with it either way.
        AggFunction::WeightedSum { .. } => (Type::F64, Quality::Rounded),
        AggFunction::Median => (averaged(input), Quality::Definite),
        AggFunction::Percentile { .. } => (input, Quality::Definite),
        AggFunction::ApproxPercentile { .. } => (Type::F64, Quality::Definite),
        AggFunction::Group | AggFunction::Distinct => (Type::list_of(input), Quality::Exact),
        _ => (input, Quality::Exact),
    };
    let quality = column.map_or(quality, |column| at_best(quality, column));
    // The first of few values is one of few values, and so is the number of rows of most groups.
    let is_key = match function {
        AggFunction::Count | AggFunction::CountDistinct => true,
        AggFunction::Min
        | AggFunction::Max
        | AggFunction::First
        | AggFunction::Last
        | AggFunction::Unique
        | AggFunction::SortedFirst { .. }
        | AggFunction::SortedLast { .. } => column.is_some_and(|column| column.is_key),
        _ => false,
    };
    ColumnShape { name, ty, quality, is_key }
}

pub(super) fn short_form(random: &mut Random) -> ShortForm {
    use ShortForm::{
        AbsSumBy, AvgBy, CountBy, FirstBy, GroupBy, LastBy, MaxBy, MedianBy, MinBy, PctOfAllBy, StdBy, SumBy, VarBy,
    };
    let forms = [
        SumBy, AbsSumBy, AvgBy, VarBy, StdBy, MedianBy, PctOfAllBy, MinBy, MaxBy, FirstBy, LastBy, LastBy, CountBy,
        GroupBy, GroupBy,
    ];
    forms[random.below(0..forms.len())]
}

fn function(form: ShortForm) -> AggFunction {
    match form {
        ShortForm::SumBy => AggFunction::Sum,
        ShortForm::AbsSumBy => AggFunction::AbsSum,
        ShortForm::AvgBy => AggFunction::Avg,
        ShortForm::VarBy => AggFunction::Var,
        ShortForm::StdBy => AggFunction::Std,
        ShortForm::MedianBy => AggFunction::Median,
        ShortForm::PctOfAllBy => AggFunction::Percentile { fraction: 0.75 },
        ShortForm::MinBy => AggFunction::Min,
        ShortForm::MaxBy => AggFunction::Max,
        ShortForm::FirstBy => AggFunction::First,
        ShortForm::LastBy => AggFunction::Last,
        ShortForm::CountBy => AggFunction::Count,
        ShortForm::GroupBy => AggFunction::Group,
    }
}

pub(super) fn takes(form: ShortForm, column: &ColumnShape) -> bool {
    fits(&function(form), column)
}

pub(super) fn results(form: ShortForm, shape: &Shape, by: &[ColumnShape]) -> Vec<ColumnShape> {
    if form == ShortForm::CountBy {
        return vec![result(&AggFunction::Count, "Rows".to_owned(), None)];
    }
    let others = shape.columns.iter().filter(|column| by.iter().all(|key| key.name != column.name));
    others.map(|column| result(&function(form), column.name.clone(), Some(column))).collect()
}

/// The columns of a weighted short form, of a table that has nothing but keys, the weight and numbers.
pub(super) fn weighted_results(sum: bool, weight: &str, shape: &Shape, by: &[ColumnShape]) -> Vec<ColumnShape> {
    let function = |weight| match sum {
        true => AggFunction::WeightedSum { weight },
        false => AggFunction::WeightedAvg { weight },
    };
    let is_other = |column: &&ColumnShape| column.name != weight && by.iter().all(|key| key.name != column.name);
    let others = shape.columns.iter().filter(is_other);
    others.map(|column| result(&function(weight.into()), column.name.clone(), Some(column))).collect()
}

pub(super) fn joinable(left: Type, right: Type) -> bool {
    let whole = |ty: Type| ty.is_integer() && ty != Type::Char;
    left == right || whole(left) && whole(right) || left.is_float() && right.is_float()
}

/// The strict modes fail often on random data, so they come less often.
pub(super) fn matching(random: &mut Random) -> Match {
    match random.below(0..10) {
        0 => Match::ExactlyOne,
        1 | 2 => Match::ErrorOnDuplicate,
        3..=5 => Match::First,
        _ => Match::Last,
    }
}

fn is_amount(ty: Type) -> bool {
    ty.is_numeric() || matches!(ty, Type::Duration | Type::Decimal(_))
}
