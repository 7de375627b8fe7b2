//! [`Dealer`]: rows dealt by their keys, so that each key's rows come to one hand.

use super::Keys;
use super::hash::KeyHasher;
use super::keys::KeyPart;
use crate::column::Codes;
use crate::types::Type;
use crate::vector::{Values, Vector};

/// Tells which of several hands the row of a key goes to: always the same for the same key. Clones agree.
#[derive(Clone, Debug)]
pub(crate) struct Dealer {
    hasher: KeyHasher,
    /// Hands are numbered in so many bits.
    bits: u32,
    /// What is known of text kept as codes: the dictionary, and the hash of each text, 0 where it is not known.
    texts: Vec<(u64, Vec<u64>)>,
    hashes: Vec<u64>,
}

impl Dealer {
    /// Deals to 2 to the `bits` hands, from 1 to 16.
    pub(crate) fn new(bits: u32) -> Self {
        Dealer { hasher: KeyHasher::default(), bits, texts: Vec::new(), hashes: Vec::new() }
    }

    pub(crate) fn hands(&self) -> usize {
        1 << self.bits
    }

    /// The hand of each of `rows` keys.
    pub(crate) fn deal(&mut self, keys: &Keys<'_>, rows: usize) -> impl Iterator<Item = usize> {
        let columns: Vec<Vector<'_>> = keys
            .parts()
            .iter()
            .map(|part| match part {
                KeyPart::Values(values) => values.borrowed(),
                KeyPart::Codes(codes) => self.hashes_of(codes),
            })
            .collect();
        let mut hashes = std::mem::take(&mut self.hashes);
        self.hasher.hash(&columns, rows, &mut hashes);
        self.hashes = hashes;
        let shift = u64::BITS - self.bits;
        self.hashes.iter().map(move |hash| (hash >> shift) as usize)
    }

    /// The hashes of texts, which go into the hash of a key as the texts do.
    fn hashes_of(&mut self, codes: &Codes<'_>) -> Vector<'static> {
        let number = codes.texts.number();
        let at = self.texts.iter().position(|known| known.0 == number).unwrap_or_else(|| {
            self.texts.push((number, Vec::new()));
            self.texts.len() - 1
        });
        let known = &mut self.texts[at].1;
        known.resize(known.len().max(codes.texts.len()), 0);
        let hash = |&code: &u32| {
            let hash = &mut known[code as usize];
            if *hash == 0 {
                *hash = self.hasher.of_text(codes.texts.get(code));
            }
            *hash as i64
        };
        let hashes = codes.codes.iter().map(hash).collect();
        Vector::new(Type::I64, Values::I64(hashes), codes.valid.clone())
    }
}
