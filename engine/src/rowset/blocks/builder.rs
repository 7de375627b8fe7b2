//! Blocks from runs that arrive in ascending order.

use std::ops::Range;

use super::body::{BLOCK, Body};
use super::shape::push_span;
use super::{Blocks, Scratch, key_of};

/// Collects the runs of a block, then puts them in their form.
#[derive(Default)]
pub(in crate::rowset) struct BlocksBuilder {
    done: Blocks,
    /// The block whose runs are in the scratch.
    key: u64,
    scratch: Scratch,
}

impl BlocksBuilder {
    /// Adds a run above the others; it may touch the last one.
    pub(in crate::rowset) fn push_run(&mut self, run: Range<u64>) {
        let mut start = run.start;
        while start < run.end {
            let key = key_of(start);
            if key != self.key {
                self.close_block();
                self.key = key;
            }
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

    fn close_block(&mut self) {
        if let Some((body, count)) = self.scratch.take_spans() {
            self.done.push(self.key, body, count as u64);
        }
        self.scratch.spans.clear();
    }

    pub(in crate::rowset) fn finish(mut self) -> Blocks {
        self.close_block();
        self.done.shrink();
        self.done
    }
}
