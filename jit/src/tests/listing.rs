//! A dozen formulas, each with its typed form, its shapes, the code made of them and what it gives, as committed texts.

use std::fmt::Write as _;

use headwater_engine::formula::{FormulaBackend as _, FunctionRegistry, Scope, check_condition, check_expression};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Result, Timestamp, Type, Value, formula};

use crate::Jit;
use crate::compiler::Compiler;
use crate::lower::Want;
use crate::plan::{Plan, Variant};

/// Columns of four rows, the third of them null.
fn columns() -> Vec<(ColumnDef, Vector<'static>)> {
    let column = |name, ty, values: [Value; 3]| {
        let [a, b, c] = values;
        let vector = Vector::from_values(ty, [a, b, Value::Null, c]).expect("values of the type");
        (ColumnDef::new(name, ty), vector)
    };
    let stamp = |nanos| Value::Timestamp(Timestamp::from_nanos(nanos));
    vec![
        column("A", Type::F64, [Value::F64(1.5), Value::F64(-0.0), Value::F64(f64::NAN)]),
        column("B", Type::F64, [Value::F64(2.0), Value::F64(0.5), Value::F64(600.0)]),
        column("N", Type::I64, [Value::I64(7), Value::I64(i64::MIN), Value::I64(-3)]),
        column("I", Type::I32, [Value::I32(7), Value::I32(0), Value::I32(-3)]),
        column("S", Type::I16, [Value::I16(7), Value::I16(-7), Value::I16(300)]),
        column("T", Type::Timestamp, [stamp(1_700_000_000_123_456_789), stamp(-1), stamp(0)]),
        column("Text", Type::String, ["a".into(), "ab".into(), "b".into()]),
        column("Yes", Type::Bool, [Value::Bool(true), Value::Bool(false), Value::Bool(true)]),
    ]
}

/// Everything about a formula, over vectors that hold nulls.
fn listing(text: &str, want: Want) -> Result<String> {
    let columns = columns();
    let defs: Vec<ColumnDef> = columns.iter().map(|(def, _)| def.clone()).collect();
    let functions = FunctionRegistry::default();
    let scope = Scope { columns: &defs, functions: &functions };
    let checked = match want {
        Want::Values => check_expression(&formula(text), scope)?,
        Want::Matches => check_condition(&formula(text), scope)?,
    };
    let mut out = format!("{text}\n\ntyped: {}\n", checked.expr());
    let compiler = Compiler::new(true).expect("a host that kernels are made for");
    let plan = Plan::new(&checked)?;
    let last = plan.regions().count();
    for (at, region) in plan.regions().enumerate() {
        let want = if at + 1 == last { want } else { Want::Values };
        let lowered = region.lowered(Variant { want, nulls: u64::MAX });
        let _ = write!(out, "\nregion: {}\nvalidity: {:?}\n{}", region.expr(), lowered.validity, lowered.shape);
        let _ = write!(out, "\n{}", compiler.machine().listing(&lowered.shape));
    }
    let inputs: Vec<Vector<'_>> = checked.inputs().iter().map(|&at| columns[at].1.borrowed()).collect();
    let program = Jit::verifying().compile(&checked)?;
    let shown = match want {
        Want::Values => match program.evaluate(&inputs, 4) {
            Ok(values) => values.iter().map(|value| value.to_string()).collect::<Vec<_>>().join(" "),
            Err(error) => error.report(),
        },
        Want::Matches => program.matches(&inputs, 4)?.iter().map(|bit| if bit { '1' } else { '0' }).collect(),
    };
    let _ = write!(out, "\ngives: {shown}\n");
    Ok(out)
}

macro_rules! listings {
    ($($name:ident: $want:ident $text:expr;)*) => {$(
        #[test]
        fn $name() -> Result<()> {
            insta::assert_snapshot!(listing($text, Want::$want)?);
            Ok(())
        }
    )*};
}

listings! {
    sum_of_products: Values "A * 2 + B";
    choice: Values "A > B ? A * B : A - B";
    filter_of_two: Matches "A < 500 && N % 2 == 1";
    remainder_by_a_column: Values "N % I";
    remainder_where_it_is_asked_for: Values "I != 0 ? N % I : 0";
    comparison_with_nulls: Values "I <= S";
    integer_with_float: Matches "N < A";
    three_valued: Values "Yes || A > 1 || isNull(B)";
    casts: Values "(short)(A * 1e5) + (char)N";
    bin_of_time: Values "lowerBin(T, 1000000000L)";
    member: Matches "I in 7, -3, null";
    round_a_call: Values "2 * pow(A + B, 2) + (Text = `a` ? 1 : 0)";
}
