//! Nulls, choices, ranges, casts.

use std::sync::{Arc, LazyLock};

use super::Special;
use super::declare::Table;
use super::each::each;
use crate::formula::function::{Function, IntoUserFunction};
use crate::types::{Date, Str, Time, TimeDelta, Timestamp, Type};

pub(super) fn declare(table: &mut Table) {
    table.section("Nulls and choices");
    table.special("isNull(x)", "whether `x` is null", Special::IsNull);
    table.special("in(x, a, b, ..)", "whether `x` equals one of the others; null equals null", Special::In);
    table.special("and(a, b, ..)", "`a && b && ..`", Special::And);
    table.special("or(a, b, ..)", "`a || b || ..`", Special::Or);
    table.special("not(a)", "`!a`", Special::Not);
    table.special("String.valueOf(x)", "`x` as text; null gives `null`", Special::ValueOf);
    table.special("byteCast(x)", "`(byte)x`", Special::Cast(Type::I8));
    table.special("shortCast(x)", "`(short)x`", Special::Cast(Type::I16));
    table.special("intCast(x)", "`(int)x`", Special::Cast(Type::I32));
    table.special("longCast(x)", "`(long)x`", Special::Cast(Type::I64));
    table.special("floatCast(x)", "`(float)x`", Special::Cast(Type::F32));
    table.special("doubleCast(x)", "`(double)x`", Special::Cast(Type::F64));
    table.special("charCast(x)", "`(char)x`", Special::Cast(Type::Char));
    let replace = table.function("replaceIfNull(x, y)", "`y` where `x` is null");
    each!(replace; bool i8 i16 i32 i64 f32 f64 u16 Str Timestamp Date Time TimeDelta; |x: Option<T>, y: Option<T>| x.or(y));
    let choose = table.function(
        "ifelse(condition, a, b)",
        "`a` where the condition is true, `b` where it is false, null where it is null",
    );
    each!(choose; bool i8 i16 i32 i64 f32 f64 u16 Str Timestamp Date Time TimeDelta; |when: bool, a: Option<T>, b: Option<T>| if when { a } else { b });
    let choose = table.function("ifelseObj(condition, a, b)", "as `ifelse`");
    each!(choose; Str Timestamp Date Time TimeDelta; |when: bool, a: Option<T>, b: Option<T>| if when { a } else { b });
    let range = table.function("inRange(x, low, high)", "whether `low <= x && x <= high`; false if one is null");
    each!(range; i8 i16 i32 i64 f32 f64 u16 Str Timestamp Date Time TimeDelta; |x: Option<T>, low: Option<T>, high: Option<T>| {
        matches!((x, low, high), (Some(x), Some(low), Some(high)) if low <= x && x <= high)
    });
}

/// `text contains text`, for the match filters.
pub(crate) fn contains() -> Arc<Function> {
    static FUNCTION: LazyLock<Arc<Function>> = LazyLock::new(|| {
        Arc::new((|text: Str, part: Str| text.contains(&*part)).into_function("contains".into(), false))
    });
    FUNCTION.clone()
}

/// Text in lower case, for the match filters.
pub(crate) fn lower_case() -> Arc<Function> {
    static FUNCTION: LazyLock<Arc<Function>> =
        LazyLock::new(|| Arc::new((|text: Str| text.to_lowercase()).into_function("lowerCase".into(), false)));
    FUNCTION.clone()
}
