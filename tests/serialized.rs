//! Types and values as data: what is written is read again.

use headwater::prelude::{ColumnDef, Type, Value};
use headwater::{Decimal, Definition, Flavour, List, Timestamp};

#[test]
fn types_are_read_again() {
    let nested = Type::list_of(Type::list_of(Type::Decimal(3)));
    let types = Type::ALL.into_iter().chain([Type::Decimal(38), nested]);
    let columns = types.enumerate().map(|(at, ty)| ColumnDef::new(format!("C{at}"), ty));
    let definition = Definition::new(columns, Flavour::Keyed).unwrap();
    let text = serde_json::to_string(&definition).unwrap();
    assert_eq!(serde_json::from_str::<Definition>(&text).unwrap(), definition);
}

#[test]
fn values_are_read_again() {
    let values = [
        Value::Null,
        Value::I64(i64::MIN),
        Value::from("ü"),
        Value::Timestamp(Timestamp::from_nanos(-1)),
        Value::from(Decimal::parse("-0.05")),
        Value::from(List::from(vec![Some("a"), None])),
        Value::from(List::from(Vec::<i8>::new())),
        Value::from(List::from_values(Type::List(&Type::F64), [List::from(vec![1.5]).into(), Value::Null])),
    ];
    for value in values {
        let text = serde_json::to_string(&value).unwrap();
        let again: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&again, again.ty()), (&value, value.ty()), "{text}");
    }
    let error = serde_json::from_str::<Value>(r#"{"List":["I64",[{"String":"a"}]]}"#).unwrap_err();
    assert!(error.to_string().contains("not all values of the list are of type i64"), "{error}");
}
