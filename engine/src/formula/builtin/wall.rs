//! Dates and times of day as they are on a wall: read, made of numbers, put together.

use super::declare::Table;
use super::times::{OUT_OF_RANGE, midnight};
use super::zone::Zone;
use crate::formula::time::{civil_date, civil_time, instant, parse_timestamp};
use crate::types::{Date, Str, Time, Timestamp};

/// The day on which spreadsheets count 0, before the epoch.
pub(super) const EXCEL_DAYS: f64 = 25_569.0;

pub(super) fn declare(table: &mut Table) {
    table.section("Dates and times of day");
    table
        .function("parseLocalTime(text)", "text as a time of day; anything else is an error")
        .of(|text: Str| Time::parse(&text).ok_or_else(|| format!("{text:?} is not a time of day such as 09:30:00")));
    table
        .function("parseLocalTimeQuiet(text)", "text as a time of day; anything else is null")
        .of(|text: Str| Time::parse(&text));
    table
        .function(
            "parseEpochNanosQuiet(text)",
            "text as the nanoseconds since the epoch of a time; anything else is null",
        )
        .of(|text: Str| parse_timestamp(&text).map(Timestamp::nanos));
    table
        .function("parseTimeZoneQuiet(name)", "the name of a time zone; null where there is none such")
        .of(|name: Str| Zone::of(&name).ok().map(|zone| zone.name));
    table.function("epochDaysToLocalDate(n)", "the date of days since 1970-01-01").of(|n: i64| {
        let date = i32::try_from(n).ok().map(Date::from_days).filter(|&date| civil_date(date).is_some());
        date.ok_or("outside the years -9999 to 9999")
    });
    table
        .function("toInstant(date, zone)", "the start of a day in a zone, or a time of day between both arguments")
        .of(|date: Date, zone: Zone| civil_date(date).and_then(|date| midnight(date, &zone)).ok_or(OUT_OF_RANGE))
        .of(|date: Date, time: Time, zone: Zone| {
            let local = civil_date(date).map(|date| date.to_datetime(civil_time(time)));
            local.and_then(|local| instant(local, &zone.rules)).ok_or(OUT_OF_RANGE)
        });
    table
        .function("excelToInstant(days, zone)", "the timestamp of days since the start of 1900, as spreadsheets count")
        .of(|days: f64, zone: Zone| {
            let millis = ((days - EXCEL_DAYS) * 86_400_000.0).round();
            if millis.is_nan() || millis.abs() >= 1e16 {
                return Err(OUT_OF_RANGE);
            }
            let millis = millis as i64;
            let date = civil_date(Date::from_days(millis.div_euclid(86_400_000) as i32));
            let time = Time::from_nanos(millis.rem_euclid(86_400_000) * 1_000_000).map(civil_time);
            let local = date.zip(time).map(|(date, time)| date.to_datetime(time));
            local.and_then(|local| instant(local, &zone.rules)).ok_or(OUT_OF_RANGE)
        });
}
