//! What a filter given to the consumer keeps and costs.

use headwater::kafka::OnError;
use headwater::{ErrorKind, Value};
use headwater_kit::broker::Record;

use super::{Rig, rows, service_use, sorted};

#[test]
fn a_filter_is_applied_before_a_row_is_kept_and_decodes_only_what_it_reads() {
    let rig = Rig::new(8);
    rig.put(8, 0..800);
    // Broken after the field that the filter reads: seen only where the message is kept.
    let broken = [&service_use(rig.id, 1, None)[..6], &[6]].concat();
    rig.broker.produce("use", (0..3).map(|partition| Record::new("s1", broken.clone()).to(partition)));
    let open = |filter: &str| {
        let consume = rig.consume().filter(filter).on_error(OnError::Skip);
        consume.open(&rig.session).unwrap()
    };
    let large = open("Value >= 600 && Service != `s3`");
    let status = rig.received(&large, 803);
    assert_eq!(sorted(large.table(), "Value"), (600..800).filter(|value| value % 7 != 3).collect::<Vec<_>>());
    assert_eq!((status.rejected, status.filtered), (0, 803 - status.kept));
    for row in rows(large.table(), &["KafkaPartition", "KafkaOffset", "Service", "Value"]) {
        let Value::I64(value) = row[3] else { panic!("{row:?}") };
        assert_eq!(
            row[..3],
            [Value::I32((value % 8) as i32), Value::I64(value / 8), Value::from(format!("s{}", value % 7))]
        );
    }
    let small = open("Value < 2 && KafkaPartition < 2");
    let status = rig.received(&small, 803);
    assert_eq!((status.kept, status.rejected, status.filtered), (2, 2, 799));
    assert_eq!(sorted(small.table(), "Value"), [0, 1]);
    let error = rig.consume().filter("Valu > 3").open(&rig.session).unwrap_err();
    assert_eq!((error.kind(), error.topic()), (ErrorKind::Unknown, Some("use")));
}

#[test]
fn a_message_on_which_the_filter_fails_is_a_bad_message() {
    let rig = Rig::new(1);
    rig.session.function("picky", |value: i64| if value == 3 { Err("no threes") } else { Ok(value) }).unwrap();
    rig.put(1, 0..6);
    let consumer = rig.consume().filter("picky(Value) > 1").on_error(OnError::Skip).open(&rig.session).unwrap();
    let status = rig.received(&consumer, 6);
    assert_eq!(sorted(consumer.table(), "Value"), [2, 4, 5]);
    assert_eq!((status.filtered, status.rejected), (2, 1));
    assert_eq!(consumer.rejected().samples()[0].offset, 3);
}
