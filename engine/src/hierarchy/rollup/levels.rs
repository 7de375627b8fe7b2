//! The tables of a rollup: which level is made of which.

use std::sync::Arc;

use super::{Level, Recipe};
use crate::Result;
use crate::formula::{Formula, col, lit};
use crate::hierarchy::passing;
use crate::plan::{AggFunction, Aggregate, Definition, Flavour, Pair};
use crate::table::{Table, agg, on};
use crate::types::Type;

/// Names a column that tells how many rows hang below a group, and with it.
pub(super) const SIZE: &str = "__size__";
const BELOW: &str = "__below__";

/// The levels, the root first, and what is shown of them.
pub(super) struct Levels {
    pub(super) levels: Vec<Level>,
    pub(super) definition: Definition,
}

/// How an aggregation of a level is made.
enum Origin {
    /// By a function of the same aggregation one level below.
    Below(AggFunction),
    /// As a sum by a count, which are made of those below.
    Parts { sum: Arc<str>, count: Arc<str> },
    /// Of the rows that are rolled up.
    Source,
}

impl Levels {
    pub(super) fn new(recipe: &Recipe) -> Result<Self> {
        let Recipe { source, aggregates, by, constituents, .. } = recipe;
        if *constituents && source.definition().flavour() == Flavour::Blink {
            let message = "the constituents of a rollup are rows of a table, and those of a blink table are gone after \
                their cycle";
            return Err(passing("rollup", message));
        }
        let origin = |(at, one): (usize, &Aggregate)| Origin::new(one, at, source.definition());
        let made = Making { recipe, origins: aggregates.iter().enumerate().map(origin).collect() };
        let mut tables = vec![made.deepest()?];
        // What the levels above need is behind what is shown.
        let shown = tables[0].definition().columns().iter().take(by.len() + aggregates.len()).cloned();
        let definition = Definition::new(shown, tables[0].definition().flavour())?;
        if !by.is_empty() {
            made.passes()?;
        }
        for keys in (0..by.len()).rev() {
            let below = &tables[tables.len() - 1];
            // The groups of all keys have a size only where something hangs below them.
            let is_last = keys + 1 == by.len() && !constituents;
            tables.push(made.level(below, is_last, &by[..keys])?);
        }
        tables.reverse();
        let mut levels = Vec::with_capacity(tables.len() + 1);
        for (keys, table) in tables.into_iter().enumerate() {
            levels.push(Level::new(table, &by[..keys])?);
        }
        if *constituents {
            levels.push(Level::new(source.clone(), by)?);
        }
        Ok(Levels { levels, definition })
    }
}

impl Level {
    fn new(table: Table, keys: &[Arc<str>]) -> Result<Self> {
        let positions = keys.iter().map(|key| table.definition().require(key)).collect::<Result<Vec<_>>>()?;
        let names: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let keyed = if names.is_empty() { table } else { table.sort(names)? };
        Ok(Level { shown: keyed.clone(), keyed, keys: positions })
    }
}

impl Origin {
    fn new(aggregate: &Aggregate, at: usize, source: &Definition) -> Self {
        let input = aggregate.input.as_ref().and_then(|input| source.position(input));
        let ty = input.map(|input| source.columns()[input].ty);
        match aggregate.function {
            // Rounded to 32 bits at one level, they would be rounded again at the next.
            AggFunction::Sum | AggFunction::AbsSum if ty == Some(Type::F32) => Origin::Source,
            AggFunction::Sum
            | AggFunction::AbsSum
            | AggFunction::Count
            | AggFunction::CountWhere { .. }
            | AggFunction::WeightedSum { .. } => Origin::Below(AggFunction::Sum),
            AggFunction::Min => Origin::Below(AggFunction::Min),
            AggFunction::Max => Origin::Below(AggFunction::Max),
            AggFunction::Avg if ty.is_some_and(|ty| ty.is_integer() || ty == Type::F64) => {
                Origin::Parts { sum: format!("__sum_{at}__").into(), count: format!("__count_{at}__").into() }
            }
            _ => Origin::Source,
        }
    }
}

/// How levels are made.
struct Making<'r> {
    recipe: &'r Recipe,
    origins: Vec<Origin>,
}

impl Making<'_> {
    fn aggregates(&self) -> impl Iterator<Item = (&Aggregate, &Origin)> {
        self.recipe.aggregates.iter().zip(&self.origins)
    }

    /// The groups of all keys, with what those above are made of.
    fn deepest(&self) -> Result<Table> {
        let Recipe { source, aggregates, by, constituents, .. } = self.recipe;
        let mut all = aggregates.clone();
        if !by.is_empty() {
            for (aggregate, origin) in self.aggregates() {
                if let (Origin::Parts { sum, count }, Some(input)) = (origin, &aggregate.input) {
                    all.push(Aggregate::new(AggFunction::Sum, sum.clone(), Some(input.clone())));
                    let conditions = vec![Formula::from(!col(input.clone()).is_null())];
                    all.push(Aggregate::new(AggFunction::CountWhere { conditions }, count.clone(), None));
                }
            }
        }
        if *constituents {
            all.push(agg::count(BELOW));
        }
        let table = group(source, all, by)?;
        if *constituents { sized(&table, Vec::new()) } else { Ok(table) }
    }

    /// That no level needs rows that pass: made one after the other, levels would have seen different ones.
    fn passes(&self) -> Result<()> {
        if self.recipe.source.definition().flavour() != Flavour::Blink {
            return Ok(());
        }
        let needs_rows = self.aggregates().find(|(_, origin)| matches!(origin, Origin::Source));
        needs_rows.map_or(Ok(()), |(Aggregate { function, output, .. }, _)| {
            let message = format!(
                "{} of {output} is computed of the rows at each level, and those of a blink table are gone after their \
                 cycle",
                function.name()
            );
            Err(passing("rollup", message).with_column(&**output))
        })
    }

    /// The groups of some keys, given those of one key more.
    fn level(&self, below: &Table, is_last: bool, keys: &[Arc<str>]) -> Result<Table> {
        let again = |function: &AggFunction, name: &Arc<str>| {
            Aggregate::new(function.clone(), name.clone(), Some(name.clone()))
        };
        let mut made =
            vec![if is_last { agg::count(BELOW) } else { Aggregate::new(AggFunction::Sum, BELOW, Some(SIZE.into())) }];
        let (mut formulas, mut of_source) = (Vec::new(), Vec::new());
        for (aggregate, origin) in self.aggregates() {
            match origin {
                Origin::Below(function) => made.push(again(function, &aggregate.output)),
                Origin::Parts { sum, count } => {
                    made.extend([again(&AggFunction::Sum, sum), again(&AggFunction::Sum, count)]);
                    formulas.push((col(sum.clone()) / col(count.clone())).named(&aggregate.output));
                }
                Origin::Source => of_source.push(aggregate.clone()),
            }
        }
        let table = sized(&group(below, made, keys)?, formulas)?;
        if of_source.is_empty() {
            return Ok(table);
        }
        let added: Vec<Pair> = of_source.iter().map(|aggregate| Pair::same(aggregate.output.clone())).collect();
        let keyed: Vec<Pair> = keys.iter().map(|key| Pair::same(key.clone())).collect();
        table.natural_join(&group(&self.recipe.source, of_source, keys)?, on(keyed).add(added))
    }
}

/// With the size of each group, and what else is computed of its aggregations.
fn sized(table: &Table, mut formulas: Vec<Formula>) -> Result<Table> {
    formulas.push((col(BELOW) + lit(1_i64)).named(SIZE));
    table.update_view(formulas)
}

fn group(table: &Table, aggregates: Vec<Aggregate>, by: &[Arc<str>]) -> Result<Table> {
    if by.is_empty() { table.agg(aggregates) } else { table.agg_by(aggregates, by.to_vec()) }
}
