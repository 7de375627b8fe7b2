use apache_avro::types::Value as Avro;
use apache_avro::writer::datum::GenericDatumWriter;
use headwater_engine::source::BatchBuilder;
use headwater_engine::{Date, Definition, Flavour, List, Timestamp, Value};
use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A decoder over all fields of `reader` that the projection wants, with writer schemas 1, 2, ...
struct Rig {
    decoder: Decoder,
    builder: BatchBuilder,
}

impl Rig {
    fn new(reader: &str, projection: &Projection, writers: &[&str]) -> Rig {
        let fields = reader_fields(&parse(reader).unwrap(), projection).unwrap();
        let columns = fields.iter().map(|field| field.column.clone());
        let definition = Definition::new(columns, Flavour::Append).unwrap();
        let mut decoder = Decoder::new(fields.into(), 0, |_| false);
        for (id, writer) in writers.iter().enumerate() {
            decoder.learn(id as u32 + 1, writer);
        }
        Rig { decoder, builder: BatchBuilder::new(&definition) }
    }

    fn put(&mut self, payload: &[u8]) -> Result<(), String> {
        let rows = self.builder.rows();
        let done = self.decoder.rest(payload, self.builder.columns());
        done.map_err(|trouble| {
            self.builder.truncate(rows);
            match trouble {
                Trouble::Rejected(rejection) => rejection.to_string(),
                Trouble::UnknownSchema(id) => format!("schema {id} is unknown"),
            }
        })
    }

    fn rows(mut self) -> Vec<Vec<Value>> {
        let batch = self.builder.take().unwrap();
        (0..batch.rows()).map(|row| batch.columns().iter().map(|column| column.value(row)).collect()).collect()
    }
}

fn framed(id: u32, schema: &str, value: Avro) -> Vec<u8> {
    let schema = parse(schema).unwrap();
    let mut payload = vec![0];
    payload.extend(id.to_be_bytes());
    GenericDatumWriter::builder(&schema).build().unwrap().write_value(&mut payload, value).unwrap();
    payload
}

fn record(fields: &[(&str, Avro)]) -> Avro {
    Avro::Record(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// Field types of the differential test: an Avro type and whether it fits a column.
fn kinds() -> Vec<(serde_json::Value, bool)> {
    vec![
        (json!("boolean"), true),
        (json!("int"), true),
        (json!("long"), true),
        (json!("float"), true),
        (json!("double"), true),
        (json!("string"), true),
        (json!({"type": "enum", "name": "E", "symbols": ["red", "green", "blue"]}), true),
        (json!({"type": "int", "logicalType": "date"}), true),
        (json!({"type": "long", "logicalType": "timestamp-millis"}), true),
        (json!({"type": "long", "logicalType": "timestamp-micros"}), true),
        (json!("bytes"), false),
        (json!({"type": "array", "items": "string"}), true),
        (json!({"type": "map", "values": "long"}), false),
        (json!({"type": "fixed", "name": "F", "size": 3}), false),
        (json!(["null", "int", "string"]), false),
        (json!({"type": "array", "items": "null"}), false),
        (json!({"type": "array", "items": ["long", "null"]}), true),
    ]
}

/// A value of a kind made from a random number, as Avro's and as ours.
fn sample(kind: usize, seed: u64) -> (Avro, Value) {
    let text: String =
        "é∂abcdefghijklmnopqrst".chars().cycle().skip(seed as usize % 7).take(seed as usize % 40).collect();
    let small = (seed >> 20) as i64 - (1 << 43);
    match kind {
        0 => (Avro::Boolean(seed % 2 == 1), Value::Bool(seed % 2 == 1)),
        1 => (Avro::Int(seed as i32), Value::I32(seed as i32)),
        2 => (Avro::Long(seed as i64), Value::I64(seed as i64)),
        3 => (Avro::Float(seed as f32 / 3.0), Value::F32(seed as f32 / 3.0)),
        4 => (Avro::Double(seed as f64 / 7.0), Value::F64(seed as f64 / 7.0)),
        5 => (Avro::String(text.clone()), Value::from(text)),
        6 => {
            let at = seed as usize % 3;
            let symbol = ["red", "green", "blue"][at];
            (Avro::Enum(at as u32, symbol.to_owned()), Value::from(symbol))
        }
        7 => (Avro::Date(seed as i32), Value::Date(Date::from_days(seed as i32))),
        8 => (Avro::TimestampMillis(small / 4), Value::Timestamp(Timestamp::from_nanos(small / 4 * 1_000_000))),
        9 => (Avro::TimestampMicros(small), Value::Timestamp(Timestamp::from_nanos(small * 1_000))),
        10 => (Avro::Bytes(text.into_bytes()), Value::Null),
        11 => {
            let count = seed as usize % 4;
            (Avro::Array(vec![Avro::String(text.clone()); count]), List::from(vec![text; count]).into())
        }
        12 => {
            let entries = (0..seed % 3).map(|i| (format!("{i}{text}"), Avro::Long(seed as i64)));
            (Avro::Map(entries.collect()), Value::Null)
        }
        13 => (Avro::Fixed(3, vec![1, 2, 3]), Value::Null),
        14 if seed.is_multiple_of(2) => (Avro::Union(2, Box::new(Avro::String(text))), Value::Null),
        14 => (Avro::Union(1, Box::new(Avro::Int(seed as i32))), Value::Null),
        15 => (Avro::Array(vec![Avro::Null; seed as usize % 5]), Value::Null),
        _ => {
            let items: Vec<Option<i64>> = (0..seed % 6).map(|at| (at != 2).then_some(seed as i64)).collect();
            let item = |item: &Option<i64>| match item {
                Some(item) => Avro::Union(0, Box::new(Avro::Long(*item))),
                None => Avro::Union(1, Box::new(Avro::Null)),
            };
            (Avro::Array(items.iter().map(item).collect()), List::from(items).into())
        }
    }
}

/// A schema of fields `f0`, `f1`, ... and the columns of it that can be read.
fn schema_of(fields: &[(usize, bool)]) -> (String, Projection) {
    let kinds = kinds();
    let mut projection = Projection { columns: Vec::new(), only: true };
    let fields = fields.iter().enumerate().map(|(at, &(kind, nullable))| {
        let mut ty = kinds[kind].0.clone();
        if let Some(name) = ty.get_mut("name") {
            *name = json!(format!("T{at}"));
        }
        if kinds[kind].1 {
            projection.columns.push((format!("f{at}"), format!("f{at}")));
        }
        let ty = if nullable && !ty.is_array() { json!(["null", ty]) } else { ty };
        json!({"name": format!("f{at}"), "type": ty})
    });
    let schema = json!({"type": "record", "name": "R", "fields": fields.collect::<Vec<_>>()});
    (schema.to_string(), projection)
}

proptest! {
    #[test]
    fn agrees_with_apache_avro_and_survives_garbage_between_good_records(
        fields in prop::collection::vec((0..17usize, any::<bool>()), 1..10),
        rows in prop::collection::vec(prop::collection::vec(any::<u64>(), 10), 0..12),
        garbage in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), any::<bool>(), 0..1000usize), 12),
    ) {
        let (schema, projection) = schema_of(&fields);
        let mut rig = Rig::new(&schema, &projection, &[&schema]);
        let mut expected = Vec::new();
        for (seeds, (noise, cut, at)) in rows.iter().zip(&garbage) {
            let mut cells = Vec::new();
            let mut values = Vec::new();
            for (at, (&(kind, nullable), &seed)) in fields.iter().zip(seeds).enumerate() {
                let (avro, ours) = sample(kind, seed);
                let null = nullable && kind != 14 && seed % 5 == 0;
                let branch = u32::from(!null);
                let value = if null { Avro::Null } else { avro };
                let value = if nullable && kind != 14 { Avro::Union(branch, Box::new(value)) } else { value };
                values.push((format!("f{at}"), value));
                if kinds()[kind].1 {
                    cells.push(if null { Value::Null } else { ours });
                }
            }
            let payload = framed(1, &schema, Avro::Record(values));
            let bad = if *cut { payload[..at % payload.len()].to_vec() } else { [&[0, 0, 0, 0, 1][..], noise].concat() };
            let before = rig.builder.rows();
            // Noise may happen to be a record; a record cut short never is.
            let taken = rig.put(&bad).is_ok();
            prop_assert!(!(taken && *cut));
            rig.builder.truncate(before);
            prop_assert_eq!(rig.put(&payload), Ok(()));
            prop_assert!(rig.put(&[&payload[..], &[7]].concat()).is_err());
            expected.push(cells);
        }
        let width = projection.columns.len();
        let rows = if width == 0 { expected.clone() } else { rig.rows() };
        prop_assert_eq!(rows.len(), expected.len());
        for (row, cells) in rows.iter().zip(&expected) {
            prop_assert!(row.iter().zip(cells).all(|(a, b)| a.same(b)), "{:?} is not {:?}", row, cells);
        }
    }
}

const TRADE: &str = r#"{"type": "record", "name": "Trade", "fields": [
    {"name": "Sym", "type": "string"},
    {"name": "Price", "type": "double"},
    {"name": "Size", "type": ["null", "long"], "default": null},
    {"name": "Venue", "type": "string", "default": "none", "aliases": ["Exchange"]}]}"#;

#[test]
fn writers_may_lack_reorder_add_and_widen_fields() {
    let older = r#"{"type": "record", "name": "Trade", "fields": [
        {"name": "Price", "type": "int"}, {"name": "Sym", "type": "string"}]}"#;
    let newer = r#"{"type": "record", "name": "Trade", "fields": [
        {"name": "Extra", "type": {"type": "array", "items": "double"}},
        {"name": "Exchange", "type": {"type": "enum", "name": "V", "symbols": ["X", "Y"]}},
        {"name": "Size", "type": "int"},
        {"name": "Price", "type": ["float", "null"]},
        {"name": "Sym", "type": "bytes"}]}"#;
    let mut rig = Rig::new(TRADE, &Projection::default(), &[TRADE, older, newer]);
    rig.put(&framed(2, older, record(&[("Price", Avro::Int(7)), ("Sym", Avro::String("A".into()))]))).unwrap();
    let fields = [
        ("Extra", Avro::Array(vec![Avro::Double(1.0); 3])),
        ("Exchange", Avro::Enum(1, "Y".into())),
        ("Size", Avro::Int(-3)),
        ("Price", Avro::Union(0, Box::new(Avro::Float(0.5)))),
        ("Sym", Avro::Bytes(b"B".to_vec())),
    ];
    rig.put(&framed(3, newer, record(&fields))).unwrap();
    assert_eq!(
        rig.rows(),
        [
            [Value::from("A"), Value::F64(7.0), Value::Null, Value::from("none")],
            [Value::from("B"), Value::F64(0.5), Value::I64(-3), Value::from("Y")],
        ]
    );
}

#[test]
fn a_change_that_does_not_widen_is_refused_with_the_field_and_both_types() {
    let narrower = r#"{"type": "record", "name": "Trade", "fields": [
        {"name": "Sym", "type": "string"}, {"name": "Price", "type": ["null", "int", "string"]}]}"#;
    let mut rig = Rig::new(TRADE, &Projection::default(), &[narrower]);
    let told = rig.put(&[0, 0, 0, 0, 1, 0, 0]).unwrap_err();
    assert_eq!(
        told,
        "schema id 1: field Price is a union of null, int, string where the table has a column of type f64"
    );
    assert_eq!(rig.put(&[0, 0, 0, 0, 9, 0]).unwrap_err(), "schema 9 is unknown");
}

#[test]
fn a_fault_names_the_field_the_byte_and_the_reason() {
    let mut rig = Rig::new(TRADE, &Projection::default(), &[TRADE]);
    let told: Vec<String> = [
        &[1, 2, 3][..],
        b"{\"Sym\":1}",
        &[0, 0, 0, 0, 1],
        &[0, 0, 0, 0, 1, 9],
        &[0, 0, 0, 0, 1, 2, 0xff],
        &[0, 0, 0, 0, 1, 2, b'A', 1, 2],
        &[0, 0, 0, 0, 1, 2, b'A', 0, 0, 0, 0, 0, 0, 0, 0, 6],
        &[0, 0, 0, 0, 1, 2, b'A', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8],
    ]
    .iter()
    .map(|payload| rig.put(payload).unwrap_err())
    .collect();
    assert_eq!(
        told,
        [
            "not framed as Avro with a schema id: 3 bytes are too few",
            "not framed as Avro with a schema id: the first byte is 123, not 0",
            "field Sym: the payload ends too early (byte 5), schema id 1",
            "field Sym: a length of -5 (byte 5), schema id 1",
            "field Sym: text that is not UTF-8 (byte 5), schema id 1",
            "field Price: the payload ends too early (byte 7), schema id 1",
            "field Size: choice 3 of 2 (byte 15), schema id 1",
            "1 bytes are left over after the last field (byte 17), schema id 1",
        ]
    );
    assert_eq!(rig.builder.rows(), 0);
}

#[test]
fn nested_records_are_flattened_and_null_ones_give_nulls() {
    let schema = r#"{"type": "record", "name": "Order", "fields": [
        {"name": "Buyer", "type": {"type": "record", "name": "Person", "fields": [
            {"name": "Name", "type": "string"}, {"name": "Age", "type": "int"}]}},
        {"name": "Seller", "type": ["null", "Person"]},
        {"name": "Next", "type": ["null", "Order"]},
        {"name": "Id", "type": "long"}]}"#;
    let projection = Projection {
        columns: [("Buyer.Name", "Buyer"), ("Seller.Name", "Seller"), ("Seller.Age", "Age"), ("Id", "Id")]
            .map(|(field, column)| (field.to_owned(), column.to_owned()))
            .to_vec(),
        only: true,
    };
    let mut rig = Rig::new(schema, &projection, &[schema]);
    let person = |name: &str| record(&[("Name", Avro::String(name.into())), ("Age", Avro::Int(30))]);
    let order = |seller: Option<&str>, next: Option<Avro>, id| {
        let optional = |value: Option<Avro>| match value {
            Some(value) => Avro::Union(1, Box::new(value)),
            None => Avro::Union(0, Box::new(Avro::Null)),
        };
        let fields = [
            ("Buyer", person("B")),
            ("Seller", optional(seller.map(person))),
            ("Next", optional(next)),
            ("Id", Avro::Long(id)),
        ];
        record(&fields)
    };
    rig.put(&framed(1, schema, order(Some("S"), Some(order(None, None, 1)), 2))).unwrap();
    rig.put(&framed(1, schema, order(None, None, 3))).unwrap();
    assert_eq!(
        rig.rows(),
        [
            [Value::from("B"), Value::from("S"), Value::I32(30), Value::I64(2)],
            [Value::from("B"), Value::Null, Value::Null, Value::I64(3)],
        ]
    );
    let error = reader_fields(&parse(schema).unwrap(), &Projection::default()).unwrap_err();
    assert_eq!(
        error.message(),
        "field Next of schema Order is a union of null, the type Order inside itself, for which there is no column type"
    );
}

#[test]
fn endless_nesting_ends_in_a_fault() {
    let schema = r#"{"type": "record", "name": "List", "fields": [
        {"name": "Head", "type": "long"}, {"name": "Tail", "type": ["null", "List"]}]}"#;
    let projection = Projection { columns: vec![("Head".into(), "Head".into())], only: true };
    let mut rig = Rig::new(schema, &projection, &[schema]);
    let mut payload = vec![0, 0, 0, 0, 1];
    payload.extend([2, 2].repeat(100_000));
    assert!(rig.put(&payload).unwrap_err().starts_with("field Tail: values nested too deeply"));
}

#[test]
fn a_probe_reads_no_further_than_its_columns() {
    let fields = reader_fields(&parse(TRADE).unwrap(), &Projection::default()).unwrap();
    let definition = Definition::new(fields.iter().map(|field| field.column.clone()), Flavour::Append).unwrap();
    let mut decoder = Decoder::new(fields.into(), 0, |column| column == 0);
    decoder.learn(1, TRADE);
    let mut builder = BatchBuilder::new(&definition);
    // The price is cut off, which the probe has no reason to see.
    decoder.probe(&[0, 0, 0, 0, 1, 2, b'A', 1], builder.columns()).unwrap();
    assert_eq!(builder.column(0).len(), 1);
    assert!(decoder.rest(&[0, 0, 0, 0, 1, 2, b'A', 1], builder.columns()).is_err());
}

#[test]
fn what_is_encoded_decodes_to_the_same_also_by_apache_avro() {
    let cells = [
        Value::Bool(true),
        Value::I8(-8),
        Value::I16(300),
        Value::I32(i32::MIN),
        Value::I64(i64::MAX),
        Value::F32(0.1),
        Value::F64(-1e300),
        Value::from("längerer Text"),
        Value::Timestamp(Timestamp::from_nanos(-1_000)),
        Value::Date(Date::from_days(-1)),
        List::from(vec![Some("a"), None]).into(),
        List::from(Vec::<Timestamp>::new()).into(),
    ];
    let defs = cells.iter().enumerate();
    let defs = defs.map(|(at, cell)| headwater_engine::ColumnDef::new(format!("c{at}"), cell.ty().unwrap()));
    let definition = Definition::new(defs, Flavour::Append).unwrap();
    let columns: Vec<_> = cells
        .iter()
        .map(|cell| {
            let both = [cell.clone(), Value::Null];
            headwater_engine::vector::Vector::from_values(cell.ty().unwrap(), both).unwrap()
        })
        .collect();
    let schema = schema_for(&definition, "Row", &[]).unwrap();
    let parsed = parse(&schema).unwrap();
    let encoder = Encoder::new(&parsed, 1, &definition, &[], false).unwrap();
    let mut rig = Rig::new(&schema, &Projection::default(), &[&schema]);
    for row in 0..2 {
        let mut payload = Vec::new();
        encoder.encode(&definition, &columns, row, &mut payload).unwrap();
        rig.put(&payload).unwrap();
        let reader = apache_avro::reader::datum::GenericDatumReader::builder(&parsed).build().unwrap();
        let Avro::Record(fields) = reader.read_value(&mut &payload[5..]).unwrap() else { panic!("not a record") };
        let nulls = fields.iter().filter(|(_, value)| matches!(value, Avro::Union(0, _))).count();
        assert_eq!(nulls, row * cells.len());
    }
    let rows = rig.rows();
    let told: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(told, cells.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert!(rows[1].iter().all(Value::is_null));
}

#[test]
fn a_schema_that_the_table_does_not_fit_is_refused() {
    use headwater_engine::{ColumnDef, Type};
    let definition =
        Definition::new([ColumnDef::new("Sym", Type::String), ColumnDef::new("Price", Type::I64)], Flavour::Append);
    let definition = definition.unwrap();
    let trade = parse(TRADE).unwrap();
    let told = |columns: &[(&str, &str)], only| {
        let columns: Vec<_> = columns.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Encoder::new(&trade, 1, &definition, &columns, only).unwrap_err().message().to_owned()
    };
    assert_eq!(told(&[], false), "a column of type i64 for the field Price, which is double");
    assert_eq!(told(&[("Price", "Cost")], false), "there is no column Cost");
    let lists = Definition::new([ColumnDef::new("Price", Type::List(&Type::F64))], Flavour::Append).unwrap();
    let error = Encoder::new(&trade, 1, &lists, &[("Sym".into(), "Price".into())], true).unwrap_err();
    assert_eq!(error.message(), "a column of type list<f64> for the field Sym, which is string");
    assert_eq!(told(&[("Price", "Sym")], false), "a column of type string for the field Price, which is double");
    assert_eq!(record_name("use-anomalies.v1"), "use_anomalies_v1");
}

const BASKET: &str = r#"{"type": "record", "name": "Basket", "fields": [
    {"name": "Ids", "type": {"type": "array", "items": "double"}, "default": [1, 2]},
    {"name": "Notes", "type": ["null", {"type": "array", "items": ["null", "string"]}]}]}"#;

#[test]
fn arrays_come_in_blocks_widened_and_by_default() {
    let ints = r#"{"type": "record", "name": "Basket", "fields": [
        {"name": "Ids", "type": {"type": "array", "items": "int"}},
        {"name": "Notes", "type": {"type": "array", "items": "string"}}]}"#;
    let none = r#"{"type": "record", "name": "Basket", "fields": []}"#;
    let maps = r#"{"type": "record", "name": "Basket", "fields": [
        {"name": "Ids", "type": {"type": "array", "items": {"type": "map", "values": "int"}}}]}"#;
    let mut rig = Rig::new(BASKET, &Projection::default(), &[ints, none, maps]);
    // Two blocks, the second with its size in bytes; and one of a text.
    rig.put(&[0, 0, 0, 0, 1, 4, 2, 4, 1, 2, 6, 0, 2, 2, b'x', 0]).unwrap();
    rig.put(&[0, 0, 0, 0, 2]).unwrap();
    // What was read of a list when the record turned out to be bad is in no other list.
    let told = rig.put(&[0, 0, 0, 0, 1, 4, 8, 8, 0, 0x7e, 2, b'x']).unwrap_err();
    assert_eq!(told, "field Notes: the payload ends too early (byte 9), schema id 1");
    rig.put(&[0, 0, 0, 0, 1, 0, 0]).unwrap();
    let told = rig.put(&[0, 0, 0, 0, 3, 0]).unwrap_err();
    assert_eq!(told, "schema id 3: field Ids is an array of a map where the table has a column of type list<f64>");
    let rows: Vec<Vec<String>> = rig.rows().iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(rows, [["[1.0, 2.0, 3.0]", r#"["x"]"#], ["[1.0, 2.0]", "null"], ["[]", "[]"]]);
}

#[test]
fn a_null_in_a_list_is_refused_where_the_schema_has_none() {
    use headwater_engine::{ColumnDef, Type, vector::Vector};
    let ty = Type::List(&Type::F64);
    let definition = Definition::new([ColumnDef::new("Ids", ty)], Flavour::Append).unwrap();
    let encoder = Encoder::new(&parse(BASKET).unwrap(), 1, &definition, &[], false).unwrap();
    let column = Vector::from_values(ty, [List::from(vec![Some(1.5), None]).into()]).unwrap();
    let error = encoder.encode(&definition, &[column], 0, &mut Vec::new()).unwrap_err();
    assert_eq!(error.message(), "[1.5, null] cannot be written as the field Ids");
}
