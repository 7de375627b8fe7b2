use super::*;
use crate::types::{Decimal, Timestamp};

#[test]
fn an_expression_reads_as_one_would_write_it() {
    let (a, b) = (|| col("A"), || col("B"));
    let texts = [
        (a() + b() * 2, "A + B * 2"),
        ((a() + b()) * 2_i64, "(A + B) * 2L"),
        (a() - (b() - 1), "A - (B - 1)"),
        (a() - b() - 1, "A - B - 1"),
        (-(a() + 1), "-(A + 1)"),
        (a() - lit(-1), "A - -1"),
        (-lit(-1.5), "-(-1.5)"),
        (a().gt(1).and(b().is_null().or(!col("C"))), "A > 1 && (isNull(B) || !C)"),
        (a().cast(Type::I64) % 7, "(i64)A % 7"),
        ((a() / b()).cast(Type::F32), "(f32)(A / B)"),
        (a().is_in([1, 2]), "in(A, 1, 2)"),
        (when(a().lt(0)).then(-a()).otherwise(when(b().eq(1)).then(1).otherwise(2)), "A < 0 ? -A : B == 1 ? 1 : 2"),
        (call("max", [a(), b(), lit(Value::Null)]), "max(A, B, null)"),
        (col("total requests") + lit("a `quoted`\n"), "col(`total requests`) + `a \\`quoted\\`\\n`"),
        ((a() & 3) | b() ^ 1, "A & 3 | B ^ 1"),
    ];
    for (expression, text) in texts {
        assert_eq!(expression.to_string(), text);
    }
}

#[test]
fn what_has_no_literal_is_bound() {
    let values = [Value::I32(i32::MIN), Value::F64(f64::NAN), Value::from(Timestamp::from_nanos(5))];
    let sum = values.iter().cloned().map(lit).fold(col("A"), |sum, value| sum + value);
    let formula = sum.named("Sum");
    assert_eq!(formula.text(), "Sum = A + $literal0 + $literal1 + $literal2");
    let bound: Vec<_> = formula.variables().iter().map(|(_, value)| value.clone()).collect();
    assert!(bound.iter().zip(&values).all(|(bound, value)| bound.same(value)));
    assert!(lit(Value::from(Decimal::parse("1.5").unwrap())).to_string().starts_with('$'));
}
