//! What functions of the library give, where golden cases do not reach.

use super::*;

fn shown(cases: &[(&str, &str)]) {
    let sample = Sample::with_exact_types();
    for (text, expect) in cases {
        assert_eq!(sample.shown(text).unwrap_or_else(|error| panic!("{text}: {error:#}")), *expect, "{text}");
    }
}

#[test]
fn parts_of_text() {
    shown(&[
        ("St.startsWith(`ph`, 2)", "bool: true false null"),
        ("St.startsWith(``, 9)", "bool: false false null"),
        ("St.indexOf(Ch)", "i32: 0 null null"),
        ("St.indexOf((char)97, 1)", "i32: 4 -1 null"),
        ("St.lastIndexOf(Ch)", "i32: 4 null null"),
        ("St.lastIndexOf(`a`, 3)", "i32: 0 -1 null"),
        ("St.lastIndexOf(`a`, -1)", "i32: -1 -1 null"),
        ("`aäa`.lastIndexOf(`äa`, 1)", "i32: 1 1 1"),
        ("`aäa`.lastIndexOf(`a`, 1)", "i32: 0 0 0"),
        ("St.regionMatches(1, `xLPH`, 1, 3)", "bool: false false null"),
        ("St.regionMatches(true, 1, `xLPH`, 1, 3)", "bool: true false null"),
        ("St.regionMatches(-1, `alpha`, 0, 1)", "bool: false false null"),
        ("St.regionMatches(4, `a`, 0, 2)", "bool: false false null"),
        ("St.contentEquals(`alpha`)", "bool: true false null"),
        ("St.codePointAt(1)", "i32: 108 228 null"),
        ("`\u{1F600}`.codePointAt(0)", "i32: 128512 128512 128512"),
        ("`\u{1F600}`.codePointAt(1)", "i32: 56832 56832 56832"),
        // Sums of units times powers of 31, by hand: "ab" is 97 * 31 + 98.
        ("`ab`.hashCode()", "i32: 3105 3105 3105"),
        ("``.hashCode()", "i32: 0 0 0"),
        ("St.toString()", "string: alpha Bä, c null"),
    ]);
    let error = Sample::new().error("St.codePointAt(5)");
    assert!(error.message().contains("position 5 of a text of length 5"), "{error}");
}

#[test]
fn numbers() {
    shown(&[
        ("nextDown(1.0)", "f64: 0.9999999999999999 0.9999999999999999 0.9999999999999999"),
        ("nextAfter(Do, 100.0) > Do", "bool: true true false"),
        ("nextAfter(1.0, 1.0)", "f64: 1.0 1.0 1.0"),
        ("getExponent(Do)", "i32: 1 -1 null"),
        ("scalb(1.5, 4)", "f64: 24.0 24.0 24.0"),
        ("scalb(1.0, -1074) == MIN_POS_DOUBLE", "bool: true true true"),
        ("scalb(MIN_POS_DOUBLE, 2097) == scalb(1.0, 1023)", "bool: true true true"),
        ("scalb(Do, 3000)", "f64: inf -inf null"),
        ("fma(Do, 2.0, 1.0)", "f64: 6.0 0.0 null"),
        ("clamp('2024-01-05', Da, Da)", "date: 2024-01-01 null 1969-12-31"),
        ("max(Lag, (Duration)0)", "duration: PT1M30S PT0S PT0S"),
        ("compare(Clock, '12:00:00')", "i32: -1 1 -1"),
        ("compare(St, `b`)", "i32: -1 -1 -1"),
        ("ifelse(Bo, Lag, null)", "duration: PT1M30S null null"),
        ("replaceIfNull(Clock, '00:00:00')", "time: 09:30:00 23:59:59.5 00:00:00"),
        ("inRange(Clock, '09:00:00', '10:00:00')", "bool: true false false"),
        ("parseUnsignedInt(`4294967295`)", "i32: -1 -1 -1"),
        ("parseUnsignedLong(`18446744073709551614`)", "i64: -2 -2 -2"),
    ]);
}

#[test]
fn dates_and_times_of_day() {
    shown(&[
        ("hourOfDay(Clock)", "i32: 9 23 null"),
        ("minuteOfHour(Clock)", "i32: 30 59 null"),
        ("secondOfMinute(Clock)", "i32: 0 59 null"),
        ("millisOfSecond(Clock)", "i32: 0 500 null"),
        ("microsOfSecond(Clock)", "i64: 0 500000 null"),
        ("nanosOfSecond(Clock)", "i64: 0 500000000 null"),
        ("minuteOfDay(Clock)", "i32: 570 1439 null"),
        ("nanosOfDay(Clock)", "i64: 34200000000000 86399500000000 null"),
        ("parseLocalTime(`09:30`)", "time: 09:30:00 09:30:00 09:30:00"),
        ("parseLocalTimeQuiet(St)", "time: null null null"),
        ("parseEpochNanosQuiet(`1970-01-01T00:00:01Z`)", "i64: 1000000000 1000000000 1000000000"),
        ("parseEpochNanosQuiet(St)", "i64: null null null"),
        ("parseTimeZoneQuiet(St)", "string: null null null"),
        ("epochDaysToLocalDate(Lo - Lo)", "date: 1970-01-01 1970-01-01 null"),
        ("epochNanos(toInstant(Da, Clock, 'UTC'))", "i64: 1704101400000000000 null null"),
        ("toExcelTime(excelToInstant(45000.25, 'ET'), 'ET')", "f64: 45000.25 45000.25 45000.25"),
        ("plus(Da, 31)", "date: 2024-02-01 null 1970-01-31"),
        ("minus(Da, 1)", "date: 2023-12-31 null 1969-12-30"),
        ("epochNanos(plus(Ts, Lag)) - epochNanos(Ts)", "i64: 90000000000 -1 null"),
        ("epochNanos(minus(Ts, Lag)) - epochNanos(Ts)", "i64: -90000000000 1 null"),
        ("isBefore(Da, '2000-01-01')", "bool: false false true"),
        ("isAfterOrEqual(Clock, '09:30:00')", "bool: true true false"),
        ("hourOfDay(Ts, 'SG')", "i32: 6 7 null"),
    ]);
}

#[test]
fn chance_stays_in_its_range() {
    let sample = Sample::new();
    for text in ["randomInt(-2, 3)", "randomLong(-2L, 3L)", "randomDouble(-2.0, 3.0)", "randomFloat(-2f, 3f)"] {
        let inside = sample.shown(&format!("inRange({text}, -2, 3) && {text} < 3")).expect(text);
        assert_eq!(inside, "bool: true true true", "{text}");
    }
    assert_eq!(sample.shown("isFinite(randomGaussian(5.0, 0.1))").expect("finite"), "bool: true true true");
    let error = sample.error("randomInt(3, 3)");
    assert!(error.message().contains("nothing from the first argument"), "{error}");
}

#[test]
fn the_time_is_that_of_the_clock() {
    let mut sample = Sample::new();
    let clock = crate::SimulatedClock::at(Timestamp::from_nanos(1_700_000_000_000_000_000));
    sample.functions = FunctionRegistry::with_clock(std::sync::Arc::new(clock.clone()));
    assert_eq!(sample.shown("epochSeconds(now())").expect("now"), "i64: 1700000000 1700000000 1700000000");
    assert_eq!(sample.shown("today('JP')").expect("today"), "date: 2023-11-15 2023-11-15 2023-11-15");
    clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(sample.shown("epochSeconds(now())").expect("now"), "i64: 1700000001 1700000001 1700000001");
    assert!(!check_expression(&formula("now()"), sample.scope()).expect("now").is_pure());
    assert!(sample.functions.register("now", || 1).is_err());
}
