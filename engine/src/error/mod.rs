//! The one error of Headwater: what went wrong ([`ErrorKind`]), where, and how to mend it.

mod kind;
mod nearest;
mod report;

pub use kind::ErrorKind;
pub use nearest::{list, nearest};

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// `Result` with Headwater's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and how to mend it. One pointer wide, cheap to clone, `Send + Sync + 'static`.
///
/// `Display` is one line; `{:#}` (or [`Error::report`]) is the whole report, for a formula with the
/// user's own text and a caret under the place; `source()` is the cause.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    formula: Option<Place>,
    retriable: bool,
    at: Location,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// A piece of a formula: the user's text and the bytes meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The formula as the user wrote it.
    pub text: Arc<str>,
    /// The bytes of `text` that are meant; empty at the end of the text.
    pub span: Range<usize>,
}

#[derive(Clone, Default)]
struct Location {
    table: Option<String>,
    operator: Option<String>,
    column: Option<String>,
    row: Option<u64>,
    topic: Option<String>,
    partition: Option<i32>,
    offset: Option<i64>,
    path: Option<String>,
}

macro_rules! location {
    ($($(#[$doc:meta])* $field:ident / $with:ident: $ty:ty => $get:ty, $(. $conv:ident ())?;)*) => {$(
        $(#[$doc])*
        pub fn $field(&self) -> Option<$get> {
            self.0.at.$field$(.$conv())?
        }

        /// The same error, located (an inner location is kept).
        pub fn $with(mut self, $field: impl Into<$ty>) -> Self {
            let inner = Arc::make_mut(&mut self.0);
            inner.at.$field.get_or_insert_with(|| $field.into());
            self
        }
    )*};
}

impl Error {
    /// An error of `kind` with a one-line message that says what is wrong, in lower case, without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Arc::new(Inner {
            kind,
            message: message.into(),
            help: None,
            formula: None,
            retriable: false,
            at: Location::default(),
            source: None,
        }))
    }

    fn inner(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// The same error with a line that says how to mend it (the first help given is kept).
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.inner().help.get_or_insert_with(|| help.into());
        self
    }

    /// The same error, pointing at `span` (bytes) of the formula `text`.
    pub fn with_place(mut self, text: impl Into<Arc<str>>, span: Range<usize>) -> Self {
        self.inner().formula.get_or_insert_with(|| Place { text: text.into(), span });
        self
    }

    /// The same error with its cause.
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.inner().source.get_or_insert_with(|| Arc::new(source));
        self
    }

    /// The same error at another row: a position in a vector becomes the row it stands for.
    pub fn at_row(mut self, row: u64) -> Self {
        self.inner().at.row = Some(row);
        self
    }

    /// The same error without a row: it is not about one.
    pub(crate) fn without_row(mut self) -> Self {
        self.inner().at.row = None;
        self
    }

    /// The same error, marked as worth trying again.
    pub fn retriable(mut self) -> Self {
        self.inner().retriable = true;
        self
    }

    /// The same error with the row, if it has one, named otherwise: a position in a batch becomes an id.
    pub(crate) fn map_row(mut self, name: impl FnOnce(u64) -> u64) -> Self {
        if let Some(row) = self.row() {
            self.inner().at.row = Some(name(row));
        }
        self
    }

    /// What kind of error this is: the thing to match on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same call may succeed later without a change of the program.
    pub fn is_retriable(&self) -> bool {
        self.0.retriable
    }

    /// The message, without location or cause.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How to mend it, if known.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// For an error in a formula: the user's text and the bytes meant.
    pub fn place(&self) -> Option<&Place> {
        self.0.formula.as_ref()
    }

    location! {
        /// The table that failed, by name.
        table / with_table: String => &str, .as_deref ();
        /// The operator that failed.
        operator / with_operator: String => &str, .as_deref ();
        /// The column concerned.
        column / with_column: String => &str, .as_deref ();
        /// The row concerned: its id, or the position in the given data.
        row / with_row: u64 => u64,;
        /// The Kafka topic concerned.
        topic / with_topic: String => &str, .as_deref ();
        /// The Kafka partition concerned.
        partition / with_partition: i32 => i32,;
        /// The Kafka offset concerned.
        offset / with_offset: i64 => i64,;
        /// The file, object or address concerned.
        path / with_path: String => &str, .as_deref ();
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() { f.write_str(&self.report()) } else { report::one_line(self, f) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind(), self.report())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source.as_ref() as &(dyn std::error::Error + 'static))
    }
}
