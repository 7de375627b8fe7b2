//! [`DataFile`]: one file of a table, whose footer is read when somebody needs its rows.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use ::parquet::file::metadata::ParquetMetaData;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use headwater_engine::Result;
use object_store::path::Path;
use tokio::sync::Semaphore;

use super::footer::{self, Guess};
use super::pages::Pages;
use crate::progress::Meter;
use crate::promise::Slot;
use crate::runtime;
use crate::store::Store;

/// Footers asked for at a time: enough to hide the latency of a bucket, few enough for its limits.
const FOOTERS_IN_FLIGHT: usize = 32;

/// What the files of one table share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) pages: Pages,
    pub(super) footers: Meter,
    pub(super) bytes: Meter,
    guess: Guess,
    in_flight: Semaphore,
}

impl Shared {
    pub(super) fn new(store: Store, pages: Pages, footers: Meter, bytes: Meter) -> Self {
        let in_flight = Semaphore::new(FOOTERS_IN_FLIGHT);
        Shared { store, pages, footers, bytes, guess: Guess::default(), in_flight }
    }
}

/// One file. Nothing of it is read before it is asked for, and no part twice.
#[derive(Debug)]
pub(super) struct DataFile {
    pub(super) shared: Arc<Shared>,
    pub(super) number: u32,
    /// The URL or path as the user knows it.
    pub(super) name: String,
    path: Path,
    size: u64,
    footer: Slot<Arc<ParquetMetaData>>,
    opened: Slot<Arc<Opened>>,
    expected: AtomicBool,
    reported: AtomicBool,
}

/// What reading the rows of a file needs: its Arrow schema, where its row groups begin and, if it has them, its pages.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) schema: SchemaRef,
    /// The first row of each row group, and behind them the number of rows.
    pub(super) starts: Vec<u64>,
}

impl DataFile {
    pub(super) fn new(shared: Arc<Shared>, number: u32, path: Path, size: u64) -> Self {
        let name = shared.store.show(&path);
        let (footer, opened) = (Slot::default(), Slot::default());
        let (expected, reported) = (AtomicBool::new(false), AtomicBool::new(false));
        DataFile { shared, number, name, path, size, footer, opened, expected, reported }
    }

    /// Starts to read the footer and does not wait for it.
    pub(super) fn prefetch_footer(&self) {
        let Some(duty) = self.footer.claim() else { return };
        self.expect_footer();
        let reading = self.read_footer();
        // If there are no threads to read on, the dropped duty tells whoever waits.
        let _ = runtime::spawn(async move {
            let _ = duty.done(reading.await);
        });
    }

    /// The footer, read unless it is there.
    pub(super) fn footer(&self) -> Result<Arc<ParquetMetaData>> {
        self.expect_footer();
        let footer = self.footer.get(|| runtime::wait(self.read_footer())?)?;
        if !self.reported.swap(true, Ordering::Relaxed) {
            self.shared.footers.add(1, &self.name);
        }
        Ok(footer)
    }

    fn expect_footer(&self) {
        if !self.expected.swap(true, Ordering::Relaxed) {
            self.shared.footers.expect(1);
        }
    }

    fn read_footer(&self) -> impl Future<Output = Result<Arc<ParquetMetaData>>> + Send + 'static {
        let (shared, path, size) = (self.shared.clone(), self.path.clone(), self.size);
        async move {
            let _permit = shared.in_flight.acquire().await;
            footer::read(&shared.store, &path, size, &shared.guess).await
        }
    }

    /// The footer with what reading rows needs beyond it.
    pub(super) fn opened(&self) -> Result<Arc<Opened>> {
        self.opened.get(|| {
            let footer = self.footer()?;
            let (shared, path, size) = (self.shared.clone(), self.path.clone(), self.size);
            let indexed =
                runtime::wait(async move { footer::with_offset_index(&shared.store, &path, size, footer).await })??;
            Opened::new(indexed).map(Arc::new).map_err(|error| error.with_path(&*self.name))
        })
    }

    /// Some byte ranges of the file.
    pub(super) fn fetch(&self, ranges: Vec<Range<u64>>) -> Result<Vec<Bytes>> {
        let (shared, path) = (self.shared.clone(), self.path.clone());
        let got = runtime::wait(async move { shared.store.fetch(&path, &ranges).await })??;
        self.shared.bytes.add(got.iter().map(|bytes| bytes.len() as u64).sum(), &self.name);
        Ok(got)
    }
}

impl Opened {
    /// # Errors
    /// [`Format`](headwater_engine::ErrorKind::Format) if the file's schema makes no sense in Arrow.
    pub(super) fn new(metadata: Arc<ParquetMetaData>) -> Result<Self> {
        let reader = ArrowReaderMetadata::try_new(metadata, ArrowReaderOptions::new()).map_err(footer::unreadable)?;
        let mut starts = vec![0];
        for group in reader.metadata().row_groups() {
            starts.push(starts[starts.len() - 1] + group.num_rows() as u64);
        }
        Ok(Opened { metadata: reader.metadata().clone(), schema: reader.schema().clone(), starts })
    }

    pub(super) fn rows(&self) -> u64 {
        self.starts[self.starts.len() - 1]
    }
}
