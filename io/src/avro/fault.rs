//! [`Fault`]: why a payload does not decode, and where in it.

use std::fmt;
use std::sync::Arc;

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    End,
    Varint,
    IntRange(i64),
    Length(i64),
    Utf8,
    Bool(u8),
    Index(i64, usize),
    TimestampRange(i64, &'static str),
    Depth,
    Leftover(usize),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::End => f.write_str("the payload ends too early"),
            Cause::Varint => f.write_str("a number of more than 64 bits"),
            Cause::IntRange(value) => write!(f, "{value} does not fit an int"),
            Cause::Length(length) => write!(f, "a length of {length}"),
            Cause::Utf8 => f.write_str("text that is not UTF-8"),
            Cause::Bool(byte) => write!(f, "{byte} is not a boolean"),
            Cause::Index(index, count) => write!(f, "choice {index} of {count}"),
            Cause::TimestampRange(value, unit) => write!(f, "{value} {unit} lies outside the years 1677 to 2262"),
            Cause::Depth => f.write_str("values nested too deeply"),
            Cause::Leftover(count) => write!(f, "{count} bytes are left over after the last field"),
        }
    }
}

/// Why a payload does not decode: the field, the byte, the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The path of the field, such as `Order.Price`; `None` for the record as a whole.
    pub(super) field: Option<Arc<str>>,
    /// Counted from the start of the payload.
    pub(super) at: usize,
    pub(super) cause: Cause,
}

impl Fault {
    /// The fault without what differs from record to record: what faults are counted by.
    pub(crate) fn reason(&self) -> String {
        let cause = match self.cause {
            Cause::IntRange(_) => "a number that does not fit an int".to_owned(),
            Cause::Length(_) => "a length below zero".to_owned(),
            Cause::Bool(_) => "a byte that is not a boolean".to_owned(),
            Cause::Index(..) => "a choice outside a union or enum".to_owned(),
            Cause::TimestampRange(..) => "a timestamp outside the years 1677 to 2262".to_owned(),
            Cause::Leftover(_) => "bytes are left over after the last field".to_owned(),
            cause => cause.to_string(),
        };
        match &self.field {
            Some(field) => format!("field {field}: {cause}"),
            None => cause,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "field {field}: ")?;
        }
        write!(f, "{} (byte {})", self.cause, self.at)
    }
}
