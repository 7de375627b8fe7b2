//! Parquet through the whole engine: what is requested of a store, typed partitions, bad files, runtimes, a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use headwater::parquet::{self, ReadBuilder};
use headwater::prelude::*;
use headwater_kit::chunks::chunks;
use headwater_kit::counting::{CountingStore, Request};
use headwater_kit::history::{History, Spec};
use headwater_kit::s3::S3Server;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;

/// Midnight (UTC) after 2026-08-09.
const END: i64 = 1_786_320_000;
const DAYS: u32 = 9;
const ROWS_A_DAY: u64 = 20 * 8640;

/// Nine days of twenty services: a day has two row groups.
fn history() -> History {
    History::new(Spec { seed: 1, services: 20, days: DAYS, end: Timestamp::from_seconds(END).unwrap() })
}

struct Fixture {
    directory: TempDir,
    store: CountingStore,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        history().write_dir(&directory.path().join("service_use")).unwrap();
        let store = CountingStore::new(Arc::new(LocalFileSystem::new_with_prefix(directory.path()).unwrap()));
        Fixture { directory, store }
    }

    fn read(&self) -> ReadBuilder {
        parquet::read("service_use").store(Arc::new(self.store.clone()))
    }

    fn file(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// The column chunks of which a request has a byte.
    fn touched(&self, requests: &[Request]) -> Vec<String> {
        let mut touched = Vec::new();
        for request in requests {
            for chunk in chunks(&self.file(&request.path)).unwrap() {
                if chunk.touches(&request.bytes) {
                    touched.push(format!("{} {} {}", request.path, chunk.column, chunk.group));
                }
            }
        }
        touched.sort();
        touched.dedup();
        touched
    }
}

fn day(number: u32) -> String {
    format!("service_use/Date=2026-08-{number:02}/samples.parquet")
}

#[test]
fn opening_requests_one_footer_and_no_data_page() {
    let fixture = Fixture::new();
    let session = Session::new();
    let table = fixture.read().open(&session).unwrap();
    let columns: Vec<String> =
        table.definition().columns().iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    assert_eq!(columns, ["Date date", "ServiceName string", "Timestamp timestamp", "Value i64"]);
    let requests = fixture.store.take();
    assert!(requests.iter().all(|request| request.path == day(9)), "{requests:?}");
    assert_eq!(requests.len(), 2, "the tail and the footer: {requests:?}");
    assert_eq!(fixture.touched(&requests), [""; 0]);

    assert_eq!(table.snapshot().unwrap().len(), u64::from(DAYS) * ROWS_A_DAY);
    let requests = fixture.store.take();
    assert_eq!(requests.len(), 8, "one request for each other footer: {requests:?}");
    assert_eq!(fixture.touched(&requests), [""; 0]);
}

#[test]
fn the_last_rows_touch_one_row_group_of_each_column() {
    let fixture = Fixture::new();
    let session = Session::new();
    let table = fixture.read().open(&session).unwrap();
    let snapshot = table.snapshot().unwrap();
    fixture.store.take();
    let rows = snapshot.rows(snapshot.len() - 50..snapshot.len()).unwrap();
    let requests = fixture.store.take();
    let expect: Vec<String> =
        ["ServiceName", "Timestamp", "Value"].iter().map(|column| format!("{} {column} 1", day(9))).collect();
    assert_eq!(fixture.touched(&requests), expect);
    let read: u64 = requests.iter().map(|request| request.bytes.end - request.bytes.start).sum();
    let file = std::fs::metadata(fixture.file(&day(9))).unwrap().len();
    assert!(read < file / 4, "{read} bytes of {file}: pages, not column chunks");

    let (last, history) = (rows.len() - 1, history());
    assert_eq!(rows.column("Date").unwrap().value(last), Value::Date(Date::parse("2026-08-09").unwrap()));
    assert_eq!(rows.column("ServiceName").unwrap().value(last), "service-19".into());
    assert_eq!(rows.column("Value").unwrap().value(last), Value::I64(history.value(19, END - 10)));

    snapshot.rows(snapshot.len() - 50..snapshot.len()).unwrap();
    assert_eq!(fixture.store.take(), [], "what was read is kept");
}

#[test]
fn footers_of_pruned_partitions_are_never_requested() {
    let fixture = Fixture::new();
    let session = Session::new();
    let table = fixture.read().open(&session).unwrap();
    let recent = table.filter("Date >= '2026-08-08'").unwrap();
    assert_eq!(recent.snapshot().unwrap().len(), 2 * ROWS_A_DAY);
    let mut paths: Vec<String> = fixture.store.take().into_iter().map(|request| request.path).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths, [day(8), day(9)]);
}

#[test]
fn a_whole_column_is_read_once_in_few_requests() {
    let fixture = Fixture::new();
    let session = Session::new();
    let table = fixture.read().open(&session).unwrap();
    let snapshot = table.snapshot().unwrap();
    fixture.store.take();
    let values = snapshot.column("Value").unwrap();
    let history = history();
    for (row, value) in values.native::<i64>().unwrap().iter().enumerate().step_by(9_973) {
        let second = END - i64::from(DAYS) * 86_400 + (row as i64 / 20) * 10;
        assert_eq!(*value, history.value(row % 20, second), "row {row}");
    }
    let requests = fixture.store.take();
    let data: Vec<&Request> =
        requests.iter().filter(|request| !fixture.touched(&[(*request).clone()]).is_empty()).collect();
    assert!(data.len() <= 4 * DAYS as usize, "{} requests", data.len());
    let bytes: u64 = data.iter().map(|request| request.bytes.end - request.bytes.start).sum();
    let all = (1..=DAYS).flat_map(|number| chunks(&fixture.file(&day(number))).unwrap());
    let column: u64 =
        all.filter(|chunk| chunk.column == "Value").map(|chunk| chunk.bytes.end - chunk.bytes.start).sum();
    // The first look takes the page of one block; the scan that follows takes that page once more where it holds others.
    assert!(bytes >= column && bytes <= column + column / 10, "{bytes} bytes read of {column}");
}

#[test]
fn files_that_are_none_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let one = History::new(Spec { services: 1, days: 2, ..history().spec() });
    one.write_dir(directory.path()).unwrap();
    let first = directory.path().join("Date=2026-08-08/samples.parquet");
    let whole = std::fs::read(&first).unwrap();
    let session = Session::new();
    for content in [&whole[..whole.len() - 9], b"ServiceName,Value\n", b""] {
        std::fs::write(&first, content).unwrap();
        let table = parquet::read(directory.path().to_string_lossy()).open(&session).unwrap();
        let error = table.snapshot().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
        assert_eq!(error.path(), Some(&*first.to_string_lossy()));
        assert!(error.help().unwrap().contains("take it out of the directory"), "{error:#}");
    }
    std::fs::remove_file(&first).unwrap();
    let table = parquet::read(directory.path().to_string_lossy()).open(&session).unwrap();
    assert_eq!(table.snapshot().unwrap().len(), 8640);
}

fn count(directory: &Path) -> u64 {
    let session = Session::new();
    let table = parquet::read(directory.to_string_lossy()).open(&session).unwrap();
    let snapshot = table.snapshot().unwrap();
    assert!(snapshot.rows(0..10).is_ok());
    snapshot.len()
}

#[tokio::test(flavor = "current_thread")]
async fn works_inside_a_runtime_of_one_thread() {
    let fixture = Fixture::new();
    assert_eq!(count(&fixture.file("service_use")), u64::from(DAYS) * ROWS_A_DAY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_inside_a_runtime_of_many_threads() {
    let fixture = Fixture::new();
    assert_eq!(count(&fixture.file("service_use")), u64::from(DAYS) * ROWS_A_DAY);
}

#[test]
fn a_bucket_is_read_with_the_right_secret_only() {
    let server = S3Server::start().unwrap();
    let one = History::new(Spec { services: 3, days: 4, ..history().spec() });
    one.write_dir(&server.bucket("metrics").unwrap().join("service_use")).unwrap();
    let session = Session::new();
    let table = parquet::read("s3://metrics/service_use").options(server.options()).open(&session).unwrap();
    let snapshot = table.snapshot().unwrap();
    assert_eq!(snapshot.len(), 4 * 3 * 8640);
    let last = snapshot.rows(snapshot.len() - 1..snapshot.len()).unwrap();
    assert_eq!(last.column("Value").unwrap().value(0), Value::I64(one.value(2, END - 10)));

    let wrong = parquet::read("s3://metrics/service_use").options(server.options());
    let error = wrong.option("AWS_SECRET_ACCESS_KEY", "another one").open(&session).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some("s3://metrics/service_use")));
    assert_eq!(error.message(), "access was refused (SignatureDoesNotMatch)");
    assert!(!format!("{error:#?}").contains("another one"));

    let error = parquet::read("s3://metrics/nothing").options(server.options()).open(&session).unwrap_err();
    assert_eq!(error.to_string(), "s3://metrics/nothing: there is nothing here");
}

#[test]
fn a_bucket_out_of_reach_is_an_error_in_time() {
    let options = S3Server::start().unwrap().options();
    let error = parquet::read("s3://metrics/service_use").options(options).open(&Session::new()).unwrap_err();
    assert!(error.kind() == ErrorKind::Unavailable && error.is_retriable(), "{error:#}");
}
