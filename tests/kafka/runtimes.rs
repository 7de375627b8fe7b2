//! Nothing blocks on, or drops, a runtime in the caller's context.

use headwater::kafka;

use super::{Rig, sorted};

fn round() {
    let rig = Rig::new(2);
    rig.put(2, 0..10);
    let consumer = rig.consume().open(&rig.session).unwrap();
    rig.received(&consumer, 10);
    assert_eq!(sorted(consumer.table(), "Value"), (0..10).collect::<Vec<_>>());
    let refused = rig.consume().value(kafka::avro("no-such")).open(&rig.session);
    assert!(refused.is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn a_consumer_works_inside_a_current_thread_runtime() {
    round();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_works_inside_a_multi_thread_runtime() {
    round();
}
