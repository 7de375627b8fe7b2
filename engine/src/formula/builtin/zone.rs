//! Time zones as arguments: looked up once, refused when the formula is checked.

use jiff::tz::TimeZone;

use crate::formula::function::{Argument, Cell, Column, Operand};
use crate::formula::time;
use crate::types::{Str, Type, Value};
use crate::vector::Values;

/// A time zone, and the name it was given by.
#[derive(Clone)]
pub(super) struct Zone {
    pub(super) rules: TimeZone,
    pub(super) name: Str,
}

impl Zone {
    pub(super) fn of(name: &Str) -> Result<Zone, String> {
        let rules = time::zone(name).ok_or_else(|| format!("there is no time zone {name}"))?;
        Ok(Zone { rules, name: name.clone() })
    }
}

/// A column of zones: looked up once where all rows have the same.
pub(super) enum Zones<'a> {
    Same(Result<Zone, String>),
    Each(Column<'a, Str>),
}

impl Cell for Zone {
    const TYPE: Type = Type::String;
    type Column<'a> = Zones<'a>;
    type Growing = ();
    fn column<'a>(operand: &Operand<'a>, rows: usize) -> Zones<'a> {
        match operand {
            Operand::Scalar(Value::String(name)) => Zones::Same(Zone::of(name)),
            operand => Zones::Each(Str::column(operand, rows)),
        }
    }
    fn read(column: &Zones<'_>, row: usize) -> Result<Self, String> {
        match column {
            Zones::Same(zone) => zone.clone(),
            Zones::Each(names) => Zone::of(&Str::read(names, row)?),
        }
    }
    fn growing(_rows: usize) {}
    fn push(_growing: &mut (), _cell: Option<Self>) {}
    fn finish(_growing: ()) -> Values<'static> {
        Values::empty(Type::String)
    }
    fn validate(value: &Value) -> Result<(), String> {
        match value {
            Value::String(name) => Zone::of(name).map(drop),
            _ => Ok(()),
        }
    }
}

impl Argument for Zone {
    type Cell = Zone;
    const NULLABLE: bool = false;
    fn from_cell(cell: Option<Zone>) -> Option<Self> {
        cell
    }
}
