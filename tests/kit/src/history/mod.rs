//! The demo's made-up past: what every service did every ten seconds, known exactly at any instant.
//!
//! A sample is `level x growth x weekday x time of day x noise`, rounded to a whole number of requests. It is a pure
//! function of the seed, the service and the instant, so whoever plays the live feed knows what the average of the
//! last four weeks will be without reading a file: [`History::expected`]. A live sample made by [`History::live`]
//! with a deviation of 4.9 % or 5.1 % leaves that average by so much, but for rounding: samples are above
//! [`SMALLEST_SAMPLE`], so rounding moves one by less than 0.02 %.
//!
//! The arithmetic of the parts: growth is 0.4 % a week, so the average of the last four weeks is about 1 % below what
//! the next week would bring. Noise is at most 1 %. Every weekday lies at least 9 % beside the mean of the week, so an
//! average over all weekdays is wrong by more than 5 % on each of them.

mod write;

use headwater_engine::Timestamp;

pub use write::Written;

/// Seconds from one sample of a service to the next.
pub const SECONDS_A_SAMPLE: i64 = 10;

/// No sample is smaller.
pub const SMALLEST_SAMPLE: i64 = 2_500;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;
const GROWTH_A_WEEK: f64 = 0.004;
const NOISE: f64 = 0.01;

/// Thursday (1970-01-01) to Wednesday, against a mean of 1.
const WEEKDAYS: [f64; 7] = [1.22, 1.10, 0.58, 0.46, 1.12, 1.27, 1.25];

/// Which past to make up.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Two histories of one seed are the same.
    pub seed: u64,
    /// How many services there are.
    pub services: usize,
    /// How many days there are, of 8640 samples a service.
    pub days: u32,
    /// Where the past ends: the instant (in whole seconds) after the last sample.
    pub end: Timestamp,
}

/// A made-up past.
#[derive(Clone, Debug)]
pub struct History {
    spec: Spec,
    services: Vec<String>,
    levels: Vec<f64>,
    /// The part of each sample of a day.
    times_of_day: Vec<f64>,
}

impl History {
    /// The past that `spec` describes.
    pub fn new(spec: Spec) -> Self {
        let level = |service| 10_000.0 * 10f64.powf(unit(mix(spec.seed, service, -1)));
        let time_of_day = |sample: i64| {
            let angle = (sample * SECONDS_A_SAMPLE) as f64 / DAY as f64 * std::f64::consts::TAU;
            // Low before dawn, high in the afternoon, a dent at noon.
            1.0 - 0.35 * (angle - 0.5).cos() + 0.08 * (2.0 * angle).cos()
        };
        History {
            services: (0..spec.services).map(|service| format!("service-{service:02}")).collect(),
            levels: (0..spec.services).map(|service| level(service as u64)).collect(),
            times_of_day: (0..DAY / SECONDS_A_SAMPLE).map(time_of_day).collect(),
            spec,
        }
    }

    /// Which past this is.
    pub fn spec(&self) -> Spec {
        self.spec
    }

    /// The names of the services; the others call them by their place here.
    pub fn services(&self) -> &[String] {
        &self.services
    }

    /// The sample of a service at an instant, given in seconds since the epoch (the sample's ten seconds count).
    pub fn value(&self, service: usize, second: i64) -> i64 {
        self.sample(service, second, self.day_part(second.div_euclid(DAY)))
    }

    /// The average that history has for this service, weekday and time of day: the mean of the samples one, two, three
    /// and four weeks earlier. It is that of the last four weeks for an instant in the week after the end.
    pub fn expected(&self, service: usize, second: i64) -> f64 {
        let sum: i64 = (1..=4).map(|weeks| self.value(service, second - weeks * WEEK)).sum();
        sum as f64 / 4.0
    }

    /// A live sample that is off its expected value by `deviation` (0.051 is 5.1 % above), but for rounding.
    pub fn live(&self, service: usize, second: i64, deviation: f64) -> i64 {
        (self.expected(service, second) * (1.0 + deviation)).round() as i64
    }

    /// The deviation of a normal live sample: within 1 %.
    pub fn noise(&self, service: usize, second: i64) -> f64 {
        (2.0 * unit(mix(self.spec.seed, service as u64, second.div_euclid(SECONDS_A_SAMPLE))) - 1.0) * NOISE
    }

    fn sample(&self, service: usize, second: i64, day_part: f64) -> i64 {
        let sample = second.rem_euclid(DAY) / SECONDS_A_SAMPLE;
        let usual = self.levels[service] * day_part * self.times_of_day[sample as usize];
        (usual * (1.0 + self.noise(service, second))).round() as i64
    }

    /// Growth and weekday, which are the same all day.
    fn day_part(&self, day: i64) -> f64 {
        let end_day = self.spec.end.epoch_seconds().div_euclid(DAY);
        let weeks = (day - end_day) as f64 / 7.0;
        (1.0 + GROWTH_A_WEEK).powf(weeks) * WEEKDAYS[day.rem_euclid(7) as usize]
    }
}

/// A hash of the three, for noise without a state (the finisher of splitmix64).
fn mix(seed: u64, service: u64, sample: i64) -> u64 {
    let mut z = seed
        .wrapping_add(service.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_add((sample as u64).wrapping_mul(0xd1b5_4a32_d192_ed03));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hash as a number from 0 up to 1.
fn unit(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        // A midnight of Amsterdam, which is none of UTC.
        let end = Timestamp::from_seconds(1_785_535_200).unwrap();
        History::new(Spec { seed: 7, services: 50, days: 35, end })
    }

    #[test]
    fn injected_deviations_stay_on_their_side_of_five_percent() {
        let history = history();
        let end = history.spec().end.epoch_seconds();
        for service in 0..50 {
            for second in (end..end + WEEK).step_by(3_610) {
                let expected = history.expected(service, second);
                assert!(expected > SMALLEST_SAMPLE as f64);
                let off =
                    |deviation| (100.0 * history.live(service, second, deviation) as f64 / expected - 100.0).abs();
                assert!(off(0.049) < 5.0 && off(-0.049) < 5.0, "{service} {second}");
                assert!(off(0.051) > 5.0 && off(-0.051) > 5.0, "{service} {second}");
                assert!(off(history.noise(service, second)) < 1.1, "{service} {second}");
                let next = history.value(service, second) as f64;
                assert!((100.0 * next / expected - 100.0).abs() < 4.0, "history goes on as the average predicts");
            }
        }
    }

    #[test]
    fn an_average_over_all_weekdays_is_wrong_on_each() {
        let history = history();
        let end = history.spec().end.epoch_seconds();
        for (service, second) in (end..end + WEEK).step_by(7_210).enumerate() {
            let service = service % 50;
            let week: f64 = (0..7).map(|day| history.expected(service, second - day * DAY)).sum::<f64>() / 7.0;
            let off = (history.live(service, second, 0.0) as f64 / week - 1.0).abs();
            assert!(off > 0.06, "{service} {second} {off}");
        }
    }
}
