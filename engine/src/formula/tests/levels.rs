//! Every level of instructions that the processor has, against the plainest: the same programs, the same bits.

use crate::formula::{Cpu, FunctionRegistry, Interpreter, Scope, check_condition, check_expression, formula};
use crate::types::{Type, Value};
use crate::vector::{Values, Vector};
use crate::{ColumnDef, ErrorKind};

/// Whole words and a rest, more than one register of any width.
const ROWS: [usize; 5] = [1, 7, 64, 199, 2048];

const EXPRESSIONS: [&str; 20] = [
    "V * 2 + W",
    "(V * W - W / V) + (V > W ? V : W)",
    "((V * 0.5 + 1.5) * V + 2.5) * V - W",
    "V + W - V * W",
    "1 / V",
    "(float)V * (float)W + (float)1.5",
    "A * 2 + B",
    "A * B - A",
    "A + 1",
    "I * 3 + J",
    "I - J",
    "A % 8",
    "A % -7",
    "I % 10",
    "A > B ? A : B",
    "I < J ? 7 : I",
    "V >= W ? V : 0.0",
    "V > 0 ? 1.5 : 2.5",
    "A == B || V < W && I != J",
    "replaceIfNull(A, 5L) + B",
];

const CONDITIONS: [&str; 8] = [
    "V > 0 && A % 2 == 0",
    "A >= -10 && A < 10",
    "A in 1, 2, 3",
    "I in 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
    "V = W",
    "V != 0",
    "A = null",
    "(float)V <= (float)W",
];

/// Numbers in no order (splitmix64).
fn random(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

/// Small values, any values, and those at the borders; one in five null unless `full`.
fn column(ty: Type, rows: usize, full: bool, mut next: impl FnMut() -> u64) -> Vector<'static> {
    let mut value = || {
        let (kind, x) = (next() % 10, next());
        if !full && kind < 2 {
            return Value::Null;
        }
        let border = x as usize % 7;
        match ty {
            Type::F64 if kind < 5 => {
                let borders = [f64::NAN, -0.0, 0.0, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY];
                Value::F64(borders[border])
            }
            Type::F64 => Value::F64((x as i64 % 1_000) as f64 / 7.0),
            Type::I64 if kind < 4 => Value::I64([i64::MIN, i64::MAX, 0, -1, 1, i64::MIN + 1, x as i64][border]),
            Type::I64 => Value::I64(x as i64 % 20),
            _ if kind < 4 => Value::I32([i32::MIN, i32::MAX, 0, -1, 1, i32::MIN + 1, x as i32][border]),
            _ => Value::I32(x as i32 % 20),
        }
    };
    Vector::from_values(ty, (0..rows).map(|_| value())).unwrap()
}

/// The bits of each value. Which NaN an operation gives is left open by the processor, so all are one.
fn bits(vector: &Vector<'_>) -> Vec<Option<u64>> {
    let valid = |row: usize| vector.valid().is_none_or(|valid| valid.get(row));
    let physical = |row: usize| match vector.values() {
        Values::F64(values) if values[row].is_nan() => f64::NAN.to_bits(),
        Values::F64(values) => values[row].to_bits(),
        Values::F32(values) if values[row].is_nan() => u64::from(f32::NAN.to_bits()),
        Values::F32(values) => u64::from(values[row].to_bits()),
        Values::I64(values) => values[row] as u64,
        Values::I32(values) => values[row] as u64,
        Values::Bool(bits) => u64::from(bits.get(row)),
        other => panic!("no such column here: {other:?}"),
    };
    (0..vector.len()).map(|row| valid(row).then(|| physical(row))).collect()
}

#[test]
fn all_levels_give_the_same_bits() {
    let types =
        [("V", Type::F64), ("W", Type::F64), ("A", Type::I64), ("B", Type::I64), ("I", Type::I32), ("J", Type::I32)];
    let columns = types.map(|(name, ty)| ColumnDef::new(name, ty));
    let functions = FunctionRegistry::default();
    let scope = Scope { columns: &columns, functions: &functions };
    for (seed, rows) in (1..).zip(ROWS) {
        for full in [false, true] {
            let data: Vec<_> =
                (0..).zip(types).map(|(at, (_, ty))| column(ty, rows, full, random(seed * 100 + at))).collect();
            let inputs = |read: &[usize]| read.iter().map(|&at| data[at].slice(0..rows)).collect::<Vec<_>>();
            for text in EXPRESSIONS {
                let checked = check_expression(&formula(text), scope).unwrap();
                let run = |cpu| {
                    let program = Interpreter.compile_for(&checked, cpu);
                    program.evaluate(&inputs(checked.inputs()), rows).map(|vector| bits(&vector)).map_err(|e| e.row())
                };
                let plain = run(Cpu::BASELINE);
                for cpu in Cpu::all() {
                    assert_eq!(run(cpu), plain, "{text} on {}, {rows} rows", cpu.name());
                }
            }
            for text in CONDITIONS {
                let checked = check_condition(&formula(text), scope).unwrap();
                let run =
                    |cpu| Interpreter.compile_for(&checked, cpu).matches(&inputs(checked.inputs()), rows).unwrap();
                let plain = run(Cpu::BASELINE);
                for cpu in Cpu::all() {
                    assert_eq!(run(cpu), plain, "{text} on {}, {rows} rows", cpu.name());
                }
            }
        }
    }
}

#[test]
fn a_level_is_chosen_by_its_name() {
    let all = Cpu::all();
    for &cpu in &all {
        assert_eq!(Cpu::named(cpu.name()).unwrap(), cpu);
    }
    assert_eq!(Cpu::named("native").unwrap(), all[all.len() - 1]);
    let error = Cpu::named("AVX").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert_eq!(error.message(), "`AVX` is no level of instructions");
    assert!(error.help().unwrap().starts_with("here it can be one of baseline"));
}
