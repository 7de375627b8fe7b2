//! Blocks from runs that arrive in ascending order.

use std::ops::Range;

use super::bits::WORDS;
use super::body::{BLOCK, Body};
use super::shape::push_span;
use super::{Blocks, Scratch, key_of, low_of};

/// Collects the runs of a block, then puts them in their form.
#[derive(Default)]
pub(in crate::rowset) struct BlocksBuilder {
    done: Blocks,
    /// The block whose ids are in the scratch.
    key: u64,
    /// Runs as spans, and bits as words if there are any.
    scratch: Scratch,
    has_words: bool,
}

impl BlocksBuilder {
    /// Adds a run above the others; it may touch the last one.
    pub(in crate::rowset) fn push_run(&mut self, run: Range<u64>) {
        let mut start = run.start;
        while start < run.end {
            let key = key_of(start);
            self.open_block(key);
            let whole = (run.end - key) / BLOCK as u64;
            if start == key && whole > 0 {
                self.done.push(key, Body::Full(whole), whole * BLOCK as u64);
                start = key + whole * BLOCK as u64;
            } else {
                let end = run.end.min(key + BLOCK as u64);
                push_span(&mut self.scratch.spans, ((start - key) as u32, (end - key) as u32));
                start = end;
            }
        }
    }

    /// Adds ids above the others by their bits: 64 to a word from `start`, a multiple of 64.
    pub(in crate::rowset) fn push_words(&mut self, mut start: u64, mut words: &[u64]) {
        while !words.is_empty() {
            self.open_block(key_of(start));
            if !self.has_words {
                self.has_words = true;
                self.scratch.clear_words();
            }
            let at = usize::from(low_of(start)) / 64;
            let (now, later) = words.split_at(words.len().min(WORDS - at));
            self.scratch.words()[at..at + now.len()].copy_from_slice(now);
            start += now.len() as u64 * 64;
            words = later;
        }
    }

    fn open_block(&mut self, key: u64) {
        if key != self.key {
            self.close_block();
            self.key = key;
        }
    }

    fn close_block(&mut self) {
        let body = if self.has_words { self.scratch.take_words_and_spans() } else { self.scratch.take_spans() };
        if let Some((body, count)) = body {
            self.done.push(self.key, body, count as u64);
        }
        self.scratch.spans.clear();
        self.has_words = false;
    }

    pub(in crate::rowset) fn finish(mut self) -> Blocks {
        self.close_block();
        self.done.shrink();
        self.done
    }
}
