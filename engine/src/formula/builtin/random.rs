//! Numbers by chance.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::declare::Table;

const NO_RANGE: &str = "there is nothing from the first argument up to the second";

pub(super) fn declare(table: &mut Table) {
    table.section("Random numbers");
    table.function("random()", "a number from 0 up to 1, another one each time").impure(unit);
    table
        .function("randomDouble(low, high)", "a number from `low` up to `high`, another one each time")
        .impure(|low: f64, high: f64| if low < high { Ok(between(low, high)) } else { Err(NO_RANGE) });
    table.function("randomFloat(low, high)", "a number from `low` up to `high`, another one each time").impure(
        |low: f32, high: f32| {
            // Rounding to 32 bits may reach `high`, which is outside.
            let x = if low < high { between(low.into(), high.into()) as f32 } else { return Err(NO_RANGE) };
            Ok(if x < high { x } else { high.next_down() })
        },
    );
    table
        .function("randomInt(low, high)", "a whole number from `low` up to `high` - 1, another one each time")
        .impure(|low: i32, high: i32| whole(low.into(), high.into()).map(|x| x as i32));
    table
        .function("randomLong(low, high)", "a whole number from `low` up to `high` - 1, another one each time")
        .impure(whole);
    table.function("randomBool()", "true as often as false, another one each time").impure(|| bits() & 1 == 1);
    table
        .function("randomGaussian(mean, deviation)", "a number by the normal distribution, another one each time")
        .impure(|mean: f64, deviation: f64| mean + deviation * normal());
}

/// Hashing a counter under a seed of the process's own is random enough for formulas, and needs no state to lock.
fn bits() -> u64 {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    SEED.hash_one(COUNT.fetch_add(1, Ordering::Relaxed))
}

fn unit() -> f64 {
    (bits() >> 11) as f64 / (1u64 << 53) as f64
}

fn between(low: f64, high: f64) -> f64 {
    let x = low + unit() * (high - low);
    if x < high { x } else { high.next_down() }
}

/// The high word of a product is spread evenly, but for 2^-64 of the range.
fn whole(low: i64, high: i64) -> Result<i64, &'static str> {
    if low >= high {
        return Err(NO_RANGE);
    }
    let span = high.wrapping_sub(low) as u64;
    let at = (u128::from(bits()) * u128::from(span)) >> 64;
    Ok(low.wrapping_add(at as i64))
}

/// One of the two numbers that the Box-Muller transform makes of two even ones.
fn normal() -> f64 {
    let radius = (-2.0 * (1.0 - unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * unit()).cos()
}
