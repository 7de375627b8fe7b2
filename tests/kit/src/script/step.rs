//! [`Step`]: a table method with its arguments, as the scripts call it.

use std::fmt;

use headwater_engine::plan::{
    Aggregate, Contribution, Keep, Match, Nearest, Needs, Operation, Pair, Projection, SortColumn, Term, Uneven,
    Window, Within,
};
use headwater_engine::{Formula, Result, Table, agg, by, on};

/// A call of a table method on tables made before: sources first, then the results of earlier steps.
#[derive(Clone, Debug)]
pub struct Step {
    /// The tables it is called on, by place.
    pub inputs: Vec<usize>,
    /// The method.
    pub call: Call,
    /// The cycle after which it is called; 0 is before all cycles.
    pub after: usize,
}

/// A table method with its arguments.
#[derive(Clone, Debug)]
pub enum Call {
    /// `filter`
    Filter(Vec<String>, Needs),
    /// `view`
    View(Vec<String>),
    /// `update_view`
    UpdateView(Vec<String>),
    /// `lazy_update`
    LazyUpdate(Vec<String>),
    /// `update`
    Update(Vec<String>),
    /// `select`
    Select(Vec<String>),
    /// `drop_columns`
    Drop(Vec<String>),
    /// `rename_columns`
    Rename(Vec<Pair>),
    /// `agg_by`, or `agg` without keys; with groups that have no rows, or not. A second input names groups
    Agg(Vec<Aggregate>, Vec<String>, bool),
    /// A short form of `agg_by`: its name, and the keys
    Short(ShortForm, Vec<String>),
    /// `weighted_sum_by`, or `weighted_avg_by`
    Weighted {
        /// Whether it is `weighted_sum_by`.
        sum: bool,
        /// The column of weights.
        weight: String,
        /// The keys.
        by: Vec<String>,
    },
    /// `select_distinct`
    SelectDistinct(Vec<String>),
    /// `head_by` or `tail_by`, or another part of each group
    PartBy(Window, Vec<String>),
    /// `ungroup_with`
    Ungroup(Vec<String>, Uneven),
    /// `partition_by`, then a part of each constituent if it is to be, then `merge`
    Partitioned(Vec<String>, Option<Window>),
    /// `natural_join_with`
    NaturalJoin {
        /// Key columns.
        on: Vec<Pair>,
        /// Columns added.
        add: Vec<Pair>,
        /// What to do about several matches.
        matching: Match,
    },
    /// `join`, `left_outer_join` or `full_outer_join`
    Join {
        /// Key columns.
        on: Vec<Pair>,
        /// Columns added.
        add: Vec<Pair>,
        /// Which of the three.
        keep: Keep,
    },
    /// `aj` or `raj`
    AsOf {
        /// Key columns.
        on: Vec<Pair>,
        /// The columns compared.
        stamp: Pair,
        /// Which row is taken.
        nearest: Nearest,
        /// Columns added.
        add: Vec<Pair>,
    },
    /// `range_join`, with lists
    RangeJoin {
        /// Key columns.
        on: Vec<Pair>,
        /// The columns compared.
        within: Within,
        /// Columns of lists.
        lists: Vec<Pair>,
    },
    /// `Table::multi_join`, with what is taken of each table
    MultiJoin(Vec<Contribution>),
    /// `filter_in`, or `filter_not_in`
    FilterIn {
        /// The columns compared.
        on: Vec<Pair>,
        /// Whether it is `filter_not_in`.
        negated: bool,
    },
    /// `blink_to_append`
    BlinkToAppend,
    /// `head`, `tail`, `slice` and their like
    Slice(Window),
    /// `sort`
    Sort(Vec<SortColumn>),
    /// `sort_descending`
    SortDescending(Vec<SortColumn>),
    /// `reverse`
    Reverse,
    /// `merge`, of all inputs
    Merge,
}

/// The short forms of `agg_by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the methods")]
pub enum ShortForm {
    SumBy,
    AbsSumBy,
    AvgBy,
    VarBy,
    StdBy,
    MedianBy,
    PctOfAllBy,
    MinBy,
    MaxBy,
    FirstBy,
    LastBy,
    CountBy,
    GroupBy,
}

impl Step {
    /// Calls the method.
    ///
    /// # Errors
    /// What the method gives.
    pub fn apply(&self, tables: &[Option<Table>]) -> Result<Table> {
        let gone = || headwater_engine::Error::new(headwater_engine::ErrorKind::Closed, "an input was not made");
        let input = |at: usize| {
            self.inputs.get(at).and_then(|&table| tables.get(table)).and_then(Option::as_ref).ok_or_else(gone)
        };
        let table = input(0)?;
        match &self.call {
            Call::Filter(formulas, Needs::All) => table.filter(formulas.as_slice()),
            Call::Filter(formulas, Needs::Any) => table.filter_any(formulas.as_slice()),
            Call::View(formulas) => table.view(formulas.as_slice()),
            Call::UpdateView(formulas) => table.update_view(formulas.as_slice()),
            Call::LazyUpdate(formulas) => table.lazy_update(formulas.as_slice()),
            Call::Update(formulas) => table.update(formulas.as_slice()),
            Call::Select(formulas) => table.select(formulas.as_slice()),
            Call::Drop(columns) => table.drop_columns(names(columns)),
            Call::Rename(pairs) => table.rename_columns(pairs.clone()),
            Call::Agg(aggregates, keys, preserve_empty) if self.inputs.len() > 1 => {
                let by = by(names(keys)).initial_groups(input(1)?);
                table.agg_by(aggregates.clone(), if *preserve_empty { by.preserve_empty() } else { by })
            }
            Call::Weighted { sum: true, weight, by } => table.weighted_sum_by(weight, names(by)),
            Call::Weighted { sum: false, weight, by } => table.weighted_avg_by(weight, names(by)),
            Call::Agg(aggregates, by, false) if by.is_empty() => table.agg(aggregates.clone()),
            Call::Agg(aggregates, by, false) => table.agg_by(aggregates.clone(), names(by)),
            Call::Agg(aggregates, keys, true) => table.agg_by(aggregates.clone(), by(names(keys)).preserve_empty()),
            Call::Short(form, by) => match form {
                ShortForm::SumBy => table.sum_by(names(by)),
                ShortForm::AbsSumBy => table.abs_sum_by(names(by)),
                ShortForm::AvgBy => table.avg_by(names(by)),
                ShortForm::VarBy => table.var_by(names(by)),
                ShortForm::StdBy => table.std_by(names(by)),
                ShortForm::MedianBy => table.median_by(names(by)),
                ShortForm::PctOfAllBy => table.agg_all_by(|column| agg::pct(column, 0.75), names(by)),
                ShortForm::MinBy => table.min_by(names(by)),
                ShortForm::MaxBy => table.max_by(names(by)),
                ShortForm::FirstBy => table.first_by(names(by)),
                ShortForm::LastBy => table.last_by(names(by)),
                ShortForm::GroupBy => table.group_by(names(by)),
                ShortForm::CountBy => table.count_by("Rows", names(by)),
            },
            Call::SelectDistinct(formulas) => table.select_distinct(formulas.as_slice()),
            Call::PartBy(Window::First(count), by) => table.head_by(*count, names(by)),
            Call::PartBy(Window::Last(count), by) => table.tail_by(*count, names(by)),
            Call::PartBy(window, keys) => {
                let by = keys.iter().map(|key| key.as_str().into()).collect();
                table.apply(Operation::PartBy { window: *window, by })
            }
            Call::Ungroup(columns, uneven) => table.ungroup_with(names(columns), *uneven),
            Call::Partitioned(by, part) => {
                let parts = table.partition_by(names(by))?;
                match part {
                    Some(window) => parts.transform(|part| slice(part, *window))?,
                    None => parts,
                }
                .merge()
            }
            Call::NaturalJoin { on: keys, add, matching } => {
                table.natural_join_with(input(1)?, on(keys.clone()).add(add.clone()), *matching)
            }
            Call::Join { on: keys, add, keep } => {
                let (right, on) = (input(1)?, on(keys.clone()).add(add.clone()));
                match keep {
                    Keep::Matches => table.join(right, on),
                    Keep::Left => table.left_outer_join(right, on),
                    Keep::All => table.full_outer_join(right, on),
                }
            }
            Call::AsOf { on: keys, stamp, nearest, add } => {
                let mut terms: Vec<Term> = keys.iter().cloned().map(Term::from).collect();
                terms.push(Term::Nearest(stamp.clone(), *nearest));
                let (right, on) = (input(1)?, on(terms).add(add.clone()));
                if nearest.is_backwards() { table.aj(right, on) } else { table.raj(right, on) }
            }
            Call::RangeJoin { on: keys, within, lists } => {
                let mut terms: Vec<Term> = keys.iter().cloned().map(Term::from).collect();
                terms.push(Term::Within(within.clone()));
                let lists = lists.iter().map(|pair| agg::group(&pair.to_string()));
                table.range_join(input(1)?, on(terms), lists.collect::<Vec<_>>())
            }
            Call::MultiJoin(taken) => {
                let taken = taken.iter().enumerate();
                let inputs = taken.map(|(at, taken)| Ok((input(at)?, on(taken.on.clone()).add(taken.add.clone()))));
                Table::multi_join(inputs.collect::<Result<Vec<_>>>()?)
            }
            Call::FilterIn { on, negated: false } => table.filter_in(input(1)?, on.clone()),
            Call::FilterIn { on, negated: true } => table.filter_not_in(input(1)?, on.clone()),
            Call::BlinkToAppend => table.blink_to_append(),
            Call::Slice(window) => slice(table, *window),
            Call::Sort(by) => table.sort(by.clone()),
            Call::SortDescending(by) => {
                table.sort_descending(by.iter().map(|by| by.column.clone()).collect::<Vec<_>>())
            }
            Call::Reverse => table.reverse(),
            Call::Merge => table.merge((1..self.inputs.len()).map(input).collect::<Result<Vec<_>>>()?),
        }
    }
}

fn slice(table: &Table, window: Window) -> Result<Table> {
    match window {
        Window::First(rows) => table.head(rows),
        Window::Last(rows) => table.tail(rows),
        Window::Between(start, end) => table.slice(start, end),
        Window::FirstShare(share) => table.head_pct(share),
        Window::LastShare(share) => table.tail_pct(share),
        Window::Shares(start, end) => table.slice_pct(start, end),
        other => table.apply(Operation::Slice { window: other }),
    }
}

impl Call {
    /// The operation, for those that may fail when they are called, on rows that are there.
    pub fn operation(&self) -> Option<Operation> {
        let formulas = |texts: &[String]| texts.iter().map(Formula::from).collect();
        let project = |form, texts: &[String]| Some(Operation::Project { form, formulas: formulas(texts) });
        match self {
            Call::Filter(texts, needs) => Some(Operation::Filter { conditions: formulas(texts), needs: *needs }),
            Call::Update(texts) => project(Projection::Update, texts),
            Call::Select(texts) => project(Projection::Select, texts),
            Call::Ungroup(columns, uneven) => {
                let columns = columns.iter().map(|column| column.as_str().into()).collect();
                Some(Operation::Ungroup { columns, uneven: *uneven })
            }
            Call::MultiJoin(inputs) => Some(Operation::MultiJoin { inputs: inputs.clone() }),
            Call::NaturalJoin { on, add, matching } => {
                Some(Operation::NaturalJoin { on: on.clone(), add: add.clone(), matching: *matching })
            }
            _ => None,
        }
    }
}

fn names(columns: &[String]) -> Vec<&str> {
    columns.iter().map(String::as_str).collect()
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tables {:?}: {:?}", self.inputs, self.call)?;
        if self.after > 0 { write!(f, " after cycle {}", self.after) } else { Ok(()) }
    }
}
