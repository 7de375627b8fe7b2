//! Timestamps: numbers, differences, text.

use std::sync::Arc;

use super::declare::Table;
use super::each::each;
use super::wall::EXCEL_DAYS;
use super::zone::Zone;
use crate::clock::Clock;
use crate::formula::function::{Function, IntoUserFunction as _};
use crate::formula::time::{
    self, DAY, MINUTE, SECOND, civil, format_duration, instant, parse_duration, parse_timestamp, zone_alias,
};
use crate::types::{Date, Str, Time, TimeDelta, Timestamp};

pub(super) const OUT_OF_RANGE: &str = "outside the years 1677 to 2262";

pub(super) fn declare(table: &mut Table) {
    table.section("Times as numbers");
    epochs(table);
    units(table);
    table.section("Time arithmetic");
    differences(table);
    table.section("Times as text");
    texts(table);
}

fn epochs(table: &mut Table) {
    let whole = |unit: i64| move |t: Timestamp| t.nanos().div_euclid(unit);
    table.function("epochNanos(t)", "nanoseconds since 1970-01-01T00:00:00Z").of(|t: Timestamp| t.nanos());
    table
        .function("epochMicros(t)", "microseconds since the epoch, rounded towards it")
        .of(|t: Timestamp| t.nanos() / 1_000);
    table.function("epochMillis(t)", "milliseconds since the epoch, rounded down").of(whole(1_000_000));
    table.function("epochSeconds(t)", "seconds since the epoch, rounded down").of(whole(SECOND));
    let back = |unit: i64| move |n: i64| n.checked_mul(unit).map(Timestamp::from_nanos).ok_or(OUT_OF_RANGE);
    table.function("epochNanosToInstant(n)", "the timestamp of nanoseconds since the epoch").of(Timestamp::from_nanos);
    table.function("epochMicrosToInstant(n)", "the timestamp of microseconds since the epoch").of(back(1_000));
    table.function("epochMillisToInstant(n)", "the timestamp of milliseconds since the epoch").of(back(1_000_000));
    table.function("epochSecondsToInstant(n)", "the timestamp of seconds since the epoch").of(back(SECOND));
    table.function("epochAutoToInstant(n)", "the timestamp of seconds, millis, micros or nanos, guessed by size").of(
        |n: i64| {
            // A number belongs to the unit in which it lies within a few hundred years of the epoch.
            let unit = match n.unsigned_abs() {
                0..9_999_999_999 => SECOND,
                9_999_999_999..10_000_000_000_000 => 1_000_000,
                10_000_000_000_000..10_000_000_000_000_000 => 1_000,
                _ => 1,
            };
            n.checked_mul(unit).map(Timestamp::from_nanos).ok_or(OUT_OF_RANGE)
        },
    );
    table.function("epochDays(date)", "days since 1970-01-01").of(|date: Date| i64::from(date.days()));
    table.function("toExcelTime(t, zone)", "days since the start of 1900, as spreadsheets count").of(
        |t: Timestamp, zone: Zone| {
            let local = civil(t, &zone.rules);
            let days = time::day_number(local.date()).map_or(0, Date::days);
            f64::from(days) + EXCEL_DAYS + (nanos_of_day(local) / 1_000_000) as f64 / 86_400_000.0
        },
    );
}

fn units(table: &mut Table) {
    let times = |factor: i64| move |n: i64| n.wrapping_mul(factor);
    let over = |divisor: i64| move |n: i64| n / divisor;
    table.function("microsToNanos(n)", "microseconds as nanoseconds").of(times(1_000));
    table.function("millisToNanos(n)", "milliseconds as nanoseconds").of(times(1_000_000));
    table.function("secondsToNanos(n)", "seconds as nanoseconds").of(times(SECOND));
    table.function("millisToMicros(n)", "milliseconds as microseconds").of(times(1_000));
    table.function("secondsToMicros(n)", "seconds as microseconds").of(times(1_000_000));
    table.function("secondsToMillis(n)", "seconds as milliseconds").of(times(1_000));
    table.function("nanosToMicros(n)", "whole microseconds of nanoseconds").of(over(1_000));
    table.function("nanosToMillis(n)", "whole milliseconds of nanoseconds").of(over(1_000_000));
    table.function("nanosToSeconds(n)", "whole seconds of nanoseconds").of(over(SECOND));
    table.function("microsToMillis(n)", "whole milliseconds of microseconds").of(over(1_000));
    table.function("microsToSeconds(n)", "whole seconds of microseconds").of(over(1_000_000));
    table.function("millisToSeconds(n)", "whole seconds of milliseconds").of(over(1_000));
}

fn differences(table: &mut Table) {
    let nanos = |a: Timestamp, b: Timestamp| b.nanos().wrapping_sub(a.nanos());
    let whole = |unit: i64| move |a: Timestamp, b: Timestamp| nanos(a, b) / unit;
    let part = |unit: i64| move |a: Timestamp, b: Timestamp| nanos(a, b) as f64 / unit as f64;
    table.function("diffNanos(a, b)", "nanoseconds from `a` to `b`").of(nanos);
    table.function("diffMicros(a, b)", "whole microseconds from `a` to `b`").of(whole(1_000));
    table.function("diffMillis(a, b)", "whole milliseconds from `a` to `b`").of(whole(1_000_000));
    table.function("diffSeconds(a, b)", "seconds from `a` to `b`").of(part(SECOND));
    table.function("diffMinutes(a, b)", "minutes from `a` to `b`").of(part(MINUTE));
    table.function("diffDays(a, b)", "days of 24 hours from `a` to `b`").of(part(DAY));
    table.function("diffYears365(a, b)", "years of 365 days from `a` to `b`").of(part(365 * DAY));
    table.function("diffYearsAvg(a, b)", "years of 365.2425 days from `a` to `b`").of(part(31_556_952 * SECOND));
    table
        .function("plus(t, x)", "`t + x`, where `x` is nanoseconds, a duration or, to a date, days")
        .of(|t: Timestamp, n: i64| Timestamp::from_nanos(t.nanos().wrapping_add(n)))
        .of(|t: Timestamp, by: TimeDelta| Timestamp::from_nanos(t.nanos().wrapping_add(by.nanos())))
        .of(|date: Date, days: i32| Date::from_days(date.days().wrapping_add(days)));
    table
        .function("minus(t, x)", "`t - x`, where `x` is nanoseconds, a duration, a timestamp or, from a date, days")
        .of(|t: Timestamp, n: i64| Timestamp::from_nanos(t.nanos().wrapping_sub(n)))
        .of(|a: Timestamp, b: Timestamp| a.nanos().wrapping_sub(b.nanos()))
        .of(|t: Timestamp, by: TimeDelta| Timestamp::from_nanos(t.nanos().wrapping_sub(by.nanos())))
        .of(|date: Date, days: i32| Date::from_days(date.days().wrapping_sub(days)));
    let before = table.function("isBefore(a, b)", "`a < b`, false for null");
    each!(before; Timestamp Date Time; |a: Option<T>, b: Option<T>| a.zip(b).is_some_and(|(a, b)| a < b));
    let after = table.function("isAfter(a, b)", "`a > b`, false for null");
    each!(after; Timestamp Date Time; |a: Option<T>, b: Option<T>| a.zip(b).is_some_and(|(a, b)| a > b));
    let not_after = table.function("isBeforeOrEqual(a, b)", "`a <= b`, false for null");
    each!(not_after; Timestamp Date Time; |a: Option<T>, b: Option<T>| a.zip(b).is_some_and(|(a, b)| a <= b));
    let not_before = table.function("isAfterOrEqual(a, b)", "`a >= b`, false for null");
    each!(not_before; Timestamp Date Time; |a: Option<T>, b: Option<T>| a.zip(b).is_some_and(|(a, b)| a >= b));
    table
        .function("atMidnight(t, zone)", "the start of the day in a zone")
        .of(|t: Timestamp, zone: Zone| midnight(civil(t, &zone.rules).date(), &zone).ok_or(OUT_OF_RANGE));
    for usage in ["toLocalDate(t, zone)", "toDate(t, zone)"] {
        table
            .function(usage, "the date in a zone")
            .of(|t: Timestamp, zone: Zone| time::day_number(civil(t, &zone.rules).date()));
    }
    table
        .function("toLocalTime(t, zone)", "the time of day in a zone")
        .of(|t: Timestamp, zone: Zone| Time::from_nanos(nanos_of_day(civil(t, &zone.rules))).ok_or(OUT_OF_RANGE));
}

/// `today(zone)`, by that clock.
pub(crate) fn today(clock: Arc<dyn Clock>) -> Function {
    let date = move |zone: Zone| time::day_number(civil(clock.now(), &zone.rules).date());
    date.into_function("today".into(), false)
}

pub(super) fn midnight(date: jiff::civil::Date, zone: &Zone) -> Option<Timestamp> {
    instant(date.at(0, 0, 0, 0), &zone.rules)
}

pub(super) fn nanos_of_day(local: jiff::civil::DateTime) -> i64 {
    i64::from(local.hour()) * time::HOUR
        + i64::from(local.minute()) * MINUTE
        + i64::from(local.second()) * SECOND
        + i64::from(local.subsec_nanosecond())
}

fn texts(table: &mut Table) {
    let not_a_time = |text: &Str| format!("{text:?} is not a time such as 2024-01-15T12:34:56 ET");
    let not_a_duration = |text: &Str| format!("{text:?} is not a duration such as PT1H30M");
    table
        .function("parseInstant(text)", "text as a timestamp; anything else is an error")
        .of(move |text: Str| parse_timestamp(&text).ok_or_else(|| not_a_time(&text)));
    table
        .function("parseInstantQuiet(text)", "text as a timestamp; anything else is null")
        .of(|text: Str| parse_timestamp(&text));
    table
        .function(
            "parseEpochNanos(text)",
            "text as the nanoseconds since the epoch of a time; anything else is an error",
        )
        .of(move |text: Str| parse_timestamp(&text).map(Timestamp::nanos).ok_or_else(|| not_a_time(&text)));
    for usage in ["parseDuration(text)", "parseDurationNanos(text)"] {
        table
            .function(usage, "text as the nanoseconds of a duration; anything else is an error")
            .of(move |text: Str| parse_duration(&text).ok_or_else(|| not_a_duration(&text)));
    }
    for usage in ["parseDurationQuiet(text)", "parseDurationNanosQuiet(text)"] {
        table
            .function(usage, "text as the nanoseconds of a duration; anything else is null")
            .of(|text: Str| parse_duration(&text));
    }
    table
        .function("parseLocalDate(text)", "text as a date; anything else is an error")
        .of(|text: Str| Date::parse(&text).ok_or_else(|| format!("{text:?} is not a date such as 2024-01-15")));
    table
        .function("parseLocalDateQuiet(text)", "text as a date; anything else is null")
        .of(|text: Str| Date::parse(&text));
    for usage in ["timeZone(name)", "parseTimeZone(name)"] {
        table.function(usage, "the name of a time zone, checked").of(|zone: Zone| zone.name);
    }
    table
        .function("formatDate(t, zone)", "the date in a zone as `2024-01-15`")
        .of(|t: Timestamp, zone: Zone| civil(t, &zone.rules).date().to_string());
    table.function("formatDateTime(t, zone)", "the time in a zone as `2024-01-15T12:34:56.000000000 ET`").of(
        |t: Timestamp, zone: Zone| {
            format!("{} {}", civil(t, &zone.rules).strftime("%Y-%m-%dT%H:%M:%S.%9f"), zone_alias(&zone.name))
        },
    );
    table
        .function("toLocalDateTime(t, zone)", "the wall clock in a zone, as the text `2024-01-15T12:34:56`")
        .of(|t: Timestamp, zone: Zone| civil(t, &zone.rules).to_string());
    table
        .function(
            "toZonedDateTime(t, zone)",
            "the time in a zone, as the text `2024-01-15T12:34:56-05:00[America/New_York]`",
        )
        .of(|t: Timestamp, zone: Zone| time::zoned(t, &zone.rules).to_string());
    table.function("formatDurationNanos(n)", "nanoseconds as an ISO duration").of(format_duration);
}
