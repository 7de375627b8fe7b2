//! The engine alone: a live table through a filter and a sum, two cycles.

#![allow(clippy::print_stdout)]

use headwater::prelude::*;

fn main() -> Result<()> {
    let session = Session::new();
    let columns = [ColumnDef::new("Item", Type::String), ColumnDef::new("Price", Type::F64)];
    let (orders, feed) = session.append_table("orders", columns)?;
    let spent = orders.filter("Price >= 10")?.sum_by("Item")?;
    let days: [&[(&str, f64)]; 2] = [&[("tea", 12.5), ("gum", 0.5), ("rug", 80.0)], &[("tea", 11.5), ("pot", 30.0)]];
    for orders_of_the_day in days {
        let (items, prices) = orders_of_the_day.iter().copied().unzip::<_, _, Vec<_>, Vec<_>>();
        feed.send(Batch::new(orders.definition(), vec![Vector::from(items), Vector::from(prices)])?)?;
        session.step()?;
        println!("{}", spent.show(10)?);
    }
    Ok(())
}
