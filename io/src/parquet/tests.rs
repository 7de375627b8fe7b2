//! The whole path from files to blocks, without an engine: what regions say and give.

use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use arrow::array::{
    ArrayRef, BinaryArray, Int32Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray, UInt64Array,
};
use headwater_engine::source::{REGION_BLOCK_ROWS, Region};
use headwater_engine::{ErrorKind, List, Result, Timestamp, Type, Value};

use super::ReadBuilder;
use super::builder::Dataset;
use super::read;

const ROWS: usize = 50_000;

/// What row `row` of the test files has in `Name`, `Time` and `Value`.
fn cells(row: usize, names: usize) -> [Value; 3] {
    let name = if row.is_multiple_of(11) { Value::Null } else { format!("the name of service {}", row % names).into() };
    let time = Value::Timestamp(Timestamp::from_nanos(row as i64 * 1_000_000));
    let value = if row % 7 == 3 { Value::Null } else { Value::I64((row * row) as i64) };
    [name, time, value]
}

fn batch(rows: usize, names: usize) -> RecordBatch {
    let text = |row| match cells(row, names) {
        [Value::String(text), ..] => Some(text.to_string()),
        _ => None,
    };
    let value = |row| match cells(row, names) {
        [.., Value::I64(value)] => Some(value),
        _ => None,
    };
    let columns: [(&str, ArrayRef); 3] = [
        ("Name", Arc::new((0..rows).map(text).collect::<StringArray>())),
        (
            "Time",
            Arc::new(
                TimestampMicrosecondArray::from_iter_values((0..rows).map(|row| row as i64 * 1_000))
                    .with_timezone("UTC"),
            ),
        ),
        ("Value", Arc::new((0..rows).map(value).collect::<Int64Array>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
}

fn write(path: &Path, batch: &RecordBatch, properties: Option<WriterProperties>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), properties).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn open(dir: &Path) -> Result<Dataset> {
    read(dir.to_string_lossy()).dataset()
}

fn block_cells(region: &Arc<dyn Region>, column: usize, block: u64) -> Vec<Value> {
    region.block(column, block).unwrap().iter().collect()
}

#[test]
fn blocks_are_the_rows_written_whatever_the_row_groups_and_pages() {
    let dir = tempfile::tempdir().unwrap();
    let base = || WriterProperties::builder().set_data_page_row_count_limit(1000).set_write_batch_size(500);
    let properties = [
        base().set_max_row_group_row_count(Some(16_384)).build(),
        base().set_max_row_group_row_count(Some(777)).build(),
        base().set_max_row_group_row_count(Some(30_001)).set_dictionary_enabled(false).build(),
        base().set_offset_index_disabled(true).set_statistics_enabled(EnabledStatistics::None).build(),
        base().set_offset_index_disabled(true).set_max_row_group_row_count(Some(12_345)).build(),
        base().set_dictionary_page_size_limit(2_000).build(),
    ];
    for (number, properties) in properties.into_iter().enumerate() {
        let names = if number == 5 { 20_000 } else { 50 };
        write(&dir.path().join(format!("{number}.parquet")), &batch(ROWS, names), Some(properties));
    }
    // A cache too small for anything, one that holds a few blocks, and the usual one.
    for cache in [0, 1 << 20, 256 << 20] {
        let dataset = read(dir.path().to_string_lossy()).cache_bytes(cache).dataset().unwrap();
        for (number, region) in dataset.regions.iter().enumerate() {
            let names = if number == 5 { 20_000 } else { 50 };
            assert_eq!(region.rows().unwrap(), ROWS as u64);
            let blocks = (ROWS as u64).div_ceil(REGION_BLOCK_ROWS);
            for column in 0..3 {
                for block in [blocks - 1, 2].into_iter().chain(0..blocks) {
                    let first = (block * REGION_BLOCK_ROWS) as usize;
                    let expect = (first..ROWS.min(first + REGION_BLOCK_ROWS as usize))
                        .map(|row| cells(row, names)[column].clone());
                    let got = block_cells(region, column, block);
                    assert!(got.into_iter().eq(expect), "file {number}, column {column}, block {block}, cache {cache}");
                }
                assert_eq!(region.block(column, blocks).unwrap_err().kind(), ErrorKind::Internal);
            }
        }
    }
}

fn file(path: &Path, column: &str, values: ArrayRef) {
    write(path, &RecordBatch::try_from_iter([(column, values)]).unwrap(), None);
}

fn ints(values: Vec<i32>) -> ArrayRef {
    Arc::new(Int32Array::from(values))
}

fn longs(values: Vec<i64>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

#[test]
fn partition_columns_come_first_and_are_typed() {
    let dir = tempfile::tempdir().unwrap();
    for (day, value) in [("2026-08-01", 1), ("2026-08-02", 2)] {
        file(&dir.path().join(format!("Date={day}/Zone=7/a.parquet")), "Value", longs(vec![value]));
    }
    let dataset = open(dir.path()).unwrap();
    let names: Vec<String> = dataset.columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    assert_eq!(names, ["Date date", "Zone i64", "Value i64"]);
    let shown = |region: &Arc<dyn Region>| region.constant(0).map(ToString::to_string);
    assert_eq!(shown(&dataset.regions[1]).as_deref(), Some("2026-08-02"));
    assert_eq!(dataset.regions[1].constant(2), None);
    assert_eq!(block_cells(&dataset.regions[0], 1, 0), [Value::I64(7)]);

    let asked = |ty| read(dir.path().to_string_lossy()).partition_type("Date", ty).columns(["Value", "Date"]).dataset();
    let chosen = asked(Type::String).unwrap();
    assert_eq!(chosen.regions[0].constant(1), Some(&"2026-08-01".into()));
    let error = asked(Type::I64).unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Format, "the partition value 2026-08-01 is no i64"));
    let error = read(dir.path().to_string_lossy()).partition_type("Day", Type::I64).dataset().unwrap_err();
    assert_eq!(error.help(), Some("the keys are Date, Zone"));
}

#[test]
fn the_last_file_says_which_columns_there_are() {
    let dir = tempfile::tempdir().unwrap();
    file(&dir.path().join("a.parquet"), "Other", ints(vec![1, 2]));
    file(&dir.path().join("b.parquet"), "Value", ints(vec![3]));
    file(&dir.path().join("c.parquet"), "Value", Arc::new(StringArray::from(vec!["x"])));
    file(&dir.path().join("d.parquet"), "Value", longs(vec![4]));
    let regions = open(dir.path()).unwrap().regions;
    assert_eq!(block_cells(&regions[0], 0, 0), [Value::Null, Value::Null]);
    assert_eq!(block_cells(&regions[1], 0, 0), [Value::I64(3)]);
    let error = regions[2].block(0, 0).unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Type, Some("Value")));
    assert!(error.path().unwrap().ends_with("/c.parquet"), "{error}");
    assert_eq!(error.message(), "the column is Utf8 here and i64 in the table, as in its last file");
}

#[test]
fn columns_without_a_type_are_named_unless_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = BinaryArray::from_vec(vec![b"bytes"]);
    let both: [(&str, ArrayRef); 2] = [("Many", Arc::new(bytes)), ("One", longs(vec![5]))];
    write(&dir.path().join("a.parquet"), &RecordBatch::try_from_iter(both).unwrap(), None);
    let error = open(dir.path()).unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Type, Some("Many")));
    let chosen = read(dir.path().to_string_lossy()).columns(["One"]).dataset().unwrap();
    assert_eq!(block_cells(&chosen.regions[0], 0, 0), [Value::I64(5)]);
    let error = read(dir.path().to_string_lossy()).columns(["Oen"]).dataset().unwrap_err();
    assert_eq!(error.help(), Some("did you mean One?"));
}

/// The list of row `row`: null, empty, or some texts of which some are null.
fn list(row: usize) -> Option<Vec<Option<String>>> {
    let text = |at: usize| (at != 2).then(|| format!("text {at} of row {row}"));
    (row % 13 != 5).then(|| (0..row % 4).map(text).collect())
}

#[test]
fn lists_are_read_block_by_block() {
    let dir = tempfile::tempdir().unwrap();
    let mut lists = ListBuilder::new(StringBuilder::new());
    (0..20_000).for_each(|row| lists.append_option(list(row)));
    let batch = RecordBatch::try_from_iter_with_nullable([("L", Arc::new(lists.finish()) as ArrayRef, true)]).unwrap();
    for (number, rows) in [(0, 20_000), (1, 777)] {
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows));
        write(&dir.path().join(format!("{number}.parquet")), &batch, Some(properties.build()));
    }
    let dataset = open(dir.path()).unwrap();
    assert_eq!(dataset.columns[0].ty, Type::List(&Type::String));
    for (region, block) in dataset.regions.iter().flat_map(|region| [2, 0, 1].map(|block| (region, block))) {
        let first = (block * REGION_BLOCK_ROWS) as usize;
        let expect =
            (first..20_000.min(first + REGION_BLOCK_ROWS as usize)).map(|row| Value::from(list(row).map(List::from)));
        assert!(block_cells(region, 0, block).into_iter().eq(expect), "block {block} of {}", region.name());
    }
}

#[test]
fn text_that_is_not_utf8_is_an_error() {
    use ::parquet::data_type::{ByteArray, ByteArrayType};
    use ::parquet::file::writer::SerializedFileWriter;
    let dir = tempfile::tempdir().unwrap();
    let schema = ::parquet::schema::parser::parse_message_type("message m { required binary S (UTF8); }").unwrap();
    for dictionary in [true, false] {
        let properties = Arc::new(WriterProperties::builder().set_dictionary_enabled(dictionary).build());
        let out = std::fs::File::create(dir.path().join("a.parquet")).unwrap();
        let mut writer = SerializedFileWriter::new(out, Arc::new(schema.clone()), properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values = ["good", "b\u{e4}d"].map(|text| ByteArray::from(text.as_bytes()[..2].to_vec()));
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        let error = open(dir.path()).unwrap().regions[0].block(0, 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format, "{error}");
        assert!(error.to_string().contains("a.parquet"), "{error}");
    }
}

#[test]
fn large_unsigned_integers_are_decimals_by_option() {
    let dir = tempfile::tempdir().unwrap();
    file(&dir.path().join("a.parquet"), "N", Arc::new(UInt64Array::from(vec![1, u64::MAX])));
    let open = |builder: ReadBuilder| builder.dataset().unwrap();
    let checked = open(read(dir.path().to_string_lossy()));
    assert_eq!(checked.columns[0].ty, Type::I64);
    assert_eq!(checked.regions[0].block(0, 0).unwrap_err().row(), Some(1));
    let decimal = open(read(dir.path().to_string_lossy()).u64_as_decimal());
    assert_eq!(decimal.columns[0].ty, Type::Decimal(0));
    let cells: Vec<String> = block_cells(&decimal.regions[0], 0, 0).iter().map(ToString::to_string).collect();
    assert_eq!(cells, ["1", "18446744073709551615"]);
}

#[test]
fn damaged_files_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let good = dir.path().join("z.parquet");
    write(&good, &batch(20_000, 50), None);
    let bytes = std::fs::read(&good).unwrap();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 3..bytes.len() / 2].fill(0xa5);
    let mut long_footer = bytes.clone();
    let at = bytes.len() - 8;
    long_footer[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    for (name, content) in [
        ("a-foreign", b"Name,Time,Value\na,b,c\nd,e,f\n".to_vec()),
        ("b-cut", bytes[..bytes.len() * 2 / 3].to_vec()),
        ("c-empty", Vec::new()),
        ("d-headless", bytes[bytes.len() / 2..].to_vec()),
        ("e-long-footer", long_footer),
        ("f-bad-pages", flipped),
    ] {
        std::fs::write(dir.path().join(format!("{name}.parquet")), content).unwrap();
    }
    let regions = open(dir.path()).unwrap().regions;
    let mut seen = Vec::new();
    for region in &regions[..6] {
        region.prefetch_rows();
        let result = region.rows().and_then(|_| (0..3).try_for_each(|column| region.block(column, 0).map(drop)));
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format, "{error}");
        assert!(error.help().is_some(), "{error}");
        let file = Path::new(error.path().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
        seen.push(format!("{file}: {}", error.message()));
    }
    assert_eq!(seen[0], "a-foreign.parquet: the file does not end as a Parquet file does");
    assert_eq!(seen[1], "b-cut.parquet: the file does not end as a Parquet file does");
    assert_eq!(seen[2], "c-empty.parquet: the file has 0 bytes, too few for a Parquet file");
    assert_eq!(seen[3], "d-headless.parquet: the footer points outside the file");
    assert!(seen[4].starts_with("e-long-footer.parquet: the footer should be 4294967303 bytes long"), "{}", seen[4]);
    assert!(seen[5].starts_with("f-bad-pages.parquet: the file does not decode"), "{}", seen[5]);
    assert_eq!(regions[6].rows().unwrap(), 20_000);

    std::fs::remove_file(dir.path().join("a-foreign.parquet")).unwrap();
    let error = regions[0].rows().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Io, "there is no such file"));
}

#[test]
fn locations_that_lead_nowhere() {
    for (location, kind, text) in [
        ("/no/such/directory", ErrorKind::Io, "/no/such/directory: there is nothing here"),
        ("gs://bucket/path", ErrorKind::Unsupported, "there is no support for locations of the form gs://"),
        ("file://host/path", ErrorKind::Argument, "a file URL names no path of this computer"),
    ] {
        let error = read(location).dataset().unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn a_single_file_by_path_and_by_url() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("Date=2026-08-01").join("with space.parquet");
    file(&path, "Value", longs(vec![1, 2]));
    let url = url::Url::from_file_path(&path).unwrap();
    for location in [path.to_string_lossy().into_owned(), url.to_string()] {
        let dataset = read(location).dataset().unwrap();
        assert_eq!((dataset.name.as_str(), dataset.columns.len(), dataset.regions.len()), ("with space", 1, 1));
        assert_eq!(dataset.regions[0].name(), path.to_string_lossy());
    }
}

#[test]
fn settings_are_not_shown() {
    let builder: ReadBuilder = read("s3://bucket/x").option("aws_secret_access_key", "hush");
    let text = format!("{builder:?}");
    assert!(text.contains("aws_secret_access_key") && !text.contains("hush"), "{text}");
}

#[test]
fn progress_counts_footers_and_bytes() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..5 {
        file(&dir.path().join(format!("{number}.parquet")), "Value", longs(vec![number]));
    }
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = seen.clone();
    let report = move |progress: &crate::progress::Progress| {
        log.lock().unwrap().push((progress.unit, progress.done, progress.total))
    };
    let regions = read(dir.path().to_string_lossy()).on_progress(report).dataset().unwrap().regions;
    regions.iter().for_each(|region| region.prefetch_rows());
    regions.iter().for_each(|region| assert_eq!(region.rows().unwrap(), 1));
    let seen = seen.lock().unwrap();
    assert_eq!(seen[..2], [("files listed", 5, None), ("footers", 1, Some(1))]);
    assert_eq!(seen.last(), Some(&("footers", 5, Some(5))));
}
