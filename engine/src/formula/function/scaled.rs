//! Decimals as arguments and outputs of functions.

use std::borrow::Cow;

use super::argument::PlainOutput;
use super::{Argument, Cell, Column, Operand, Output};
use crate::types::{Scaled, Type, Value};
use crate::vector::Values;

impl<const SCALE: u8> Cell for Scaled<SCALE> {
    const TYPE: Type = Type::Decimal(SCALE);
    type Column<'a> = Column<'a, i128>;
    type Growing = Vec<i128>;
    #[allow(private_interfaces, reason = "as in the trait")]
    fn column<'a>(operand: &Operand<'a>, rows: usize) -> Column<'a, i128> {
        Column::of(operand, rows, |value| match value {
            Value::Decimal(decimal) => Some(decimal.units()),
            _ => None,
        })
    }
    fn read(column: &Column<'_, i128>, row: usize) -> Result<Self, String> {
        Ok(Scaled::of_column(*column.get(row)))
    }
    fn growing(rows: usize) -> Vec<i128> {
        Vec::with_capacity(rows)
    }
    fn push(growing: &mut Vec<i128>, cell: Option<Self>) {
        growing.push(cell.map(Scaled::units).unwrap_or_default());
    }
    fn finish(growing: Vec<i128>) -> Values<'static> {
        Values::I128(Cow::Owned(growing))
    }
}

impl<const SCALE: u8> Argument for Scaled<SCALE> {
    type Cell = Self;
    const NULLABLE: bool = false;
    fn from_cell(cell: Option<Self>) -> Option<Self> {
        cell
    }
}

impl<const SCALE: u8> Output for Scaled<SCALE> {
    type Cell = Self;
    const FALLIBLE: bool = false;
    const NULLABLE: bool = false;
    fn into_cell(self) -> Result<Option<Self>, String> {
        Ok(Some(self))
    }
}

impl<const SCALE: u8> PlainOutput for Scaled<SCALE> {}

#[cfg(test)]
mod tests {
    use crate::vector::Vector;
    use crate::{Decimal, Result, Scaled, Session, Type, Value};

    fn decimals(scale: u8, texts: &[&str]) -> Vector<'static> {
        let values = texts.iter().map(|text| Decimal::parse(text).map_or(Value::Null, Value::Decimal));
        let values = values.map(|value| match value {
            Value::Decimal(decimal) => decimal.rescaled(scale).map_or(Value::Null, Value::Decimal),
            other => other,
        });
        Vector::from_values(Type::Decimal(scale), values).expect("decimals")
    }

    #[test]
    fn a_function_takes_decimals_of_its_scale_and_says_so_of_others() -> Result<()> {
        let session = Session::new();
        session.function("times", |price: Scaled<2>, count: i64, over: Option<Scaled<2>>| {
            let over = over.map_or(0, Scaled::units);
            price.units().checked_mul(count.into()).and_then(|units| Scaled::<2>::from_units(units + over))
        })?;
        session.vector_function("cents", |prices: &[Scaled<2>]| {
            prices.iter().map(|price| price.units() as i64).collect::<Vec<_>>()
        })?;
        let columns = [("P", decimals(2, &["1.25", "", "-0.01"])), ("Q", decimals(4, &["1.25", "2", "3"]))];
        let table = session.static_table("t", columns)?;
        let made = table.update(["T = times(P, 3, null)", "U = times(2.50, 2, P)", "C = cents(P)"])?.snapshot()?;
        let shown = |name: &str| -> Result<Vec<String>> {
            Ok(made.column(name)?.iter().map(|value| value.to_string()).collect())
        };
        assert_eq!(shown("T")?, ["3.75", "null", "-0.03"]);
        assert_eq!(shown("U")?, ["6.25", "5.00", "4.99"]);
        assert_eq!(shown("C")?, ["125", "null", "-1"]);
        let error = table.update("T = times(Q, 3, null)").expect_err("of another scale");
        insta::assert_snapshot!(format!("{error:?}"));
        Ok(())
    }
}
