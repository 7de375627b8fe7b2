//! Expressions, by all that computes them.

use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::ArrayRef;
use criterion::{BatchSize, BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};
use headwater_engine::Type;
use headwater_engine::formula;
use headwater_engine::formula::{
    Checked, FormulaBackend, FunctionRegistry, Interpreter, Program, Scope, check_condition, check_expression,
};
use headwater_engine::vector::{VECTOR_ROWS, Values, Vector};
use headwater_jit::Jit;

use crate::by_hand::{self, Loop};
use crate::data::Data;
use crate::kernels::{self, Kernels};

/// Rows that stay in cache, and rows that do not.
const CACHED: usize = 65_536;
const RESIDENT: usize = 10_000_000;
/// Rows of a block of a stored column, which formulas are evaluated by when they are kept.
const BLOCK: usize = 8_192;

struct Expression {
    name: &'static str,
    text: &'static str,
    by_hand: Loop,
    arrow: Option<Kernels>,
}

const fn expression(name: &'static str, text: &'static str, by_hand: Loop, arrow: Option<Kernels>) -> Expression {
    Expression { name, text, by_hand, arrow }
}

/// What is measured; a name that ends in `filter` is a condition.
static EXPRESSIONS: [Expression; 17] = [
    expression("e1", "A * 2 + B", by_hand::E1, Some(kernels::E1)),
    expression("e1i", "N * 2 + M", by_hand::E1_INTEGERS, Some(kernels::E1_INTEGERS)),
    expression("e2", "(A * B - C / D) + (A > B ? C : D)", by_hand::E2, Some(kernels::E2)),
    expression("e3 filter", "A > 500 && N % 2 == 0", by_hand::E3, Some(kernels::E3)),
    expression("e4", "((((A * 0.5 + 1.5) * A + 2.5) * A + 3.5) * A + 4.5)", by_hand::E4, Some(kernels::E4)),
    expression("ratio", "100 * (A - B) / B", by_hand::RATIO, Some(kernels::RATIO)),
    expression("clip", "A < 100 ? 100.0 : A > 900 ? 900.0 : A", by_hand::CLIP, Some(kernels::CLIP)),
    expression("mixed", "A * I + N", by_hand::MIXED, Some(kernels::MIXED)),
    expression("nulls 1%", "A1 * B + (A1 > B ? C : D)", by_hand::NULLS_1, Some(kernels::NULLS_1)),
    expression("nulls 50%", "A50 * B + (A50 > B ? C : D)", by_hand::NULLS_50, Some(kernels::NULLS_50)),
    expression("bin", "lowerBin(T, 60000000000L)", by_hand::BIN, None),
    expression("rest", "(N * 31 + M) % 86400", by_hand::REST, Some(kernels::REST)),
    expression("bits", "((N << 7) ^ N ^ (M >> 3)) & 1023L", by_hand::BITWISE, None),
    expression("narrow", "(I * I + 3) * I - 7 * I", by_hand::NARROW, Some(kernels::NARROW)),
    expression(
        "twelve",
        "N > 500 ? (A * 1.5 + B * 0.25 - C) / (D + 1.0) : sqrt(A) * 2.0 - M * 0.01",
        by_hand::TWELVE,
        None,
    ),
    expression("range filter", "A >= 250 && A < 750 && I != 7", by_hand::RANGE, Some(kernels::RANGE)),
    expression("nulls filter", "A50 > 500 && N < 700", by_hand::WITH_NULLS, Some(kernels::WITH_NULLS)),
];

impl Expression {
    fn is_condition(&self) -> bool {
        self.name.ends_with("filter")
    }

    fn checked(&self, data: &Data) -> Checked {
        let functions = FunctionRegistry::default();
        let scope = Scope { columns: &data.defs, functions: &functions };
        let text = formula(self.text);
        let checked = if self.is_condition() { check_condition(&text, scope) } else { check_expression(&text, scope) };
        checked.expect("a formula that is right")
    }

    /// What a program gives for vectors of so many rows.
    fn run(&self, program: &dyn Program, inputs: &[Vector<'_>], rows: usize) -> Vector<'static> {
        if self.is_condition() {
            let bits = program.matches(inputs, rows).expect("bits");
            Vector::new(Type::Bool, Values::Bool(bits), None)
        } else {
            program.evaluate(inputs, rows).expect("values").into_owned()
        }
    }

    /// That all give the same.
    fn compare(&self, data: &Data, programs: &[(&str, Arc<dyn Program>)]) {
        let (rows, checked) = (0..VECTOR_ROWS, self.checked(data));
        let inputs = inputs(data, &checked, &rows);
        let results: Vec<Vector<'_>> =
            programs.iter().map(|(_, program)| self.run(&**program, &inputs, VECTOR_ROWS)).collect();
        let mut by_hand = (self.by_hand.room)(VECTOR_ROWS);
        (self.by_hand.run)(data, &rows, &mut by_hand);
        let by_hand = by_hand.vector(VECTOR_ROWS);
        for result in results.iter().chain([&by_hand]) {
            assert!(result.iter().eq(results[0].iter()), "{}", self.name);
        }
        if let Some(by_arrow) = self.arrow {
            let (theirs, ours) = (by_arrow(data, &rows), results[0].clone().into_arrow().expect("an array"));
            if self.is_condition() {
                assert_eq!(kernels::truths(&theirs), kernels::truths(&ours), "{}", self.name);
            } else {
                assert_eq!(&theirs, &ours, "{}", self.name);
            }
        }
    }
}

fn inputs<'d>(data: &'d Data, checked: &Checked, rows: &Range<usize>) -> Vec<Vector<'d>> {
    checked.inputs().iter().map(|&at| data.vectors[at].slice(rows.clone())).collect()
}

fn programs(checked: &Checked) -> [(&'static str, Arc<dyn Program>); 3] {
    let backends: [(&str, Arc<dyn FormulaBackend>); 3] =
        [("interpreter", Arc::new(Interpreter)), ("jit", Arc::new(Jit::at_once())), ("auto", Arc::new(Jit::auto()))];
    backends.map(|(name, backend)| (name, backend.compile(checked).expect("a program")))
}

pub(crate) fn cached(c: &mut Criterion) {
    let data = Data::new(CACHED);
    for expression in &EXPRESSIONS {
        let mut group = c.benchmark_group(format!("formula/cached/{}", expression.name));
        group.sample_size(100).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(300));
        let contest = Contest::new(&data, expression, VECTOR_ROWS);
        let pieces = || 0..contest.ranges.len();
        contest.each(&mut group, |group, name, work| {
            group.bench_function(name, |b| b.iter(|| pieces().for_each(|at| drop(black_box(work(at))))));
        });
        let mut room = (expression.by_hand.room)(VECTOR_ROWS);
        group.bench_function("loop", |b| {
            b.iter(|| {
                for at in pieces() {
                    (expression.by_hand.run)(&data, &contest.ranges[at], &mut room);
                    black_box(&mut room);
                }
            });
        });
    }
}

pub(crate) fn resident(c: &mut Criterion) {
    let data = Data::new(RESIDENT);
    for expression in &EXPRESSIONS {
        let mut group = c.benchmark_group(format!("formula/resident/{}", expression.name));
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
        let contest = Contest::new(&data, expression, BLOCK);
        let pieces = || 0..contest.ranges.len();
        contest.each(&mut group, |group, name, work| {
            let all = || pieces().map(work).collect::<Vec<Made>>();
            group.bench_function(name, |b| b.iter_batched(|| (), |()| all(), BatchSize::PerIteration));
        });
        let by_hand = |rows: &Range<usize>| {
            let mut room = (expression.by_hand.room)(rows.len());
            (expression.by_hand.run)(&data, rows, &mut room);
            room
        };
        let all = || contest.ranges.iter().map(by_hand).collect::<Vec<_>>();
        group.bench_function("loop", |b| b.iter_batched(|| (), |()| all(), BatchSize::PerIteration));
    }
}

/// A result, kept until it is dropped.
enum Made {
    Vector { _kept: Vector<'static> },
    Array { _kept: ArrayRef },
}

/// All that evaluates an expression a piece of the rows at a time, but for the loop, which is given room for its results.
struct Contest<'d> {
    data: &'d Data,
    expression: &'static Expression,
    programs: [(&'static str, Arc<dyn Program>); 3],
    ranges: Vec<Range<usize>>,
    inputs: Vec<Vec<Vector<'d>>>,
}

impl<'d> Contest<'d> {
    fn new(data: &'d Data, expression: &'static Expression, piece: usize) -> Contest<'d> {
        let checked = expression.checked(data);
        let programs = programs(&checked);
        expression.compare(data, &programs);
        let rows = data.rows();
        let ranges: Vec<Range<usize>> = (0..rows).step_by(piece).map(|from| from..rows.min(from + piece)).collect();
        let inputs = ranges.iter().map(|rows| inputs(data, &checked, rows)).collect();
        Contest { data, expression, programs, ranges, inputs }
    }

    /// Gives each to `measure`, as what makes the result of a piece.
    fn each(
        &self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        measure: impl Fn(&mut BenchmarkGroup<'_, WallTime>, &str, &dyn Fn(usize) -> Made),
    ) {
        group.throughput(Throughput::Elements(self.data.rows() as u64));
        for (name, program) in &self.programs {
            measure(group, name, &|at| Made::Vector {
                _kept: self.expression.run(&**program, &self.inputs[at], self.ranges[at].len()),
            });
        }
        if let Some(by_arrow) = self.expression.arrow {
            measure(group, "arrow", &|at| Made::Array { _kept: by_arrow(self.data, &self.ranges[at]) });
        }
    }
}

pub(crate) fn compilation(c: &mut Criterion) {
    let data = Data::new(VECTOR_ROWS);
    let jit = Jit::at_once();
    let mut group = c.benchmark_group("formula/compile");
    group.sample_size(100).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(20)).measurement_time(Duration::from_millis(1));
    for expression in &EXPRESSIONS {
        let checked = expression.checked(&data);
        let row = inputs(&data, &checked, &(0..1));
        let work = || expression.run(&*jit.compile(&checked).expect("a program"), &row, 1);
        group.bench_function(expression.name, |b| b.iter(work));
    }
    group.finish();
}
