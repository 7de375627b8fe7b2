//! Set algebra over blocks: stretches of blocks on one side only are shared or skipped whole, blocks on both sides combined.

use super::super::run_list::gallop;
use super::body::{BLOCK, Body};
use super::combine::{Op, combine, complement};
use super::{Blocks, Scratch};

/// A place in blocks, which may be inside a stretch of full ones.
struct Side<'a> {
    blocks: &'a Blocks,
    at: usize,
    /// The first id not yet dealt with that the block could hold; `u64::MAX` at the end.
    key: u64,
}

impl<'a> Side<'a> {
    fn new(blocks: &'a Blocks) -> Self {
        Side { blocks, at: 0, key: blocks.keys.first().copied().unwrap_or(u64::MAX) }
    }

    fn body(&self) -> &'a Body {
        &self.blocks.bodies[self.at]
    }

    fn end(&self) -> u64 {
        self.blocks.key_end(self.at)
    }

    fn move_to(&mut self, at: usize) {
        self.at = at;
        self.key = self.blocks.keys.get(at).copied().unwrap_or(u64::MAX);
    }

    /// Moves past what lies below `key`, adding it to `out` if it is kept.
    fn pass(&mut self, key: u64, keep: bool, out: &mut Blocks) {
        if self.blocks.keys[self.at] < self.key {
            // The rest of a stretch of full blocks.
            self.pass_full(key.min(self.end()), keep, out);
        }
        if self.key >= key {
            return;
        }
        let to = gallop(self.at, self.blocks.keys.len(), |i| self.blocks.key_end(i) <= key);
        if keep {
            out.push_stretch(self.blocks, self.at, to);
        }
        self.move_to(to);
        if self.key < key {
            self.pass_full(key, keep, out);
        }
    }

    /// Moves to `key` within, or to the end of, a stretch of full blocks.
    fn pass_full(&mut self, key: u64, keep: bool, out: &mut Blocks) {
        if keep {
            out.push(self.key, Body::Full((key - self.key) / BLOCK as u64), key - self.key);
        }
        if key == self.end() {
            self.move_to(self.at + 1);
        } else {
            self.key = key;
        }
    }
}

/// The ids that `O` keeps of two sets of blocks.
pub(in crate::rowset) fn combine_blocks<O: Op>(left: &Blocks, right: &Blocks) -> Blocks {
    let mut out = Blocks::default();
    let mut scratch = Scratch::default();
    let (mut a, mut b) = (Side::new(left), Side::new(right));
    while a.key != u64::MAX && b.key != u64::MAX {
        if a.key < b.key {
            a.pass(b.key, O::LEFT, &mut out);
            continue;
        }
        if b.key < a.key {
            b.pass(a.key, O::RIGHT, &mut out);
            continue;
        }
        let key = a.key;
        match (a.body(), b.body()) {
            (Body::Full(_), Body::Full(_)) => {
                let end = a.end().min(b.end());
                a.pass_full(end, O::BOTH, &mut out);
                b.pass_full(end, false, &mut out);
            }
            (Body::Full(_), _) => {
                push_beside_full::<O>((right, b.at), O::LEFT, &mut scratch, &mut out);
                a.pass_full(key + BLOCK as u64, false, &mut out);
                b.move_to(b.at + 1);
            }
            (_, Body::Full(_)) => {
                push_beside_full::<O>((left, a.at), O::RIGHT, &mut scratch, &mut out);
                b.pass_full(key + BLOCK as u64, false, &mut out);
                a.move_to(a.at + 1);
            }
            (x, y) => {
                if x.is_same(y) {
                    if O::BOTH {
                        out.push_stretch(left, a.at, a.at + 1);
                    }
                } else if let Some((body, count)) = combine::<O>(x, y, &mut scratch) {
                    out.push(key, body, count as u64);
                }
                a.move_to(a.at + 1);
                b.move_to(b.at + 1);
            }
        }
    }
    if O::LEFT && a.key != u64::MAX {
        a.pass(u64::MAX, true, &mut out);
    }
    if O::RIGHT && b.key != u64::MAX {
        b.pass(u64::MAX, true, &mut out);
    }
    out.shrink();
    out
}

/// Adds what is kept of a block against a full one, whose own ids are kept if `full`.
fn push_beside_full<O: Op>(block: (&Blocks, usize), full: bool, scratch: &mut Scratch, out: &mut Blocks) {
    let (blocks, at) = block;
    let key = blocks.keys[at];
    match (full, O::BOTH) {
        (true, true) => out.push(key, Body::Full(1), BLOCK as u64),
        (false, true) => out.push_stretch(blocks, at, at + 1),
        (true, false) => {
            if let Some((body, count)) = complement(&blocks.bodies[at], scratch) {
                out.push(key, body, count as u64);
            }
        }
        (false, false) => (),
    }
}
