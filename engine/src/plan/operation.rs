//! [`Operation`]: what a table operation is, as a value.

use std::fmt;
use std::sync::Arc;

use super::{
    AggFunction, Aggregate, ColumnDef, Contribution, Flavour, Keep, Nearest, SortColumn, Standing, Window, Within,
};
use crate::formula::{Formula, asked_by_assignment, asked_by_condition};

/// A table operation with its arguments, apart from its inputs.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Operation {
    /// Where rows come from.
    Source {
        /// The name given to it.
        name: Arc<str>,
        /// How its rows come and go.
        flavour: Flavour,
    },
    /// The rows for which every condition is true, or any of them.
    Filter {
        /// The conditions.
        conditions: Vec<Formula>,
        /// How many of them must hold.
        needs: Needs,
    },
    /// Columns computed by formulas, kept or not, beside the present ones or instead of them.
    Project {
        /// Which of the forms.
        form: Projection,
        /// The formulas, each of which may use the columns of those before it.
        formulas: Vec<Formula>,
    },
    /// All columns but these.
    DropColumns {
        /// The names.
        columns: Vec<Arc<str>>,
    },
    /// Columns under new names.
    RenameColumns {
        /// `output` is the new name, `input` the present one.
        pairs: Vec<Pair>,
    },
    /// One row for each combination of key values.
    AggBy {
        /// What is computed for each group.
        aggregates: Vec<Aggregate>,
        /// The key columns; none for one group of all rows.
        by: Vec<Arc<str>>,
        /// Whether groups without rows are shown: those that lost theirs, and those that a second input named.
        #[cfg_attr(feature = "serde", serde(default))]
        preserve_empty: bool,
    },
    /// Each combination of values of some columns, once.
    SelectDistinct {
        /// The columns.
        columns: Vec<Arc<str>>,
    },
    /// Rows of each group by their position in it.
    PartBy {
        /// Which part.
        window: Window,
        /// The key columns.
        by: Vec<Arc<str>>,
    },
    /// The number of the constituent that each row belongs to, in a column [`PARTITION_NUMBER`] in front of the others.
    Partition {
        /// The key columns: rows of the same values are of one constituent.
        by: Vec<Arc<str>>,
    },
    /// A row for each value of lists, with the other columns repeated.
    Ungroup {
        /// The columns of lists.
        columns: Vec<Arc<str>>,
        /// What to do about lists of a row that are not equally long.
        uneven: Uneven,
    },
    /// Columns of the one row of another table that has the same key.
    NaturalJoin {
        /// Key columns: `output` is the left one, `input` the right one.
        on: Vec<Pair>,
        /// Columns added: `output` is the new name, `input` the right column.
        add: Vec<Pair>,
        /// What to do about several matches, or none.
        matching: Match,
    },
    /// Columns of the row of another table that has the same key and is nearest in time, or in any number.
    AsOf {
        /// Key columns: `output` is the left one, `input` the right one.
        on: Vec<Pair>,
        /// The columns that are compared, likewise.
        stamp: Pair,
        /// Which row is taken.
        nearest: Nearest,
        /// Columns added: `output` is the new name, `input` the right column.
        add: Vec<Pair>,
    },
    /// Lists of the rows of another table that have the same key and a value between two.
    RangeJoin {
        /// Key columns: `output` is the left one, `input` the right one.
        on: Vec<Pair>,
        /// The columns compared.
        within: Within,
        /// Columns of lists: `output` is the name, `input` the right column.
        lists: Vec<Pair>,
    },
    /// One row for each key that any of several tables has, with columns of the row each has for it.
    MultiJoin {
        /// What is taken of each table, in their order.
        inputs: Vec<Contribution>,
    },
    /// The pairs of rows of two tables that have the same key.
    Join {
        /// Key columns: `output` is the left one, `input` the right one; none for all pairs.
        on: Vec<Pair>,
        /// Columns added: `output` is the new name, `input` the right column.
        add: Vec<Pair>,
        /// Which rows without a partner are shown too.
        keep: Keep,
    },
    /// The rows whose key another table has, or has not.
    FilterIn {
        /// Key columns: `output` is that of the table filtered, `input` that of the other.
        on: Vec<Pair>,
        /// Whether the rows kept are those whose key the other table has not.
        negated: bool,
    },
    /// All rows that ever passed through a blink table.
    BlinkToAppend,
    /// The rows in the order of some columns; where those are equal, in the order they had.
    Sort {
        /// The columns, the first one first.
        by: Vec<SortColumn>,
    },
    /// The rows the other way round.
    Reverse,
    /// Rows by position; those at an end of a blink table, of all that ever passed.
    Slice {
        /// Which part.
        window: Window,
    },
    /// The same table, with the positions of its rows kept: made where somebody asks for them.
    Positions,
    /// The same rows, which `k` numbers from 0.
    Flatten,
    /// The same table, which may be sorted by some columns only.
    RestrictSort {
        /// The names.
        columns: Vec<Arc<str>>,
    },
    /// Columns in another order.
    MoveColumns {
        /// The names of those that move.
        columns: Vec<Arc<str>>,
        /// The index that the first of them gets; the end of the table if there is none.
        to: Option<usize>,
    },
    /// Columns that tell where rows stand: made where a formula asks.
    Situate {
        /// What is asked.
        standings: Vec<Standing>,
    },
    /// The rows of a merge, those of each input in its order: made where an input is not in order of id.
    InTurn,
    /// The rows of all inputs, one input after the other; columns meet by name.
    Merge,
}

/// The column that numbers the constituents of a partitioned table, in the order in which they first came. What is made of
/// the constituents never shows it.
pub const PARTITION_NUMBER: &str = "__partition__";

/// How many conditions of a filter must hold for a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Needs {
    /// Every one.
    #[default]
    All,
    /// One at least.
    Any,
}

/// What `ungroup` does about a row whose lists are not all of as many values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Uneven {
    /// It is an error.
    #[default]
    Refused,
    /// The shorter ones are filled with nulls.
    Filled,
}

/// The forms of computing columns: same results, different storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Projection {
    /// Only the columns listed, evaluated when read.
    View,
    /// All columns and those listed, evaluated when read.
    UpdateView,
    /// All columns and those listed, evaluated when read, once for equal inputs.
    LazyUpdate,
    /// All columns and those listed, kept.
    Update,
    /// Only the columns listed, kept.
    Select,
}

impl Projection {
    /// Whether values are kept rather than evaluated when read.
    pub fn is_stored(self) -> bool {
        matches!(self, Projection::Update | Projection::Select)
    }

    /// Whether the present columns stay.
    pub fn keeps_columns(self) -> bool {
        matches!(self, Projection::UpdateView | Projection::LazyUpdate | Projection::Update)
    }
}

/// A column of the result and the column it comes from: `"Output = Input"`, or one name for both.
///
/// ```
/// use headwater_engine::plan::Pair;
/// let pair = Pair::parse("Baseline = Value").unwrap();
/// assert_eq!((&*pair.output, &*pair.input), ("Baseline", "Value"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Pair {
    /// The name in the result (in a join key: the left column).
    pub output: Arc<str>,
    /// The name it has now (in a join: the right column).
    pub input: Arc<str>,
}

/// What `natural_join` does about right rows with equal keys, and about left rows without a match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Match {
    /// Several right rows for a left row are an error; none gives nulls.
    #[default]
    ErrorOnDuplicate,
    /// The first right row, by the order of the right table; none gives nulls.
    First,
    /// The last right row; none gives nulls.
    Last,
    /// Exactly one right row for each left row; anything else is an error.
    ExactlyOne,
}

impl Pair {
    /// One name for both.
    pub fn same(name: impl Into<Arc<str>>) -> Self {
        let name = name.into();
        Pair { output: name.clone(), input: name }
    }

    /// Reads `Output = Input` (or `==`), or one name for both; spaces round names do not count.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Argument`] if a side is empty.
    pub fn parse(text: &str) -> crate::Result<Self> {
        let (output, input) = match text.split_once('=') {
            Some((output, input)) => (output.trim(), input.trim_start_matches('=').trim()),
            None => (text.trim(), text.trim()),
        };
        if output.is_empty() || input.is_empty() || output.ends_with(['<', '>', '!']) {
            let message = format!("\"{text}\" does not name a column on both sides");
            return Err(crate::Error::new(crate::ErrorKind::Argument, message).with_help("write \"Output = Input\""));
        }
        Ok(Pair { output: output.into(), input: input.into() })
    }

    /// The same input under another name in the result.
    pub fn named(mut self, output: impl Into<Arc<str>>) -> Self {
        self.output = output.into();
        self
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.output == self.input {
            f.write_str(&self.output)
        } else {
            write!(f, "{} = {}", self.output, self.input)
        }
    }
}

impl Operation {
    /// What its formulas ask of where rows stand, each thing once: the table they are on has columns for it, made by
    /// [`Operation::Situate`].
    pub fn standings(&self, columns: &[ColumnDef]) -> Vec<Standing> {
        let asked: Vec<Standing> = match self {
            Operation::Filter { conditions, .. } => {
                conditions.iter().flat_map(|condition| asked_by_condition(condition, columns)).collect()
            }
            Operation::AggBy { aggregates, .. } => {
                let conditions = aggregates.iter().flat_map(|aggregate| match &aggregate.function {
                    AggFunction::CountWhere { conditions } => &conditions[..],
                    _ => &[],
                });
                conditions.flat_map(|condition| asked_by_condition(condition, columns)).collect()
            }
            Operation::Project { formulas, .. } => {
                formulas.iter().flat_map(|formula| asked_by_assignment(formula, columns)).collect()
            }
            _ => Vec::new(),
        };
        let mut once: Vec<Standing> = Vec::with_capacity(asked.len());
        asked.into_iter().for_each(|standing| {
            if !once.contains(&standing) {
                once.push(standing);
            }
        });
        once
    }

    /// The name of the table method.
    pub fn name(&self) -> &'static str {
        match self {
            Operation::Source { .. } => "source",
            Operation::Filter { needs: Needs::All, .. } => "filter",
            Operation::Filter { needs: Needs::Any, .. } => "filter_any",
            Operation::Project { form: Projection::View, .. } => "view",
            Operation::Project { form: Projection::UpdateView, .. } => "update_view",
            Operation::Project { form: Projection::LazyUpdate, .. } => "lazy_update",
            Operation::Project { form: Projection::Update, .. } => "update",
            Operation::Project { form: Projection::Select, .. } => "select",
            Operation::DropColumns { .. } => "drop_columns",
            Operation::RenameColumns { .. } => "rename_columns",
            Operation::AggBy { .. } => "agg_by",
            Operation::SelectDistinct { .. } => "select_distinct",
            Operation::Partition { .. } => "partition_by",
            Operation::Ungroup { .. } => "ungroup",
            Operation::PartBy { window, .. } => window.name_by(),
            Operation::NaturalJoin { matching: Match::ExactlyOne, .. } => "exact_join",
            Operation::NaturalJoin { .. } => "natural_join",
            Operation::AsOf { nearest, .. } => nearest.name(),
            Operation::RangeJoin { .. } => "range_join",
            Operation::MultiJoin { .. } => "multi_join",
            Operation::Join { keep, .. } => keep.name(),
            Operation::FilterIn { negated: false, .. } => "filter_in",
            Operation::FilterIn { negated: true, .. } => "filter_not_in",
            Operation::BlinkToAppend => "blink_to_append",
            Operation::Sort { .. } => "sort",
            Operation::Reverse => "reverse",
            Operation::Slice { window } => window.name(),
            Operation::Positions => "positions",
            Operation::InTurn => "in_turn",
            Operation::Flatten => "flatten",
            Operation::RestrictSort { .. } => "restrict_sort_to",
            Operation::MoveColumns { to: Some(0), .. } => "move_columns_up",
            Operation::MoveColumns { to: Some(_), .. } => "move_columns",
            Operation::MoveColumns { to: None, .. } => "move_columns_down",
            Operation::Situate { .. } => "situate",
            Operation::Merge => "merge",
        }
    }
}

impl fmt::Display for Operation {
    /// The operation as it would be called: `filter("V > 5")`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Operation::Source { name, flavour } => write!(f, "{name}: {flavour}"),
            Operation::Filter { conditions: formulas, .. } | Operation::Project { formulas, .. } => {
                write!(f, "{name}({})", join(formulas.iter().map(|formula| format!("{:?}", formula.text()))))
            }
            Operation::MoveColumns { columns, to: Some(to @ 1..) } => write!(f, "{name}({to}, {})", join(columns)),
            Operation::DropColumns { columns }
            | Operation::RestrictSort { columns }
            | Operation::SelectDistinct { columns }
            | Operation::Partition { by: columns }
            | Operation::MoveColumns { columns, .. } => write!(f, "{name}({})", join(columns)),
            Operation::RenameColumns { pairs } => write!(f, "{name}({})", join(pairs)),
            Operation::AggBy { aggregates, by, preserve_empty: false } if by.is_empty() => {
                write!(f, "agg({})", join(aggregates))
            }
            Operation::AggBy { aggregates, by, preserve_empty } => {
                let preserved = if *preserve_empty { ", preserve_empty" } else { "" };
                write!(f, "{name}([{}], by [{}]{preserved})", join(aggregates), join(by))
            }
            Operation::Ungroup { columns, uneven: Uneven::Refused } => write!(f, "{name}({})", join(columns)),
            Operation::Ungroup { columns, uneven } => write!(f, "{name}({}, {uneven:?})", join(columns)),
            Operation::PartBy { window, by } => write!(f, "{name}({window}, {})", join(by)),
            Operation::NaturalJoin { on, add, matching: Match::ExactlyOne } | Operation::Join { on, add, .. } => {
                write!(f, "{name}(on [{}], add [{}])", join(on), join(add))
            }
            Operation::AsOf { on, stamp: Pair { output, input }, nearest, add } => {
                let stamp = format!("{output} {nearest} {input}");
                let on = on.iter().map(Pair::to_string).chain([stamp]);
                write!(f, "{name}(on [{}], add [{}])", join(on), join(add))
            }
            Operation::RangeJoin { on, within, lists } => {
                let on = on.iter().map(Pair::to_string).chain([within.to_string()]);
                write!(f, "{name}(on [{}], lists [{}])", join(on), join(lists))
            }
            Operation::MultiJoin { inputs } => write!(f, "{name}({})", join(inputs)),
            Operation::FilterIn { on, .. } => write!(f, "{name}(on [{}])", join(on)),
            Operation::NaturalJoin { on, add, matching } => {
                write!(f, "{name}(on [{}], add [{}], {matching:?})", join(on), join(add))
            }
            Operation::BlinkToAppend
            | Operation::Merge
            | Operation::Reverse
            | Operation::Positions
            | Operation::InTurn
            | Operation::Flatten => {
                write!(f, "{name}()")
            }
            Operation::Situate { standings } => write!(f, "{name}({})", join(standings)),
            Operation::Sort { by } => write!(f, "{name}({})", join(by)),
            Operation::Slice { window } => write!(f, "{name}({window})"),
        }
    }
}

fn join(items: impl IntoIterator<Item: ToString>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
