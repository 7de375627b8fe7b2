//! [`Aggregate`]: what is computed for each group.

use std::fmt;
use std::sync::Arc;

use crate::formula::Formula;
use crate::types::Value;

/// What is computed for each group: a function of a column.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Aggregate {
    /// The function.
    pub function: AggFunction,
    /// The name in the result.
    pub output: Arc<str>,
    /// The column it is computed of; `None` where rows are counted, and for a formula that names its columns itself.
    pub input: Option<Arc<str>>,
    /// What departs from the usual.
    #[cfg_attr(feature = "serde", serde(default))]
    pub options: AggOptions,
}

/// What may be asked of some functions, and is an error for the others.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AggOptions {
    /// Whether null and NaN count as values, of `CountDistinct`, `Distinct` and `Unique`.
    pub nulls: bool,
    /// Whether a `Median` or `Percentile` that divides the values into equal halves is the mean of the two in the middle,
    /// and otherwise the value below its place. A median does so unless told otherwise, a percentile only if told.
    pub average: Option<bool>,
    /// What `Unique` gives for a group of several values, instead of null.
    pub otherwise: Option<Value>,
}

/// The functions over the rows of a group. Null cells are left out, but for `First`, `Last`, `SortedFirst`,
/// `SortedLast`, `Group`, `Formula` and `Count`. The result is null if no value is left, but for counts of rows.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum AggFunction {
    /// Sum: integers and chars to `I64`, wrapping; bools count as 0 and 1; floats, durations and decimals keep their type.
    Sum,
    /// Sum of absolute values, of the types and to the types of `Sum`, but for bools.
    AbsSum,
    /// Mean as `F64`; of durations a duration.
    Avg,
    /// Mean as `F64`, each value weighted by another column of numbers; rows where one of both is null are left out. NaN
    /// where a weight or a weighted value is NaN or infinite.
    WeightedAvg {
        /// The column of weights.
        weight: Arc<str>,
    },
    /// Sum of the products with another column: of integers and integers `I64`, wrapping, otherwise `F64`.
    WeightedSum {
        /// The column of weights.
        weight: Arc<str>,
    },
    /// Variance of a sample (n - 1) as `F64`; NaN for one value, and where there is a NaN or an infinity.
    Var,
    /// Standard deviation of a sample: the root of `Var`.
    Std,
    /// Rows of the group as `I64`, nulls included.
    Count,
    /// Rows for which all conditions are true, as `I64`.
    CountWhere {
        /// The conditions, each asked only of the rows that those before it left.
        conditions: Vec<Formula>,
    },
    /// The least value; NaN if there is one.
    Min,
    /// The greatest value; NaN if there is one.
    Max,
    /// The middle value; NaN if there is one. Of an even number of values the mean of the two in the middle, for `I32` and
    /// `I64` as `F64`; for types that have no mean the upper of the two.
    Median,
    /// The value at `fraction * (n - 1)` of the sorted values, rounded half up; NaN if there is one.
    Percentile {
        /// From 0, the least value, to 1, the greatest.
        fraction: f64,
    },
    /// As `Percentile`, as `F64`, exact of up to some hundred values and near it of more (a t-digest): in memory that does
    /// not grow with the group.
    ApproxPercentile {
        /// From 0, the least value, to 1, the greatest.
        fraction: f64,
    },
    /// How many different values there are, as `I64`; neither null nor NaN is one, unless told otherwise.
    CountDistinct,
    /// The different values, ascending, as a list; neither null nor NaN is one, unless told otherwise.
    Distinct,
    /// The value if there is one only; of several, null or what [`AggOptions::otherwise`] says.
    Unique,
    /// The value of the first row, null or not.
    First,
    /// The value of the last row, null or not.
    Last,
    /// The value of the row that comes first by other columns, null before all values and NaN behind; of equal ones the
    /// first row.
    SortedFirst {
        /// The columns, of which the first that differs decides.
        by: Vec<Arc<str>>,
    },
    /// The value of the row that comes last by other columns; of equal ones the last row.
    SortedLast {
        /// The columns, of which the first that differs decides.
        by: Vec<Arc<str>>,
    },
    /// The values of all rows, null or not, in their order: a list.
    Group,
    /// A formula over key columns and, as lists, all others.
    Formula {
        /// `Name = expression`; the expression alone if a parameter stands for the column.
        formula: Formula,
        /// The name that stands for the list of the aggregate's column.
        parameter: Option<Arc<str>>,
    },
}

impl AggFunction {
    /// The word used in messages and in `explain()`.
    pub fn name(&self) -> &'static str {
        match self {
            AggFunction::Sum => "sum",
            AggFunction::AbsSum => "abs_sum",
            AggFunction::Avg => "avg",
            AggFunction::WeightedAvg { .. } => "weighted_avg",
            AggFunction::WeightedSum { .. } => "weighted_sum",
            AggFunction::Var => "var",
            AggFunction::Std => "std",
            AggFunction::Count => "count",
            AggFunction::CountWhere { .. } => "count_where",
            AggFunction::Min => "min",
            AggFunction::Max => "max",
            AggFunction::Median => "median",
            AggFunction::Percentile { .. } => "pct",
            AggFunction::ApproxPercentile { .. } => "approx_pct",
            AggFunction::CountDistinct => "count_distinct",
            AggFunction::Distinct => "distinct",
            AggFunction::Unique => "unique",
            AggFunction::First => "first",
            AggFunction::Last => "last",
            AggFunction::SortedFirst { .. } => "sorted_first",
            AggFunction::SortedLast { .. } => "sorted_last",
            AggFunction::Group => "group",
            AggFunction::Formula { .. } => "formula",
        }
    }

    /// The other columns it reads.
    pub fn beside(&self) -> &[Arc<str>] {
        match self {
            AggFunction::WeightedAvg { weight } | AggFunction::WeightedSum { weight } => std::slice::from_ref(weight),
            AggFunction::SortedFirst { by } | AggFunction::SortedLast { by } => by,
            _ => &[],
        }
    }
}

impl Aggregate {
    /// A function of a column, or of rows.
    pub fn new(function: AggFunction, output: impl Into<Arc<str>>, input: Option<Arc<str>>) -> Self {
        Aggregate { function, output: output.into(), input, options: AggOptions::default() }
    }

    /// The same aggregate under another name in the result.
    pub fn named(mut self, output: impl Into<Arc<str>>) -> Self {
        self.output = output.into();
        self
    }

    /// With null and NaN as values of their own: for `count_distinct`, `distinct`, and `unique` with [`Aggregate::otherwise`].
    pub fn include_nulls(mut self) -> Self {
        self.options.nulls = true;
        self
    }

    /// Whether a `median` or `pct` that divides the values into two equal halves is the mean of the two in the middle.
    pub fn average_evenly_divided(mut self, average: bool) -> Self {
        self.options.average = Some(average);
        self
    }

    /// What `unique` gives for a group of several values: a value of the type of the column.
    pub fn otherwise(mut self, value: impl Into<Value>) -> Self {
        self.options.otherwise = Some(value.into());
        self
    }
}

impl fmt::Display for Aggregate {
    /// `Out = function(In)`, with what else it was told.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}(", self.output, self.function.name())?;
        let mut parts: Vec<String> = self.input.iter().map(|input| input.to_string()).collect();
        match &self.function {
            AggFunction::WeightedAvg { weight } | AggFunction::WeightedSum { weight } => {
                parts.push(format!("by {weight}"));
            }
            AggFunction::SortedFirst { by } | AggFunction::SortedLast { by } => {
                parts.push(format!("by {}", by.join(", ")));
            }
            AggFunction::Percentile { fraction } | AggFunction::ApproxPercentile { fraction } => {
                parts.push(fraction.to_string());
            }
            AggFunction::CountWhere { conditions } => {
                parts.extend(conditions.iter().map(|condition| format!("{:?}", condition.text())));
            }
            AggFunction::Formula { formula, parameter } => {
                parts.push(format!("{:?}", formula.text()));
                parts.extend(parameter.iter().map(|parameter| format!("as {parameter}")));
            }
            _ => {}
        }
        parts.extend(self.options.nulls.then(|| "include nulls".to_owned()));
        let halfway = |average: bool| if average { "average evenly divided" } else { "never average" };
        parts.extend(self.options.average.map(|average| halfway(average).to_owned()));
        parts.extend(self.options.otherwise.as_ref().map(|value| format!("otherwise {value}")));
        write!(f, "{})", parts.join(", "))
    }
}
