//! What formulas mean and how they fail, through the public functions and the interpreter.

mod errors;
mod levels;
mod library;
mod lists;
mod reference;
mod users;
mod values;

use super::{
    Formula, FormulaBackend as _, FunctionRegistry, Interpreter, Scope, check_condition, check_expression, formula,
};
use crate::plan::ColumnDef;
use crate::types::{Str, Timestamp, Type, Value};
use crate::vector::{Bits, Vector};
use crate::{Error, Result};

/// A table of three rows with nulls, one column of each type, the others without.
struct Sample {
    columns: Vec<ColumnDef>,
    vectors: Vec<Vector<'static>>,
    functions: FunctionRegistry,
}

impl Sample {
    fn new() -> Self {
        let stamp = |nanos| Value::Timestamp(Timestamp::from_nanos(nanos));
        let text = |text: &str| Value::String(Str::from(text));
        let mut sample = Sample { columns: Vec::new(), vectors: Vec::new(), functions: FunctionRegistry::default() };
        sample.add("By", Type::I8, [Value::I8(3), Value::I8(-7), Value::Null]);
        sample.add("Sh", Type::I16, [Value::I16(300), Value::Null, Value::I16(-2)]);
        sample.add("In", Type::I32, [Value::I32(5), Value::Null, Value::I32(-8)]);
        sample.add("Lo", Type::I64, [Value::I64(7), Value::I64(i64::MAX), Value::Null]);
        sample.add("Fl", Type::F32, [Value::F32(1.5), Value::Null, Value::F32(f32::NAN)]);
        sample.add("Do", Type::F64, [Value::F64(2.5), Value::F64(-0.5), Value::Null]);
        sample.add("Ch", Type::Char, [Value::Char(97), Value::Null, Value::Char(98)]);
        sample.add("St", Type::String, [text("alpha"), text("Bä, c"), Value::Null]);
        sample.add("Bo", Type::Bool, [Value::Bool(true), Value::Bool(false), Value::Null]);
        sample.add("Ts", Type::Timestamp, [stamp(1_700_000_000_123_456_789), stamp(-1), Value::Null]);
        sample.add(
            "Da",
            Type::Date,
            [Value::Date(crate::Date::from_days(19_723)), Value::Null, Value::Date(crate::Date::from_days(-1))],
        );
        sample.add("total requests", Type::I64, [Value::I64(1), Value::I64(2), Value::I64(3)]);
        sample
    }

    /// The sample with a time of day, a duration, a decimal and a list.
    fn with_exact_types() -> Self {
        let mut sample = Sample::new();
        let time = |text| Value::from(crate::Time::parse(text));
        let decimal = |text| Value::from(crate::Decimal::parse(text));
        let nanos = |nanos| Value::Duration(crate::TimeDelta::from_nanos(nanos));
        sample.add("Clock", Type::Time, [time("09:30:00"), time("23:59:59.5"), Value::Null]);
        sample.add("Lag", Type::Duration, [nanos(90_000_000_000), nanos(-1), Value::Null]);
        sample.add("Price", Type::Decimal(2), [decimal("12.50"), decimal("-0.05"), Value::Null]);
        let list = |values: Vec<Option<i32>>| Value::from(crate::List::from(values));
        let lists = [list(vec![Some(5), None, Some(-8)]), list(Vec::new()), Value::Null];
        sample.add("Ls", Type::List(&Type::I32), lists);
        let tags = |tags: Vec<&str>| Value::from(crate::List::from(tags));
        sample.add("Tags", Type::List(&Type::String), [tags(vec!["b", "a", "b"]), tags(vec!["c"]), Value::Null]);
        let floats = |values: Vec<f64>| Value::from(crate::List::from(values));
        sample.add("Fs", Type::List(&Type::F64), [floats(vec![2.5, f64::NAN, -1.0]), floats(vec![4.0]), Value::Null]);
        sample
    }

    fn add(&mut self, name: &str, ty: Type, values: [Value; 3]) {
        self.columns.push(ColumnDef::new(name, ty));
        self.vectors.push(Vector::from_values(ty, values).expect("values of the type"));
    }

    fn scope(&self) -> Scope<'_> {
        Scope { columns: &self.columns, functions: &self.functions }
    }

    fn inputs(&self, positions: &[usize]) -> Vec<Vector<'_>> {
        positions.iter().map(|&position| self.vectors[position].borrowed()).collect()
    }

    fn evaluate(&self, formula: impl Into<Formula>) -> Result<Vec<Value>> {
        let checked = check_expression(&formula.into(), self.scope())?;
        let inputs = self.inputs(checked.inputs());
        let vector = Interpreter.compile(&checked)?.evaluate(&inputs, 3)?;
        assert_eq!(vector.ty(), checked.ty());
        Ok(vector.iter().collect())
    }

    /// The type and the values, as one line.
    fn shown(&self, text: &str) -> Result<String> {
        let checked = check_expression(&formula(text), self.scope())?;
        let values: Vec<String> = self.evaluate(formula(text))?.iter().map(ToString::to_string).collect();
        Ok(format!("{}: {}", checked.ty(), values.join(" ")))
    }

    fn matches(&self, formula: impl Into<Formula>) -> Result<Bits> {
        let checked = check_condition(&formula.into(), self.scope())?;
        Interpreter.compile(&checked)?.matches(&self.inputs(checked.inputs()), 3)
    }

    /// The rows that pass, as `101`.
    fn passing(&self, text: &str) -> Result<String> {
        Ok(self.matches(formula(text))?.iter().map(|bit| if bit { '1' } else { '0' }).collect())
    }

    fn error(&self, text: &str) -> Error {
        self.evaluate(formula(text)).expect_err(text)
    }
}
