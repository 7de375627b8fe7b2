use super::*;
use crate::types::Value;

fn slots(table: &mut KeyTable, keys: &[Vector<'_>]) -> Vec<u32> {
    let mut out = Vec::new();
    table.place(&of(keys), keys[0].len(), &mut out).unwrap();
    table.validate().unwrap();
    out
}

fn of<'k>(keys: &'k [Vector<'_>]) -> Keys<'k> {
    Keys::of(keys.iter().map(Vector::borrowed))
}

fn vector(ty: Type, values: impl IntoIterator<Item = Value>) -> Vector<'static> {
    Vector::from_values(ty, values).unwrap()
}

#[test]
fn null_nan_and_zero_are_keys() {
    let mut table = KeyTable::new(&[Type::F64]);
    let values = [0.0, -0.0, f64::NAN, -f64::NAN, 1.5, 0.0].map(Value::from);
    let keys = [vector(Type::F64, values.into_iter().chain([Value::Null, Value::Null]))];
    assert_eq!(slots(&mut table, &keys), [0, 0, 1, 1, 2, 0, 3, 3]);
    assert_eq!(slots(&mut table, &[vector(Type::F64, [Value::Null, Value::from(-0.0)])]), [3, 0]);
    let shown = table.keys(0, &[0, 3]);
    assert!(matches!(shown.value(0), Value::F64(zero) if zero.is_sign_positive()));
    assert_eq!(shown.value(1), Value::Null);
}

#[test]
fn every_type_finds_its_keys_again() {
    let text = |n: i64| Value::from(format!("a text too long to be kept inline, number {n}"));
    let cell = |ty, n: i64| match ty {
        Type::Bool => Value::Bool(n % 2 == 0),
        Type::I8 => Value::I8(n as i8),
        Type::I16 => Value::I16(n as i16),
        Type::I32 => Value::I32(n as i32),
        Type::I64 => Value::I64(n),
        Type::F32 => Value::F32(n as f32),
        Type::F64 => Value::F64(n as f64),
        Type::Char => Value::Char(n as u16),
        Type::String => text(n),
        Type::Timestamp => Value::Timestamp(crate::Timestamp::from_nanos(n)),
        Type::Date => Value::Date(crate::Date::from_days(n as i32)),
        Type::Time => Value::from(crate::Time::from_nanos(n)),
        Type::Duration => Value::Duration(crate::TimeDelta::from_nanos(-n)),
        Type::Decimal(scale) => Value::from(crate::Decimal::new(i128::from(n) << 70, scale)),
        Type::List(_) => crate::List::from(vec![None, Some(n as f64), Some(f64::NAN)]).into(),
    };
    for ty in Type::ALL {
        let mut table = KeyTable::new(&[ty, Type::I64]);
        let distinct: Vec<Value> = (0..40).map(|n| if n == 7 { Value::Null } else { cell(ty, n) }).collect();
        let first = vector(ty, distinct.iter().cloned());
        let second = vector(Type::I64, (0..40).map(Value::I64));
        let made = slots(&mut table, &[first.borrowed(), second.borrowed()]);
        assert_eq!(made, (0..40).collect::<Vec<u32>>(), "{ty}");
        assert_eq!(slots(&mut table, &[first.borrowed(), second]), made, "{ty}");
        assert!(table.keys(0, &made).iter().zip(&distinct).all(|(kept, key)| kept.same(key)), "{ty}");
        let mut found = Vec::new();
        let other = vector(Type::I64, (1..41).map(Value::I64));
        table.locate(&Keys::of([first, other]), 40, &mut found);
        assert!(found.iter().all(|&slot| slot == NO_SLOT), "{ty}");
        assert!(table.bytes() > 40 * 8);
    }
}

#[test]
fn equal_hashes_do_not_make_equal_keys() {
    let mut table = ByColumns::new(&[Type::F64]);
    let keys = [vector(Type::F64, (0..100).map(|n| Value::F64(f64::from(n % 50))))];
    let mut out = Vec::new();
    table.insert_hashed(&keys, &[7; 100], &mut out);
    assert_eq!(out, (0..50).chain(0..50).collect::<Vec<u32>>());
    table.validate().unwrap();
    table.remove(20);
    table.find_hashed(&keys, &[7; 100], &mut out);
    assert_eq!((out[20], out[21]), (NO_SLOT, 21));
}

#[test]
fn numbers_close_together_and_far_apart_are_found() {
    let ints = |values: Vec<i64>| [vector(Type::I64, values.into_iter().map(Value::I64))];
    let mut table = KeyTable::new(&[Type::I64]);
    let close: Vec<i64> = (-5000..5000).rev().collect();
    let first = slots(&mut table, &ints(close.clone()));
    assert_eq!(first, (0..10_000).collect::<Vec<u32>>());
    // Two that are far away make it hash, and so many between them that there is a number for each place make it stop.
    let far = slots(&mut table, &ints(vec![i64::MIN, i64::MAX, 1 << 40]));
    assert_eq!(far, [10_000, 10_001, 10_002]);
    assert_eq!(slots(&mut table, &ints(close)), first);
    far.into_iter().for_each(|slot| table.remove(slot));
    table.validate().unwrap();
    let mut wide = KeyTable::new(&[Type::I32]);
    let ints = |values: Vec<i32>| [vector(Type::I32, values.into_iter().map(Value::I32))];
    let mut spread: Vec<i32> = (0..400_000_i64).map(|n| (n * 7919 % 400_000) as i32).collect();
    let made = slots(&mut wide, &ints(spread.clone()));
    assert_eq!(made, (0..400_000).collect::<Vec<u32>>());
    spread.reverse();
    assert_eq!(slots(&mut wide, &ints(spread)), (0..400_000).rev().collect::<Vec<u32>>());
}

#[test]
fn keys_of_many_parts_outgrow_a_number() {
    const ROWS: i64 = 9000;
    let types = [Type::I64, Type::Timestamp, Type::I64, Type::String, Type::I64];
    let keys = |rows: std::ops::Range<i64>| {
        types.map(|ty| {
            vector(
                ty,
                rows.clone().map(|n| match ty {
                    Type::String => Value::from(format!("{n}")),
                    Type::Timestamp => Value::Timestamp(crate::Timestamp::from_nanos(n << 30)),
                    _ => Value::I64(n << 30),
                }),
            )
        })
    };
    let mut table = KeyTable::new(&types);
    let few = slots(&mut table, &keys(0..100));
    assert!(matches!(table.form, Form::Parts(_)));
    table.remove(30);
    let expected: Vec<u32> = (0..30).chain([30]).chain(31..ROWS as u32).collect();
    let mut all = slots(&mut table, &keys(0..ROWS));
    assert!(matches!(table.form, Form::Columns(_)));
    assert_eq!(all, expected);
    all.truncate(100);
    assert_eq!(few, all);
    assert!(table.keys(3, &all).iter().eq((0..100).map(|n| Value::from(format!("{n}")))));
}

#[test]
fn parts_go_with_the_last_key_that_has_them() {
    let mut table = KeyTable::new(&[Type::String, Type::Bool]);
    let keys = |texts: &[&str], bools: &[bool]| {
        [
            vector(Type::String, texts.iter().map(|&text| Value::from(text))),
            vector(Type::Bool, bools.iter().map(|&b| Value::Bool(b))),
        ]
    };
    assert_eq!(slots(&mut table, &keys(&["a", "a", "b"], &[true, false, true])), [0, 1, 2]);
    let bytes = table.bytes();
    for round in 0..1000 {
        let text = format!("a text that comes and goes, {round}");
        let made = slots(&mut table, &keys(&[&text, &text], &[true, false]));
        made.into_iter().for_each(|slot| table.remove(slot));
    }
    table.validate().unwrap();
    assert!(table.bytes() < 4 * bytes + 4096);
    let mut found = Vec::new();
    table.locate(&of(&keys(&["a", "b", "c"], &[false, false, true])), 3, &mut found);
    assert_eq!(found, [1, NO_SLOT, NO_SLOT]);
}

#[test]
fn removed_slots_are_used_again() {
    let mut table = KeyTable::new(&[Type::String]);
    let keys = |from: i64| [vector(Type::String, (from..from + 10).map(|n| Value::from(format!("key {n}"))))];
    slots(&mut table, &keys(0));
    for slot in [2, 5, 7] {
        table.remove(slot);
        table.validate().unwrap();
    }
    assert_eq!(table.len(), 7);
    let mut again = slots(&mut table, &keys(100));
    again.sort_unstable();
    assert_eq!(again, [2, 5, 7, 10, 11, 12, 13, 14, 15, 16]);
    assert_eq!((table.len(), table.slots()), (17, 17));
}

#[test]
fn without_columns_there_is_one_key() {
    let mut table = KeyTable::new(&[]);
    let mut out = vec![9];
    table.locate(&Keys::none(), 2, &mut out);
    assert_eq!(out, [NO_SLOT; 2]);
    table.place(&Keys::none(), 0, &mut out).unwrap();
    assert_eq!((out.len(), table.len()), (0, 0));
    table.place(&Keys::none(), 3, &mut out).unwrap();
    assert_eq!((&out[..], table.len()), (&[0; 3][..], 1));
    table.locate(&Keys::none(), 2, &mut out);
    assert_eq!(out, [0; 2]);
    table.remove(0);
    table.validate().unwrap();
    table.place(&Keys::none(), 1, &mut out).unwrap();
    assert_eq!((&out[..], table.slots()), (&[0][..], 1));
    table.validate().unwrap();
}

#[test]
fn widening_keeps_nulls_and_values() {
    let narrow = vector(Type::I8, [Value::I8(-3), Value::Null]);
    let wide: Vec<Value> = widen(narrow, Type::I64).iter().collect();
    assert_eq!(wide, [Value::I64(-3), Value::Null]);
    assert_eq!(widen(vector(Type::F32, [Value::F32(0.5)]), Type::F64).value(0), Value::F64(0.5));
    assert_eq!(widen(vector(Type::Date, [Value::Null]), Type::Date).ty(), Type::Date);
}
