//! [`Lists`]: aggregations over ranges of rows, as lists and formulas of them.

use std::sync::Arc;

use crate::plan::{AggFunction, Aggregate, Definition, Pair};
use crate::{Error, ErrorKind, Result};

/// The lists that some aggregations need, the formulas that make the others of them, and the lists that go then.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) lists: Vec<Pair>,
    pub(super) formulas: Vec<String>,
    pub(super) dropped: Vec<Arc<str>>,
}

impl Lists {
    /// `counted` is a column that every row has, of which rows are counted.
    pub(super) fn of(aggregates: Vec<Aggregate>, counted: &str, left: &Definition) -> Result<Self> {
        let mut made = Lists::default();
        let outputs: Vec<Arc<str>> = aggregates.iter().map(|aggregate| aggregate.output.clone()).collect();
        for Aggregate { function, output, input, .. } in aggregates {
            let input = input.unwrap_or_else(|| counted.into());
            if function == AggFunction::Group {
                made.lists.push(Pair { output, input });
                continue;
            }
            let is_taken = |name: &str| left.position(name).is_some() || outputs.iter().any(|output| **output == *name);
            let mut list = format!("{output}_rows");
            while is_taken(&list) {
                list.push('_');
            }
            made.formulas.push(format!("{output} = {}", formula(&function, &list)?));
            made.dropped.push(list.as_str().into());
            made.lists.push(Pair { output: list.into(), input });
        }
        Ok(made)
    }
}

/// The function of a list that is the same as an aggregation of its rows.
fn formula(function: &AggFunction, list: &str) -> Result<String> {
    Ok(match function {
        AggFunction::Sum => format!("sum({list})"),
        AggFunction::Avg => format!("avg({list})"),
        AggFunction::Min => format!("min({list})"),
        AggFunction::Max => format!("max({list})"),
        AggFunction::Count => format!("(long)len({list})"),
        AggFunction::First => format!("{list}[0]"),
        AggFunction::Last => format!("{list}[len({list}) - 1]"),
        other => {
            let message = format!("{} of a range", other.name());
            return Err(Error::new(ErrorKind::Unsupported, message)
                .with_help("take agg::group, and a formula of the list: update_view(\"Spread = std(Values)\")"));
        }
    })
}
