//! Nulls, choices, ranges, casts.

use std::sync::{Arc, LazyLock};

use super::Special;
use super::declare::Table;
use crate::formula::function::{Function, IntoUserFunction};
use crate::types::{Str, Type};

pub(super) fn declare(table: &mut Table) {
    table.section("Nulls and choices");
    table.special("isNull(x)", "whether `x` is null", Special::IsNull);
    table.special("in(x, a, b, ..)", "whether `x` equals one of the others; false for null", Special::In);
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
