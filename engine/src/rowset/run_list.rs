//! Runs as two flat arrays: where each starts, and how many ids come before it.
//!
//! Counts rather than ends, because position and id are then each one binary search over one array, and an end is still at hand:
//! start plus the difference of two neighbouring counts.

use std::ops::Range;

/// Owned runs: ascending, disjoint, never adjacent.
#[derive(Clone, Debug, Default)]
pub(super) struct RunList {
    starts: Vec<u64>,
    /// Ids before each run, and the total last: one entry more than `starts`, or nothing before the first run.
    cum: Vec<u64>,
}

/// Room that the first run of a list makes: few lists have fewer.
const FIRST_RUNS: usize = 16;

/// One run, laid out so that it can be viewed like a list of runs without touching the heap.
#[derive(Clone, Copy)]
pub(super) struct Single {
    starts: [u64; 1],
    cum: [u64; 2],
}

impl Single {
    pub(super) fn new(ids: Range<u64>) -> Self {
        Single { starts: [ids.start], cum: [0, ids.end - ids.start] }
    }

    pub(super) fn view(&self) -> RunView<'_> {
        RunView { starts: &self.starts, cum: &self.cum }
    }
}

/// Runs borrowed from a [`RunList`] or a [`Single`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct RunView<'a> {
    pub(super) starts: &'a [u64],
    pub(super) cum: &'a [u64],
}

impl<'a> RunView<'a> {
    pub(super) const EMPTY: RunView<'static> = RunView { starts: &[], cum: &[0] };

    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn len(&self) -> u64 {
        self.cum[self.starts.len()]
    }

    /// From the first id to one past the last.
    pub(super) fn span(&self) -> Range<u64> {
        match self.count() {
            0 => 0..0,
            count => self.starts[0]..self.end(count - 1),
        }
    }

    pub(super) fn start(&self, i: usize) -> u64 {
        self.starts[i]
    }

    pub(super) fn end(&self, i: usize) -> u64 {
        self.starts[i] + (self.cum[i + 1] - self.cum[i])
    }

    pub(super) fn run(&self, i: usize) -> Range<u64> {
        self.starts[i]..self.end(i)
    }

    /// The index of the first run that ends above `id`: the one that holds it, or the next one after it.
    pub(super) fn find(&self, id: u64) -> usize {
        let after = self.starts.partition_point(|&start| start <= id);
        if after > 0 && id < self.end(after - 1) { after - 1 } else { after }
    }

    /// [`find`](Self::find) among the runs from `from` on, in time that grows with the logarithm of the distance.
    pub(super) fn find_from(&self, from: usize, id: u64) -> usize {
        gallop(from, self.count(), |i| self.end(i) <= id)
    }

    /// The first run from `from` on that starts at or above `id`.
    pub(super) fn start_from(&self, from: usize, id: u64) -> usize {
        gallop(from, self.count(), |i| self.starts[i] < id)
    }

    pub(super) fn contains(&self, id: u64) -> bool {
        let i = self.find(id);
        i < self.count() && self.starts[i] <= id
    }

    /// The run that holds a position below the length.
    pub(super) fn find_position(&self, position: u64) -> usize {
        self.cum.partition_point(|&before| before <= position) - 1
    }

    pub(super) fn select(&self, position: u64) -> Option<u64> {
        (position < self.len()).then(|| {
            let i = self.find_position(position);
            self.starts[i] + (position - self.cum[i])
        })
    }

    /// Adds the ids at a range of positions to a list, searching from run `from` on; gives the run in which it ended.
    pub(super) fn select_run(&self, from: usize, positions: Range<u64>, ids: &mut RunList) -> usize {
        let first = gallop(from, self.count(), |i| self.cum[i + 1] <= positions.start);
        let last = gallop(first, self.count(), |i| self.cum[i + 1] < positions.end);
        let start = self.starts[first] + (positions.start - self.cum[first]);
        let end = self.starts[last] + (positions.end - self.cum[last]);
        if first == last {
            ids.push(start..end);
        } else {
            ids.push(start..self.end(first));
            ids.push_stretch(*self, first + 1, last);
            ids.push(self.starts[last]..end);
        }
        last
    }

    pub(super) fn rank(&self, id: u64) -> Result<u64, u64> {
        let i = self.find(id);
        if i < self.count() && self.starts[i] <= id {
            Ok(self.cum[i] + (id - self.starts[i]))
        } else {
            Err(self.cum[i])
        }
    }

    pub(super) fn runs(self) -> impl ExactSizeIterator<Item = Range<u64>> + 'a {
        (0..self.count()).map(move |i| self.run(i))
    }
}

/// The first index in `from..to` for which `below` is false, probing at 1, 2, 4, … from the start and then by halves: a near answer
/// costs a probe or two, a far one no more than a binary search.
pub(super) fn gallop(from: usize, to: usize, below: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut step) = (from, 1);
    loop {
        let probe = low + step - 1;
        if probe >= to {
            break;
        }
        if !below(probe) {
            return halve(low, probe, below);
        }
        low = probe + 1;
        step *= 2;
    }
    halve(low, to, below)
}

fn halve(mut low: usize, mut high: usize, below: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = low + (high - low) / 2;
        if below(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

impl RunList {
    pub(super) fn with_capacity(runs: usize) -> Self {
        let mut cum = Vec::with_capacity(runs + 1);
        cum.push(0);
        RunList { starts: Vec::with_capacity(runs), cum }
    }

    pub(super) fn from_view(view: RunView<'_>) -> Self {
        RunList { starts: view.starts.to_vec(), cum: view.cum.to_vec() }
    }

    pub(super) fn view(&self) -> RunView<'_> {
        if self.starts.is_empty() { RunView::EMPTY } else { RunView { starts: &self.starts, cum: &self.cum } }
    }

    /// Makes room for the first run.
    fn begin(&mut self) {
        if self.cum.is_empty() {
            self.starts.reserve(FIRST_RUNS);
            self.cum.reserve(FIRST_RUNS + 1);
            self.cum.push(0);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + 2 * size_of::<usize>() + (self.starts.capacity() + self.cum.capacity()) * size_of::<u64>()
    }

    pub(super) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.cum.shrink_to_fit();
    }

    /// One past the last id; 0 when empty.
    pub(super) fn end(&self) -> u64 {
        self.view().span().end
    }

    /// Adds a non-empty run that starts at or after the start of the last one, merging where they touch or overlap.
    pub(super) fn push(&mut self, run: Range<u64>) {
        self.begin();
        let last = self.cum.len() - 1;
        let end = self.end();
        if last > 0 && run.start <= end {
            self.cum[last] += run.end.saturating_sub(end);
        } else {
            self.starts.push(run.start);
            self.cum.push(self.cum[last] + (run.end - run.start));
        }
    }

    /// Adds runs `from..to` of another list, under the terms of [`push`](Self::push): the first ones merge, the rest is copied whole.
    pub(super) fn push_stretch(&mut self, other: RunView<'_>, from: usize, to: usize) {
        self.begin();
        let mut i = from;
        while i < to && !self.starts.is_empty() && other.start(i) <= self.end() {
            self.push(other.run(i));
            i += 1;
        }
        let base = self.cum[self.cum.len() - 1].wrapping_sub(other.cum[i]);
        self.starts.extend_from_slice(&other.starts[i..to]);
        self.cum.extend(other.cum[i + 1..to + 1].iter().map(|cum| cum.wrapping_add(base)));
    }

    /// Puts a run in the place of those at `at`.
    pub(super) fn replace(&mut self, at: Range<usize>, with: Range<u64>) {
        let total = self.cum[at.start] + (with.end - with.start);
        let grown = total.wrapping_sub(self.cum[at.end]);
        self.cum[at.end + 1..].iter_mut().for_each(|cum| *cum = cum.wrapping_add(grown));
        self.cum.splice(at.start + 1..at.end + 1, [total]);
        self.starts.splice(at, [with.start]);
    }
}
