//! Which of two columns of results differ.

use crate::match_values;
use crate::types::List;
use crate::vector::{Bits, Native, Values, Vector};

/// The positions at which two vectors of one type hold different cells. Floats differ when their bits do: a result
/// that turns from 0.0 into -0.0 is reported, one that stays NaN is not.
pub(super) fn differ(old: &Vector<'_>, new: &Vector<'_>) -> Bits {
    let values = match (old.values(), new.values()) {
        (Values::Bool(old), Values::Bool(new)) => old.zip(new, |a, b| a ^ b),
        (Values::F32(old), Values::F32(new)) => compare(old, new, |a, b| a.to_bits() != b.to_bits()),
        (Values::F64(old), Values::F64(new)) => compare(old, new, |a, b| a.to_bits() != b.to_bits()),
        (Values::List(old), Values::List(new)) => compare(old, new, lists_differ),
        (old, _) => match_values!(old, _ => Bits::filled(true, new.len()), old => native(old, new)),
    };
    if old.valid().is_none() && new.valid().is_none() {
        return values;
    }
    // Null against null is equal whatever stands under them.
    Bits::from_fn(values.len(), |at| match (old.is_valid(at), new.is_valid(at)) {
        (true, true) => values.get(at),
        (old, new) => old != new,
    })
}

fn native<T: Native>(old: &[T], new: &Vector<'_>) -> Bits {
    new.native::<T>().map_or_else(|| Bits::filled(true, old.len()), |new| compare(old, new, |a, b| a != b))
}

fn lists_differ(old: &List, new: &List) -> bool {
    !old.is_one_with(new) && (old.len() != new.len() || differ(&old.items(), &new.items()).any())
}

fn compare<T>(old: &[T], new: &[T], differ: impl Fn(&T, &T) -> bool) -> Bits {
    Bits::from_fn(old.len(), |at| differ(&old[at], &new[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Type, Value};

    #[test]
    fn lists_differ_by_the_bits_of_their_values() {
        let lists = |cells: [Option<Vec<Option<f64>>>; 6]| {
            let cells = cells.map(|cell| Value::from(cell.map(List::from)));
            Vector::from_values(Type::List(&Type::F64), cells).expect("lists")
        };
        let nan = || Some(vec![Some(f64::NAN), None]);
        let old = lists([nan(), Some(vec![Some(0.0)]), None, Some(vec![]), Some(vec![None]), Some(vec![Some(1.0)])]);
        let new =
            lists([nan(), Some(vec![Some(-0.0)]), Some(vec![]), Some(vec![]), Some(vec![Some(0.0)]), Some(vec![])]);
        assert_eq!(differ(&old, &new).ones().collect::<Vec<_>>(), [1, 2, 4, 5]);
        assert!(!differ(&old, &old.clone()).any());
    }
}
