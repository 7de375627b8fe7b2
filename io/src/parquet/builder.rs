//! [`ReadBuilder`]: what to read and how, up to the open table.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::Schema;
use headwater_engine::source::Region;
use headwater_engine::vector::ArrowRules;
use headwater_engine::{ColumnDef, Error, ErrorKind, Result, Session, Table, Type};
use object_store::ObjectStore;

use super::file::{DataFile, Opened, Shared};
use super::layout::Layout;
use super::pages::Pages;
use super::partition::Partitions;
use super::region::{Column, FileRegion, Origin};
use super::schema;
use crate::progress::{Meter, OnProgress, Progress};
use crate::runtime;
use crate::store::{Options, Store};

/// Bytes of decoded blocks kept for one table unless [`ReadBuilder::cache_bytes`] says otherwise.
const CACHE_BYTES: usize = 256 << 20;

/// A Parquet data set about to be opened; made by [`read`](super::read).
#[derive(Clone)]
#[must_use = "nothing is read before .open(&session)"]
pub struct ReadBuilder {
    location: String,
    store: Option<Arc<dyn ObjectStore>>,
    options: Options,
    partition_types: BTreeMap<String, Type>,
    columns: Option<Vec<String>>,
    cache_bytes: usize,
    arrow: ArrowRules,
    on_progress: Option<OnProgress>,
}

/// A data set whose files are listed and whose columns are known.
#[derive(Debug)]
pub(super) struct Dataset {
    pub(super) name: String,
    pub(super) columns: Vec<ColumnDef>,
    pub(super) regions: Vec<Arc<dyn Region>>,
}

impl ReadBuilder {
    pub(super) fn new(location: String) -> Self {
        ReadBuilder {
            location,
            store: None,
            options: Options::default(),
            partition_types: BTreeMap::new(),
            columns: None,
            cache_bytes: CACHE_BYTES,
            arrow: ArrowRules::default(),
            on_progress: None,
        }
    }

    /// Reads from a store built by the caller; the location is then a path inside it.
    pub fn store(mut self, store: Arc<dyn ObjectStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets an option of the store over that of the environment, such as `aws_region`, `aws_endpoint` or
    /// `aws_access_key_id`; case does not count. Values are never logged or shown.
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.set(name.into(), value.into());
        self
    }

    /// Sets several options of the store, as [`option`](Self::option) does.
    pub fn options<N: Into<String>, V: Into<String>>(mut self, options: impl IntoIterator<Item = (N, V)>) -> Self {
        for (name, value) in options {
            self.options.set(name.into(), value.into());
        }
        self
    }

    /// The type of a partition key, in place of the one its values look like: a number, `Bool`, `Date` or
    /// `String`.
    pub fn partition_type(mut self, key: impl Into<String>, ty: Type) -> Self {
        self.partition_types.insert(key.into(), ty);
        self
    }

    /// Only these columns, in this order; a column whose type cannot be read is no error if it is left out.
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Unsigned integers of 64 bits become `Decimal(0)`, which holds all of them, in place of `I64`, for which one above
    /// its range is an error.
    pub fn u64_as_decimal(mut self) -> Self {
        self.arrow = self.arrow.u64_as_decimal();
        self
    }

    /// Bytes of decoded blocks kept for this table, 256 MiB unless set.
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.cache_bytes = bytes;
        self
    }

    /// Told how far reading is: `files listed` and the first of the `footers` while opening, more `footers` and
    /// `bytes` of pages when rows are pulled. Called on the thread that pulls, some twenty times a second at most.
    pub fn on_progress(mut self, report: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(report));
        self
    }

    /// Opens the data set as a table: lists the files and reads the footer of the last one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Unavailable`] if the location cannot be read or holds no Parquet file,
    /// [`ErrorKind::Format`] for directories or a last file that make no sense, [`ErrorKind::Type`] for a column
    /// whose type cannot be read, [`ErrorKind::Unknown`] for a wanted column or key that is not there. Errors of the
    /// other files come when their rows are pulled.
    pub fn open(self, session: &Session) -> Result<Table> {
        let dataset = self.dataset()?;
        session.region_table(&dataset.name, dataset.columns, dataset.regions)
    }

    /// Lists the files and reads the footer of the last one; no data page.
    pub(super) fn dataset(self) -> Result<Dataset> {
        let store = match &self.store {
            Some(store) => Store::given(store.clone(), &self.location)?,
            None => Store::open(&self.location, &self.options)?,
        };
        let layout = {
            let store = store.clone();
            runtime::wait(async move { Layout::discover(&store).await })??
        };
        let meter = |unit| Meter::new(unit, self.on_progress.clone());
        meter("files listed").add(layout.files.len() as u64, &store.show(store.root()));

        let partitions = Partitions::of(&layout, &self.partition_types, &store)?;
        let name = table_name(&store);
        let shared = Arc::new(Shared::new(store, Pages::new(self.cache_bytes), meter("footers"), meter("bytes")));
        let open = |(listed, number)| {
            let super::layout::Listed { path, size, .. } = listed;
            DataFile::new(shared.clone(), number, path, size)
        };
        let files: Vec<DataFile> = layout.files.into_iter().zip(0..).map(open).collect();
        let last = files.last().ok_or_else(|| Error::new(ErrorKind::Internal, "a layout without files"))?;
        let located = |error: Error| error.with_path(&*last.name);
        let schema = Opened::new(last.footer()?).map_err(located)?.schema;

        let mut found = partitions.columns;
        let keys = found.len();
        found.extend(schema::columns(&schema, &found, self.columns.as_deref(), self.arrow).map_err(located)?);
        let chosen = self.choose(&found, &schema).map_err(located)?;
        let column = |&index: &usize| {
            let def: &ColumnDef = &found[index];
            let origin = if index < keys { Origin::Partition(index) } else { Origin::File(def.name.clone()) };
            Column { origin, ty: def.ty }
        };
        let columns: Arc<[Column]> = chosen.iter().map(column).collect();
        let region = |(file, values)| Arc::new(FileRegion::new(file, columns.clone(), values)) as Arc<dyn Region>;
        let regions = files.into_iter().zip(partitions.values).map(region).collect();
        Ok(Dataset { name, columns: chosen.into_iter().map(|index| found[index].clone()).collect(), regions })
    }

    /// The places of the wanted columns among those found; `schema` is asked for the names of the others.
    fn choose(&self, found: &[ColumnDef], schema: &Schema) -> Result<Vec<usize>> {
        let Some(wanted) = &self.columns else { return Ok((0..found.len()).collect()) };
        let place = |name: &String| {
            found.iter().position(|column| *column.name == **name).ok_or_else(|| {
                let fields = schema.fields().iter().map(|field| field.name().as_str());
                let names = found.iter().map(|column| &*column.name).chain(fields);
                let error = Error::new(ErrorKind::Unknown, format!("there is no column {name}")).with_column(name);
                match headwater_engine::error::nearest(name, names) {
                    Some(near) => error.with_help(format!("did you mean {near}?")),
                    None => error,
                }
            })
        };
        wanted.iter().map(place).collect()
    }
}

/// The last part of the location, without the suffix.
fn table_name(store: &Store) -> String {
    let name = store.root().filename().unwrap_or("parquet");
    name.strip_suffix(".parquet").unwrap_or(name).to_owned()
}

impl fmt::Debug for ReadBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadBuilder")
            .field("location", &self.location)
            .field("options", &self.options)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}
