//! [`Lines`]: the rows of one side, a line for each key.

use super::line::Line;

/// A line for each key slot.
#[derive(Debug)]
pub(in crate::op) struct Lines {
    lines: Vec<Line>,
    /// Keys end with the place of a row, which is not its id.
    has_ids: bool,
    nobody: Line,
}

impl Lines {
    pub(in crate::op) fn new(has_ids: bool) -> Self {
        Lines { lines: Vec::new(), has_ids, nobody: Line::default() }
    }

    /// The rows of a key; none of a slot that was never given a row.
    pub(in crate::op) fn get(&self, slot: u32) -> &Line {
        self.lines.get(slot as usize).unwrap_or(&self.nobody)
    }

    pub(in crate::op) fn insert(&mut self, slot: u32, key: u128, id: u64) {
        if self.lines.len() <= slot as usize {
            self.lines.resize_with(slot as usize + 1, Line::default);
        }
        self.lines[slot as usize].insert(key, self.has_ids.then_some(id));
    }

    /// Takes a row out; whether it was there.
    pub(in crate::op) fn remove(&mut self, slot: u32, key: u128) -> bool {
        self.lines.get_mut(slot as usize).is_some_and(|line| line.remove(key))
    }

    pub(in crate::op) fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<Line>() + self.lines.iter().map(Line::bytes).sum::<usize>()
    }

    pub(in crate::op) fn validate(&self) -> Result<(), String> {
        self.lines.iter().try_for_each(|line| line.validate(self.has_ids))
    }
}
