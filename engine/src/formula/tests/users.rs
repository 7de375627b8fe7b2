//! User functions: what they take, give, and how they fail.

use super::*;
use crate::ErrorKind;

#[test]
fn nulls_follow_the_signature() -> Result<()> {
    let mut sample = Sample::new();
    sample.functions.register("secs", |t: Timestamp| t.epoch_seconds() / 10 * 10)?;
    sample.functions.register("orZero", |n: Option<i32>| n.unwrap_or(0))?;
    sample.functions.register("half", |n: i64| (n % 2 == 0).then_some(n / 2))?;
    sample.functions.register("greet", |name: String, shout: bool| if shout { name + "!" } else { name })?;
    assert_eq!(sample.shown("secs(Ts)")?, "i64: 1700000000 0 null");
    assert_eq!(sample.shown("orZero(In)")?, "i32: 5 0 -8");
    assert_eq!(sample.shown("half(In)")?, "i64: null null -4");
    assert_eq!(sample.shown("greet(St, Bo)")?, "string: alpha! Bä, c null");
    Ok(())
}

#[test]
fn failures_and_panics_name_the_row() -> Result<()> {
    let mut sample = Sample::new();
    sample.functions.register("parse", |text: Str| text.parse::<i64>())?;
    sample.functions.register("small", |n: i64| if n < 100 { n } else { panic!("too big: {n}") })?;
    let error = sample.error("1 + parse(St)");
    assert_eq!((error.kind(), error.row()), (ErrorKind::UserFunction, Some(0)));
    let error = sample.error("small(Lo)");
    assert_eq!((error.kind(), error.row()), (ErrorKind::UserFunction, Some(1)));
    assert!(error.message().contains("too big: 9223372036854775807"), "{error}");
    // Only the rows that ask for it call a function that may fail.
    assert_eq!(sample.shown("Lo > 100 ? 0L : small(Lo)")?, "i64: 7 0 null");
    Ok(())
}

#[test]
fn names_are_taken_once() -> Result<()> {
    let mut functions = FunctionRegistry::default();
    functions.register("mine", || 1)?;
    let kinds = [
        functions.register("mine", || 2).expect_err("taken").kind(),
        functions.register("abs", |x: f64| x).expect_err("built in").kind(),
        functions.register("not a name", || 3).expect_err("no identifier").kind(),
    ];
    assert_eq!(kinds, [ErrorKind::NameClash, ErrorKind::NameClash, ErrorKind::Argument]);
    Ok(())
}

#[test]
fn impure_functions_are_known() -> Result<()> {
    let mut sample = Sample::new();
    sample.functions.register_impure("next", || 1_i64)?;
    for (text, pure) in [("next() + 1", false), ("random() > 0.5", false), ("In + 1", true)] {
        assert_eq!(check_expression(&formula(text), sample.scope())?.is_pure(), pure, "{text}");
    }
    Ok(())
}

#[test]
fn vectorised_functions_take_slices() -> Result<()> {
    let mut sample = Sample::new();
    sample.functions.register_vectorised("longer", |texts: &[Str], by: &[i32]| -> Vec<i32> {
        texts.iter().zip(by).map(|(text, by)| text.len() as i32 + by).collect()
    })?;
    sample.functions.register_vectorised("known", |values: &[Option<f64>]| -> Vec<bool> {
        values.iter().map(Option::is_some).collect()
    })?;
    sample.functions.register_vectorised("positive", |values: &[f64]| -> Vec<Option<f64>> {
        values.iter().map(|&value| (value > 0.0).then_some(value)).collect()
    })?;
    assert_eq!(sample.shown("longer(St, 10)")?, "i32: 15 16 null");
    assert_eq!(sample.shown("longer(St, In)")?, "i32: 10 null null");
    assert_eq!(sample.shown("known(Do)")?, "bool: true true false");
    assert_eq!(sample.shown("positive(Do)")?, "f64: 2.5 null null");
    Ok(())
}

#[test]
fn what_fails_shows_its_arguments() -> Result<()> {
    let mut sample = Sample::new();
    sample.functions.register("parse", |text: Str, radix: i32| i64::from_str_radix(&text, radix as u32))?;
    sample.functions.register("small", |n: Option<i64>| if n.is_some() { n } else { panic!("no number") })?;
    sample.functions.register_vectorised("short", |values: &[f64]| -> Vec<f64> { values[1..].to_vec() })?;
    sample.functions.register_vectorised("refuses", |_: &[f64]| -> std::result::Result<Vec<f64>, String> {
        Err("not today".to_owned())
    })?;
    sample.functions.register_vectorised("panics", |_: &[f64]| -> Vec<f64> { panic!("at once") })?;
    let errors: Vec<String> = ["parse(St + repeated, 10)", "small(Lo)", "short(Do)", "refuses(Do)", "panics(Do)"]
        .map(|text| sample.evaluate(formula(text).bind("repeated", "x".repeat(60))).expect_err(text).to_string())
        .to_vec();
    insta::assert_snapshot!(errors.join("\n"));
    let taken = |error: Error| format!("{error:#}");
    let clashes = [
        sample.functions.register("parse", || 2).map_err(taken).expect_err("taken"),
        sample.functions.register_vectorised("abs", |x: &[f64]| x.to_vec()).map_err(taken).expect_err("built in"),
    ];
    insta::assert_snapshot!(clashes.join("\n"));
    Ok(())
}
