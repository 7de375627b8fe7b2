//! What happens when messages, brokers or the registry do not do as they should.

use std::time::{Duration, Instant};

use headwater::kafka::{self, OnError, State};
use headwater::{ErrorKind, Value};
use headwater_kit::broker::Record;

use super::{PATIENCE, Rig, rows, service_use, sorted};

#[test]
fn a_bad_message_fails_the_table_with_its_place_and_keeps_what_came_before() {
    let rig = Rig::new(1);
    rig.put(1, 0..5);
    rig.broker.produce("use", [Record::new("s5", [0, 0, 0, 0, rig.id as u8, 0xff])]);
    rig.put(1, 6..9);
    let consumer = rig.consume().open(&rig.session).unwrap();
    let status = rig.until(&consumer, |status| matches!(status.state, State::Failed(_)));
    rig.session.step().unwrap();
    let error = consumer.table().error().unwrap();
    assert_eq!(
        (error.kind(), error.topic(), error.partition(), error.offset()),
        (ErrorKind::Decode, Some("use"), Some(0), Some(5))
    );
    assert_eq!(error.message(), "value: field Value: the payload ends too early (byte 5), schema id 1");
    assert_eq!((status.kept, status.partitions[0].next), (5, 5));
    assert_eq!(consumer.rejected().total(), 1);
}

#[test]
fn skipped_messages_are_counted_and_sampled_and_the_rest_comes_in() {
    let rig = Rig::new(4);
    let bad = |value: &[u8]| Record::new("k", value).to(2);
    rig.put(4, 0..20);
    rig.broker.produce(
        "use",
        [
            bad(b"plain"),
            bad(b""),
            bad(&[0, 0, 0, 0, 99, 2]),
            Record { key: Some(vec![0xff]), ..bad(&service_use(1, 1, None)) },
        ],
    );
    rig.put(4, 20..40);
    let consumer = rig.consume().on_error(OnError::Skip).open(&rig.session).unwrap();
    let status = rig.received(&consumer, 44);
    assert_eq!(sorted(consumer.table(), "Value"), (0..40).collect::<Vec<_>>());
    assert!(consumer.table().error().is_none());
    assert_eq!((status.kept, status.rejected), (40, 4));
    let rejected = consumer.rejected();
    let url = rig.registry.url();
    assert_eq!(
        rejected.to_string(),
        format!(
            "4 rejected\n         1  key: text that is not UTF-8\n         2  value: not framed as Avro with a schema id\n         \
             1  value: schema id 99: {url}: the schema registry has no schema id 99"
        )
    );
    let sample = &rejected.samples()[0];
    assert_eq!((sample.partition, sample.offset, sample.key.as_deref()), (2, 5, Some(&b"k"[..])));
    assert_eq!(sample.value.as_deref(), Some(&b"plain"[..]));
    assert_eq!(sample.reason, "value: not framed as Avro with a schema id: the first byte is 112, not 0");
}

#[test]
fn messages_that_do_not_decode_are_rows_of_their_own() {
    let rig = Rig::new(2);
    rig.put(2, 0..4);
    let bad = [Record::new("k", b"pl\xffain".to_vec()).to(1), Record { key: None, ..Record::new("", "\0\\").to(1) }];
    rig.broker.produce("use", bad);
    rig.put(2, 4..8);
    let consumer = rig.consume().on_error(OnError::DeadLetter).open(&rig.session).unwrap();
    let letters = consumer.dead_letters().unwrap();
    let by_reason = letters.count_by("Messages", "Topic").unwrap();
    let status = rig.received(&consumer, 10);
    rig.session.step().unwrap();
    assert_eq!(sorted(consumer.table(), "Value"), (0..8).collect::<Vec<_>>());
    assert_eq!((status.kept, status.rejected), (8, 2));
    let text = |row: &[Value]| row.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    let told = rows(letters, &["Topic", "Partition", "Offset", "Key", "Value"]);
    assert_eq!(
        told.iter().map(|row| text(row)).collect::<Vec<_>>(),
        [r"use | 1 | 2 | k | pl\xffain", r"use | 1 | 3 | null | \x00\\"]
    );
    assert!(text(&rows(letters, &["Reason"])[0]).contains("the first byte is 112, not 0"));
    assert_eq!(rows(&by_reason, &["Messages"]), [[Value::I64(2)]]);
    let none = rig.consume().on_error(OnError::Skip).open(&rig.session).unwrap();
    assert!(none.dead_letters().is_none());
}

#[test]
fn brokers_that_go_down_are_shown_and_reading_resumes_without_loss_or_duplicates() {
    let rig = Rig::new(4);
    rig.put(4, 0..400);
    let consumer = rig.consume().threads(2).open(&rig.session).unwrap();
    rig.until(&consumer, |status| status.is_live());
    rig.broker.down();
    let status = rig.until(&consumer, |status| matches!(status.state, State::Stalled { .. }));
    assert!(status.to_string().starts_with("stalled for "), "{status}");
    rig.broker.up();
    rig.put(4, 400..800);
    rig.received(&consumer, 800);
    rig.until(&consumer, |status| status.is_live());
    assert_eq!(sorted(consumer.table(), "Value"), (0..800).collect::<Vec<_>>());
}

#[test]
fn a_registry_that_goes_down_stalls_the_consumer_until_it_is_back() {
    let rig = Rig::new(2);
    let newer = r#"{"type": "record", "name": "ServiceUse", "fields": [{"name": "Value", "type": "long"}]}"#;
    let id = rig.registry.register("other", newer);
    let consumer = rig.consume().open(&rig.session).unwrap();
    rig.registry.set_down(true);
    rig.put(2, 0..10);
    rig.broker.produce("use", [Record::new("s", [&[0][..], &id.to_be_bytes(), &[20]].concat()).to(0)]);
    rig.put(2, 11..20);
    rig.until(&consumer, |status| matches!(status.state, State::Stalled { .. }));
    rig.registry.set_down(false);
    rig.received(&consumer, 20);
    assert_eq!(sorted(consumer.table(), "Value"), (0..20).collect::<Vec<_>>());
}

#[test]
fn what_cannot_be_reached_at_the_start_is_an_error_within_the_time_out() {
    let rig = Rig::new(1);
    let soon = Duration::from_millis(700);
    let start = Instant::now();
    let error =
        rig.consume().property("bootstrap.servers", "127.0.0.1:1").timeout(soon).open(&rig.session).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!((error.kind(), error.is_retriable()), (ErrorKind::Unavailable, true));
    assert!(error.message().starts_with("no broker of 127.0.0.1:1 answered within 0.7 s"), "{error}");
    let error = rig.consume().registry("http://me:s3cr3t@127.0.0.1:1").timeout(soon).open(&rig.session).unwrap_err();
    assert_eq!(
        (error.kind(), error.path(), error.is_retriable()),
        (ErrorKind::Unavailable, Some("http://127.0.0.1:1"), true)
    );
    assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
    let error = rig.consume().value(kafka::avro("no-such")).open(&rig.session).unwrap_err();
    assert_eq!(error.message(), "the schema registry has no subject no-such");
    let error =
        kafka::consume("absent").property("bootstrap.servers", rig.broker.servers()).open(&rig.session).unwrap_err();
    assert_eq!((error.kind(), error.topic()), (ErrorKind::Unknown, Some("absent")));
}

#[test]
fn properties_are_checked_and_their_values_never_shown() {
    let rig = Rig::new(1);
    let told = |name: &str, value: &str| {
        let consume = rig.consume().property(name, value);
        assert!(!format!("{consume:?}").contains("s3cr3t"));
        let error = consume.open(&rig.session).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        format!("{error:#}")
    };
    assert!(told("bootstrop", "s3cr3t").starts_with("topic use: librdkafka refuses the property bootstrop: No such"));
    assert!(!told("security.protocol", "s3cr3t").contains("s3cr3t"));
    assert!(told("auto.offset.reset", "earliest").ends_with("help: say where to begin with .offsets(..)"));
}

#[test]
fn a_session_without_cycles_holds_the_consumer_back_and_dropping_it_is_prompt() {
    let rig = Rig::new(16);
    // More than a feed holds: 64 MiB of rows.
    let host = "h".repeat(200_000);
    let heavy = |value: i64| Record::new("s", service_use(rig.id, value, Some(&host))).to((value % 16) as i32);
    rig.broker.produce("use", (0..360).map(heavy));
    let consumer = rig.consume().open(&rig.session).unwrap();
    let deadline = Instant::now() + PATIENCE;
    let stalled = |consumer: &kafka::Consumer| matches!(consumer.status().state, State::Stalled { .. });
    while !stalled(&consumer) {
        assert!(Instant::now() < deadline, "never held back: {}", consumer.status());
        std::thread::sleep(Duration::from_millis(20));
    }
    rig.received(&consumer, 360);
    assert_eq!(sorted(consumer.table(), "Value").len(), 360);
    rig.broker.produce("use", (360..720).map(heavy));
    while !stalled(&consumer) {
        assert!(Instant::now() < deadline, "never held back: {}", consumer.status());
        std::thread::sleep(Duration::from_millis(20));
    }
    let start = Instant::now();
    consumer.stop();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
