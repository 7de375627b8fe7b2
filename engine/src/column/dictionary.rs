//! [`Dictionary`]: the distinct texts of a column, numbered, so that its blocks keep numbers.
//!
//! A text keeps its code for the life of the dictionary, so whoever has found out something about a code (its group,
//! whether a filter takes it) need not look at the text again. Texts that no row has any more stay until most are such:
//! then the dictionary is made anew, between cycles. Where too many come for the rows there are, no more are taken in,
//! and the column goes over to plain text, block by block as it is written.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::types::{Str, Type};
use crate::vector::{Bits, Values, Vector};

/// So many texts are taken in however few the rows are: of fewer, rows tell little about what is still to come.
const ALWAYS: usize = 1 << 17;

/// Beyond those, one text for so many rows at most.
const ROWS_A_TEXT: usize = 4;

/// From so many texts a row on, and so many in all, most of them are of rows that are gone.
const OUTDATED: usize = 4;
const FEW: usize = 256;

/// Texts in a chunk, of which a pin makes a writer copy the last.
const CHUNK_LOG2: u32 = 12;

/// The texts by code. A clone shares them, and is what a pin holds; code 0 is the empty text, which is what a slot
/// under a null holds.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// Tells the texts of one column from those of all others.
    number: u64,
    chunks: Arc<Vec<Arc<Vec<Str>>>>,
    len: usize,
    heap_bytes: usize,
}

impl Texts {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut texts = Texts { number, chunks: Arc::default(), len: 0, heap_bytes: 0 };
        texts.push(Str::default());
        texts
    }

    /// Tells the texts of one column from those of all others.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// How many there are: codes are below.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The text of a code.
    #[inline]
    pub(crate) fn get(&self, code: u32) -> &Str {
        &self.chunks[(code >> CHUNK_LOG2) as usize][(code & ((1 << CHUNK_LOG2) - 1)) as usize]
    }

    /// The texts of many codes.
    pub(crate) fn decode(&self, codes: impl Iterator<Item = u32>) -> Vec<Str> {
        let decoder = self.decoder();
        codes.map(|code| decoder.get(code).clone()).collect()
    }

    /// What gives the texts of many codes. O(texts / 4096).
    pub(super) fn decoder(&self) -> Decoder<'_> {
        Decoder { chunks: self.chunks.iter().map(|chunk| &chunk[..]).collect() }
    }

    /// The texts from code `first` on.
    pub(crate) fn since(&self, first: usize) -> Vector<'static> {
        Vector::from((first..self.len).map(|code| self.get(code as u32).clone()).collect::<Vec<Str>>())
    }

    fn push(&mut self, text: Str) {
        let chunks = Arc::make_mut(&mut self.chunks);
        if self.len >> CHUNK_LOG2 == chunks.len() {
            chunks.push(Arc::default());
        }
        self.len += 1;
        self.heap_bytes += text.heap_bytes();
        if let Some(last) = chunks.last_mut() {
            Arc::make_mut(last).push(text);
        }
    }

    fn bytes(&self) -> usize {
        self.len * size_of::<Str>() + self.heap_bytes
    }
}

/// The texts by code, with a step less on the way to each than [`Texts`].
pub(super) struct Decoder<'s> {
    chunks: Vec<&'s [Str]>,
}

impl<'s> Decoder<'s> {
    /// The text of a code.
    #[inline]
    pub(super) fn get(&self, code: u32) -> &'s Str {
        &self.chunks[(code >> CHUNK_LOG2) as usize][(code & ((1 << CHUNK_LOG2) - 1)) as usize]
    }
}

/// Where a text is found by what it says: the upper half of its hash, and its code.
#[derive(Debug, Default)]
struct Index {
    codes: HashTable<(u32, u32)>,
    state: RandomState,
}

/// Wide enough a copy of the hash: the table itself uses the other bits.
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The texts of a column, and as long as more are taken in, their codes.
#[derive(Debug)]
pub(crate) struct Dictionary {
    texts: Texts,
    index: Option<Index>,
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        Dictionary { texts: Texts::new(), index: Some(Index::default()) }
    }

    /// The texts alone, for who only reads.
    pub(crate) fn pin(&self) -> Self {
        Dictionary { texts: self.texts.clone(), index: None }
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Whether most of its texts are of rows that are gone, of a column of `rows` rows.
    pub(crate) fn is_outdated(&self, rows: usize) -> bool {
        self.texts.len() > FEW.max(rows * OUTDATED)
    }

    /// Bytes of a code in the blocks now written.
    pub(crate) fn slot_bytes(&self) -> usize {
        if self.is_wide() { size_of::<i32>() } else { size_of::<u16>() }
    }

    fn is_wide(&self) -> bool {
        self.texts.len() > 1 << 16
    }

    /// The texts as codes, those taken in that were never seen; `None` if there are too many for a column of `rows`
    /// rows, now or before.
    pub(crate) fn encode(&mut self, texts: &[Str], valid: Option<&Bits>, rows: usize) -> Option<Coded> {
        let most = ALWAYS.max(rows / ROWS_A_TEXT);
        let index = self.index.as_mut()?;
        let mut codes = Vec::with_capacity(texts.len());
        for (row, text) in texts.iter().enumerate() {
            if text.is_empty() || valid.is_some_and(|valid| !valid.get(row)) {
                codes.push(0);
                continue;
            }
            let hash = index.hash(text);
            let known = index.codes.find(hash, |&(other, code)| other == tag(hash) && self.texts.get(code) == text);
            if let Some(&(_, code)) = known {
                codes.push(code);
                continue;
            }
            if self.texts.len() > most {
                self.index = None;
                return None;
            }
            let code = self.texts.len() as u32;
            self.texts.push(text.clone());
            let (rest, state) = (&self.texts, &index.state);
            index.codes.insert_unique(hash, (tag(hash), code), |&(_, code)| hash_of(state, rest.get(code)));
            codes.push(code);
        }
        Some(self.coded(codes, valid.cloned()))
    }

    /// Codes of these texts, to be written.
    pub(super) fn coded(&self, codes: Vec<u32>, valid: Option<Bits>) -> Coded {
        Coded { codes, valid, is_wide: self.is_wide() }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.texts.bytes() + self.index.as_ref().map_or(0, |index| index.codes.allocation_size())
    }

    /// Checks that every text is found by what it says.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let Some(index) = &self.index else { return Ok(()) };
        if index.codes.len() + 1 != self.texts.len() {
            return Err(format!("{} codes for {} texts", index.codes.len(), self.texts.len()));
        }
        for code in 1..self.texts.len() as u32 {
            let hash = index.hash(self.texts.get(code));
            if index.codes.find(hash, |&(_, other)| other == code).is_none() {
                return Err(format!("the text of code {code} is not found"));
            }
        }
        Ok(())
    }
}

impl Index {
    #[inline]
    fn hash(&self, text: &Str) -> u64 {
        hash_of(&self.state, text)
    }
}

#[inline]
fn hash_of(state: &RandomState, text: &Str) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Texts as codes, to be written.
pub(crate) struct Coded {
    codes: Vec<u32>,
    valid: Option<Bits>,
    /// Whether there are codes of more than 16 bits.
    is_wide: bool,
}

impl Coded {
    /// The code of each row, that of a null any.
    pub(crate) fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Whether the text of a row is not null.
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(row))
    }

    /// The codes as blocks keep them: 16 bits each as long as all codes of the column fit, else 32.
    pub(crate) fn into_vector(self) -> Vector<'static> {
        let (ty, values) = if self.is_wide {
            (WIDE, Values::I32(self.codes.into_iter().map(|code| code as i32).collect()))
        } else {
            (NARROW, Values::U16(self.codes.into_iter().map(|code| code as u16).collect()))
        };
        Vector::new(ty, values, self.valid)
    }
}

/// Codes in blocks are numbers of these types.
pub(crate) const NARROW: Type = Type::Char;
pub(crate) const WIDE: Type = Type::I32;

/// The texts of some rows by code.
pub(crate) struct Codes<'s> {
    /// A code a row; that of a null is 0.
    pub(crate) codes: Vec<u32>,
    pub(crate) valid: Option<Bits>,
    pub(crate) texts: &'s Texts,
}

impl Codes<'_> {
    /// Whether the text of a row is not null.
    #[inline]
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(row))
    }

    /// The same with null where a bit is not set.
    pub(super) fn only(mut self, valid: &Bits) -> Self {
        let valid = self.valid.map_or_else(|| valid.clone(), |found| found.and(valid));
        self.codes.iter_mut().zip(valid.iter()).filter(|(_, valid)| !valid).for_each(|(code, _)| *code = 0);
        Codes { valid: Some(valid), ..self }
    }

    /// The texts of all rows.
    pub(crate) fn all_texts(&self) -> Vector<'static> {
        let texts = self.texts.decode(self.codes.iter().copied());
        Vector::new(Type::String, Values::Str(texts.into()), self.valid.clone())
    }

    /// The texts of some of the rows.
    pub(crate) fn texts_of(&self, rows: &[u32]) -> Vector<'static> {
        let texts = rows.iter().map(|&row| self.texts.get(self.codes[row as usize]).clone()).collect();
        let valid = self.valid.as_ref().map(|_| rows.iter().map(|&row| self.is_valid(row as usize)).collect());
        Vector::new(Type::String, Values::Str(texts), valid)
    }
}
