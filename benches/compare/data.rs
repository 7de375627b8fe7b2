//! The tables the cases run on.

use headwater::prelude::*;

use crate::args::Args;

/// Numbers from a seed: the same in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((self.next() >> 32) * limit) >> 32
    }

    /// Uniform in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, near enough.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// The columns of the group-by table that the cases use, resident.
pub(crate) fn g1(session: &Session, args: &Args) -> Result<Table> {
    let columns = ["id1", "id2", "id3", "id4", "id5", "id6", "v1", "v2", "v3"];
    if let Some(folder) = &args.data {
        return headwater::parquet::read(format!("{folder}/g1.parquet")).open(session)?.select(columns);
    }
    let mut random = Random::new(42);
    let n = args.rows;
    let mut ints = |limit: u64| (0..n).map(|_| random.below(limit) as i32 + 1).collect::<Vec<i32>>();
    let (id6, v1, v2) = (ints((n as u64 / 100).max(1)), ints(5), ints(15));
    let text = |prefix: &str, width: usize, numbers: Vec<i32>| -> Vec<String> {
        numbers.into_iter().map(|number| format!("{prefix}{number:0width$}")).collect()
    };
    let (id1, id3) = (text("id", 3, ints(100)), text("id", 10, ints((n as u64 / 100).max(1))));
    let (id2, id4, id5) = (text("id", 3, ints(100)), ints(100), ints(100));
    let v3: Vec<f64> = (0..n).map(|_| (random.unit() * 1e8).round() * 1e-6).collect();
    session.static_table(
        "g1",
        [
            ("id1", Vector::from(id1)),
            ("id2", Vector::from(id2)),
            ("id3", Vector::from(id3)),
            ("id4", Vector::from(id4)),
            ("id5", Vector::from(id5)),
            ("id6", Vector::from(id6)),
            ("v1", Vector::from(v1)),
            ("v2", Vector::from(v2)),
            ("v3", Vector::from(v3)),
        ],
    )
}
