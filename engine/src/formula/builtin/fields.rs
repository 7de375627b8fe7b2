//! Fields of a time in a zone, and of a date.

use super::declare::Table;
use super::times::{midnight, nanos_of_day};
use super::zone::Zone;
use crate::formula::time::{HOUR, MINUTE, SECOND, civil, civil_date, civil_time};
use crate::types::{Date, Str, Time, Timestamp};

pub(super) fn declare(table: &mut Table) {
    table.section("Fields of times and dates");
    date_field(table, "year(t, zone)", "the year, also of a date", |date| date.year().into());
    date_field(table, "yearOfCentury(t, zone)", "the year in its century, 0 to 99, also of a date", |date| {
        i32::from(date.year()) % 100
    });
    date_field(table, "monthOfYear(t, zone)", "the month, 1 to 12, also of a date", |date| date.month().into());
    date_field(table, "dayOfMonth(t, zone)", "the day of the month, from 1, also of a date", |date| date.day().into());
    date_field(table, "dayOfYear(t, zone)", "the day of the year, from 1, also of a date", |date| {
        date.day_of_year().into()
    });
    date_field(table, "dayOfWeekValue(t, zone)", "1 for Monday to 7 for Sunday, also of a date", |date| {
        date.weekday().to_monday_one_offset().into()
    });
    table
        .function("dayOfWeek(t, zone)", "`MONDAY` to `SUNDAY`, also of a date")
        .of(|t: Timestamp, zone: Zone| weekday(civil(t, &zone.rules).date()))
        .of(|date: Date| civil_date(date).map(weekday));
    time_field(table, "minuteOfHour(t, zone)", "the minute, 0 to 59, also of a time of day", |local| {
        local.minute().into()
    });
    time_field(table, "secondOfMinute(t, zone)", "the second, 0 to 59, also of a time of day", |local| {
        local.second().into()
    });
    time_field(table, "millisOfSecond(t, zone)", "the milliseconds in the second, also of a time of day", |local| {
        local.subsec_nanosecond() / 1_000_000
    });
    table
        .function("microsOfSecond(t, zone)", "the microseconds in the second")
        .of(|t: Timestamp, zone: Zone| i64::from(civil(t, &zone.rules).subsec_nanosecond() / 1_000))
        .of(|time: Time| time.nanos() % SECOND / 1_000);
    table
        .function("nanosOfSecond(t, zone)", "the nanoseconds in the second")
        .of(|t: Timestamp, zone: Zone| i64::from(civil(t, &zone.rules).subsec_nanosecond()))
        .of(|time: Time| time.nanos() % SECOND);
    table
        .function("microsOfMilli(t)", "the microseconds in the millisecond")
        .of(|t: Timestamp| (t.nanos().rem_euclid(1_000_000) / 1_000) as i32);
    table
        .function("nanosOfMilli(t)", "the nanoseconds in the millisecond")
        .of(|t: Timestamp| t.nanos().rem_euclid(1_000_000) as i32);
    day_field(
        table,
        "hourOfDay(t, zone, local)",
        "the hour, by the zone's clock or, with false, since midnight; also of a time of day",
        HOUR,
    );
    day_field(
        table,
        "minuteOfDay(t, zone, local)",
        "minutes of the day, by the zone's clock or, with false, since midnight; also of a time of day",
        MINUTE,
    );
    day_field(
        table,
        "secondOfDay(t, zone, local)",
        "seconds of the day, by the zone's clock or, with false, since midnight; also of a time of day",
        SECOND,
    );
    day_field(
        table,
        "millisOfDay(t, zone, local)",
        "milliseconds of the day, by the zone's clock or, with false, since midnight; also of a time of day",
        1_000_000,
    );
    table
        .function(
            "nanosOfDay(t, zone, local)",
            "nanoseconds of the day, by the zone's clock or, with false, since midnight; also of a time of day",
        )
        .of(|t: Timestamp, zone: Zone| of_day(t, &zone, true))
        .of(|t: Timestamp, zone: Zone, local: bool| of_day(t, &zone, local))
        .of(Time::nanos);
}

fn date_field(
    table: &mut Table,
    usage: &'static str,
    doc: &'static str,
    field: impl Fn(jiff::civil::Date) -> i32 + Copy + Send + Sync + 'static,
) {
    table
        .function(usage, doc)
        .of(move |t: Timestamp, zone: Zone| field(civil(t, &zone.rules).date()))
        .of(move |date: Date| civil_date(date).map(field));
}

fn time_field(
    table: &mut Table,
    usage: &'static str,
    doc: &'static str,
    field: impl Fn(jiff::civil::Time) -> i32 + Copy + Send + Sync + 'static,
) {
    table
        .function(usage, doc)
        .of(move |t: Timestamp, zone: Zone| field(civil(t, &zone.rules).time()))
        .of(move |time: Time| field(civil_time(time)));
}

fn day_field(table: &mut Table, usage: &'static str, doc: &'static str, unit: i64) {
    table
        .function(usage, doc)
        .of(move |t: Timestamp, zone: Zone| (of_day(t, &zone, true) / unit) as i32)
        .of(move |t: Timestamp, zone: Zone, local: bool| (of_day(t, &zone, local) / unit) as i32)
        .of(move |time: Time| (time.nanos() / unit) as i32);
}

/// Nanoseconds of the day: as the clock shows, or really passed (which differs on days the clock is changed).
fn of_day(t: Timestamp, zone: &Zone, by_clock: bool) -> i64 {
    let local = civil(t, &zone.rules);
    let start = if by_clock { None } else { midnight(local.date(), zone) };
    start.map_or_else(|| nanos_of_day(local), |start| t.nanos().wrapping_sub(start.nanos()))
}

fn weekday(date: jiff::civil::Date) -> Str {
    const NAMES: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    Str::from(NAMES[date.weekday().to_monday_zero_offset() as usize % 7])
}
