//! The model: plain functions of tables, the same for history and live, explored or deployed.

use headwater::prelude::*;

/// Four weeks in seconds.
pub(crate) const FOUR_WEEKS: i64 = 28 * 86_400;

/// What decides which samples are compared: the service, the weekday and the time of day.
const SLOT: [&str; 3] = ["ServiceName", "DayOfWeek", "SecondsInDay"];

/// The samples of `live` that are more than 5 % off the average of the samples of `history` since `since` (seconds) of
/// the same service, weekday and time of day.
pub(crate) fn anomalies(history: &Table, live: &Table, since: i64) -> Result<Table> {
    let last4 = decorate(history, "Timestamp")?
        .filter(formula("secs(Timestamp) >= since").bind("since", since))?
        .agg_by([agg::avg("Last4Avg = Value"), agg::count("Samples")], SLOT)?;
    decorate(live, "KafkaTimestamp")?
        .natural_join(&last4, on(SLOT).add(["Last4Avg"]))?
        .update_view(["PredictedDiff = Value - Last4Avg", "PredictedPct = 100 * Value / Last4Avg"])?
        .filter("abs(PredictedPct - 100) > 5")
}

/// Adds time of day and weekday, evaluated when read.
fn decorate(table: &Table, timestamp: &str) -> Result<Table> {
    table.update_view([
        format!("SecondsInDay = secs({timestamp}) % 86_400"),
        format!("DayOfWeek = floorDiv(secs({timestamp}), 86_400) % 7"),
    ])
}

/// The day, in UTC, of an instant in seconds: the partition its sample lies in.
pub(crate) fn day_of(seconds: i64) -> Date {
    Date::from_days(seconds.div_euclid(86_400) as i32)
}
