//! Machine code against the interpreter: a random typed formula over random columns, bit for bit.

#![no_main]

#[path = "../../jit/src/tests/random.rs"]
mod random;

use std::sync::LazyLock;

use headwater_engine::formula::{FormulaBackend, Interpreter, Scope, check_condition, check_expression};
use headwater_engine::vector::{Bits, Values, Vector};
use headwater_engine::{ColumnDef, Type, formula};
use headwater_jit::Jit;
use libfuzzer_sys::fuzz_target;
use random::Choices;

static JIT: LazyLock<Jit> = LazyLock::new(Jit::verifying);

fuzz_target!(|bytes: &[u8]| {
    // The formula is what the bytes say; the columns follow from the first of them.
    let seed = bytes.iter().take(8).fold(1_u64, |seed, byte| seed << 8 | u64::from(*byte));
    let mut state = seed | 1;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let rows = number() as usize % 200;
    let columns = random::columns(&mut Choices(&mut number), rows);
    let mut rest = bytes.iter().skip(8);
    let mut byte = || rest.next().copied().map_or(0, u32::from);
    let text = random::formula(&mut Choices(&mut byte));
    let defs: Vec<ColumnDef> = columns.iter().map(|(def, _)| def.clone()).collect();
    let functions = random::functions().expect("names that are free");
    let scope = || Scope { columns: &defs, functions: &functions };
    let condition = check_condition(&formula(text.as_str()), scope());
    let Ok(checked) = check_expression(&formula(text.as_str()), scope()).or(condition) else { return };
    let inputs: Vec<Vector<'_>> = checked.inputs().iter().map(|&at| columns[at].1.borrowed()).collect();
    let kernel = JIT.compile(&checked).expect("it compiles");
    let interpreter = Interpreter.compile(&checked).expect("it compiles");
    let (ours, theirs) = (kernel.evaluate(&inputs, rows), interpreter.evaluate(&inputs, rows));
    assert_eq!(random::difference(&ours, &theirs), None, "{text}");
    if checked.ty() == Type::Bool {
        let vector = |bits: Bits| Vector::new(Type::Bool, Values::Bool(bits), None);
        let (ours, theirs) = (kernel.matches(&inputs, rows), interpreter.matches(&inputs, rows));
        assert_eq!(random::difference(&ours.map(vector), &theirs.map(vector)), None, "{text}");
    }
});
