//! Times as text: instants with a zone or an alias of one, ISO durations of fixed length.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::types::{Date, Time, Timestamp};

pub(crate) const SECOND: i64 = 1_000_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const WEEK: i64 = 7 * DAY;

/// Short names of zones, beside those of the time zone database.
const ALIASES: [(&str, &str); 26] = [
    ("Z", "UTC"),
    ("ET", "America/New_York"),
    ("CT", "America/Chicago"),
    ("MT", "America/Denver"),
    ("PT", "America/Los_Angeles"),
    ("HI", "Pacific/Honolulu"),
    ("AT", "America/Halifax"),
    ("NF", "America/St_Johns"),
    ("BR", "America/Sao_Paulo"),
    ("LON", "Europe/London"),
    ("BER", "Europe/Berlin"),
    ("JP", "Asia/Tokyo"),
    ("NY", "America/New_York"),
    ("MN", "America/Chicago"),
    ("BT", "America/Sao_Paulo"),
    ("AL", "America/Anchorage"),
    ("CE", "Europe/Berlin"),
    ("NL", "Europe/Amsterdam"),
    ("CH", "Europe/Zurich"),
    ("MOS", "Europe/Moscow"),
    ("IN", "Asia/Kolkata"),
    ("SG", "Asia/Singapore"),
    ("HK", "Asia/Hong_Kong"),
    ("SHG", "Asia/Shanghai"),
    ("KR", "Asia/Seoul"),
    ("SYD", "Australia/Sydney"),
];

/// A zone by its name in the time zone database, or an alias (`ET`).
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let full = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, full)| full);
    TimeZone::get(full).ok()
}

/// The short name of a zone where there is one.
pub(crate) fn zone_alias(name: &str) -> &str {
    ALIASES.iter().find(|(alias, full)| *full == name && *alias != "Z").map_or(name, |(alias, _)| alias)
}

/// Reads `2024-01-15T12:34:56.789Z`, `2024-01-15T12:34 ET`, `2024-01-15T12:34:56 America/New_York`. In a gap of the
/// zone's clock the time moves forward, in an overlap it is the earlier one.
pub(crate) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let (local, zone_name) = match text.split_once(' ') {
        Some((local, zone_name)) => (local, zone_name.trim_start()),
        None => (text.strip_suffix('Z')?, "UTC"),
    };
    if local.len() < 16 || local.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let local: DateTime = local.parse().ok()?;
    let stamp = local.to_zoned(zone(zone_name)?).ok()?.timestamp();
    Some(Timestamp::from_nanos(stamp.as_nanosecond().try_into().ok()?))
}

/// The instant as a zone's clock shows it.
pub(crate) fn civil(timestamp: Timestamp, zone: &TimeZone) -> DateTime {
    zone.to_datetime(stamp(timestamp))
}

/// The instant with a zone.
pub(crate) fn zoned(timestamp: Timestamp, zone: &TimeZone) -> jiff::Zoned {
    stamp(timestamp).to_zoned(zone.clone())
}

fn stamp(timestamp: Timestamp) -> jiff::Timestamp {
    // Every i64 of nanoseconds lies inside jiff's range of years.
    jiff::Timestamp::from_nanosecond(i128::from(timestamp.nanos())).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// The instant at which a zone's clock shows `local`; `None` outside the years of a timestamp.
pub(crate) fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let stamp = local.to_zoned(zone.clone()).ok()?.timestamp();
    Some(Timestamp::from_nanos(stamp.as_nanosecond().try_into().ok()?))
}

/// The day as a civil date; `None` outside the years -9999 to 9999.
pub(crate) fn civil_date(date: Date) -> Option<jiff::civil::Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(date.days()).ok()?).ok()
}

/// The time of day as a civil time.
pub(crate) fn civil_time(time: Time) -> jiff::civil::Time {
    let (seconds, nanos) = (time.nanos() / SECOND, time.nanos() % SECOND);
    // Each part lies in its range, since a time of day is less than 24 hours.
    jiff::civil::time((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, nanos as i32)
}

/// The number of a civil date.
pub(crate) fn day_number(date: jiff::civil::Date) -> Option<Date> {
    let span = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).ok()?;
    Some(Date::from_days(span.get_days()))
}

/// A length of time on the calendar: months differ in length, so it moves dates only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) months: i32,
    pub(crate) days: i32,
}

impl Period {
    /// Reads `P1Y2M3D`, `P2W`, `-P1M`, `P-1D`.
    pub(crate) fn parse(text: &str) -> Option<Period> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let mut rest = rest.strip_prefix('P').filter(|rest| !rest.is_empty())?;
        let (mut months, mut days) = (0_i32, 0_i32);
        let mut units = "YMWD";
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let unit = &rest[end..=end];
            // Each unit once, the larger ones first.
            units = &units[units.find(unit)? + 1..];
            let amount = rest[..end].parse::<i32>().ok()?.checked_mul(sign)?;
            let (total, factor) = match unit {
                "Y" => (&mut months, 12),
                "M" => (&mut months, 1),
                "W" => (&mut days, 7),
                _ => (&mut days, 1),
            };
            *total = total.checked_add(amount.checked_mul(factor)?)?;
            rest = &rest[end + 1..];
        }
        Some(Period { months, days })
    }

    pub(crate) fn negated(self) -> Option<Period> {
        Some(Period { months: self.months.checked_neg()?, days: self.days.checked_neg()? })
    }
}

/// A date moved by months, to the last day of a month that is too short, then by days; `None` outside the years -9999
/// to 9999.
pub(crate) fn moved(date: Date, by: Period) -> Option<Date> {
    let months = jiff::Span::new().try_months(by.months).ok()?;
    let days = jiff::Span::new().try_days(by.days).ok()?;
    day_number(civil_date(date)?.checked_add(months).ok()?.checked_add(days).ok()?)
}

/// Reads an ISO duration of fixed length (`PT1H30M`, `PT-0.5S`, `-P1D`, `P1W`) as nanoseconds.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut rest = rest.strip_prefix('P')?;
    let mut in_time = false;
    let mut total: i128 = 0;
    let mut parts = 0;
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T').filter(|_| !in_time) {
            in_time = true;
            rest = time;
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let unit = match (&rest[end..=end], in_time) {
            ("W", false) => WEEK,
            ("D", false) => DAY,
            ("H", true) => HOUR,
            ("M", true) => MINUTE,
            ("S", true) => SECOND,
            _ => return None,
        };
        total += amount(&rest[..end], unit)?;
        parts += 1;
        rest = &rest[end + 1..];
    }
    if parts == 0 { None } else { i64::try_from(total * sign).ok() }
}

/// `-1.5` of a unit; only seconds may have a fraction, of up to nine digits.
fn amount(text: &str, unit: i64) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || fraction.len() > 9 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    if !fraction.is_empty() && unit != SECOND {
        return None;
    }
    let nanos: i128 = format!("{fraction:0<9}").parse().ok()?;
    Some(sign * (whole.parse::<i128>().ok()? * i128::from(unit) + nanos))
}

/// Nanoseconds as an ISO duration: `PT1H1M1.5S`.
pub(crate) fn format_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let total = nanos.unsigned_abs();
    let unit = |unit: i64| unit.unsigned_abs();
    let (hours, minutes) = (total / unit(HOUR), total % unit(HOUR) / unit(MINUTE));
    let (seconds, fraction) = (total % unit(MINUTE) / unit(SECOND), total % unit(SECOND));
    let mut out = format!("{sign}PT");
    if hours > 0 {
        out.push_str(&format!("{hours}H"));
    }
    if minutes > 0 {
        out.push_str(&format!("{minutes}M"));
    }
    if fraction > 0 {
        let digits = format!("{fraction:09}");
        out.push_str(&format!("{seconds}.{}S", digits.trim_end_matches('0')));
    } else if seconds > 0 || total == 0 {
        out.push_str(&format!("{seconds}S"));
    }
    out
}
