//! Writing the past as day-partitioned Parquet, a few days at a time.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use arrow::array::{
    ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray, TimestampNanosecondArray,
};
use headwater_engine::Date;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt as _};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::{DAY, History, SECONDS_A_SAMPLE};

/// Rows of a block of the engine: pages hold one, so that reading a block reads a page.
const PAGE_ROWS: usize = 8192;

/// Rows of a row group: a day of 50 services has four.
const GROUP_ROWS: usize = 16 * PAGE_ROWS;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// One for each day.
    pub files: u64,
    /// One for each sample.
    pub rows: u64,
    /// Of all files together.
    pub bytes: u64,
}

type Failure = Box<dyn Error + Send + Sync>;

impl History {
    /// Writes the past below a directory: `Date=2026-08-01/samples.parquet` and so on, with the columns `ServiceName`,
    /// `Timestamp` and `Value`, in the order of time.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write_dir(&self, directory: &Path) -> Result<Written, Failure> {
        std::fs::create_dir_all(directory)?;
        self.write(Arc::new(LocalFileSystem::new_with_prefix(directory)?), "")
    }

    /// As [`write_dir`](Self::write_dir), below a path of any store.
    ///
    /// # Errors
    /// What the store says.
    pub fn write(&self, store: Arc<dyn ObjectStore>, prefix: &str) -> Result<Written, Failure> {
        let end = self.spec.end.epoch_seconds();
        let start = end - i64::from(self.spec.days) * DAY;
        let next = AtomicI64::new(start.div_euclid(DAY));
        let (files, rows, bytes) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let work = || -> Result<(), Failure> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            loop {
                let day = next.fetch_add(1, Ordering::Relaxed);
                if day * DAY >= end {
                    return Ok(());
                }
                let seconds = (day * DAY).max(start)..((day + 1) * DAY).min(end);
                let (file, count) = self.day(day, seconds)?;
                files.fetch_add(1, Ordering::Relaxed);
                rows.fetch_add(count, Ordering::Relaxed);
                bytes.fetch_add(file.len() as u64, Ordering::Relaxed);
                let path = format!("{prefix}/Date={}/samples.parquet", Date::from_days(i32::try_from(day)?));
                runtime.block_on(store.put(&path.into(), file.into()))?;
            }
        };
        let threads = std::thread::available_parallelism()?.get();
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| Failure::from("a writer panicked"))?)
        })?;
        Ok(Written { files: files.into_inner(), rows: rows.into_inner(), bytes: bytes.into_inner() })
    }

    /// The file of one day.
    fn day(&self, day: i64, seconds: std::ops::Range<i64>) -> Result<(Vec<u8>, u64), Failure> {
        let names: ArrayRef = Arc::new(StringArray::from_iter_values(&self.services));
        let count = self.services.len();
        let day_part = self.day_part(day);
        let properties = WriterProperties::builder()
            .set_compression(Compression::LZ4_RAW)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_data_page_row_count_limit(PAGE_ROWS)
            .set_column_dictionary_enabled(ColumnPath::from("Value"), false)
            .set_column_encoding(ColumnPath::from("Value"), Encoding::DELTA_BINARY_PACKED)
            .build();
        let mut writer: Option<ArrowWriter<Vec<u8>>> = None;
        let mut rows = 0;
        let instants: Vec<i64> = seconds.step_by(SECONDS_A_SAMPLE as usize).collect();
        for instants in instants.chunks((PAGE_ROWS / count.max(1)).max(1)) {
            let keys = Int32Array::from_iter_values(instants.iter().flat_map(|_| 0..count as i32));
            let times = instants.iter().flat_map(|&second| std::iter::repeat_n(second * 1_000_000_000, count));
            let values = instants
                .iter()
                .flat_map(|&second| (0..count).map(move |service| self.sample(service, second, day_part)));
            let columns: [(&str, ArrayRef); 3] = [
                ("ServiceName", Arc::new(DictionaryArray::try_new(keys, names.clone())?)),
                ("Timestamp", Arc::new(TimestampNanosecondArray::from_iter_values(times).with_timezone("UTC"))),
                ("Value", Arc::new(Int64Array::from_iter_values(values))),
            ];
            let batch = RecordBatch::try_from_iter(columns)?;
            rows += batch.num_rows() as u64;
            let writer = match &mut writer {
                Some(writer) => writer,
                None => writer.insert(ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.clone()))?),
            };
            writer.write(&batch)?;
        }
        let file = writer.map_or_else(|| Ok(Vec::new()), ArrowWriter::into_inner)?;
        Ok((file, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Spec;
    use super::*;
    use headwater_engine::Timestamp;

    #[test]
    fn five_weeks_are_written_and_their_averages_are_as_expected() {
        use arrow::array::AsArray as _;
        use arrow::datatypes::{Int64Type, TimestampNanosecondType};
        use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

        let end = Timestamp::from_seconds(1_785_535_200).unwrap();
        let history = History::new(Spec { seed: 3, services: 2, days: 35, end });
        let dir = tempfile::tempdir().unwrap();
        let written = history.write_dir(dir.path()).unwrap();
        assert_eq!((written.files, written.rows), (36, 2 * 35 * 8640), "36 days of UTC touch 35 of Amsterdam");

        let second = end.epoch_seconds() + 40_000;
        let mut sums = [(0, 0); 2];
        for weeks in 1..=4 {
            let at = second - weeks * 7 * DAY;
            let day = Date::from_days(at.div_euclid(DAY) as i32);
            let file = std::fs::File::open(dir.path().join(format!("Date={day}/samples.parquet"))).unwrap();
            for batch in ParquetRecordBatchReader::try_new(file, 8192).unwrap() {
                let batch = batch.unwrap();
                let times = batch.column(1).as_primitive::<TimestampNanosecondType>().values();
                let values = batch.column(2).as_primitive::<Int64Type>().values();
                for row in (0..batch.num_rows()).filter(|&row| times[row] == at * 1_000_000_000) {
                    let sum = &mut sums[row % 2];
                    *sum = (sum.0 + values[row], sum.1 + 1);
                }
            }
        }
        for (service, (sum, count)) in sums.into_iter().enumerate() {
            assert_eq!((sum as f64 / 4.0, count), (history.expected(service, second), 4));
        }
    }
}
