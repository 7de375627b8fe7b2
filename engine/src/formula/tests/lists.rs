//! Functions of lists: what they give for lists with nulls, NaN, nothing, and for null.

use super::*;

#[test]
fn positions_and_nulls() {
    let sample = Sample::with_exact_types();
    for (text, expect) in [
        ("Ls", "list<i32>: [5, null, -8] [] null"),
        ("len(Ls)", "i64: 3 0 null"),
        ("Ls.size() - 1", "i64: 2 -1 null"),
        ("Ls[0]", "i32: 5 null null"),
        ("Ls[1]", "i32: null null null"),
        ("Ls[Ls.size() - 1]", "i32: -8 null null"),
        ("Ls[-1]", "i32: null null null"),
        ("Ls[(byte)2] + Lo", "i64: -1 null null"),
        ("Ls[null]", "i32: null null null"),
        ("In > 0 ? Ls : null", "list<i32>: [5, null, -8] null null"),
        ("`<` + Ls", "string: <[5, null, -8] <[] <null"),
        ("isNull(Ls)", "bool: false false true"),
    ] {
        assert_eq!(sample.shown(text).unwrap_or_else(|error| panic!("{text}: {error}")), expect, "{text}");
    }
    for (text, expect) in [("Ls == null", "001"), ("Ls != null", "110"), ("Ls in null", "001"), ("len(Ls) < 1", "011")]
    {
        assert_eq!(sample.passing(text).unwrap_or_else(|error| panic!("{text}: {error}")), expect, "{text}");
    }
    let bound = formula("Ls in wanted").bind("wanted", crate::List::from(vec![Some(5), None, Some(-8)]));
    assert_eq!(sample.matches(bound).unwrap().iter().collect::<Vec<_>>(), [true, false, false]);
    let bound = formula("In in wanted").bind("wanted", crate::List::from(vec![Some(5), None]));
    assert_eq!(sample.matches(bound).unwrap().iter().collect::<Vec<_>>(), [true, true, false]);
    let bound = formula("wanted[1]").bind("wanted", crate::List::from(vec![1.5, 2.5]));
    assert_eq!(sample.evaluate(bound).unwrap(), vec![Value::F64(2.5); 3]);
}

/// `In` is 5, null, -8.
fn check(cases: &[(&str, &str)]) {
    let sample = Sample::with_exact_types();
    for (text, expect) in cases {
        assert_eq!(&sample.shown(text).unwrap_or_else(|error| panic!("{text}: {error}")), expect, "{text}");
    }
}

#[test]
fn what_all_values_come_to() {
    check(&[
        ("sum(Ls)", "i64: -3 null null"),
        ("absSum(Ls)", "i64: 13 null null"),
        ("product(Ls)", "i64: -40 null null"),
        ("avg(Ls)", "f64: -1.5 null null"),
        ("absAvg(Ls)", "f64: 6.5 null null"),
        ("sum(Fs)", "f64: NaN 4.0 null"),
        ("count(Ls)", "i64: 2 0 null"),
        ("countObj(Tags)", "i64: 3 1 null"),
        ("countDistinct(Tags)", "i64: 2 1 null"),
        ("countPos(Ls) + countNeg(Ls) + countZero(Ls)", "i64: 2 0 null"),
        ("countPos(Fs)", "i64: 1 1 null"),
        ("containsNonFinite(Ls)", "bool: true false null"),
        ("containsNonFinite(Fs)", "bool: true false null"),
        ("var(Ls)", "f64: 84.5 null null"),
        ("var(Fs)", "f64: NaN NaN null"),
        ("ste(Ls) * 2 == std(Ls) * sqrt(2)", "bool: true true true"),
        ("tstat(new int[]{1, 2, 3})", "f64: 3.464101615137755 3.464101615137755 3.464101615137755"),
        ("median(Ls)", "f64: -1.5 null null"),
        ("median(new byte[]{(byte)4, (byte)1, (byte)3})", "f64: 3.0 3.0 3.0"),
        ("median(Fs)", "f64: NaN 4.0 null"),
        ("percentile(0.5, Ls)", "i32: 5 null null"),
        ("percentile(0, new double[]{3, 1, 2})", "f64: 1.0 1.0 1.0"),
        ("sum(In, Lo)", "i64: 12 9223372036854775807 -8"),
        ("avg(By, In)", "f64: 4.0 -7.0 -8.0"),
        ("max(In, Lo, 6)", "i64: 7 9223372036854775807 6"),
    ]);
}

#[test]
fn pairs_and_weights() {
    check(&[
        ("wsum(enlist(In, 2), new double[]{1, 0.5})", "f64: 6.0 1.0 -7.0"),
        ("wavg(enlist(In, 2), new int[]{1, 3})", "f64: 2.75 2.0 -0.5"),
        ("wsum(Fs, Fs)", "f64: NaN 16.0 null"),
        (
            "cov(new int[]{1, 2, 3}, new int[]{2, 4, 6})",
            "f64: 1.3333333333333333 1.3333333333333333 1.3333333333333333",
        ),
        ("cor(new int[]{1, 2, 3}, new int[]{6, 4, 2})", "f64: -1.0 -1.0 -1.0"),
        ("wvar(new int[]{1, 2, 3}, new int[]{1, 1, 1})", "f64: 1.0 1.0 1.0"),
        ("wtstat(new int[]{1, 2, 3}, new int[]{1, 1, 1}) - tstat(new int[]{1, 2, 3}) < 1e-12", "bool: true true true"),
    ]);
}

#[test]
fn one_value_for_each() {
    check(&[
        ("cumsum(Ls)", "list<i64>: [5, 5, -3] [] null"),
        ("cumprod(Ls)", "list<i64>: [5, 5, -40] [] null"),
        ("cummin(Ls)", "list<i32>: [5, 5, -8] [] null"),
        ("cummax(Fs)", "list<f64>: [2.5, NaN, NaN] [4.0] null"),
        ("cumsum(new int[]{null, 1, 2})", "list<i64>: [null, 1, 3] [null, 1, 3] [null, 1, 3]"),
        ("diff(2, Ls)", "list<i32>: [-13, null, null] [] null"),
        ("diff(-2, Ls)", "list<i32>: [null, null, 13] [] null"),
        ("sequence(1, 6, 2)", "list<i32>: [1, 3, 5] [1, 3, 5] [1, 3, 5]"),
        ("sequence(In, 0, -3)", "list<i32>: [5, 2] null []"),
        ("sequence(0.0, 1, 0.5)", "list<f64>: [0.0, 0.5, 1.0] [0.0, 0.5, 1.0] [0.0, 0.5, 1.0]"),
        ("repeat(In, 2)", "list<i32>: [5, 5] [null, null] [-8, -8]"),
        ("forwardFill(Ls)", "list<i32>: [5, 5, -8] [] null"),
    ]);
}

#[test]
fn order_and_places() {
    check(&[
        ("min(Ls)", "i32: -8 null null"),
        ("maxObj(Tags)", "string: b c null"),
        ("max(Fs)", "f64: NaN 4.0 null"),
        ("indexOfMin(Ls)", "i64: 2 null null"),
        ("indexOfMax(Fs)", "i64: null 0 null"),
        ("indexOfMax(Tags)", "i64: 0 0 null"),
        ("sort(Ls)", "list<i32>: [null, -8, 5] [] null"),
        ("sortDescending(Fs)", "list<f64>: [NaN, 2.5, -1.0] [4.0] null"),
        ("rank(Tags)", "list<i32>: [1, 0, 2] [0] null"),
        ("rankDescending(Tags)", "list<i32>: [0, 2, 1] [0] null"),
        ("distinct(Tags)", "list<string>: [\"b\", \"a\"] [\"c\"] null"),
        ("firstIndexOf(`b`, Tags)", "i64: 0 null null"),
        ("firstIndexOf(null, Ls)", "i64: 1 null null"),
        ("firstIndexOf(0.0 / 0, Fs)", "i64: 1 null null"),
        ("in(`c`, Tags)", "bool: false true null"),
        ("in(In, new int[]{5, 6})", "bool: true false false"),
        ("binSearchIndex(new int[]{1, 3, 3, 5}, In)", "i64: 3 -1 -1"),
    ]);
}

#[test]
fn parts() {
    check(&[
        ("first(Ls)", "i32: 5 null null"),
        ("last(Tags)", "string: b c null"),
        ("nth(2, Ls)", "i32: -8 null null"),
        ("Ls.get(0)", "i32: 5 null null"),
        ("Ls.length", "i32: 3 0 null"),
        ("Ls.isEmpty()", "bool: false true null"),
        ("reverse(Ls)", "list<i32>: [-8, null, 5] [] null"),
        ("concat(Ls, Ls)", "list<i32>: [5, null, -8, 5, null, -8] [] null"),
        ("Ls.subVector(1, 3)", "list<i32>: [null, -8] [null, null] null"),
        ("Ls.subVector(-1, 1)", "list<i32>: [null, 5] [null, null] null"),
        (
            "Tags.subVectorByPositions(new long[]{2, 0, 5})",
            "list<string>: [\"b\", \"b\", null] [null, \"c\", null] null",
        ),
        ("String.join(`, `, Tags)", "string: b, a, b c null"),
        ("String.join(`-`, St, `x`)", "string: alpha-x Bä, c-x null-x"),
        ("nth(1, In, 7)", "i32: 7 7 7"),
        ("enlist(In, 7)", "list<i32>: [5, 7] [null, 7] [-8, 7]"),
        ("new double[]{1, In}", "list<f64>: [1.0, 5.0] [1.0, null] [1.0, -8.0]"),
        ("new string[]{}", "list<string>: [] [] []"),
        ("new int[]{1, 2}[1] + new int[]{3}.length", "i32: 3 3 3"),
        ("St.split(`[ ,]+`)", "list<string>: [\"alpha\"] [\"Bä\", \"c\"] null"),
        ("`,a,,`.split(`,`)", "list<string>: [\"\", \"a\"] [\"\", \"a\"] [\"\", \"a\"]"),
        ("`abc`.split(``).length", "i32: 3 3 3"),
        ("``.split(`,`).length", "i32: 1 1 1"),
        ("`aé`.toCharArray()[1] == 'é'", "bool: true true true"),
    ]);
}

#[test]
fn users_functions_take_and_give_lists() {
    let mut sample = Sample::with_exact_types();
    sample.functions.register("spread", |xs: Vec<f64>| xs.iter().fold(f64::MIN, |a, &b| a.max(b)) - xs[0]).unwrap();
    sample.functions.register("letters", |text: Str| text.chars().map(String::from).collect::<Vec<String>>()).unwrap();
    assert_eq!(sample.shown("spread(new double[]{1, 4})").unwrap(), "f64: 3.0 3.0 3.0");
    assert_eq!(sample.shown("letters(`ab`)").unwrap(), "list<string>: [\"a\", \"b\"] [\"a\", \"b\"] [\"a\", \"b\"]");
    sample.functions.register("total", |xs: Vec<i32>| xs.iter().sum::<i32>()).unwrap();
    insta::assert_snapshot!(sample.error("total(Ls)").report());
}
