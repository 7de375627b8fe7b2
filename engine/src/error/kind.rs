/// What kind of error an [`Error`](crate::Error) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A formula that does not parse.
    Syntax,
    /// A column, function, variable or table of that name does not exist.
    Unknown,
    /// Types that do not fit.
    Type,
    /// Two columns would have the same name.
    NameClash,
    /// An argument outside what the call allows.
    Argument,
    /// A call that is not allowed on this flavour of table (such as an impure formula in a view).
    Unsupported,
    /// A table operation, snapshot or step was called from inside an update cycle.
    InsideCycle,
    /// A table of another session was given.
    ForeignTable,
    /// A value that cannot be computed for a row, such as an integer divided by zero.
    Evaluation,
    /// A user function returned an error or panicked.
    UserFunction,
    /// More than one row has a key that must be unique.
    DuplicateKey,
    /// A key without a match where one is required.
    NoMatch,
    /// A record or message that does not decode.
    Decode,
    /// A file that is damaged or of another format.
    Format,
    /// Reading or writing failed.
    Io,
    /// A service did not answer in time.
    Unavailable,
    /// A stated limit was reached.
    Limit,
    /// The session's clock tells an earlier time than it did.
    ClockWentBack,
    /// The other end is gone: the table was dropped, or the session stopped.
    Closed,
    /// A fault of Headwater itself; please report it.
    Internal,
}
