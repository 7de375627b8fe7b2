//! [`Store`]: files behind one door, whether they lie on a disk, in a bucket or in a store the caller built.

mod error;
mod location;

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use headwater_engine::{Error, ErrorKind, Result};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};

pub(crate) use location::Options;

/// An object store, the place in it that the caller named, and how paths in it are shown.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    inner: Arc<dyn ObjectStore>,
    root: Path,
    /// What stands before a path of the store to make it the URL or file path a user knows.
    shown: Arc<str>,
}

impl Store {
    /// A store built by the caller; `root` is a path inside it.
    pub(crate) fn given(inner: Arc<dyn ObjectStore>, root: &str) -> Result<Self> {
        let path = Path::parse(root.trim_matches('/')).map_err(|error| {
            let help = "with .store(..) the location is a path inside that store, such as metrics/service_use";
            Error::new(ErrorKind::Argument, error.to_string()).with_path(root).with_help(help)
        })?;
        Ok(Store { inner, root: path, shown: "".into() })
    }

    /// The place the caller named.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path of the store as the user knows it.
    pub(crate) fn show(&self, path: &Path) -> String {
        format!("{}{path}", self.shown)
    }

    /// The object at exactly this place; `None` if there is none.
    pub(crate) async fn head(&self, path: &Path) -> Result<Option<ObjectMeta>> {
        match self.inner.head(path).await {
            Ok(meta) => Ok(Some(meta)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.error(error, path)),
        }
    }

    /// All objects below a place, in no order.
    pub(crate) async fn list(&self, path: &Path) -> Result<Vec<ObjectMeta>> {
        self.inner.list(Some(path)).try_collect().await.map_err(|error| self.error(error, path))
    }

    /// Some ranges of an object, in the order asked for.
    pub(crate) async fn fetch(&self, path: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let got = self.inner.get_ranges(path, ranges).await.map_err(|error| self.error(error, path))?;
        for (bytes, range) in got.iter().zip(ranges) {
            if bytes.len() as u64 != range.end - range.start {
                let message = format!("the file ends before byte {}: it was cut short while being read", range.end);
                return Err(Error::new(ErrorKind::Format, message).with_path(self.show(path)));
            }
        }
        Ok(got)
    }

    fn error(&self, error: object_store::Error, path: &Path) -> Error {
        error::translate(error).with_path(self.show(path))
    }
}
