//! Reading a file's footer: as few requests and bytes as will do, and a clear word about files that have none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::parquet::DecodeResult;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataPushDecoder, ParquetMetaDataReader};
use bytes::Bytes;
use headwater_engine::{Error, ErrorKind, Result};
use object_store::path::Path;

use crate::store::Store;

/// The length of the footer and the mark, the last bytes of a file.
const TAIL: u64 = 8;

/// How many last bytes of a file are asked for at first.
///
/// The first file pays two requests, one for the tail and one for the footer, so that not one byte of a data page is
/// read. Files of one data set have footers of nearly one length, so the next ones ask for what the last one needed,
/// and a little more where that is page index and not data.
#[derive(Debug, Default)]
pub(super) struct Guess(AtomicU64);

impl Guess {
    fn bytes(&self, size: u64) -> u64 {
        self.0.load(Ordering::Relaxed).clamp(TAIL, size.max(TAIL))
    }

    fn learn(&self, footer: u64, page_index: u64) {
        let slack = (footer / 16 + 64).min(page_index);
        self.0.store(footer + slack, Ordering::Relaxed);
    }
}

/// The footer of a file, without its page index.
///
/// # Errors
/// [`ErrorKind::Format`] naming the file if it is damaged, cut short or none of ours; [`ErrorKind::Io`] and its kin if
/// it cannot be read.
pub(super) async fn read(store: &Store, path: &Path, size: u64, guess: &Guess) -> Result<Arc<ParquetMetaData>> {
    let failed = |error: Error| error.with_path(store.show(path));
    if size < TAIL + 4 {
        return Err(failed(no_footer(format!("the file has {size} bytes, too few for a Parquet file"))));
    }
    let mut start = size - guess.bytes(size);
    let mut last = fetch(store, path, start, size).await?;
    let footer = footer_length(&last, size).map_err(failed)?;
    if (last.len() as u64) < footer {
        start = size - footer;
        let mut whole = fetch(store, path, start, size - last.len() as u64).await?.to_vec();
        whole.extend_from_slice(&last);
        last = whole.into();
    }
    let thrift = last.slice((size - footer - start) as usize..last.len() - TAIL as usize);
    let metadata = ParquetMetaDataReader::decode_metadata(&thrift).map_err(|error| failed(unreadable(error)))?;
    let data_end = check_chunks(&metadata, size - footer).map_err(failed)?;
    guess.learn(footer, size - footer - data_end);
    Ok(Arc::new(metadata))
}

/// The same footer with the positions of the pages, if the file has them; one request.
pub(super) async fn with_offset_index(
    store: &Store,
    path: &Path,
    size: u64,
    metadata: Arc<ParquetMetaData>,
) -> Result<Arc<ParquetMetaData>> {
    let failed = |error: ParquetError| unreadable(error).with_path(store.show(path));
    let known = Arc::unwrap_or_clone(metadata);
    let mut decoder = ParquetMetaDataPushDecoder::try_new_with_metadata(size, known)
        .map_err(failed)?
        .with_column_index_policy(PageIndexPolicy::Skip)
        .with_offset_index_policy(PageIndexPolicy::Optional);
    loop {
        match decoder.try_decode().map_err(failed)? {
            DecodeResult::NeedsData(ranges) => {
                let bytes = store.fetch(path, &ranges).await?;
                decoder.push_ranges(ranges, bytes).map_err(failed)?;
            }
            DecodeResult::Data(metadata) => return Ok(Arc::new(metadata)),
            DecodeResult::Finished => {
                let error = Error::new(ErrorKind::Internal, "the footer was decoded twice");
                return Err(error.with_path(store.show(path)));
            }
        }
    }
}

async fn fetch(store: &Store, path: &Path, start: u64, end: u64) -> Result<Bytes> {
    let mut got = store.fetch(path, std::slice::from_ref(&(start..end))).await?;
    got.pop().ok_or_else(|| Error::new(ErrorKind::Internal, "the store gave no bytes for a range"))
}

/// Bytes from the start of the footer to the end of the file.
fn footer_length(last: &[u8], size: u64) -> Result<u64> {
    let Some((_, tail)) = last.split_last_chunk::<{ TAIL as usize }>() else {
        return Err(no_footer("the file ends before its end".to_owned()));
    };
    let (length, mark) = tail.split_at(4);
    match mark {
        b"PAR1" => {}
        b"PARE" => {
            let error = Error::new(ErrorKind::Unsupported, "the file is encrypted");
            return Err(error.with_help("write it anew without encryption"));
        }
        _ => return Err(no_footer("the file does not end as a Parquet file does".to_owned())),
    }
    let length = length.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte)) + TAIL;
    if length > size - 4 {
        return Err(no_footer(format!("the footer should be {length} bytes long, but the file has {size}")));
    }
    Ok(length)
}

fn no_footer(message: String) -> Error {
    let help = "it is of another format, or was cut short, or is still being written: take it out of the directory, \
                restore it, or open the table again when it is complete";
    Error::new(ErrorKind::Format, message).with_help(help)
}

/// An error of the decoder, before its place is added.
pub(super) fn unreadable(error: ParquetError) -> Error {
    let help = "the file is damaged, or written in a way this version does not read: write it anew";
    Error::new(ErrorKind::Format, "the file does not decode").with_help(help).with_source(error)
}

/// Checks that all column chunks lie before the footer, so that no later step has to; says where the last one ends.
fn check_chunks(metadata: &ParquetMetaData, limit: u64) -> Result<u64> {
    let mut data_end = 0;
    for column in metadata.row_groups().iter().flat_map(|group| group.columns()) {
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let end = start.checked_add(column.compressed_size()).and_then(|end| u64::try_from(end).ok());
        match end {
            Some(end) if start >= 4 && column.compressed_size() >= 0 && end <= limit => data_end = data_end.max(end),
            _ => {
                let message = "the footer points outside the file";
                let error = Error::new(ErrorKind::Format, message).with_column(column.column_path().string());
                return Err(error.with_help("the file is damaged or was cut and joined: restore it"));
            }
        }
    }
    if metadata.row_groups().iter().any(|group| group.num_rows() < 0) {
        return Err(Error::new(ErrorKind::Format, "the footer counts fewer than no rows"));
    }
    Ok(data_end)
}
