//! The arguments of a step, and why it gives no table.

use headwater_engine::{Error, ErrorKind};
use serde_json::{Map, Value as Json};

/// Why a step gives no table.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The operation, or a part of it, does not exist here yet.
    NotBuilt(String),
    /// The operation was refused or failed.
    Refused(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Refused(error)
    }
}

pub(super) fn not_built<T>(what: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::NotBuilt(what.into()))
}

/// The arguments of a step, read as the types they should have.
pub(super) struct Args<'a> {
    pub(super) all: &'a Map<String, Json>,
}

impl<'a> Args<'a> {
    pub(super) fn array(&self, name: &str) -> Result<&'a [Json], Failure> {
        match self.all.get(name) {
            None => Ok(&[]),
            Some(Json::Array(items)) => Ok(items),
            Some(_) => refused(format!("{name} is no list")),
        }
    }

    /// A list of strings; an absent one is empty.
    pub(super) fn list(&self, name: &str) -> Result<Vec<String>, Failure> {
        let text = |item: &Json| match item.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => refused(format!("{name} holds {item}")),
        };
        self.array(name)?.iter().map(text).collect()
    }

    /// Whether it is there and true.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.all.get(name).and_then(Json::as_bool).unwrap_or(false)
    }

    pub(super) fn count(&self, name: &str) -> Result<u64, Failure> {
        self.all.get(name).and_then(Json::as_u64).map_or_else(|| refused(format!("{name} is no count")), Ok)
    }

    pub(super) fn integer(&self, name: &str) -> Result<i64, Failure> {
        self.all.get(name).and_then(Json::as_i64).map_or_else(|| refused(format!("{name} is no integer")), Ok)
    }

    pub(super) fn number(&self, name: &str) -> Result<f64, Failure> {
        self.all.get(name).and_then(Json::as_f64).map_or_else(|| refused(format!("{name} is no number")), Ok)
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, Failure> {
        self.all.get(name).and_then(Json::as_str).map_or_else(|| refused(format!("{name} is missing")), Ok)
    }
}

pub(super) fn refused<T>(message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Refused(Error::new(ErrorKind::Argument, message)))
}
