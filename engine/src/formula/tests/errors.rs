//! What users read when a formula is wrong: one report for each bad formula, committed as snapshots.

use super::*;
use crate::formula::check_assignment;

/// The reports of conditions and expressions, in one text.
fn reports(formulas: &[&str]) -> String {
    reports_of(Sample::new(), formulas)
}

fn reports_of(mut sample: Sample, formulas: &[&str]) -> String {
    sample.functions.register("secs", |t: Timestamp| t.epoch_seconds()).expect("a new name");
    sample.functions.register("narrow", |n: i32| n).expect("a new name");
    let mut out = String::new();
    for text in formulas {
        let error = sample.matches(formula(*text)).err().or_else(|| sample.evaluate(formula(*text)).err());
        let report = error.map_or_else(|| panic!("{text} is not wrong"), |error| error.report());
        out.push_str(&report);
        out.push_str("\n\n");
    }
    out
}

#[test]
fn syntax() {
    insta::assert_snapshot!(reports(&[
        "",
        "In +",
        "In +* 2",
        "(In + 2",
        "In + 2)",
        "abs(In",
        "In > 5, Lo > 5",
        "In > 5; Lo > 5",
        "`abc",
        "St = \"abc\"",
        "St = `a\\d`",
        "In # 2",
        "1..5 > In",
        "12x + 1",
        "99999999999999999999",
        "In > 0 ? 1",
        "In Lo",
        "In in",
        "In not 5",
        "In + 1 in 1, 2",
        "new Date(5)",
        "new int[5]",
        "new int{1, 2}",
        "new int[]{1, 2",
        "St.",
        "In > > 5",
    ]));
}

#[test]
fn names() {
    insta::assert_snapshot!(reports(&[
        "Nope > 1",
        "Inn > 1",
        "lo > 1",
        "requests > 1",
        "col(`total request`) > 1",
        "abs > 1",
        "abz(In) > 1",
        "length(St) > 1",
        "St.lenght() > 1",
        "St.abs() > 1",
        "In.foo()",
        "Math.TAU > 1",
        "In_[i-1] > 1",
        "i > 5",
        "sec(Ts) > 5",
        "St[0] = `a`",
    ]));
}

#[test]
fn types() {
    insta::assert_snapshot!(reports(&[
        "In",
        "In && Lo > 1",
        "!In",
        "-Bo",
        "~Do",
        "St - 1",
        "Bo + Bo",
        "Ts + Ts",
        "Ts * 2",
        "Ts + 'P1M'",
        "Do & In",
        "In << 1.5",
        "St < In",
        "In = `a`",
        "Ts > 5",
        "Ts > 'yesterday'",
        "Ts >= '2026-08-01'",
        "St >= '2026-08-01'",
        "Da = `2026-08-01`",
        "In < null",
        "Bo > 1",
        "(String)In = `a`",
        "(int)St = 5",
        "(long)Ts = 5",
        "(bool)In",
        "In > 0 ? 1 : `a`",
        "By > 0 ? By : Sh",
        "In ? 1 : 2",
        "In in 1, `a`",
        "In in Lo",
        "In icase in `a`",
        "In includes `a`",
    ]));
}

#[test]
fn calls() {
    insta::assert_snapshot!(reports(&[
        "secs(In) > 0",
        "secs(Ts, Ts) > 0",
        "narrow(Lo) > 0",
        "narrow(St) > 0",
        "sqrt(St) > 0",
        "abs(Bo) > 0",
        "abs(1, 2) > 0",
        "max(1) > 0",
        "isNull()",
        "in(In)",
        "and(In, Lo)",
        "hourOfDay(Ts, 'Mars') > 0",
        "hourOfDay(Da, 'UTC') > 0",
        "St.matches(`(`)",
        "St.startsWith(1)",
        "parseInstant(`nope`) = Ts",
        "String.format(`%d`, Do) = St",
        "String.format(`%d %d`, In) = St",
        "String.format(`%q`, In) = St",
        "String.format(In) = St",
    ]));
}

#[test]
fn lists() {
    let formulas = [
        "sum(In) > 1",
        "sum(`a`) > 1",
        "sum() > 1",
        "sum(In, St) > 1",
        "sum(Tags) > 1",
        "sum(null) > 1",
        "cov(Ls, In) > 1",
        "cov(Ls, Tags) > 1",
        "concat(Ls, Tags) = null",
        "percentile(Ls, 0.5) > 1",
        "percentile(0.5) > 1",
        "percentile(1.5, Ls) > 1",
        "firstIndexOf(2.5, Ls) > 1",
        "abs(Ls) > 1",
        "Ls + 1 > 1",
        "Ls.sum() > 1",
        "Ls.sise() > 1",
        "size(Ls) > 1",
        "Ls.width > 1",
        "len(St) > 1",
        "sumObj(Ls) > `a`",
        "new int[]{1, 2.5} = null",
        "new string[]{`a`, 1} = null",
        "enlist(1, `a`) = null",
        "Ls.subVector(2, 1) = null",
        "repeat(1, 2_000_000) = null",
        "sequence(1, 5, 0) = null",
        "cov(Ls, new int[]{1}) > 1",
        "St[0] = `a`",
        "Ls[`a`] = 1",
    ];
    insta::assert_snapshot!(reports_of(Sample::with_exact_types(), &formulas));
}

#[test]
fn evaluation() {
    insta::assert_snapshot!(reports(&[
        "7 % 0 > 1",
        "10 % (In - 5) > 1",
        "floorDiv(In, In - 5) > 1",
        "addExact(Lo, 1L) > 1",
        "St.charAt(9) = 'a'",
        "parseInt(St) > 1",
        "(Bo ? 1 : 2) > 1",
    ]));
}

#[test]
fn times_of_day_durations_and_decimals() {
    let formulas = [
        "Clock = '9:30'",
        "Clock > 5",
        "Lag > 5",
        "Lag + Clock = Lag",
        "Price * 2 > 1",
        "Price + 0.125 > 1",
        "Price = `12.50`",
        "(int)Price > 1",
        "Price > Lag",
        "(time)Lag > Clock",
    ];
    insta::assert_snapshot!(reports_of(Sample::with_exact_types(), &formulas));
}

#[test]
fn carets_stand_under_the_place_after_wide_characters() {
    insta::assert_snapshot!(reports(&[
        "St = `äöü` && Nope > 1",
        "St = `日本語` && Nope > 1",
        "St = `日本語` && In = `x`",
        "St = 'é' || Größe > 1",
        "In > 1\n  && Nope > 1",
    ]));
}

#[test]
fn assignments() {
    let sample = Sample::new();
    let mut out = String::new();
    for text in ["X = ", "X In", "5 = X", "i = 5", "Nope", "X = Nope", "X == In"] {
        let error = check_assignment(&formula(text), sample.scope()).expect_err(text);
        out.push_str(&error.report());
        out.push_str("\n\n");
    }
    insta::assert_snapshot!(out);
}

#[test]
fn limits() {
    let sample = Sample::new();
    let nested = format!("{}In{}", "(".repeat(400), ")".repeat(400));
    let long = format!("`{}` = St", "x".repeat(70_000));
    let tower = format!("In{} > 5", " * In".repeat(600));
    let prefix = format!("{}In", "-".repeat(10_000));
    let in_turn = format!("max(In{}) > 5", ", In".repeat(600));
    let copied = (0..30).fold("In = 3".to_owned(), |value, _| format!("in({value}, In = 1, In = 2)"));
    for text in [nested, long, tower, prefix, in_turn, copied] {
        let error = sample.matches(formula(text.as_str())).expect_err("a limit");
        assert_eq!(error.kind(), crate::ErrorKind::Limit, "{error}");
    }
    let chain = format!("In = 1{}", " || In = 5".repeat(3_000));
    assert_eq!(sample.passing(&chain).expect("chains do not nest"), "100");
}
