//! [`Case`]: sources, what happens to them, and a plan over them, all from one seed.

use std::fmt;

use super::change::{Cells, Change, Pace, changes, rows_of};
use super::plan::{Operator, Planner};
use super::random::Random;
use super::shape::Shape;
use super::source::{Source, Supply};
use super::step::Step;

/// A script, whole: run again, it does the same.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it was made of.
    pub origin: Origin,
    /// Values in a block of a stored column.
    pub block_rows: usize,
    /// Whether deltas are checked inside the engine; without that old values are logged only where they are read.
    pub check_deltas: bool,
    /// The tables fed.
    pub sources: Vec<Source>,
    /// The rows of static tables, by source.
    pub initial: Vec<Vec<Cells>>,
    /// For each cycle what happens before it: a source, by place, and its change.
    pub cycles: Vec<Vec<(usize, Change)>>,
    /// The tables made.
    pub steps: Vec<Step>,
}

/// A seed and what it was used for: with it, a case is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The seed.
    pub seed: u64,
    /// The operator the script is about; none for any mix.
    pub operator: Option<Operator>,
    /// Blocks of 64 values rather than 8192.
    pub small_blocks: bool,
}

impl Origin {
    /// Those of so many scripts about an operator, each with blocks of either size.
    pub fn of_operator(operator: Operator, scripts: u64) -> Vec<Self> {
        let first = 1000 * (1 + operator as u64);
        Origin::both_sizes(Some(operator), first..first + scripts)
    }

    /// Two of each number, one with small blocks.
    pub fn both_sizes(operator: Option<Operator>, numbers: impl Iterator<Item = u64>) -> Vec<Self> {
        let sizes = |number| {
            [true, false].map(|small_blocks| Origin {
                seed: 2 * number + u64::from(small_blocks),
                operator,
                small_blocks,
            })
        };
        numbers.flat_map(sizes).collect()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks = if self.small_blocks { 64 } else { 8192 };
        match self.operator {
            Some(operator) => write!(f, "seed {} of {operator:?}, blocks of {blocks}", self.seed),
            None => write!(f, "seed {} of any plan, blocks of {blocks}", self.seed),
        }
    }
}

impl Case {
    /// The case of an origin.
    pub fn generate(origin: Origin) -> Self {
        let mut random = Random::new(origin.seed);
        let cycles = random.below(20..61);
        // Mostly small, so that a failure is small; now and then beyond a vector, and beyond a block.
        let pace = match random.below(0..100) {
            0 => Pace { rows: 9000, ids: 12_000 },
            1 | 2 => Pace { rows: 2500, ids: 4000 },
            3..=15 => Pace { rows: 200, ids: 500 },
            _ => Pace { rows: 25, ids: 60 },
        };
        let cycles = if pace.rows > 1000 { 20 } else { cycles };
        let sources: Vec<Source> = (0..random.below(1..4))
            .map(|place| {
                let is_blink = origin.operator == Some(Operator::BlinkToAppend) && place == 0;
                Source::random(&mut random, place, is_blink.then_some(Supply::Blink))
            })
            .collect();
        let initial = sources
            .iter()
            .map(|source| {
                let rows = if source.supply == Supply::Still { random.below(0..pace.rows + 1) } else { 0 };
                rows_of(&mut random, source, rows)
            })
            .collect();
        let mut plan = random.fork();
        let steps = steps(&mut plan, origin.operator, &sources, cycles);
        let may_fail = random.one_in(8);
        let cycles = (0..cycles)
            .map(|_| {
                // An empty cycle now and then, for all sources at once.
                let quiet = random.one_in(8);
                let sources = sources.iter().enumerate().filter(|_| !quiet);
                sources
                    .flat_map(|(place, source)| {
                        let changes = changes(&mut random, source, pace, may_fail);
                        changes.into_iter().map(move |change| (place, change)).collect::<Vec<_>>()
                    })
                    .collect()
            })
            .collect();
        let block_rows = if origin.small_blocks { 64 } else { 8192 };
        let check_deltas = !random.one_in(4);
        Case { origin, block_rows, check_deltas, sources, initial, cycles, steps }
    }
}

fn steps(random: &mut Random, operator: Option<Operator>, sources: &[Source], cycles: usize) -> Vec<Step> {
    let count = random.below(1..5);
    let choices: Vec<Operator> = (0..count).map(|_| Operator::ALL[random.below(0..Operator::ALL.len())]).collect();
    let shapes = sources.iter().map(Shape::of_source).collect();
    let mut planner = Planner::new(random, shapes, cycles);
    match operator {
        // The operator on a source, and then perhaps on, or below, something else.
        Some(operator) => {
            planner.add(operator);
            choices.into_iter().take(count / 2).for_each(|other| planner.add(other));
            planner.add(operator);
        }
        None => choices.into_iter().for_each(|operator| planner.add(operator)),
    }
    planner.finish()
}

impl fmt::Display for Case {
    /// The case as a reader needs it to see what went wrong.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{}", self.origin, if self.check_deltas { ", deltas checked" } else { "" })?;
        for (place, source) in self.sources.iter().enumerate() {
            write!(f, "table {place}: {:?} {}:", source.supply, source.name)?;
            source.columns.iter().try_for_each(|column| write!(f, " {}:{}", column.name, column.ty))?;
            writeln!(f)?;
            self.initial.get(place).into_iter().flatten().try_for_each(|row| writeln!(f, "  {row:?}"))?;
        }
        for (place, step) in self.steps.iter().enumerate() {
            writeln!(f, "table {}: {step}", self.sources.len() + place)?;
        }
        for (cycle, changes) in self.cycles.iter().enumerate() {
            writeln!(f, "cycle {}:", cycle + 1)?;
            changes.iter().try_for_each(|(source, change)| writeln!(f, "  table {source}: {change:?}"))?;
        }
        Ok(())
    }
}
