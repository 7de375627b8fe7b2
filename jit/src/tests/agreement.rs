//! Kernels against the interpreter: random formulas over random columns, bit for bit.

use std::time::{Duration, Instant};

use headwater_engine::formula::{FormulaBackend as _, Interpreter, Scope, check_condition, check_expression};
use headwater_engine::vector::{Bits, Values, Vector};
use headwater_engine::{ColumnDef, Type, formula};

use super::random::{self, Choices};
use crate::Jit;

/// Random numbers (xorshift64*) from a seed.
pub(super) fn numbers(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }
}

/// Tries formulas on one set of columns; how many the checker took.
fn try_seed(jit: &Jit, seed: u64) -> usize {
    let mut next = numbers(seed);
    let mut choices = Choices(&mut next);
    let rows = match seed % 8 {
        0 => 2048,
        1 => 64,
        _ => (choices.0)() as usize % 200,
    };
    let columns = random::columns(&mut choices, rows);
    let defs: Vec<ColumnDef> = columns.iter().map(|(def, _)| def.clone()).collect();
    let functions = random::functions().expect("names that are free");
    let scope = || Scope { columns: &defs, functions: &functions };
    let mut taken = 0;
    for _ in 0..20 {
        let text = random::formula(&mut choices);
        let of_type_bool = check_condition(&formula(text.as_str()), scope());
        let Ok(checked) = check_expression(&formula(text.as_str()), scope()).or(of_type_bool) else { continue };
        taken += 1;
        let inputs: Vec<Vector<'_>> = checked.inputs().iter().map(|&at| columns[at].1.borrowed()).collect();
        let compiled = jit.compile(&checked).expect("it compiles");
        let interpreted = Interpreter.compile(&checked).expect("it compiles");
        let (ours, theirs) = (compiled.evaluate(&inputs, rows), interpreted.evaluate(&inputs, rows));
        if let Some(difference) = random::difference(&ours, &theirs) {
            panic!("seed {seed}, {rows} rows: {text}\n{}\n{difference}", checked.expr());
        }
        if checked.ty() == Type::Bool {
            let as_vector = |bits: Bits| Vector::new(Type::Bool, Values::Bool(bits), None);
            let ours = compiled.matches(&inputs, rows).map(as_vector);
            let theirs = interpreted.matches(&inputs, rows).map(as_vector);
            if let Some(difference) = random::difference(&ours, &theirs) {
                panic!("seed {seed}, {rows} rows, matches: {text}\n{}\n{difference}", checked.expr());
            }
        }
        let said = compiled.explain().expect("it says what runs it");
        assert!(!said.contains("could not be made"), "seed {seed}: {text}: {said}");
    }
    taken
}

/// `HEADWATER_JIT_SECONDS=1800` goes on for that long, from seeds that no run before had.
#[test]
fn random_formulas_agree_bit_for_bit() {
    let jit = Jit::verifying();
    assert_eq!(jit.unavailable(), None);
    let mut taken: usize = (0..150).map(|seed| try_seed(&jit, seed)).sum();
    assert!(taken > 1_000, "the checker took {taken} of 3000 formulas");
    if let Some(seconds) = super::asked("HEADWATER_JIT_SECONDS") {
        let (start, long) = (Instant::now(), Duration::from_secs(seconds));
        let first = std::time::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_nanos() as u64) >> 8;
        let mut seeds = 0;
        while start.elapsed() < long {
            taken += try_seed(&jit, first.wrapping_add(seeds));
            seeds += 1;
        }
        assert!(taken > 0);
    }
}
