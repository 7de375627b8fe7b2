//! Any text as a formula: an error with its place, or a program that gives a value for each row or an error.

#![no_main]

use std::sync::LazyLock;

use headwater_engine::formula::{
    FormulaBackend, FunctionRegistry, Interpreter, Scope, check_assignment, check_condition, check_expression,
};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, List, Timestamp, Type, Value, formula};
use libfuzzer_sys::fuzz_target;

const ROWS: usize = 3;

/// A column of each kind, with a null in the middle.
static COLUMNS: LazyLock<Vec<(ColumnDef, Vector<'static>)>> = LazyLock::new(|| {
    let column = |name: &str, ty: Type, first: Value, last: Value| {
        let values = Vector::from_values(ty, [first, Value::Null, last]).expect("values of the type");
        (ColumnDef::new(name, ty), values)
    };
    vec![
        column("I", Type::I64, Value::I64(i64::MIN), Value::I64(7)),
        column("J", Type::I32, Value::I32(-1), Value::I32(i32::MAX)),
        column("X", Type::F64, Value::F64(f64::NAN), Value::F64(-0.5)),
        column("B", Type::Bool, Value::Bool(true), Value::Bool(false)),
        column("S", Type::String, Value::from("a text"), Value::from("ß🦀")),
        column(
            "T",
            Type::Timestamp,
            Value::Timestamp(Timestamp::from_nanos(0)),
            Value::Timestamp(Timestamp::from_nanos(-1)),
        ),
        column(
            "L",
            Type::List(&Type::I64),
            List::from(vec![Some(3_i64), None]).into(),
            List::from(Vec::<i64>::new()).into(),
        ),
    ]
});

static FUNCTIONS: LazyLock<FunctionRegistry> = LazyLock::new(FunctionRegistry::default);

fuzz_target!(|text: &str| {
    let defs: Vec<ColumnDef> = COLUMNS.iter().map(|(def, _)| def.clone()).collect();
    let scope = || Scope { columns: &defs, functions: &FUNCTIONS };
    let formula = formula(text);
    let _ = check_assignment(&formula, scope());
    for checked in [check_expression(&formula, scope()), check_condition(&formula, scope())] {
        match checked {
            Err(error) => assert!(!error.to_string().is_empty()),
            Ok(checked) => {
                let inputs: Vec<Vector<'_>> = checked.inputs().iter().map(|&at| COLUMNS[at].1.clone()).collect();
                let Ok(program) = Interpreter.compile(&checked) else { continue };
                if let Ok(values) = program.evaluate(&inputs, ROWS) {
                    assert_eq!((values.ty(), values.len()), (checked.ty(), ROWS));
                }
            }
        }
    }
});
