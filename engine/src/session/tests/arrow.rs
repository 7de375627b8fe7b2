use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, UInt64Array};
use arrow::datatypes::UInt64Type;

use crate::vector::{ArrowRules, Vector};
use crate::{Error, ErrorKind, Session, Type};

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn longs(values: Vec<i64>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

fn unsigned(values: Vec<u64>) -> ArrayRef {
    Arc::new(UInt64Array::from(values))
}

#[test]
fn batches_of_one_schema_make_a_table_by_rules() {
    let session = Session::new();
    let lists = || ListArray::from_iter_primitive::<UInt64Type, _, _>([Some([Some(u64::MAX), None]), None]);
    let batch = |first| batch(vec![("N", unsigned(vec![first, 2])), ("L", Arc::new(lists()))]);
    let rules = ArrowRules::default().u64_as_decimal();
    let table = session.table_from_arrow_with("t", &[batch(u64::MAX), batch(1)], rules).unwrap();
    let types: Vec<Type> = table.definition().columns().iter().map(|column| column.ty).collect();
    assert_eq!(types, [Type::Decimal(0), Type::List(&Type::Decimal(0))]);
    insta::assert_snapshot!("from_arrow", table.show(4).unwrap());
}

#[test]
fn arrow_that_makes_no_table_is_refused_with_the_column() {
    let session = Session::new();
    let told = |batches: &[RecordBatch]| {
        let error: Error = session.table_from_arrow("t", batches).unwrap_err();
        (error.kind(), error.column().map(str::to_owned), error.row(), error.message().to_owned())
    };
    let bytes = batch(vec![("A", longs(vec![1])), ("B", Arc::new(BinaryArray::from_vec(vec![b"bytes"])))]);
    let message = "Arrow values of type Binary cannot come in".to_owned();
    assert_eq!(told(&[bytes]), (ErrorKind::Type, Some("B".to_owned()), None, message));
    let message = "18446744073709551615 is out of the range of i64".to_owned();
    let large = batch(vec![("N", unsigned(vec![1, u64::MAX]))]);
    assert_eq!(told(std::slice::from_ref(&large)), (ErrorKind::Decode, Some("N".to_owned()), Some(1), message));
    let message = "batches of different schemas".to_owned();
    assert_eq!(told(&[batch(vec![("N", longs(vec![1]))]), large]), (ErrorKind::Argument, None, None, message));
    assert_eq!(told(&[]), (ErrorKind::Argument, None, None, "no batch to take a schema from".to_owned()));
}

#[test]
fn columns_of_unequal_length_are_refused() {
    let columns = [("A", Vector::from(vec![1_i64])), ("B", Vector::from(vec![1.0, 2.0]))];
    let error = Session::new().static_table("t", columns).unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Argument, Some("B")));
    assert_eq!(error.message(), "2 values where the first column has 1");
}
