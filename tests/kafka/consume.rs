//! What a consumer puts into its table.

use std::time::Duration;

use headwater::kafka::{self, Offsets, TableType};
use headwater::{ErrorKind, Type, Value};
use headwater_kit::broker::Record;

use super::{Rig, rows, sorted};

#[test]
fn all_partitions_come_in_with_their_standard_columns() {
    let rig = Rig::new(32);
    rig.put(32, 0..3200);
    let consumer = rig.consume().threads(3).open(&rig.session).unwrap();
    let names: Vec<&str> = consumer.table().definition().columns().iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["KafkaPartition", "KafkaOffset", "KafkaTimestamp", "Service", "Value", "Host"]);
    let status = rig.until(&consumer, |status| status.is_live());
    assert_eq!((status.received, status.kept, status.rejected, status.lag()), (3200, 3200, 0, 0));
    assert!(status.partitions.iter().all(|partition| (partition.next, partition.end) == (100, 100)));
    assert_eq!(sorted(consumer.table(), "Value"), (0..3200).collect::<Vec<_>>());
    let mut next = [0; 32];
    for row in rows(consumer.table(), &["KafkaPartition", "KafkaOffset", "KafkaTimestamp", "Service", "Value", "Host"])
    {
        let [Value::I32(partition), Value::I64(offset), Value::Timestamp(at), service, Value::I64(value), host] =
            &row[..]
        else {
            panic!("{row:?}")
        };
        assert_eq!(i64::from(*partition), value % 32);
        assert_eq!(*offset, std::mem::replace(&mut next[*partition as usize], offset + 1), "in order of offset");
        assert_eq!(at.epoch_millis(), 1_700_000_000_000 + value);
        assert_eq!(*service, Value::from(format!("s{}", value % 7)));
        assert!(host.is_null());
    }
    assert_eq!(next, [100; 32]);
    // One schema by subject; its id is known from there.
    assert_eq!(rig.registry.requests(), 1);
    rig.put(32, 3200..3300);
    rig.received(&consumer, 3300);
    assert_eq!(sorted(consumer.table(), "Value").len(), 3300);
}

#[test]
fn reading_begins_where_it_is_told_to() {
    let rig = Rig::new(4);
    rig.put(4, 0..40);
    let end = rig.consume().offsets(Offsets::End).open(&rig.session).unwrap();
    assert!(end.status().is_live());
    let given = rig.consume().offsets(Offsets::given([(0, 9), (2, 10), (3, 0)])).open(&rig.session).unwrap();
    let one = rig.consume().partitions([3, 1, 3]).offsets(Offsets::given([(1, 8)])).open(&rig.session).unwrap();
    rig.received(&given, 1 + 10 + 10);
    rig.received(&one, 2 + 10);
    rig.put(4, 40..44);
    rig.received(&end, 4);
    rig.received(&given, 25);
    rig.received(&one, 14);
    assert_eq!(sorted(end.table(), "Value"), [40, 41, 42, 43]);
    let expect = |keep: &dyn Fn(i64) -> bool| (0..44).filter(|&value| keep(value)).collect::<Vec<i64>>();
    let from = |value: i64, starts: [i64; 4]| value / 4 >= starts[(value % 4) as usize];
    assert_eq!(sorted(given.table(), "Value"), expect(&|value| from(value, [9, 0, 10, 0])));
    assert_eq!(sorted(one.table(), "Value"), expect(&|value| from(value, [99, 8, 99, 0])));
    let error = rig.consume().offsets(Offsets::given([(2, 12)])).open(&rig.session).unwrap_err();
    assert_eq!(
        error.to_string(),
        "topic use, partition 2, offset 12: offset 12 is not in the partition, which has 0 to 11"
    );
    let error = rig.consume().partitions([7]).open(&rig.session).unwrap_err();
    assert_eq!((error.kind(), error.partition()), (ErrorKind::Unknown, Some(7)));
}

#[test]
fn the_standard_columns_may_have_other_names_or_none() {
    let rig = Rig::new(1);
    rig.put(1, 0..3);
    let consume = rig.consume().partition_column(None).offset_column("Offset").timestamp_column(None);
    let consumer = consume.open(&rig.session).unwrap();
    rig.received(&consumer, 3);
    assert_eq!(rows(consumer.table(), &["Offset", "Value"])[2], [Value::I64(2), Value::I64(2)]);
    assert_eq!(consumer.table().definition().columns().len(), 4);
    let error = rig.consume().offset_column("Value").open(&rig.session).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NameClash);
}

#[test]
fn keys_and_values_are_read_in_every_simple_form_and_tombstones_are_null() {
    let rig = Rig::new(1);
    rig.broker.create_topic("numbers", 1);
    let record = |key: &[u8], value: Option<&[u8]>| Record { value: value.map(<[u8]>::to_vec), ..Record::new(key, []) };
    rig.broker.produce(
        "numbers",
        [record(&7i32.to_be_bytes(), Some(&0.5f64.to_be_bytes())), record(&(-1i32).to_be_bytes(), None)],
    );
    let consumer = kafka::consume("numbers")
        .property("bootstrap.servers", rig.broker.servers())
        .key(kafka::simple("Key", Type::I32))
        .value(kafka::simple("Value", Type::F64))
        .open(&rig.session)
        .unwrap();
    rig.received(&consumer, 2);
    let expected = [[Value::I32(7), Value::F64(0.5)], [Value::I32(-1), Value::Null]];
    assert_eq!(rows(consumer.table(), &["Key", "Value"]), expected);
}

#[test]
fn json_values_are_read_by_the_fields_named() {
    let rig = Rig::new(1);
    rig.broker.create_topic("json", 1);
    rig.broker.produce("json", [Record::new("k", r#"{"price": 2.5, "order": {"id": 7}, "more": []}"#)]);
    let consumer = kafka::consume("json")
        .property("bootstrap.servers", rig.broker.servers())
        .value(kafka::json().field("price", "Price", Type::F64).field("/order/id", "Id", Type::I64))
        .open(&rig.session)
        .unwrap();
    rig.received(&consumer, 1);
    assert_eq!(rows(consumer.table(), &["Id", "Price"]), [[Value::I64(7), Value::F64(2.5)]]);
}

#[test]
fn a_blink_table_forgets_its_rows_after_the_cycle() {
    let rig = Rig::new(2);
    rig.put(2, 0..10);
    let consumer = rig.consume().table_type(TableType::Blink).open(&rig.session).unwrap();
    rig.until(&consumer, |status| status.is_live());
    rig.session.step().unwrap();
    rig.session.step().unwrap();
    assert!(consumer.table().snapshot().unwrap().is_empty());
}

#[test]
fn a_later_schema_is_followed_where_it_widens() {
    let rig = Rig::new(1);
    let newer = r#"{"type": "record", "name": "ServiceUse", "fields": [
        {"name": "Region", "type": "string", "default": ""}, {"name": "Value", "type": "int"}]}"#;
    let consumer = rig.consume().open(&rig.session).unwrap();
    let id = rig.registry.register("use-value", newer);
    rig.put(1, [1]);
    rig.broker.produce("use", [Record::new("s", [&[0][..], &id.to_be_bytes(), &[4, b'e', b'u', 4]].concat())]);
    rig.received(&consumer, 2);
    assert_eq!(sorted(consumer.table(), "Value"), [1, 2]);
}

#[test]
fn the_newest_rows_are_kept_and_reading_goes_on_where_a_snapshot_was_taken() {
    let rig = Rig::new(3);
    rig.put(3, 0..30);
    let all = rig.consume().open(&rig.session).unwrap();
    rig.received(&all, 30);
    rig.until(&all, |_| all.table().snapshot().unwrap().len() == 30);
    let taken = all.table().snapshot().unwrap();
    assert_eq!(taken.positions().iter().collect::<Vec<_>>(), [("0", 10), ("1", 10), ("2", 10)]);
    rig.put(3, 30..60);
    let rest = rig.consume().offsets(taken.positions()).open(&rig.session).unwrap();
    // Message timestamps are a millisecond apart.
    let newest = rig.consume().threads(1).retain(Duration::from_millis(4)).open(&rig.session).unwrap();
    rig.received(&rest, 30);
    rig.received(&newest, 60);
    rig.session.step().unwrap();
    assert_eq!(sorted(rest.table(), "Value"), (30..60).collect::<Vec<_>>());
    assert_eq!(newest.table().definition().flavour(), headwater::Flavour::Ring);
    let kept = sorted(newest.table(), "Value");
    assert!(kept.contains(&59) && kept.len() < 60, "{kept:?}");
    let both = rig.consume().table_type(TableType::Blink).retain(Duration::from_secs(1)).open(&rig.session);
    assert_eq!(both.unwrap_err().kind(), ErrorKind::Argument);
}
