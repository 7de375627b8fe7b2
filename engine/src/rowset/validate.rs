//! The invariants of each form, for tests and for data that came from outside.

use super::blocks::MOST_GROWN;
use super::run_list::RunView;
use super::{ID_LIMIT, Repr, RowSet};

impl RowSet {
    /// Checks every invariant of the encoding and says which one fails. O(encoding). For tests: no call of the API can break one.
    pub fn validate(&self) -> Result<(), String> {
        match &self.repr {
            Repr::Empty => Ok(()),
            Repr::Range(single) => validate_runs(single.view()),
            Repr::Runs(list) if list.view().count() < 2 => Err("fewer than two runs in a list".into()),
            Repr::Runs(list) if list.view().count() > MOST_GROWN => Err("too many runs in a list".into()),
            Repr::Runs(list) => validate_runs(list.view()),
            Repr::Blocks(blocks) if blocks.span().end > ID_LIMIT => Err("ids above 63 bits".into()),
            Repr::Blocks(blocks) => blocks.validate(),
        }
    }
}

fn validate_runs(view: RunView<'_>) -> Result<(), String> {
    if view.cum.len() != view.starts.len() + 1 || view.cum[0] != 0 {
        return Err(format!("{} counts for {} runs", view.cum.len(), view.starts.len()));
    }
    let mut free_from = 0;
    for i in 0..view.count() {
        if view.cum[i] >= view.cum[i + 1] {
            return Err(format!("run {i} at {} is empty", view.start(i)));
        }
        if i > 0 && view.start(i) <= free_from {
            return Err(format!("run {i} at {} touches the one before, which ends at {free_from}", view.start(i)));
        }
        free_from = view.end(i);
    }
    if free_from > ID_LIMIT { Err(format!("ids reach {}, above 63 bits", free_from - 1)) } else { Ok(()) }
}
