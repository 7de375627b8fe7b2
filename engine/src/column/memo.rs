//! [`Memo`]: what a formula gave, by what it was given.
//!
//! The inputs of a row are written out as bytes, which are the key: cells are equal that are so bit by bit. There are two
//! generations: what is asked for goes to the young one, and when that is full it becomes the old one, whose own entries
//! nobody asked for since. So memory is bounded, and what is read over and over stays.

use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::Result;
use crate::formula::Program;
use crate::match_values;
use crate::types::{Str, Type, Value};
use crate::vector::{Vector, VectorBuilder};

/// Entries of a generation, however few the rows are.
const LEAST: usize = 1024;

/// The values of one formula by its inputs.
#[derive(Debug)]
pub(crate) struct Memo {
    ty: Type,
    hashing: RandomState,
    known: Mutex<Generations>,
}

#[derive(Debug)]
struct Generations {
    young: Generation,
    old: Generation,
    /// Entries of a generation.
    most: usize,
}

#[derive(Debug, Default)]
struct Generation {
    /// By the hash of the key: the entry.
    index: HashTable<usize>,
    entries: Vec<Entry>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    key: Box<[u8]>,
    value: Value,
}

/// Where the value of a row is.
enum Answer {
    Known(Value),
    /// Among those made now.
    Made(usize),
}

impl Memo {
    /// Nothing yet, of a formula of type `ty`.
    pub(crate) fn new(ty: Type) -> Self {
        let known = Generations { young: Generation::default(), old: Generation::default(), most: LEAST };
        Memo { ty, hashing: RandomState::default(), known: Mutex::new(known) }
    }

    /// Makes room for the inputs of so many rows, and lets go of what is far more.
    pub(crate) fn fit(&self, rows: u64) {
        let mut known = self.lock();
        known.most = LEAST.max(usize::try_from(rows).unwrap_or(usize::MAX));
        if known.young.entries.len() > known.most {
            known.turn();
        }
        if known.old.entries.len() / 2 > known.most {
            known.old = Generation::default();
        }
    }

    /// How many inputs are known.
    pub(crate) fn len(&self) -> usize {
        let known = self.lock();
        known.young.entries.len() + known.old.entries.len()
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let known = self.lock();
        known.young.bytes + known.old.bytes
    }

    /// The value for each row, of which `program` makes those that are not known.
    ///
    /// # Errors
    /// Those of the program, with the first row that has the inputs it failed for. They are not kept.
    pub(crate) fn evaluate(
        &self,
        program: &dyn Program,
        inputs: &[Vector<'_>],
        rows: usize,
    ) -> Result<Vector<'static>> {
        let mut key = Vec::new();
        let mut answers = Vec::with_capacity(rows);
        let mut missing = Generation::default();
        let mut first_rows: Vec<u32> = Vec::new();
        {
            // Not held while the program runs: that may take its time, and a function of the user's may read this table.
            let mut known = self.lock();
            for row in 0..rows {
                key.clear();
                inputs.iter().for_each(|input| write_cell(input, row, &mut key));
                let hash = self.hashing.hash_one(&key[..]);
                answers.push(match known.find(hash, &key) {
                    Some(value) => Answer::Known(value),
                    None => Answer::Made(missing.place(hash, &key).unwrap_or_else(|| {
                        first_rows.push(row as u32);
                        missing.add(hash, key.as_slice().into(), Value::Null)
                    })),
                });
            }
        }
        if !first_rows.is_empty() {
            let inputs: Vec<Vector<'static>> = inputs.iter().map(|input| input.take(&first_rows)).collect();
            let made = program
                .evaluate(&inputs, first_rows.len())
                .map_err(|error| error.map_row(|row| first_rows.get(row as usize).map_or(row, |&row| row.into())))?;
            missing.entries.iter_mut().zip(made.iter()).for_each(|(entry, value)| entry.value = value);
        }
        let mut values = VectorBuilder::with_capacity(self.ty, rows);
        for answer in &answers {
            let value = match answer {
                Answer::Known(value) => value,
                Answer::Made(at) => &missing.entries[*at].value,
            };
            if values.push(value).is_none() {
                values.push_null();
            }
        }
        let mut known = self.lock();
        missing.entries.into_iter().for_each(|entry| known.insert(entry));
        Ok(values.finish())
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    /// What is known; from now on the young generation knows it.
    fn find(&mut self, hash: u64, key: &[u8]) -> Option<Value> {
        if let Some(at) = self.young.place(hash, key) {
            return Some(self.young.entries[at].value.clone());
        }
        let value = self.old.entries[self.old.place(hash, key)?].value.clone();
        self.insert(Entry { hash, key: key.into(), value: value.clone() });
        Some(value)
    }

    fn insert(&mut self, entry: Entry) {
        // Another reader may have made it meanwhile.
        if self.young.place(entry.hash, &entry.key).is_some() {
            return;
        }
        if self.young.entries.len() >= self.most {
            self.turn();
        }
        self.young.add(entry.hash, entry.key, entry.value);
    }

    fn turn(&mut self) {
        self.old = std::mem::take(&mut self.young);
    }
}

impl Generation {
    fn place(&self, hash: u64, key: &[u8]) -> Option<usize> {
        self.index.find(hash, |&at| *self.entries[at].key == *key).copied()
    }

    /// Adds an entry that is not there; its place.
    fn add(&mut self, hash: u64, key: Box<[u8]>, value: Value) -> usize {
        self.bytes += size_of::<Entry>() + size_of::<usize>() + key.len() + heap_bytes(&value);
        let at = self.entries.len();
        self.entries.push(Entry { hash, key, value });
        self.index.insert_unique(hash, at, |&at| self.entries[at].hash);
        at
    }
}

fn heap_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.heap_bytes(),
        Value::List(list) => list.items().bytes(),
        _ => 0,
    }
}

/// Writes a cell so that no two different ones, nor two rows of them, read the same.
fn write_cell(vector: &Vector<'_>, row: usize, out: &mut Vec<u8>) {
    if !vector.is_valid(row) {
        return out.push(0);
    }
    out.push(1);
    match_values!(vector.values(), bits => out.push(bits.get(row).into()), values => values[row].write(out));
}

trait Written {
    fn write(&self, out: &mut Vec<u8>);
}

macro_rules! numbers {
    ($($ty:ty),*) => {$(
        impl Written for $ty {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

numbers!(i8, i16, i32, i64, i128, u16, f32, f64);

impl Written for Str {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.len().to_le_bytes());
        out.extend_from_slice(self.as_bytes());
    }
}

impl Written for crate::types::List {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.len().to_le_bytes());
        if let Some((items, range)) = self.shared() {
            range.for_each(|at| write_cell(items, at, out));
        }
    }
}
