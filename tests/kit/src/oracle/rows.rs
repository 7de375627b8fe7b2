//! Tables as the oracle keeps them: rows of values, in order, and nothing else.

use std::collections::HashMap;
use std::rc::Rc;

use headwater_engine::Value;

/// Why a table or a cell has no value; only that there is none is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) String);

/// A cell; reading it may fail where a lazy formula does.
pub(crate) type Cell = Result<Value, Fault>;

/// What makes a row the same row from one cycle to the next. Rows stand in order of `key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Identity {
    /// The place among the other rows.
    pub(crate) key: u64,
    /// How many rows had this key before.
    pub(crate) generation: u64,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Which row it is.
    pub(crate) identity: Identity,
    /// Its cells.
    pub(crate) cells: Rc<[Cell]>,
}

/// The rows of a table, in order.
pub(crate) type Rows = Vec<Row>;

/// A table around a cycle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// Before the cycle.
    pub(crate) before: Rows,
    /// Now.
    pub(crate) now: Rows,
}

/// A row that stayed: as it was, and as it is.
pub(crate) type Kept<'a> = (&'a Row, &'a Row);

impl Contents {
    /// The rows that stayed, as they were and as they are, in order.
    pub(crate) fn kept(&self) -> Vec<Kept<'_>> {
        let before: HashMap<Identity, &Row> = self.before.iter().map(|row| (row.identity, row)).collect();
        self.now.iter().filter_map(|row| Some((*before.get(&row.identity)?, row))).collect()
    }

    /// The rows that came, in order.
    pub(crate) fn added(&self) -> Vec<&Row> {
        missing(&self.now, &self.before)
    }

    /// The rows that went, in order.
    pub(crate) fn removed(&self) -> Vec<&Row> {
        missing(&self.before, &self.now)
    }
}

fn missing<'a>(rows: &'a Rows, from: &Rows) -> Vec<&'a Row> {
    let there: std::collections::HashSet<Identity> = from.iter().map(|row| row.identity).collect();
    rows.iter().filter(|row| !there.contains(&row.identity)).collect()
}

/// The value of a cell that an operator needs.
///
/// # Errors
/// The fault of the cell: it becomes that of the operator.
pub(crate) fn needed(cell: &Cell) -> Result<Value, Fault> {
    cell.clone()
}

/// A value as a key: null is one, all NaN are one, both zeros are one; lists are one whose values are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(String);

impl Key {
    /// The key of values, each already of the type it is compared as.
    pub(crate) fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        fn part(value: &Value) -> String {
            match value {
                Value::F64(v) if v.is_nan() => "NaN".to_owned(),
                Value::F32(v) if v.is_nan() => "NaN".to_owned(),
                Value::F64(0.0) | Value::F32(0.0) => "0.0".to_owned(),
                Value::F64(v) => format!("{:x}", v.to_bits()),
                Value::F32(v) => format!("{:x}", v.to_bits()),
                Value::List(list) => format!("{:?}", list.iter().map(|value| part(&value)).collect::<Vec<_>>()),
                other => format!("{other:?}"),
            }
        }
        Key(values.into_iter().map(part).collect::<Vec<_>>().join("\u{1}"))
    }
}
