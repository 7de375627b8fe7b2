//! [`TextSet`]: a set of texts that says of most others by a glance at their ends that it does not have them.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::types::Str;

/// Texts, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct TextSet {
    texts: HashSet<Str, RandomState>,
    /// A power of two of bits; that of a text that is in the set is set.
    gate: Vec<u64>,
}

/// Bits of the gate for each text, and at least: so few texts that are not in the set pass.
const BITS_A_TEXT: usize = 64;
const FEWEST_BITS: usize = 1 << 10;

impl TextSet {
    pub(super) fn insert(&mut self, text: Str) {
        if (self.texts.len() + 1) * BITS_A_TEXT > self.gate.len() * 64 {
            let bits = (self.texts.len() * 2 * BITS_A_TEXT).next_power_of_two().max(FEWEST_BITS);
            self.gate = vec![0; bits / 64];
            self.texts.iter().for_each(|text| set(&mut self.gate, mark(text)));
        }
        set(&mut self.gate, mark(&text));
        self.texts.insert(text);
    }

    #[inline]
    pub(super) fn contains(&self, text: &str) -> bool {
        !self.gate.is_empty() && is_set(&self.gate, mark(text)) && self.texts.contains(text)
    }
}

/// A number that tells most texts apart: of their lengths and last bytes, in which numbered texts differ.
#[inline]
fn mark(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let last = match bytes.last_chunk() {
        Some(&last) => u64::from_le_bytes(last),
        None => bytes.iter().fold(0, |last, &byte| last << 8 | u64::from(byte)),
    };
    (last ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The word and the bit of a mark: its upper bits, which depend on all of it.
#[inline]
fn place(gate: &[u64], mark: u64) -> (usize, u64) {
    let bit = (mark >> (u64::BITS - (gate.len() * 64).ilog2())) as usize;
    (bit / 64, 1 << (bit % 64))
}

fn set(gate: &mut [u64], mark: u64) {
    let (word, bit) = place(gate, mark);
    gate[word] |= bit;
}

#[inline]
fn is_set(gate: &[u64], mark: u64) -> bool {
    let (word, bit) = place(gate, mark);
    gate[word] & bit != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_what_was_put_in_and_nothing_else() {
        let text = |number: usize| "x".repeat(number % 40) + &number.to_string();
        let mut set = TextSet::default();
        assert!(!set.contains(""));
        for number in (0..2000).step_by(2) {
            set.insert(text(number).as_str().into());
        }
        set.insert("".into());
        assert!((0..2000).all(|number| set.contains(&text(number)) == (number % 2 == 0)));
        assert!(set.contains("") && !set.contains("x") && !set.contains("y"));
        let passing = (0..20_000).filter(|number| is_set(&set.gate, mark(&format!("other {number:09}")))).count();
        assert!(passing < 2000, "{passing} of 20,000 pass the gate");
    }
}
