//! Formulas as machine code, beside the interpreter and loops written by hand.
//!
//! Ids are `jit/<expression>/<interpreter|jit|loop>`: 65,536 rows in cache, 2048 at a time, medians of nanoseconds for all of them.
//! The loops are what one would write in Rust for exactly this expression over exactly these types, without nulls, compiled for
//! the processor's own vector instructions. `jit/resident/<expression>/..` is the same over 4,194,304 rows, which stream from
//! memory. `jit/compile/<expression>` is from a checked formula to its first row.

#![allow(missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fearless_simd::{Level, dispatch};
use headwater_engine::formula::{
    Checked, FormulaBackend, FunctionRegistry, Interpreter, Program, Scope, check_condition, check_expression,
};
use headwater_engine::vector::{VECTOR_ROWS, Vector};
use headwater_engine::{ColumnDef, Timestamp, Type, Value, formula};
use headwater_jit::Jit;

/// Rows that stay in cache.
const CACHED: usize = 65_536;
/// Rows that do not.
const RESIDENT: usize = 1 << 22;

/// A reproducible sequence of numbers (splitmix64).
fn random(seed: u64) -> impl Iterator<Item = u64> {
    (1..).map(move |i: u64| {
        let mut x = i.wrapping_add(seed << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    })
}

struct Data {
    defs: Vec<ColumnDef>,
    vectors: Vec<Vector<'static>>,
}

impl Data {
    fn new(rows: usize) -> Data {
        let mut data = Data { defs: Vec::new(), vectors: Vec::new() };
        for (seed, name) in (1..).zip(["A", "B", "C", "D"]) {
            let values = random(seed).map(|x| (x % 1_000_000) as f64 / 1_000.0).take(rows);
            data.add(name, Type::F64, Vector::from(values.collect::<Vec<f64>>()));
        }
        for (seed, name) in (11..).zip(["N", "M"]) {
            data.add(
                name,
                Type::I64,
                Vector::from(random(seed).map(|x| (x % 1_000) as i64).take(rows).collect::<Vec<_>>()),
            );
        }
        data.add("I", Type::I32, Vector::from(random(21).map(|x| (x % 1_000) as i32).take(rows).collect::<Vec<_>>()));
        for (name, hundredth) in [("A1", 1), ("A50", 50)] {
            let values =
                random(31).map(|x| if x % 100 < hundredth { Value::Null } else { Value::F64((x >> 32) as f64) });
            data.add(name, Type::F64, Vector::from_values(Type::F64, values.take(rows)).expect("floats"));
        }
        let stamps = random(41).map(|x| Value::Timestamp(Timestamp::from_nanos((x >> 1) as i64))).take(rows);
        data.add("T", Type::Timestamp, Vector::from_values(Type::Timestamp, stamps).expect("timestamps"));
        data
    }

    fn add(&mut self, name: &str, ty: Type, vector: Vector<'static>) {
        self.defs.push(ColumnDef::new(name, ty));
        self.vectors.push(vector);
    }

    fn rows(&self) -> usize {
        self.vectors[0].len()
    }

    fn floats(&self, column: usize) -> &[f64] {
        self.vectors[column].native().expect("floats")
    }

    fn integers(&self, column: usize) -> &[i64] {
        self.vectors[column].native().expect("integers")
    }
}

/// A loop by hand, over rows `from..from + 2048`, into one buffer or the other.
type Loop = fn(&Data, usize, &mut Out);

/// Where loops write.
struct Out {
    floats: Vec<f64>,
    integers: Vec<i64>,
    bits: Vec<u64>,
}

/// `f` of four columns.
#[inline(always)]
fn each<A: Copy, T>(columns: [&[A]; 4], from: usize, out: &mut [T], f: impl Fn([A; 4]) -> T) {
    let [a, b, c, d] = columns.map(|column| &column[from..from + VECTOR_ROWS]);
    for ((((out, &a), &b), &c), &d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *out = f([a, b, c, d]);
    }
}

/// A loop over the four columns of floats.
macro_rules! floats {
    ($pattern:pat => $value:expr) => {
        |data, from, out| {
            let columns = [0, 1, 2, 3].map(|column| data.floats(column));
            dispatch!(Level::new(), _simd => each(columns, from, &mut out.floats, |$pattern: [f64; 4]| $value))
        }
    };
}

/// A loop over the two columns of integers.
macro_rules! integers {
    ($pattern:pat => $value:expr) => {
        |data, from, out| {
            let columns = [4, 5, 4, 5].map(|column| data.integers(column));
            dispatch!(Level::new(), _simd => each(columns, from, &mut out.integers, |$pattern: [i64; 4]| $value))
        }
    };
}

/// 64 conditions at a time: into bytes, which vectorises, and packed.
#[inline(always)]
fn mask<A: Copy>(a: &[A], b: &[i64], from: usize, out: &mut [u64], f: impl Fn(A, i64) -> bool) {
    let (a, b) = (&a[from..from + VECTOR_ROWS], &b[from..from + VECTOR_ROWS]);
    for ((out, a), b) in out.iter_mut().zip(a.chunks_exact(64)).zip(b.chunks_exact(64)) {
        let mut bytes = [0u8; 64];
        for ((byte, &a), &b) in bytes.iter_mut().zip(a).zip(b) {
            *byte = u8::from(f(a, b));
        }
        *out =
            bytes.as_chunks::<8>().0.iter().rev().fold(0, |word, eight| {
                word << 8 | u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
            });
    }
}

const FILTER: Loop = |data, from, out| {
    let (a, n) = (data.floats(0), data.integers(4));
    dispatch!(Level::new(), _simd => mask(a, n, from, &mut out.bits, |a, n| a > 500.0 && n & 1 == 0))
};

/// What is measured; a name that ends in `filter` is a condition.
const EXPRESSIONS: [(&str, &str, Option<Loop>); 14] = [
    ("e1", "A * 2 + B", Some(floats!([a, b, ..] => a * 2.0 + b))),
    ("e1i", "N * 2 + M", Some(integers!([n, m, ..] => n * 2 + m))),
    (
        "e2",
        "(A * B - C / D) + (A > B ? C : D)",
        Some(floats!([a, b, c, d] => (a * b - c / d) + if a > b { c } else { d })),
    ),
    ("e3 filter", "A > 500 && N % 2 == 0", Some(FILTER)),
    (
        "e4",
        "((((A * 0.5 + 1.5) * A + 2.5) * A + 3.5) * A + 4.5)",
        Some(floats!([a, ..] => (((a * 0.5 + 1.5) * a + 2.5) * a + 3.5) * a + 4.5)),
    ),
    ("sum", "A + B", Some(floats!([a, b, ..] => a + b))),
    ("ratio", "100 * (A - B) / B", Some(floats!([a, b, ..] => 100.0 * (a - b) / b))),
    ("clip", "A < 100 ? 100.0 : A > 900 ? 900.0 : A", Some(floats!([a, ..] => a.clamp(100.0, 900.0)))),
    ("mixed", "A * I + N", None),
    ("nulls 1%", "A1 * B + (A1 > B ? C : D)", None),
    ("nulls 50%", "A50 * B + (A50 > B ? C : D)", None),
    ("range filter", "A >= 250 && A < 750 && I != 7", None),
    ("bin", "lowerBin(T, 60000000000L)", None),
    ("rest", "(N * 31 + M) % 86400", Some(integers!([n, m, ..] => (n * 31 + m) % 86_400))),
];

fn checked(data: &Data, name: &str, text: &str) -> Checked {
    let functions = FunctionRegistry::default();
    let scope = Scope { columns: &data.defs, functions: &functions };
    if name.ends_with("filter") {
        check_condition(&formula(text), scope).expect("a condition")
    } else {
        check_expression(&formula(text), scope).expect("a formula")
    }
}

/// The vectors a program reads, 2048 rows each.
fn inputs<'d>(data: &'d Data, checked: &Checked) -> Vec<Vec<Vector<'d>>> {
    let starts = (0..data.rows()).step_by(VECTOR_ROWS);
    starts
        .map(|from| checked.inputs().iter().map(|&at| data.vectors[at].slice(from..from + VECTOR_ROWS)).collect())
        .collect()
}

fn run(program: &dyn Program, filters: bool, inputs: &[Vec<Vector<'_>>]) {
    for vectors in inputs {
        if filters {
            black_box(program.matches(vectors, VECTOR_ROWS).expect("bits"));
        } else {
            black_box(program.evaluate(vectors, VECTOR_ROWS).expect("values"));
        }
    }
}

fn cached(c: &mut Criterion) {
    expressions(c, "jit", &Data::new(CACHED), &EXPRESSIONS);
}

fn resident(c: &mut Criterion) {
    expressions(c, "jit/resident", &Data::new(RESIDENT), &EXPRESSIONS[..8]);
}

fn expressions(c: &mut Criterion, family: &str, data: &Data, expressions: &[(&str, &str, Option<Loop>)]) {
    let backends: [(&str, Arc<dyn FormulaBackend>); 2] =
        [("interpreter", Arc::new(Interpreter)), ("jit", Arc::new(Jit::at_once()))];
    for (name, text, by_hand) in expressions {
        let mut group = c.benchmark_group(format!("{family}/{name}"));
        group.throughput(Throughput::Elements(data.rows() as u64));
        let checked = checked(data, name, text);
        let inputs = inputs(data, &checked);
        for (backend_name, backend) in &backends {
            let program = backend.compile(&checked).expect("a program");
            group.bench_function(*backend_name, |b| b.iter(|| run(&*program, name.ends_with("filter"), &inputs)));
        }
        if let Some(by_hand) = by_hand {
            let mut out =
                Out { floats: vec![0.0; VECTOR_ROWS], integers: vec![0; VECTOR_ROWS], bits: vec![0; VECTOR_ROWS / 64] };
            group.bench_function("loop", |b| {
                b.iter(|| {
                    for from in (0..data.rows()).step_by(VECTOR_ROWS) {
                        by_hand(data, from, &mut out);
                        black_box((&out.floats, &out.integers, &out.bits));
                    }
                });
            });
        }
        group.finish();
    }
}

fn compilation(c: &mut Criterion) {
    let data = Data::new(VECTOR_ROWS);
    let jit = Jit::at_once();
    let mut group = c.benchmark_group("jit/compile");
    for (name, text, _) in EXPRESSIONS {
        let checked = checked(&data, name, text);
        let row: Vec<Vector<'_>> = checked.inputs().iter().map(|&at| data.vectors[at].slice(0..1)).collect();
        group.bench_function(name, |b| {
            b.iter(|| {
                let program = jit.compile(&checked).expect("a program");
                if name.ends_with("filter") {
                    black_box(program.matches(&row, 1).expect("bits"));
                } else {
                    black_box(program.evaluate(&row, 1).expect("values"));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, cached, resident, compilation);
criterion_main!(benches);
