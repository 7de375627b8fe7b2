//! Any text as a formula: an error with its place, or a program that gives a value for each row or an error.
//!
//! The first byte says whether the others are the text itself, or choose the words of one that a grammar allows.

#![no_main]

#[path = "formula/grammar.rs"]
mod grammar;

use std::sync::LazyLock;

use arbitrary::Unstructured;
use headwater_engine::formula::{
    Checked, Formula, FormulaBackend, FunctionRegistry, Interpreter, Scope, check_assignment, check_condition,
    check_expression,
};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Date, Decimal, List, Time, TimeDelta, Timestamp, Type, Value, formula};
use libfuzzer_sys::fuzz_target;

const ROWS: usize = 3;

/// A column of each kind, with a null in the middle.
static COLUMNS: LazyLock<Vec<(ColumnDef, Vector<'static>)>> = LazyLock::new(|| {
    let column = |name: &str, ty: Type, first: Value, last: Value| {
        let values = Vector::from_values(ty, [first, Value::Null, last]).expect("values of the type");
        (ColumnDef::new(name, ty), values)
    };
    let stamp = |nanos| Value::Timestamp(Timestamp::from_nanos(nanos));
    let decimal = |text| Value::from(Decimal::parse(text));
    vec![
        column("I", Type::I64, Value::I64(i64::MIN), Value::I64(7)),
        column("J", Type::I32, Value::I32(-1), Value::I32(i32::MAX)),
        column("H", Type::I16, Value::I16(0), Value::I16(i16::MIN)),
        column("Y", Type::I8, Value::I8(3), Value::I8(i8::MIN)),
        column("X", Type::F64, Value::F64(f64::NAN), Value::F64(-0.5)),
        column("F", Type::F32, Value::F32(f32::INFINITY), Value::F32(1.5)),
        column("C", Type::Char, Value::Char(97), Value::Char(0xD800)),
        column("B", Type::Bool, Value::Bool(true), Value::Bool(false)),
        column("S", Type::String, Value::from("a text"), Value::from("ß🦀")),
        column("T", Type::Timestamp, stamp(i64::MAX), stamp(-1)),
        column("D", Type::Date, Value::Date(Date::from_days(19_723)), Value::Date(Date::from_days(i32::MIN))),
        column("K", Type::Time, Value::from(Time::from_nanos(0)), Value::from(Time::from_nanos(Time::LIMIT - 1))),
        column(
            "U",
            Type::Duration,
            Value::Duration(TimeDelta::from_nanos(i64::MIN)),
            Value::Duration(TimeDelta::from_nanos(90_000_000_000)),
        ),
        column("P", Type::Decimal(2), decimal("12.50"), decimal("-0.05")),
        column(
            "L",
            Type::List(&Type::I64),
            List::from(vec![Some(3_i64), None]).into(),
            List::from(Vec::<i64>::new()).into(),
        ),
    ]
});

static DEFS: LazyLock<Vec<ColumnDef>> = LazyLock::new(|| COLUMNS.iter().map(|(def, _)| def.clone()).collect());

static FUNCTIONS: LazyLock<FunctionRegistry> = LazyLock::new(FunctionRegistry::default);

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else { return };
    let scope = || Scope { columns: &DEFS, functions: &FUNCTIONS };
    let text = match (first & 1, std::str::from_utf8(rest)) {
        (0, Ok(text)) => text.to_owned(),
        (0, Err(_)) => return,
        _ => grammar::formula(&mut Unstructured::new(rest)),
    };
    let wanted = List::from(vec![Some(7_i64), None]);
    let formula: Formula =
        formula(text.as_str()).bind("wanted", wanted).bind("limit", 3.5).bind("nothing", None::<i64>);
    let checked = [
        check_assignment(&formula, scope()).map(|(_, checked)| checked),
        check_expression(&formula, scope()),
        check_condition(&formula, scope()),
    ];
    for checked in checked {
        match checked {
            Err(error) => assert!(!error.report().is_empty()),
            Ok(checked) => {
                assert!(!checked.expr().to_string().is_empty());
                checked.split_conjunction().iter().for_each(run);
            }
        }
    }
});

/// Runs a formula on all rows and on none. Its values may be wrong for all we know here, but there are as many as rows.
fn run(checked: &Checked) {
    let Ok(program) = Interpreter.compile(checked) else { return };
    for rows in [ROWS, 0] {
        let inputs: Vec<Vector<'_>> = checked.inputs().iter().map(|&at| COLUMNS[at].1.slice(0..rows)).collect();
        match program.evaluate(&inputs, rows) {
            Ok(values) => assert_eq!((values.ty(), values.len()), (checked.ty(), rows)),
            Err(error) => assert!(!error.report().is_empty()),
        }
        if checked.ty() == Type::Bool
            && let Ok(matches) = program.matches(&inputs, rows)
        {
            assert_eq!(matches.len(), rows);
        }
    }
}
