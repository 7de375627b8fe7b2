//! Columns that expressions read, from a seed.

use std::borrow::Cow;
use std::ops::Range;

use arrow::array::ArrayRef;
use headwater_engine::vector::{Bits, Native, Values, Vector};
use headwater_engine::{ColumnDef, Type};

/// A reproducible sequence of numbers (splitmix64).
fn random(seed: u64) -> impl Iterator<Item = u64> {
    (1..).map(move |i: u64| {
        let mut x = i.wrapping_add(seed << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    })
}

pub(crate) struct Data {
    pub(crate) defs: Vec<ColumnDef>,
    pub(crate) vectors: Vec<Vector<'static>>,
    pub(crate) arrays: Vec<ArrayRef>,
}

impl Data {
    /// `A` to `D` of floats from 0 to 1000, `A1` and `A50` with so many nulls in a hundred; `N`, `M` and `I` of integers from 0 to
    /// 999; `T` of timestamps.
    pub(crate) fn new(rows: usize) -> Data {
        let mut data = Data { defs: Vec::new(), vectors: Vec::new(), arrays: Vec::new() };
        let floats = |seed| random(seed).map(|x| (x % 1_000_000) as f64 / 1_000.0).take(rows).collect::<Vec<f64>>();
        let integers = |seed| random(seed).map(|x| (x % 1_000) as i64).take(rows).collect::<Vec<i64>>();
        for (seed, name) in (1..).zip(["A", "B", "C", "D"]) {
            data.add(name, Vector::from(floats(seed)));
        }
        data.add("N", Vector::from(integers(11)));
        data.add("M", Vector::from(integers(12)));
        data.add("I", Vector::from(integers(21).into_iter().map(|x| x as i32).collect::<Vec<i32>>()));
        for (name, hundredth) in [("A1", 1), ("A50", 50)] {
            let valid = random(31).map(|x| x % 100 >= hundredth).take(rows).collect::<Bits>();
            data.add(name, Vector::new(Type::F64, Values::F64(Cow::Owned(floats(1))), Some(valid)));
        }
        let stamps = random(41).map(|x| (x >> 1) as i64).take(rows).collect::<Vec<i64>>();
        data.add("T", Vector::new(Type::Timestamp, Values::I64(Cow::Owned(stamps)), None));
        data
    }

    fn add(&mut self, name: &str, vector: Vector<'static>) {
        self.defs.push(ColumnDef::new(name, vector.ty()));
        self.arrays.push(vector.clone().into_arrow().expect("an array"));
        self.vectors.push(vector);
    }

    pub(crate) fn rows(&self) -> usize {
        self.vectors[0].len()
    }

    fn position(&self, name: &str) -> usize {
        self.defs.iter().position(|def| *def.name == *name).expect("a column")
    }

    pub(crate) fn column<T: Native>(&self, name: &str, rows: &Range<usize>) -> &[T] {
        &self.vectors[self.position(name)].native().expect("values of that type")[rows.clone()]
    }

    /// The validity of a column that has nulls, by words; `rows` begins with one.
    pub(crate) fn valid(&self, name: &str, rows: &Range<usize>) -> &[u64] {
        &self.vectors[self.position(name)].valid().expect("nulls").words()[rows.start / 64..rows.end.div_ceil(64)]
    }

    pub(crate) fn array(&self, name: &str, rows: &Range<usize>) -> ArrayRef {
        self.arrays[self.position(name)].slice(rows.start, rows.len())
    }
}
