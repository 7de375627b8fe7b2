//! Functions of lists: declared once for all types of items, and run on the items as one slice.

#[macro_use]
mod dispatch;
mod element;
mod family;
mod items;
mod kernel;
mod number;
mod order;
mod parts;
mod running;
mod sequence;
mod spread;
mod totals;

use super::declare::Table;

pub(crate) use family::{Family, Takes};
pub(super) use parts::{contains, element, enlist, length};

pub(super) fn declare(table: &mut Table) {
    table.section("Lists: what all values come to");
    totals::declare(table);
    spread::declare(table);
    table.section("Lists: values and their order");
    parts::declare(table);
    order::declare(table);
    table.section("Lists: one value for each");
    running::declare(table);
    sequence::declare(table);
}
