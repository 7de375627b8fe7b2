//! [`Scaled`]: a decimal whose scale is part of its type.

use super::Decimal;

/// A decimal with `SCALE` digits behind the point: what a function called by formulas takes of a `Decimal(SCALE)`
/// column, and gives for one.
///
/// ```
/// use headwater_engine::{Decimal, Scaled, Session, Value, vector::Vector, Type};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// // Half the price, rounded down to the cent.
/// session.function("half", |price: Scaled<2>| Scaled::<2>::from_units(price.units() / 2))?;
/// let price = Value::Decimal(Decimal::parse("12.51").unwrap());
/// let prices = Vector::from_values(Type::Decimal(2), [price, Value::Null]).unwrap();
/// let halves = session.static_table("t", [("Price", prices)])?.update("Half = half(Price)")?.snapshot()?.column("Half")?;
/// assert_eq!((halves.ty(), halves.value(0).to_string(), halves.value(1)), (Type::Decimal(2), "6.25".into(), Value::Null));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scaled<const SCALE: u8> {
    units: i128,
}

impl<const SCALE: u8> Scaled<SCALE> {
    /// `units` times `10^-SCALE`; `None` if that has more than 38 digits, before or behind the point.
    pub fn from_units(units: i128) -> Option<Self> {
        Decimal::new(units, SCALE).map(|decimal| Scaled { units: decimal.units() })
    }

    /// The same number; `None` if it has more digits behind the point than `SCALE`, or too many before it.
    pub fn from_decimal(decimal: Decimal) -> Option<Self> {
        decimal.rescaled(SCALE).map(|decimal| Scaled { units: decimal.units() })
    }

    /// A value of a column, which was checked when it came in.
    pub(crate) const fn of_column(units: i128) -> Self {
        Scaled { units }
    }

    /// The number in steps of `10^-SCALE`.
    pub fn units(self) -> i128 {
        self.units
    }

    /// The number.
    pub fn decimal(self) -> Decimal {
        Decimal::of_column(self.units, SCALE)
    }
}
