//! Which questions a sum answers.

use crate::plan::AggFunction;

/// What is asked of a sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Whether signs are dropped: a sum with them answers other questions than one without.
    pub(super) absolute: bool,
    /// Whether the mean is asked for.
    pub(super) mean: bool,
}

impl Asked {
    /// What a function asks of a sum, if that is what it is made of.
    pub(super) fn of(function: &AggFunction) -> Option<Asked> {
        match function {
            AggFunction::Sum => Some(Asked { absolute: false, mean: false }),
            AggFunction::AbsSum => Some(Asked { absolute: true, mean: false }),
            AggFunction::Avg => Some(Asked { absolute: false, mean: true }),
            _ => None,
        }
    }
}
