//! Parquet read lazily: a file, a directory or a `key=value` tree of them, on this computer or in a bucket.
//!
//! The hard decision: **opening reads no rows**. It lists the files and reads one footer. A condition on partition
//! keys drops files before their footers are read; what is pulled reads the pages it touches and no others; decoded
//! blocks are kept up to a number of bytes. Files are taken as they were listed and must not change under the table.
//!
//! * Files whose name, or a directory of whose path, begins with `.` or `_` do not count, nor do those that do not
//!   end in `.parquet`. The others come in lexical order of their paths.
//! * The keys of `key=value` directories are the first columns. They are typed over all values: integer, float,
//!   boolean, ISO date, else text. `__HIVE_DEFAULT_PARTITION__` and nothing are null. A column of the file with the
//!   name of a key is not read.
//! * The other columns are those of the last file. A file without one of them has nulls there; a file that has it with
//!   another type is an error unless its values all fit (`i32` read as `i64`).

mod builder;
mod file;
mod footer;
mod layout;
mod pages;
mod partition;
mod region;
mod run;
mod schema;
mod values;

#[cfg(test)]
mod tests;

pub use crate::progress::Progress;
pub use builder::ReadBuilder;

/// A table of the Parquet files at a location: a path of this computer, or a `file://` or `s3://` URL.
///
/// Credentials, region and endpoint of a bucket come from the standard variables (`AWS_ACCESS_KEY_ID`, …), or from
/// [`ReadBuilder::option`]. A location that ends in `.parquet` is one file, any other a directory.
pub fn read(location: impl Into<String>) -> ReadBuilder {
    ReadBuilder::new(location.into())
}
