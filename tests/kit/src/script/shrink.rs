//! Making a failing case small: leaving out tables, cycles and rows as long as it still fails.

use super::case::Case;
use super::change::Change;

/// A smaller case for which `fails` still holds. Greedy, and bounded: `fails` is asked at most `tries` times.
pub fn shrink(case: &Case, tries: usize, mut fails: impl FnMut(&Case) -> bool) -> Case {
    let mut best = case.clone();
    let mut left = tries;
    let mut attempt = |best: &mut Case, smaller: Case, left: &mut usize| {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let failed = fails(&smaller);
        if failed {
            *best = smaller;
        }
        failed
    };
    loop {
        let before = size(&best);
        for count in [16, 4, 1] {
            leave_out(
                &mut best,
                count,
                &mut left,
                &mut attempt,
                |case| case.cycles.len(),
                |case, range| {
                    drop(case.cycles.drain(range));
                },
            );
        }
        for at in (0..best.steps.len()).rev() {
            if let Some(smaller) = without_step(&best, at) {
                attempt(&mut best, smaller, &mut left);
            }
        }
        for cycle in (0..best.cycles.len()).rev() {
            shrink_cycle(&mut best, cycle, &mut left, &mut attempt);
        }
        if size(&best) == before || left == 0 {
            return best;
        }
    }
}

type Attempt<'a> = dyn FnMut(&mut Case, Case, &mut usize) -> bool + 'a;

fn leave_out(
    best: &mut Case,
    count: usize,
    left: &mut usize,
    attempt: &mut Attempt<'_>,
    len: impl Fn(&Case) -> usize,
    remove: impl Fn(&mut Case, std::ops::Range<usize>),
) {
    let mut end = len(best);
    while end > 0 {
        let start = end.saturating_sub(count);
        let mut smaller = best.clone();
        remove(&mut smaller, start..end);
        attempt(best, smaller, left);
        end = start;
    }
}

fn shrink_cycle(best: &mut Case, cycle: usize, left: &mut usize, attempt: &mut Attempt<'_>) {
    for change in (0..best.cycles[cycle].len()).rev() {
        let mut smaller = best.clone();
        smaller.cycles[cycle].remove(change);
        if attempt(best, smaller, left) {
            continue;
        }
        for count in [64, 8, 1] {
            for part in 0..3 {
                leave_out(
                    best,
                    count,
                    left,
                    attempt,
                    |case| part_len(&case.cycles[cycle][change].1, part),
                    |case, range| drain_part(&mut case.cycles[cycle][change].1, part, range),
                );
            }
        }
    }
}

/// The rows of a change in up to three parts.
fn part_len(change: &Change, part: usize) -> usize {
    match (change, part) {
        (Change::Append(rows) | Change::Upsert(rows) | Change::Delete(rows), 0) => rows.len(),
        (Change::Keyed(change), 0) => change.add.len(),
        (Change::Keyed(change), 1) => change.modify.len(),
        (Change::Keyed(change), 2) => change.remove.len(),
        _ => 0,
    }
}

fn drain_part(change: &mut Change, part: usize, range: std::ops::Range<usize>) {
    match (change, part) {
        (Change::Append(rows) | Change::Upsert(rows) | Change::Delete(rows), 0) => drop(rows.drain(range)),
        (Change::Keyed(change), 0) => drop(change.add.drain(range)),
        (Change::Keyed(change), 1) => drop(change.modify.drain(range)),
        (Change::Keyed(change), 2) => {
            let mut place = 0..;
            change.remove.retain(|_| place.next().is_some_and(|place| !range.contains(&place)));
        }
        _ => {}
    }
}

/// The case without a step, if no other step needs it.
fn without_step(case: &Case, at: usize) -> Option<Case> {
    let table = case.sources.len() + at;
    if case.steps.iter().any(|step| step.inputs.contains(&table)) {
        return None;
    }
    let mut smaller = case.clone();
    smaller.steps.remove(at);
    for step in &mut smaller.steps {
        step.inputs.iter_mut().filter(|input| **input > table).for_each(|input| *input -= 1);
    }
    Some(smaller)
}

fn size(case: &Case) -> usize {
    let rows = |change: &Change| (0..3).map(|part| part_len(change, part)).sum::<usize>() + 1;
    let changes: usize = case.cycles.iter().flatten().map(|(_, change)| rows(change)).sum();
    changes + case.cycles.len() + case.steps.len()
}

#[cfg(test)]
mod tests {
    use super::super::{Case, Change, Origin};
    use super::shrink;

    #[test]
    fn only_what_makes_it_fail_is_left() {
        let case = Case::generate(Origin { seed: 11, operator: None, small_blocks: true });
        let appends = |case: &Case| {
            case.cycles.iter().flatten().any(|(_, change)| match change {
                Change::Append(rows) | Change::Upsert(rows) => !rows.is_empty(),
                Change::Keyed(change) => !change.add.is_empty(),
                Change::Delete(_) | Change::Fail => false,
            })
        };
        assert!(appends(&case), "the seed has rows");
        let small = shrink(&case, 10_000, appends);
        assert_eq!((small.cycles.len(), small.steps.len()), (1, 0));
        assert_eq!(small.cycles[0].len(), 1);
    }

    #[test]
    fn a_seed_gives_one_case() {
        let origin = Origin { seed: 5, operator: None, small_blocks: false };
        assert_eq!(Case::generate(origin).to_string(), Case::generate(origin).to_string());
    }
}
