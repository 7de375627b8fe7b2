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
        ("017 + 0x1.8p3", "f64: 27.0 27.0 27.0"),
        ("'2024-01-31' + 'P1M'", "date: 2024-02-29 2024-02-29 2024-02-29"),
        ("'12:30'", "time: 12:30:00 12:30:00 12:30:00"),
        ("-2147483648", "i32: -2147483648 -2147483648 -2147483648"),
        ("1 + 2 * 3 == 7 && !false", "bool: true true true"),
        ("Do > 0 ? In : Lo", "i64: 5 9223372036854775807 null"),
        ("St + `-` + By", "string: alpha-3 Bä, c--7 null-null"),
        ("(byte)300 + (int)3.99 + (char)97", "i32: 144 144 144"),
        ("(byte)300.7 + (short)70000.0", "i32: 4508 4508 4508"),
    ] {
        assert_eq!(sample.shown(text).unwrap_or_else(|error| panic!("{text}: {error}")), expect, "{text}");
    }
}

#[test]
fn formatted_text() {
    let sample = Sample::with_exact_types();
    for (text, expect) in [
        ("String.format(`%05d|%-4d|%+d`, In, By, Sh)", "00005|3   |+300; null|-7  |null;-0008|null|-2"),
        (
            "String.format(`%.1f %8.2f %e`, Do, Fl, 1234.5)",
            "2.5     1.50 1.234500e+03;-0.5     null 1.234500e+03;null      NaN 1.234500e+03",
        ),
        ("String.format(`%2$s is %1$s%%`, Lo, St)", "alpha is 7%;Bä, c is 9223372036854775807%;null is null%"),
        (
            "String.format(`%,d %x %X %o`, 1234567, In, By, 8)",
            "1,234,567 5 3 10;1,234,567 null F9 10;1,234,567 fffffff8 NULL 10",
        ),
        (
            "String.format(`%c%b%S`, Ch, Bo, Ts)",
            "atrue2023-11-14T22:13:20.123456789Z;nullfalse1969-12-31T23:59:59.999999999Z;bfalseNULL",
        ),
        ("String.format(`plain`)", "plain;plain;plain"),
    ] {
        let found = sample.evaluate(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.join(";"), expect, "{text}");
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

#[test]
fn times_of_day_durations_and_decimals() {
    let sample = Sample::with_exact_types();
    for (text, expect) in [
        ("Lag * 2", "duration: PT3M -PT0.000000002S null"),
        ("Lag - 'PT30S'", "duration: PT1M -PT30.000000001S null"),
        ("Ts + Lag", "timestamp: 2023-11-14T22:14:50.123456789Z 1969-12-31T23:59:59.999999998Z null"),
        ("Clock - '09:00:00'", "duration: PT30M PT14H59M59.5S null"),
        ("(long)Lag", "i64: 90000000000 -1 null"),
        ("(duration)(In * 1000)", "duration: PT0.000005S null -PT0.000008S"),
        ("Price + 0.25", "decimal(2): 12.75 0.20 null"),
        ("7 - Price", "decimal(2): -5.50 7.05 null"),
        ("(double)Price / 2", "f64: 6.25 -0.025 null"),
        ("isNull(Price) ? `none` : `` + Price", "string: 12.50 -0.05 none"),
        ("In > 0 ? Price : null", "decimal(2): 12.50 null null"),
    ] {
        assert_eq!(sample.shown(text).unwrap_or_else(|error| panic!("{text}: {error}")), expect, "{text}");
    }
    for (text, expect) in [
        ("Price > 12", "100"),
        ("Price = 12.5", "100"),
        ("Price >= 0.001", "100"),
        ("Price > Do", "110"),
        ("Price = null", "001"),
        ("Price in 12.5, -0.05", "110"),
        ("Clock >= '12:00:00'", "010"),
        ("Clock in '09:30:00'", "100"),
        ("Lag > 'PT1M'", "100"),
        ("Lag = 'PT1M30S'", "100"),
    ] {
        assert_eq!(sample.passing(text).unwrap_or_else(|error| panic!("{text}: {error:#}")), expect, "{text}");
    }
}
