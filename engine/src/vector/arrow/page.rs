//! `docs/arrow-types.md` says for every Arrow type what becomes of it; here it is held to that.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::new_null_array;
use arrow::datatypes::{DataType, Field, Fields, IntervalUnit, TimeUnit, UnionFields, UnionMode};

use crate::types::Type;
use crate::vector::Vector;

/// One Arrow type of each kind, with the name it has on the page.
fn every_type() -> Vec<(&'static str, DataType)> {
    let item = || Arc::new(Field::new("item", DataType::Int64, true));
    let dictionary = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let pairs =
        || Fields::from(vec![Field::new("keys", DataType::Utf8, false), Field::new("values", DataType::Utf8, true)]);
    vec![
        ("Null", DataType::Null),
        ("Boolean", DataType::Boolean),
        ("Int8", DataType::Int8),
        ("Int16", DataType::Int16),
        ("Int32", DataType::Int32),
        ("Int64", DataType::Int64),
        ("UInt8", DataType::UInt8),
        ("UInt16", DataType::UInt16),
        ("UInt32", DataType::UInt32),
        ("UInt64", DataType::UInt64),
        ("Float16", DataType::Float16),
        ("Float32", DataType::Float32),
        ("Float64", DataType::Float64),
        ("Timestamp, s", DataType::Timestamp(TimeUnit::Second, None)),
        ("Timestamp, ms", DataType::Timestamp(TimeUnit::Millisecond, None)),
        ("Timestamp, us", DataType::Timestamp(TimeUnit::Microsecond, None)),
        ("Timestamp, ns", DataType::Timestamp(TimeUnit::Nanosecond, None)),
        ("Date32", DataType::Date32),
        ("Date64", DataType::Date64),
        ("Time32, any unit", DataType::Time32(TimeUnit::Millisecond)),
        ("Time64, any unit", DataType::Time64(TimeUnit::Nanosecond)),
        ("Duration, any unit", DataType::Duration(TimeUnit::Nanosecond)),
        ("Interval", DataType::Interval(IntervalUnit::MonthDayNano)),
        ("Utf8", DataType::Utf8),
        ("LargeUtf8", DataType::LargeUtf8),
        ("Utf8View", DataType::Utf8View),
        ("Binary", DataType::Binary),
        ("LargeBinary", DataType::LargeBinary),
        ("BinaryView", DataType::BinaryView),
        ("FixedSizeBinary", DataType::FixedSizeBinary(4)),
        ("Decimal32, scale 2", DataType::Decimal32(9, 2)),
        ("Decimal64, scale 2", DataType::Decimal64(18, 2)),
        ("Decimal128, scale 2", DataType::Decimal128(38, 2)),
        ("Decimal128, scale -3", DataType::Decimal128(38, -3)),
        ("Decimal256, scale 2", DataType::Decimal256(76, 2)),
        ("Dictionary of Utf8", dictionary()),
        ("List", DataType::List(item())),
        ("LargeList", DataType::LargeList(item())),
        ("FixedSizeList", DataType::FixedSizeList(item(), 2)),
        ("ListView", DataType::ListView(item())),
        ("LargeListView", DataType::LargeListView(item())),
        ("List of lists", DataType::List(Arc::new(Field::new("item", DataType::List(item()), true)))),
        ("List of dictionaries of Utf8", DataType::List(Arc::new(Field::new("item", dictionary(), true)))),
        ("RunEndEncoded", DataType::RunEndEncoded(Arc::new(Field::new("ends", DataType::Int32, false)), item())),
        ("Struct", DataType::Struct(pairs())),
        ("Map", DataType::Map(Arc::new(Field::new("entries", DataType::Struct(pairs()), false)), false)),
        ("Union", DataType::Union(UnionFields::empty(), UnionMode::Sparse)),
    ]
}

fn page() -> String {
    let mut page = "| Arrow | comes in as | goes out as |\n|---|---|---|\n".to_owned();
    for (name, arrow) in every_type() {
        let (inside, outside) = match Type::from_arrow(&arrow) {
            Some(ty) => (format!("`{ty}`"), ty.to_arrow().to_string()),
            None => ("an error".to_owned(), String::new()),
        };
        let _ = writeln!(page, "| {name} | {inside} | {outside} |");
    }
    page
}

#[test]
fn the_page_says_what_the_code_does() {
    let text = include_str!("../../../../docs/arrow-types.md");
    let table: String = text.lines().filter(|line| line.starts_with('|')).flat_map(|line| [line, "\n"]).collect();
    assert_eq!(table, page());
}

#[test]
fn values_come_in_exactly_where_the_type_says_so() {
    for (name, arrow) in every_type() {
        if matches!(arrow, DataType::Union(..)) {
            continue;
        }
        let values = Vector::from_arrow(&new_null_array(&arrow, 3));
        assert_eq!(values.as_ref().ok().map(Vector::ty), Type::from_arrow(&arrow), "{name}");
        assert!(values.is_err() || values.is_ok_and(|values| values.null_count() == 3), "{name}");
    }
}
