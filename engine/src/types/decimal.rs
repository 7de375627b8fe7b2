use std::fmt;

/// The digits a decimal can have: every number of so many fits 128 bits.
pub(crate) const DIGITS: u8 = 38;

/// An exact decimal number: a whole number of units, of which `10^scale` make one. Up to 38 digits.
///
/// Equality and order are those of the numbers: 1.50 equals 1.5.
///
/// ```
/// use headwater_engine::Decimal;
/// let price = Decimal::parse("12.50").unwrap();
/// assert_eq!((price.units(), price.scale()), (1250, 2));
/// assert_eq!(price.to_string(), "12.50");
/// assert_eq!(price.rescaled(1).map(|p| p.to_string()), Some("12.5".to_owned()));
/// assert_eq!(price.rescaled(0), None, "that would lose the half");
/// assert_eq!(price, Decimal::parse("12.5").unwrap());
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
// Aligned to 16 bytes it would take 32, and every cell 48.
#[repr(Rust, packed(8))]
pub struct Decimal {
    units: i128,
    scale: u8,
}

impl Decimal {
    /// `units` times `10^-scale`; `None` if that has more than 38 digits, before or behind the point.
    pub fn new(units: i128, scale: u8) -> Option<Self> {
        (scale <= DIGITS && units.unsigned_abs() < power(DIGITS)?.unsigned_abs()).then_some(Decimal { units, scale })
    }

    /// A decimal of a column, whose values were checked when they came in.
    pub(crate) const fn of_column(units: i128, scale: u8) -> Self {
        Decimal { units, scale }
    }

    /// The number in units of `10^-scale`.
    pub const fn units(self) -> i128 {
        self.units
    }

    /// The digits behind the point.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The same number with another scale; `None` if it cannot be written so exactly.
    pub fn rescaled(self, scale: u8) -> Option<Self> {
        let units = if scale >= self.scale {
            self.units.checked_mul(power(scale - self.scale)?)?
        } else {
            let factor = power(self.scale - scale)?;
            (self.units % factor == 0).then_some(self.units / factor)?
        };
        Decimal::new(units, scale)
    }

    /// Reads `12`, `-0.50`, `+7.` and nothing else; as many digits behind the point as are written.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = || whole.bytes().chain(fraction.bytes());
        if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let leading = all().take_while(|&digit| digit == b'0').count();
        if all().count() - leading > DIGITS.into() || fraction.len() > DIGITS.into() {
            return None;
        }
        let units = all().fold(0_i128, |units, digit| units * 10 + i128::from(digit - b'0'));
        Decimal::new(sign * units, fraction.len() as u8)
    }

    /// The nearest float.
    pub fn to_f64(self) -> f64 {
        units_to_f64(self.units, self.scale)
    }
}

/// `10^exponent`, where it fits.
pub(crate) fn power(exponent: u8) -> Option<i128> {
    10_i128.checked_pow(exponent.into())
}

/// The float nearest to `units * 10^-scale`, by way of its text: a quotient of two rounded floats would round twice.
pub(crate) fn units_to_f64(units: i128, scale: u8) -> f64 {
    const EXACT: i128 = 1 << 53;
    // Both exact: then the quotient rounds once.
    if units.abs() <= EXACT && scale <= 22 {
        return units as f64 / 10_f64.powi(scale.into());
    }
    format!("{units}e-{scale}").parse().unwrap_or(f64::NAN)
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // Whole parts first: bringing both to one scale may not fit 128 bits.
        let parts = |decimal: &Decimal| {
            let factor = power(decimal.scale).unwrap_or(i128::MAX);
            let (whole, rest) = (decimal.units.div_euclid(factor), decimal.units.rem_euclid(factor));
            (whole, rest * power(DIGITS - decimal.scale).unwrap_or(1))
        };
        parts(self).cmp(&parts(other))
    }
}

impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let mut least = *self;
        while least.scale > 0 && least.units % 10 == 0 {
            least = Decimal { units: least.units / 10, scale: least.scale - 1 };
        }
        (least.units, least.scale).hash(state);
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = usize::from(self.scale) + 1);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.scale));
        let point = if self.scale == 0 { "" } else { "." };
        f.pad_integral(self.units >= 0, "", &format!("{whole}{point}{fraction}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_out_and_in() {
        for text in ["0", "-0.05", "12.50", "99999999999999999999999999999999999999", "-0.0000001", "7"] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "-", ".", "1e5", "1.2.3", "100000000000000000000000000000000000000", " 1"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        let ordered = [
            "-99999999999999999999999999999999999999",
            "-1.5",
            "-1.05",
            "0",
            "0.00000000000000000000000001",
            "1.4999",
            "1.5",
        ];
        let numbers: Vec<_> = ordered.iter().map(|text| Decimal::parse(text).unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b));
        assert_eq!(Decimal::parse("1.50"), Decimal::parse("1.5"));
    }

    #[test]
    fn floats_are_the_nearest() {
        for text in ["0.1", "-2.675", "12345678901234567890.123456789", "0.00000000000000000000000000000000000001"] {
            assert_eq!(Decimal::parse(text).unwrap().to_f64(), text.parse::<f64>().unwrap());
        }
    }
}
