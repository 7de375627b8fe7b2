use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Decimal128Array, DictionaryArray, FixedSizeListArray, Int8Array, Int32Array, LargeListArray,
    ListArray, ListViewArray, UInt64Array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Int64Type};

use super::ArrowRules;
use crate::ErrorKind;
use crate::types::{Date, Decimal, List, Time, TimeDelta, Timestamp, Type, Value};
use crate::vector::Vector;

#[test]
fn every_type_goes_out_and_in() {
    let samples = [
        Value::Bool(true),
        Value::I8(-1),
        Value::I16(300),
        Value::I32(-70_000),
        Value::I64(1 << 40),
        Value::F32(1.5),
        Value::F64(-0.25),
        Value::String("längere Zeichenkette".into()),
        Value::Timestamp(Timestamp::from_nanos(-1)),
        Value::Date(Date::from_days(20_000)),
        Value::Time(Time::parse("23:59:59.999999999").unwrap()),
        Value::Duration(TimeDelta::from_nanos(-1)),
        Value::Decimal(Decimal::parse("-12345678901234567890.12").unwrap()),
        Value::List(List::from(vec![Some("a"), None])),
        Value::List(List::from(Vec::<Timestamp>::new())),
    ];
    for sample in samples {
        let ty = sample.ty().unwrap();
        let vector = Vector::from_values(ty, [sample.clone(), Value::Null, sample.clone()]).unwrap();
        let array = vector.clone().into_arrow().unwrap();
        assert_eq!(array.data_type(), &ty.to_arrow());
        let back = Vector::from_arrow(&array).unwrap();
        assert_eq!(back.iter().collect::<Vec<_>>(), [sample.clone(), Value::Null, sample]);
    }
}

#[test]
fn other_units_scales_and_widths_come_in() {
    use arrow::array::{Date64Array, Decimal256Array, DurationMillisecondArray, Time32SecondArray};
    use arrow::datatypes::i256;

    let cell = |array: &dyn Array| Vector::from_arrow(array).unwrap().value(0).to_string();
    assert_eq!(cell(&Date64Array::from(vec![-1])), "1969-12-31");
    assert_eq!(cell(&Time32SecondArray::from(vec![3661])), "01:01:01");
    assert_eq!(cell(&DurationMillisecondArray::from(vec![-1500])), "-PT1.5S");
    let thousands = Decimal128Array::from(vec![12]).with_precision_and_scale(20, -3).unwrap();
    assert_eq!(cell(&thousands), "12000");
    let wide = |value| Decimal256Array::from(vec![value]).with_precision_and_scale(76, 2).unwrap();
    assert_eq!(cell(&wide(i256::from_i128(12_345))), "123.45");
    for array in [&wide(i256::MAX) as &dyn Array, &Time32SecondArray::from(vec![86_400])] {
        let error = Vector::from_arrow(array).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::Decode, Some(0)));
    }
}

#[test]
fn a_u64_out_of_range_is_an_error_that_names_the_row() {
    let array = arrow::array::UInt64Array::from(vec![1, u64::MAX]);
    let error = Vector::from_arrow(&array).unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::Decode, Some(1)));
}

#[test]
fn u64_comes_in_as_decimal_by_option_in_lists_and_dictionaries_too() {
    let array: ArrayRef = Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(7)]));
    let rules = ArrowRules::default().u64_as_decimal();
    let texts = |array: &dyn Array| rules.vector(array).unwrap().iter().map(|v| v.to_string()).collect::<Vec<_>>();
    assert_eq!(texts(&array), ["18446744073709551615", "null", "7"]);
    let keys = Int8Array::from(vec![2, 0]);
    assert_eq!(texts(&DictionaryArray::new(keys, array.clone())), ["7", "18446744073709551615"]);
    let field = Arc::new(Field::new("item", array.data_type().clone(), true));
    let lists = ListArray::new(field, OffsetBuffer::from_lengths([2, 1]), array, None);
    assert_eq!(rules.type_of(lists.data_type()), Some(Type::List(&Type::Decimal(0))));
    assert_eq!(texts(&lists), ["[18446744073709551615, null]", "[7]"]);
    let error = Vector::from_arrow(&lists).unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::Decode, Some(0)));
}

/// The lists `[1, null]`, null, `[]`, `[3]`, in every form Arrow has for them; under the null stand values.
fn lists_in_every_form() -> Vec<ArrayRef> {
    let items: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None, Some(9), Some(9), Some(3)]));
    let field = Arc::new(Field::new("item", DataType::Int32, true));
    let nulls = Some(NullBuffer::from(vec![true, false, true, true]));
    let lengths = [2, 2, 0, 1];
    let (small, large) = (OffsetBuffer::from_lengths(lengths), OffsetBuffer::from_lengths(lengths));
    // In another order, with a gap.
    let scattered: ArrayRef = Arc::new(Int32Array::from(vec![Some(3), Some(9), Some(1), None]));
    let view = |offsets: [i32; 4], sizes| {
        ListViewArray::new(field.clone(), offsets.to_vec().into(), sizes, scattered.clone(), nulls.clone())
    };
    vec![
        Arc::new(ListArray::new(field.clone(), small, items.clone(), nulls.clone())),
        Arc::new(LargeListArray::new(field.clone(), large, items.clone(), nulls.clone())),
        Arc::new(view([2, 1, 0, 0], vec![2, 1, 0, 1].into())),
    ]
}

#[test]
fn lists_come_in_from_every_form_and_go_out_as_one() {
    for array in lists_in_every_form() {
        let vector = Vector::from_arrow(&array).unwrap();
        let shown = |vector: &Vector<'_>| vector.iter().map(|list| list.to_string()).collect::<Vec<_>>();
        assert_eq!(shown(&vector), ["[1, null]", "null", "[]", "[3]"], "{}", array.data_type());
        let storage = |row: usize| Arc::as_ptr(vector.lists().unwrap()[row].shared().unwrap().0);
        assert_eq!(storage(0), storage(3), "lists share their values");
        assert_eq!(shown(&Vector::from_arrow(&array.slice(2, 2)).unwrap()), ["[]", "[3]"]);
        let turned = vector.take(&[3, 1, 0]);
        for (vector, expect) in
            [(vector, vec!["[1, null]", "null", "[]", "[3]"]), (turned, vec!["[3]", "null", "[1, null]"])]
        {
            let out = vector.into_arrow().unwrap();
            assert_eq!(out.data_type(), &Type::List(&Type::I32).to_arrow());
            out.to_data().validate_full().unwrap();
            assert_eq!(shown(&Vector::from_arrow(&out).unwrap()), expect);
        }
    }
    let pairs = FixedSizeListArray::from_iter_primitive::<Int64Type, _, _>(
        [Some([Some(1), None]), None, Some([None, Some(4)])],
        2,
    );
    let vector = Vector::from_arrow(&pairs.slice(1, 2)).unwrap();
    assert_eq!(vector.iter().map(|list| list.to_string()).collect::<Vec<_>>(), ["null", "[null, 4]"]);
}

#[test]
fn what_no_list_holds_is_no_error() {
    let items: ArrayRef = Arc::new(UInt64Array::from(vec![1, u64::MAX, 2, u64::MAX]));
    let field = Arc::new(Field::new("item", DataType::UInt64, true));
    let nulls = |valid: [bool; 3]| Some(NullBuffer::from(valid.to_vec()));
    let lists = |valid| ListArray::new(field.clone(), OffsetBuffer::from_lengths([1, 1, 1]), items.clone(), valid);
    assert_eq!(Vector::from_arrow(&lists(nulls([true, false, true]))).unwrap().value(2).to_string(), "[2]");
    let error = Vector::from_arrow(&lists(nulls([false, true, true]))).unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::Decode, Some(1)));
}
