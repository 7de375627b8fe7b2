//! Any bytes: a row set that is valid and is written as it was read, or an error.

#![no_main]

use headwater_engine::RowSet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(rows) = RowSet::from_bytes(bytes) else { return };
    rows.validate().expect("a valid set");
    assert_eq!(RowSet::from_bytes(&rows.to_bytes()).expect("what to_bytes wrote"), rows);
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        assert_eq!(rows.select(0), Some(first));
        assert_eq!(rows.select(rows.len() - 1), Some(last));
        assert_eq!(rows.rank(last), Ok(rows.len() - 1));
        assert_eq!(rows.runs().map(|run| run.end - run.start).sum::<u64>(), rows.len());
    }
});
