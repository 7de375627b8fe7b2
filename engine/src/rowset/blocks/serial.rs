//! Blocks as bytes: their number, then for each the gap to the last in blocks, a byte for its form, and what it holds, 16-bit and
//! 64-bit words being little-endian.

use super::super::ID_LIMIT;
use super::super::serial::{Input, broken, write_number};
use super::bits::WORDS;
use super::body::{BLOCK, Body};
use super::walk::spans;
use super::{Blocks, Scratch};
use crate::Result;

const FULL: u8 = 0;
const RUNS: u8 = 1;
const ARRAY: u8 = 2;
const BITS: u8 = 3;

impl Blocks {
    pub(in crate::rowset) fn write(&self, bytes: &mut Vec<u8>) {
        write_number(bytes, self.keys.len() as u64);
        let mut end = 0;
        for (i, body) in self.bodies.iter().enumerate() {
            write_number(bytes, (self.keys[i] - end) / BLOCK as u64);
            end = self.key_end(i);
            match body {
                Body::Full(blocks) => {
                    bytes.push(FULL);
                    write_number(bytes, *blocks);
                }
                Body::Runs(runs) => {
                    bytes.push(RUNS);
                    write_number(bytes, runs.len() as u64 - 1);
                    for (start, end) in spans(body) {
                        bytes.extend((start as u16).to_le_bytes());
                        bytes.extend(((end - start - 1) as u16).to_le_bytes());
                    }
                }
                Body::Array(values) => {
                    bytes.push(ARRAY);
                    write_number(bytes, values.len() as u64);
                    values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
                }
                Body::Bits(bits) => {
                    bytes.push(BITS);
                    bits.words().iter().for_each(|word| bytes.extend(word.to_le_bytes()));
                }
            }
        }
    }

    pub(in crate::rowset) fn read(input: &mut Input<'_>) -> Result<Blocks> {
        let mut blocks = Blocks::default();
        let mut scratch = Scratch::default();
        let mut key = 0u64;
        for _ in 0..input.number()? {
            let at = input.at;
            let gap = input.number()?.saturating_mul(BLOCK as u64);
            key = key.saturating_add(gap);
            if key >= ID_LIMIT {
                return Err(broken("row set with ids above 63 bits", at));
            }
            let form = input.byte()?;
            if form == FULL {
                let count = input.number()?.saturating_mul(BLOCK as u64);
                if count == 0 || count > ID_LIMIT - key {
                    return Err(broken(format!("row set with a full block of {count} ids"), at));
                }
                blocks.push(key, Body::Full(count / BLOCK as u64), count);
                key += count;
                continue;
            }
            let (body, count) =
                read_body(form, input, &mut scratch)?.ok_or_else(|| broken("row set with an empty block", at))?;
            blocks.push(key, body, count as u64);
            key += BLOCK as u64;
        }
        blocks.shrink();
        Ok(blocks)
    }
}

fn read_body(form: u8, input: &mut Input<'_>, scratch: &mut Scratch) -> Result<Option<(Body, usize)>> {
    let at = input.at;
    match form {
        RUNS => {
            scratch.spans.clear();
            for _ in 0..input.number()? {
                let (start, more) = (u32::from(input.half()?), u32::from(input.half()?));
                let free = scratch.spans.last().is_none_or(|last| last.1 < start);
                if !free || start + more >= BLOCK as u32 {
                    return Err(broken("row set with a run out of place", input.at));
                }
                scratch.spans.push((start, start + more + 1));
            }
            Ok(scratch.take_spans())
        }
        ARRAY => {
            scratch.values.clear();
            for _ in 0..input.number()? {
                let value = input.half()?;
                if scratch.values.last().is_some_and(|&last| last >= value) {
                    return Err(broken("row set with ids that do not ascend", input.at));
                }
                scratch.values.push(value);
            }
            Ok(scratch.take_values())
        }
        BITS => {
            let words = scratch.words();
            for word in &mut words[..WORDS] {
                *word = input.word()?;
            }
            Ok(scratch.take_words())
        }
        form => Err(broken(format!("row set with a block of unknown form {form}"), at)),
    }
}
