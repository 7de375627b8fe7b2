//! Whether the scripts that the default suite plays have what joins are to be tried with.

use std::collections::{BTreeMap, BTreeSet};

use headwater_engine::Flavour;
use headwater_engine::plan::{Keep, Match, Window};

use super::{Call, Case, Change, Operator, Origin};

/// What a join in a script meets, once for each of its steps.
fn traits(case: &Case) -> Vec<BTreeSet<&'static str>> {
    let mut met = Vec::new();
    for step in &case.steps {
        if step.inputs.len() < 2 {
            continue;
        }
        let sides: Vec<Above> = step.inputs.iter().map(|&input| Above::of(case, input)).collect();
        let mut found = BTreeSet::new();
        let mut note = |has: bool, name| {
            if has {
                found.insert(name);
            }
        };
        let changes = |side: &Above, changes: &[(usize, Change)]| changes.iter().any(|(at, _)| side.live.contains(at));
        note(
            case.cycles.iter().any(|cycle| sides.iter().all(|side| changes(side, cycle))),
            "both sides change in one cycle",
        );
        note(case.cycles.iter().flatten().any(|(at, change)| {
            // Keys are the first columns of a source.
            let rekeys = matches!(change, Change::Keyed(change) if change.columns.iter().any(|&column| column < 3) && !change.modify.is_empty());
            rekeys && sides.iter().any(|side| side.live.contains(at))
        }), "keys change");
        note(sides[0].is_ordered, "the left side has an order");
        note(sides[1..].iter().any(|side| side.is_ordered), "a right side has an order");
        note(sides.iter().any(|side| side.is_empty(case)), "a side is empty");
        note(sides.iter().any(|side| !side.live.is_empty()) && step.after == 0, "rows come after it was made");
        note(step.after > 0, "it is made late");
        note(sides.iter().any(|side| side.live.is_empty()), "a side never changes");
        note(sides.iter().any(|side| side.has_blink), "a side is a blink table");
        note(case.block_rows == 64, "blocks of 64");
        note((case.origin.seed / 2).is_multiple_of(3), "one thread");
        note(case.origin.seed / 2 % 3 == 1, "two threads");
        match &step.call {
            Call::Join { keep: Keep::All, on, .. } => {
                note(on.iter().any(|pair| pair.output == pair.input), "a key of one name");
                note(on.iter().any(|pair| pair.output != pair.input), "a key of two names");
            }
            Call::NaturalJoin { matching, .. } => note(*matching == Match::ErrorOnDuplicate, "duplicates are an error"),
            Call::AsOf { stamp, .. } => note(stamp.output != stamp.input, "a stamp of two names"),
            _ => {}
        }
        met.push(found);
    }
    met
}

/// What a table is made of.
#[derive(Default)]
struct Above {
    /// Sources that change.
    live: BTreeSet<usize>,
    still: BTreeSet<usize>,
    has_blink: bool,
    is_ordered: bool,
    is_cut_to_nothing: bool,
}

impl Above {
    fn of(case: &Case, table: usize) -> Self {
        let mut above = Above::default();
        let Some(step) = table.checked_sub(case.sources.len()).map(|at| &case.steps[at]) else {
            let flavour = case.sources[table].flavour();
            if flavour.is_static() { &mut above.still } else { &mut above.live }.insert(table);
            above.has_blink = flavour == Flavour::Blink;
            return above;
        };
        for &input in &step.inputs {
            let other = Above::of(case, input);
            above.live.extend(other.live);
            above.still.extend(other.still);
            above.has_blink |= other.has_blink;
            above.is_ordered |= other.is_ordered;
            above.is_cut_to_nothing |= other.is_cut_to_nothing;
        }
        above.is_ordered |= matches!(step.call, Call::Sort(_) | Call::SortDescending(_) | Call::Reverse);
        above.is_cut_to_nothing |= matches!(step.call, Call::Slice(Window::First(0) | Window::Last(0)));
        above
    }

    /// Without rows all the time, or at one: where all that is removed is put in again, it is not.
    fn is_empty(&self, case: &Case) -> bool {
        let empties = |(at, change): &(usize, Change)| {
            self.live.contains(at)
                && matches!(change, Change::Keyed(change) if change.remove.len() > 50 && change.add.is_empty())
        };
        let never_filled = self.live.is_empty() && self.still.iter().all(|&at| case.initial[at].is_empty());
        self.is_cut_to_nothing || never_filled || case.cycles.iter().flatten().any(empties) || self.has_blink
    }
}

#[test]
fn scripts_of_joins_have_what_joins_are_tried_with() {
    let joins = [
        (Operator::NaturalJoin, &["duplicates are an error"][..]),
        (Operator::Join, &["a key of one name", "a key of two names"]),
        (Operator::AsOf, &["a stamp of two names"]),
        (Operator::RangeJoin, &[]),
        (Operator::MultiJoin, &[]),
        (Operator::FilterIn, &[]),
    ];
    let all = [
        "both sides change in one cycle",
        "keys change",
        "the left side has an order",
        "a right side has an order",
        "a side is empty",
        "rows come after it was made",
        "it is made late",
        "a side never changes",
        "a side is a blink table",
        "blocks of 64",
        "one thread",
        "two threads",
    ];
    for (operator, own) in joins {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        // The scripts of the default suite.
        for seed in Origin::of_operator(operator, 25) {
            for found in traits(&Case::generate(seed)) {
                found.into_iter().for_each(|name| *counts.entry(name).or_default() += 1);
            }
        }
        for name in all.iter().chain(own) {
            let count = counts.get(name).copied().unwrap_or_default();
            assert!(count >= 8, "{operator:?}: {name}: {count} times only");
        }
    }
}
