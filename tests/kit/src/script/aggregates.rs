//! Random aggregations and joins, and what may be done with their results.

use headwater_engine::plan::{AggFunction, Aggregate, Match};
use headwater_engine::{Flavour, Type};

use super::plan::at_best;
use super::random::Random;
use super::shape::{ColumnShape, Quality, Shape};
use super::step::ShortForm;

const FUNCTIONS: [AggFunction; 8] = [
    AggFunction::Sum,
    AggFunction::Avg,
    AggFunction::Count,
    AggFunction::Min,
    AggFunction::Max,
    AggFunction::First,
    AggFunction::Last,
    AggFunction::Group,
];

/// Some aggregations of a table, and the columns they give.
pub(super) fn random(random: &mut Random, shape: &Shape, place: usize) -> (Vec<Aggregate>, Vec<ColumnShape>) {
    let (mut aggregates, mut columns) = (Vec::new(), Vec::new());
    for number in 0..random.below(1..6) {
        let function = FUNCTIONS[random.below(0..FUNCTIONS.len())];
        if function == AggFunction::Group && shape.flavour == Flavour::Blink {
            continue;
        }
        let fitting: Vec<&ColumnShape> = shape.columns.iter().filter(|column| fits(function, column)).collect();
        let name = format!("G{place}_{number}");
        if function == AggFunction::Count {
            aggregates.push(Aggregate { function, output: name.as_str().into(), input: None });
            columns.push(result(function, name, None));
        } else if let Some(column) = random.pick(&fitting) {
            let input = Some(column.name.as_str().into());
            aggregates.push(Aggregate { function, output: name.as_str().into(), input });
            columns.push(result(function, name, Some(column)));
        }
    }
    if aggregates.is_empty() {
        let name = format!("G{place}");
        aggregates.push(Aggregate { function: AggFunction::Count, output: name.as_str().into(), input: None });
        columns.push(result(AggFunction::Count, name, None));
    }
    (aggregates, columns)
}

/// Whether a function takes a column: sums of anything but exact numbers are a matter of their order, which the
/// extremes of floats would make one of infinity or not.
fn fits(function: AggFunction, column: &ColumnShape) -> bool {
    match function {
        AggFunction::Sum => column.quality == Quality::Exact && (is_amount(column.ty) || column.ty == Type::Bool),
        AggFunction::Avg => column.quality == Quality::Exact && is_amount(column.ty),
        // The order of rounded values is not the same for all who round.
        AggFunction::Min | AggFunction::Max | AggFunction::Group => {
            column.quality < Quality::Rounded && column.ty.item().is_none()
        }
        _ => true,
    }
}

fn result(function: AggFunction, name: String, column: Option<&ColumnShape>) -> ColumnShape {
    let input = column.map_or(Type::I64, |column| column.ty);
    let (ty, quality) = match function {
        AggFunction::Count => (Type::I64, Quality::Exact),
        AggFunction::Sum if input.is_float() => (input, Quality::Definite),
        AggFunction::Sum | AggFunction::Avg if input == Type::Duration => (input, Quality::Exact),
        AggFunction::Sum if matches!(input, Type::Decimal(_)) => (input, Quality::Exact),
        AggFunction::Sum => (Type::I64, Quality::Exact),
        AggFunction::Avg => (Type::F64, Quality::Rounded),
        AggFunction::Group => (Type::list_of(input), Quality::Exact),
        _ => (input, Quality::Exact),
    };
    let quality = column.map_or(quality, |column| at_best(quality, column));
    // The first of few values is one of few values, and so is the number of rows of most groups.
    let is_key = match function {
        AggFunction::Count => true,
        AggFunction::Sum | AggFunction::Avg | AggFunction::Group => false,
        _ => column.is_some_and(|column| column.is_key),
    };
    ColumnShape { name, ty, quality, is_key }
}

pub(super) fn short_form(random: &mut Random) -> ShortForm {
    use ShortForm::{AvgBy, CountBy, FirstBy, GroupBy, LastBy, MaxBy, MinBy, SumBy};
    [SumBy, AvgBy, MinBy, MaxBy, FirstBy, LastBy, LastBy, CountBy, GroupBy, GroupBy][random.below(0..10)]
}

fn function(form: ShortForm) -> AggFunction {
    match form {
        ShortForm::SumBy => AggFunction::Sum,
        ShortForm::AvgBy => AggFunction::Avg,
        ShortForm::MinBy => AggFunction::Min,
        ShortForm::MaxBy => AggFunction::Max,
        ShortForm::FirstBy => AggFunction::First,
        ShortForm::LastBy => AggFunction::Last,
        ShortForm::CountBy => AggFunction::Count,
        ShortForm::GroupBy => AggFunction::Group,
    }
}

pub(super) fn takes(form: ShortForm, column: &ColumnShape) -> bool {
    fits(function(form), column)
}

pub(super) fn results(form: ShortForm, shape: &Shape, by: &[ColumnShape]) -> Vec<ColumnShape> {
    if form == ShortForm::CountBy {
        return vec![result(AggFunction::Count, "Rows".to_owned(), None)];
    }
    let others = shape.columns.iter().filter(|column| by.iter().all(|key| key.name != column.name));
    others.map(|column| result(function(form), column.name.clone(), Some(column))).collect()
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
