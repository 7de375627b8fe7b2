//! Set algebra over flat runs. Each operation gallops over the stretches in which only one side has runs and copies them whole, so
//! a small set against a large one costs little more than the copy, and two small ones a plain merge.

use std::ops::Range;

use super::run_list::{RunList, RunView};

pub(super) fn union(a: RunView<'_>, b: RunView<'_>) -> RunList {
    let mut out = RunList::with_capacity(a.count() + b.count());
    let (mut i, mut j) = (0, 0);
    while i < a.count() && j < b.count() {
        if a.start(i) <= b.start(j) {
            let to = a.start_from(i + 1, b.start(j));
            out.push_stretch(a, i, to);
            i = to;
        } else {
            let to = b.start_from(j + 1, a.start(i));
            out.push_stretch(b, j, to);
            j = to;
        }
    }
    out.push_stretch(a, i, a.count());
    out.push_stretch(b, j, b.count());
    out
}

pub(super) fn intersect(a: RunView<'_>, b: RunView<'_>) -> RunList {
    let mut out = RunList::default();
    let (mut i, mut j) = (0, 0);
    while i < a.count() && j < b.count() {
        let (x, y) = (a.run(i), b.run(j));
        if x.end <= y.start {
            i = a.find_from(i + 1, y.start);
        } else if y.end <= x.start {
            j = b.find_from(j + 1, x.start);
        } else {
            out.push(x.start.max(y.start)..x.end.min(y.end));
            if x.end <= y.end {
                // What else of `a` lies inside this run of `b` goes over as it is.
                let inside = a.find_from(i + 1, y.end - 1);
                let whole = if inside < a.count() && a.end(inside) == y.end { inside + 1 } else { inside };
                out.push_stretch(a, i + 1, whole);
                i = whole;
            } else {
                let inside = b.find_from(j + 1, x.end - 1);
                let whole = if inside < b.count() && b.end(inside) == x.end { inside + 1 } else { inside };
                out.push_stretch(b, j + 1, whole);
                j = whole;
            }
        }
    }
    out
}

pub(super) fn minus(a: RunView<'_>, b: RunView<'_>) -> RunList {
    let mut out = RunList::with_capacity(a.count());
    let (mut i, mut j) = (0, 0);
    while i < a.count() {
        let run = a.run(i);
        j = b.find_from(j, run.start);
        if j == b.count() {
            out.push_stretch(a, i, a.count());
            break;
        }
        if run.end <= b.start(j) {
            // Runs that start below the next hole: all but perhaps the last one are untouched.
            let to = a.start_from(i + 1, b.start(j));
            let whole = if a.end(to - 1) <= b.start(j) { to } else { to - 1 };
            out.push_stretch(a, i, whole);
            i = whole;
            continue;
        }
        let mut start = run.start;
        while j < b.count() && b.start(j) < run.end {
            if start < b.start(j) {
                out.push(start..b.start(j));
            }
            start = b.end(j);
            if start >= run.end {
                break;
            }
            j += 1;
        }
        if start < run.end {
            out.push(start..run.end);
        }
        i += 1;
    }
    out
}

pub(super) fn xor(a: RunView<'_>, b: RunView<'_>) -> RunList {
    union(minus(a, b).view(), minus(b, a).view())
}

pub(super) fn intersects(a: RunView<'_>, b: RunView<'_>) -> bool {
    let (mut i, mut j) = (0, 0);
    while i < a.count() && j < b.count() {
        if a.end(i) <= b.start(j) {
            i = a.find_from(i + 1, b.start(j));
        } else if b.end(j) <= a.start(i) {
            j = b.find_from(j + 1, a.start(i));
        } else {
            return true;
        }
    }
    false
}

pub(super) fn contains_all(a: RunView<'_>, mut b: impl Iterator<Item = Range<u64>>) -> bool {
    let mut i = 0;
    b.all(|run| {
        i = a.find_from(i, run.start);
        i < a.count() && a.start(i) <= run.start && run.end <= a.end(i)
    })
}
