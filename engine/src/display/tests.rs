use insta::assert_snapshot;

use crate::source::Batch;
use crate::vector::Vector;
use crate::{Result, Session, Table, Timestamp, Type, Value};

fn column(ty: Type, values: impl IntoIterator<Item = Value>) -> Vector<'static> {
    Vector::from_values(ty, values).expect("values of the type")
}

/// One column of each kind of value, and the cells that are easily mistaken for others.
fn quotes(session: &Session) -> Table {
    let text = |text: &str| Value::String(text.into());
    let at = |nanos| Value::Timestamp(Timestamp::from_nanos(nanos));
    session
        .static_table(
            "quotes",
            [
                ("Sym", column(Type::String, [text("ACME"), text("null"), text(""), Value::Null])),
                ("Price", column(Type::F64, [101.5, 7.0, f64::NAN, 1e300].map(Value::F64))),
                ("Size", column(Type::I32, [Value::I32(100), Value::Null, Value::I32(-3), Value::I32(i32::MIN)])),
                ("Venue", column(Type::String, ["東京証券取引所", "a\tb\nc", "ÅÄÖ", "x"].map(text))),
                ("Time", column(Type::Timestamp, [at(0), at(1_500_000_000), at(-1), Value::Null])),
                ("Day", column(Type::Date, [0, 20_454, -1, 1].map(|days| Value::Date(crate::Date::from_days(days))))),
                ("Live", column(Type::Bool, [Value::Bool(true), Value::Bool(false), Value::Null, Value::Bool(true)])),
                ("Side", column(Type::Char, [66, 83, 10, 0xd800].map(Value::Char))),
                ("Rate", column(Type::F32, [0.1, 1.0, f32::INFINITY, -0.0].map(Value::F32))),
                ("Note", column(Type::String, [text(&"long text ".repeat(9)), text("b"), text("c"), text("d")])),
            ],
        )
        .expect("a table")
}

#[test]
fn tables_print_at_every_width() -> Result<()> {
    let quotes = quotes(&Session::new());
    for width in [40, 80, 200] {
        assert_snapshot!(format!("show_{width}"), quotes.show(3)?.with_width(width)?);
    }
    assert_snapshot!("show_default", quotes.show(10)?);
    Ok(())
}

#[test]
fn long_and_empty_tables_are_counted() -> Result<()> {
    let session = Session::new();
    let long = session.static_table("long", [("N", column(Type::I64, (0..100_000).map(Value::I64)))])?;
    assert_snapshot!("long", long.show(3)?);
    assert_snapshot!("rows", format!("{:20}", long.window(0..45, "N")?));
    assert_snapshot!("empty", session.static_table("empty", [("N", Vector::nulls(Type::I64, 0))])?.show(3)?);
    Ok(())
}

/// A region that only lets some columns be read.
#[derive(Debug)]
struct Guarded {
    readable: Vec<usize>,
}

impl crate::source::Region for Guarded {
    fn name(&self) -> &str {
        "guarded"
    }

    fn constant(&self, _column: usize) -> Option<&Value> {
        None
    }

    fn rows(&self) -> Result<u64> {
        Ok(10)
    }

    fn block(&self, column: usize, _block: u64) -> Result<std::sync::Arc<Vector<'static>>> {
        assert!(self.readable.contains(&column), "column {column} is not shown and was read");
        Ok(std::sync::Arc::new(self::column(Type::I64, (0..10).map(Value::I64))))
    }
}

#[test]
fn only_the_columns_shown_are_read() -> Result<()> {
    let session = Session::new();
    let defs = (0..20).map(|n| crate::ColumnDef::new(format!("Column{n}"), Type::I64));
    let region = std::sync::Arc::new(Guarded { readable: (0..6).chain(14..20).collect() });
    let wide = session.region_table("wide", defs, vec![region])?;
    assert_snapshot!("unopened", wide.explain());
    assert_snapshot!("regions", wide.show(2)?);
    assert_snapshot!("opened", wide.explain());
    Ok(())
}

#[test]
fn explain_tells_operations_figures_and_states() -> Result<()> {
    let session = Session::new();
    let defs = [crate::ColumnDef::new("Key", Type::String), crate::ColumnDef::new("V", Type::I64)];
    let (live, feed) = session.append_table("live", defs)?;
    let keys = column(Type::String, ["a", "b"].map(|key| Value::String(key.into())));
    feed.send(Batch::new(live.definition(), vec![keys, column(Type::I64, [Value::I64(6), Value::I64(0)])])?)?;
    session.step()?;
    let derived = live.update_view(["W = V * 2", "Rest = 12 % (V + 1)"])?;
    let kept = derived.filter("W > 1")?.update("X = W + V")?.drop_columns("V")?.named("kept")?;
    assert_snapshot!("explain", kept.explain());
    Ok(())
}

#[test]
fn explain_tells_why_a_table_failed() -> Result<()> {
    let session = Session::new();
    let (live, feed) = session.append_table("live", [crate::ColumnDef::new("V", Type::I64)])?;
    let failing = live.update("Rest = 12 % V")?;
    feed.send(Batch::new(live.definition(), vec![column(Type::I64, [Value::I64(0)])])?)?;
    session.step()?;
    assert_snapshot!("explain_failed", failing.explain());
    Ok(())
}

#[test]
fn explain_as_a_graph_for_graphviz() -> Result<()> {
    let session = Session::new();
    let (live, feed) = session.append_table("live", [crate::ColumnDef::new("V", Type::I64)])?;
    feed.send(Batch::new(live.definition(), vec![column(Type::I64, [Value::I64(6), Value::I64(0)])])?)?;
    session.step()?;
    let most = live.agg_by([crate::agg::max("Most = V")], "V")?;
    let joined = live.filter("V > 1")?.named("the \"large\"")?.natural_join(&most, crate::on("V").add("Most"))?;
    let failing = joined.update("Rest = 12 % (Most - 5)")?;
    feed.send(Batch::new(live.definition(), vec![column(Type::I64, [Value::I64(5)])])?)?;
    session.step()?;
    assert_snapshot!("dot", failing.explain().dot());
    let region = std::sync::Arc::new(Guarded { readable: Vec::new() });
    let unopened = session.region_table("files", [crate::ColumnDef::new("V", Type::I64)], vec![region])?;
    assert_snapshot!("dot_unopened", unopened.explain().dot());
    Ok(())
}
