//! Booleans, a word at a time.

use std::borrow::Cow;

use super::arithmetic::owned;
use super::operand::{Operand, both};
use super::run::bool_vector;
use crate::formula::ir::{BinaryOp, CompareOp};
use crate::vector::{Bits, Vector};

/// `&`, `|`, `^`: null if either side is.
pub(super) fn bitwise<'a, 'v: 'a>(
    op: BinaryOp,
    left: Operand<'a, 'v>,
    right: Operand<'a, 'v>,
    rows: usize,
) -> Vector<'v> {
    let (left, left_valid) = left.bools(rows);
    let (right, right_valid) = right.bools(rows);
    let (left, right) = (left.into_bits(rows), right.into_bits(rows));
    let bits = match op {
        BinaryOp::And => left.and(&right),
        BinaryOp::Or => left.or(&right),
        _ => left.zip(&right, |left, right| left ^ right),
    };
    bool_vector(bits, owned(both(left_valid, right_valid)))
}

/// False before true.
pub(super) fn boolean_order<'a, 'v: 'a>(
    op: CompareOp,
    left: Operand<'a, 'v>,
    right: Operand<'a, 'v>,
    rows: usize,
) -> Bits {
    let (left, right) = (left.bools(rows).0.into_bits(rows), right.bools(rows).0.into_bits(rows));
    match op {
        CompareOp::Equal => left.zip(&right, |left, right| !(left ^ right)),
        CompareOp::NotEqual => left.zip(&right, |left, right| left ^ right),
        CompareOp::Less => right.and_not(&left),
        CompareOp::LessOrEqual => left.zip(&right, |left, right| !left | right),
        CompareOp::Greater => left.and_not(&right),
        CompareOp::GreaterOrEqual => left.zip(&right, |left, right| left | !right),
    }
}

pub(super) fn is_null(operand: &Operand<'_, '_>, rows: usize) -> Bits {
    operand.valid(rows).map_or_else(|| Bits::filled(false, rows), |valid| valid.not())
}

/// Three-valued and (`decides` false) or or (`decides` true) of any number of parts.
pub(super) fn combine<'v>(decides: bool, parts: Vec<Operand<'_, 'v>>, rows: usize) -> Vector<'v> {
    let mut decided = Bits::filled(false, rows);
    let mut unknown: Option<Bits> = None;
    for part in parts {
        let (bits, valid) = part.bools(rows);
        let bits = bits.into_bits(rows);
        let hits = if decides { bits } else { bits.not() };
        match valid {
            None => decided = decided.or(&hits),
            Some(valid) => {
                decided = decided.or(&hits.and(&valid));
                unknown = Some(match unknown {
                    Some(unknown) => unknown.or(&valid.not()),
                    None => valid.not(),
                });
            }
        }
    }
    from_decisions(decides, decided, unknown)
}

/// The vector of an and or or: `decides` where decided, null where it is not and something was null, else the opposite.
pub(super) fn from_decisions<'v>(decides: bool, decided: Bits, unknown: Option<Bits>) -> Vector<'v> {
    let valid = unknown.map(|unknown| Cow::<Bits>::Owned(unknown.and_not(&decided).not()));
    let bits = if decides { decided } else { decided.not() };
    bool_vector(bits, owned(valid))
}
