use super::*;

#[test]
fn numbers() {
    let sample = Sample::new();
    for (text, expect) in [
        ("By + Sh", "i32: 303 null null"),
        ("In + Lo", "i64: 12 null null"),
        ("Lo + 1", "i64: 8 -9223372036854775808 null"),
        ("In / 2", "f64: 2.5 null -4.0"),
        ("In / Fl", "f32: 3.3333333 null NaN"),
        ("Fl / In", "f64: 0.3 null NaN"),
        ("In % 3", "i32: 2 null -2"),
        ("-In * 2 + 1", "i32: -9 null 17"),
        ("Do * 2 + Lo", "f64: 12.0 9.223372036854776e18 null"),
        ("~In", "i32: -6 null 7"),
        ("In << 33", "i32: 10 null -16"),
        ("In >>> 28", "i32: 0 null 15"),
        ("1_000 + 0x1F + 0b11", "i32: 1034 1034 1034"),
        ("-2147483648", "i32: -2147483648 -2147483648 -2147483648"),
        ("1 + 2 * 3 == 7 && !false", "bool: true true true"),
        ("Do > 0 ? In : Lo", "i64: 5 9223372036854775807 null"),
        ("St + `-` + By", "string: alpha-3 Bä, c--7 null-null"),
        ("(byte)300 + (int)3.99 + (char)97", "i32: 144 144 144"),
    ] {
        assert_eq!(sample.shown(text).unwrap_or_else(|error| panic!("{text}: {error}")), expect, "{text}");
    }
}

#[test]
fn conditions() {
    let sample = Sample::new();
    for (text, expect) in [
        ("In > 0", "100"),
        ("In < 0", "011"),
        ("In = 5", "100"),
        ("In != 5", "011"),
        ("In in 5, -8", "101"),
        ("In not in 5", "011"),
        ("In in 5.5, null", "010"),
        ("Lo = 9.223372036854775807e18", "000"),
        ("Lo > 9.2e18", "010"),
        ("St icase in `ALPHA`", "100"),
        ("St includes any `c`, `zz`", "010"),
        ("St not includes `c`", "100"),
        ("Bo", "100"),
        ("!Bo || In > 0", "110"),
        ("Ts >= '2023-11-14T22:13:20Z'", "100"),
        ("Da >= '2020-01-01'", "100"),
        ("col(`total requests`) % 2 == 1", "101"),
        ("In != 0 && 10 % In == 0", "100"),
    ] {
        assert_eq!(sample.passing(text).unwrap_or_else(|error| panic!("{text}: {error:#}")), expect, "{text}");
    }
}
