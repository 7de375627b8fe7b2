//! The errors of a left row that meets several right rows, or none where there must be one.

use super::rule::Choice;
use crate::graph::Cx;
use crate::op::matching::Side;
use crate::types::Value;
use crate::{Error, ErrorKind};

/// What is wrong with left row `id`, whose key has `rows` rows on the right.
pub(super) fn broken(cx: &Cx<'_>, left: &Side, right: &Side, id: u64, choice: Choice, rows: u64) -> Error {
    let key = match left.key(cx, id) {
        Ok(values) => described(left, right, &values),
        // The rule is broken all the same; the key would only have said where.
        Err(error) => return error,
    };
    let error = match (choice, key) {
        (Choice::TooMany, Some(key)) => {
            let message = format!("{rows} rows of the right table have the key {key} of a row of the left table");
            Error::new(ErrorKind::DuplicateKey, message)
                .with_help("keep one right row of each key, as last_by does, or take Match::First or Match::Last")
        }
        (Choice::TooMany, None) => {
            let message = format!("the right table has {rows} rows, and a join without key columns takes its only one");
            Error::new(ErrorKind::DuplicateKey, message).with_help("join on key columns, or aggregate the right table")
        }
        (_, Some(key)) => {
            let message = format!("no row of the right table has the key {key} of a row of the left table");
            Error::new(ErrorKind::NoMatch, message).with_help("natural_join gives nulls where nothing matches")
        }
        (_, None) => Error::new(ErrorKind::NoMatch, "the right table has no row for the rows of the left table")
            .with_help("natural_join gives nulls where nothing matches"),
    };
    match left.names().first() {
        Some(name) => error.with_column(&**name).with_row(id),
        None => error.with_row(id),
    }
}

/// The key as `Name = value`, each column with its name on the right where that differs; `None` without columns.
fn described(left: &Side, right: &Side, values: &[Value]) -> Option<String> {
    let columns = left.names().iter().zip(right.names()).zip(values).map(|((left, right), value)| {
        let value = match value {
            Value::String(text) => format!("{text:?}"),
            other => other.to_string(),
        };
        if left == right { format!("{left} = {value}") } else { format!("{left} (right: {right}) = {value}") }
    });
    let columns: Vec<String> = columns.collect();
    (!columns.is_empty()).then(|| columns.join(", "))
}
