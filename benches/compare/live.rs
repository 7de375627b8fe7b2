//! The live sources of the pipelines, the changes they are sent, and what must come out.

use std::collections::{BTreeMap, HashSet};

use headwater::prelude::*;
use headwater::source::{Feed, KeyedRows, RowChange};

use crate::data::Random;
use crate::other::{self, Other, ticks};

const SERVICES: u64 = 200;
const RIGHT_KEYS: u64 = 1_000_000;
const FEW_KEYS: u64 = 1000;

/// What a change is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Rows that come.
    Append,
    /// Half of the rows get other values, a quarter goes, as many come.
    Mixed,
}

/// A change of both tables, ready to be sent.
pub(crate) struct Change {
    own: Own,
    other: other::Change,
}

enum Own {
    Arrivals(Batch),
    Mixture(RowChange),
}

enum Door {
    Feed(Feed),
    Rows(KeyedRows),
}

/// A live source, the other table of its join, and the numbers its rows are made of.
pub(crate) struct Live {
    pipeline: String,
    table: Table,
    door: Door,
    other: Other,
    random: Random,
    keys: u64,
    services: Vec<String>,
    baseline: Vec<i64>,
    right: Vec<i64>,
    /// Rows of the result that must be there, counted while rows are made.
    expected: u64,
    rows: i64,
    /// Key and value of every row there ever was, and whether it still is there, where the result is checked by them.
    kept: Vec<(i64, i64, bool)>,
}

impl Live {
    pub(crate) fn new(session: &Session, pipeline: &str, mode: Mode) -> Result<Self> {
        let columns: &[(&str, Type)] = match pipeline {
            "p5" => &[("ServiceName", Type::String), ("Timestamp", Type::Timestamp), ("Value", Type::I64)],
            "p7" => &[("Sym", Type::String), ("Ts", Type::Timestamp), ("Price", Type::I64)],
            _ => &[("Key", Type::I64), ("V", Type::I64), ("W", Type::I64)],
        };
        let columns = columns.iter().map(|&(name, ty)| ColumnDef::new(name, ty));
        let (table, door) = match mode {
            Mode::Append => {
                let (table, feed) = session.append_table("live", columns)?;
                (table, Door::Feed(feed))
            }
            Mode::Mixed => {
                let (table, rows) = session.keyed_rows("live", columns)?;
                (table, Door::Rows(rows))
            }
        };
        let mut random = Random::new(11);
        let baseline = (0..SERVICES).map(|_| 500 + random.below(40_000) as i64).collect();
        let right: Vec<i64> = (0..RIGHT_KEYS).map(|_| random.below(1000) as i64).collect();
        let other = Other::new(session, pipeline, &right)?;
        Ok(Live {
            pipeline: pipeline.to_owned(),
            table,
            door,
            other,
            random,
            keys: if pipeline == "p2a" { FEW_KEYS } else { RIGHT_KEYS },
            services: (0..SERVICES).map(|service| format!("service-{service}")).collect(),
            baseline,
            right,
            expected: 0,
            rows: 0,
            kept: Vec::new(),
        })
    }

    /// The pipeline.
    pub(crate) fn result(&self, session: &Session) -> Result<Table> {
        let t = &self.table;
        match self.pipeline.as_str() {
            "p0" => t.view("V"),
            "p1" => t.filter("V > 500")?.update("X = V * 2 + W"),
            "p2a" | "p2b" => {
                let aggregates =
                    [agg::sum("S = V"), agg::avg("A = V"), agg::min("Mn = V"), agg::max("Mx = V"), agg::count("N")];
                t.agg_by(aggregates, "Key")
            }
            "p3a" => {
                let keys = Vector::from((0..RIGHT_KEYS as i64).collect::<Vec<_>>());
                let right = session.static_table("right", [("Key", keys), ("R", Vector::from(self.right.clone()))])?;
                t.natural_join(&right, on("Key").add("R"))?.filter("V > R")
            }
            "p3b" | "p7" => match &self.other {
                Other::Levels(right, _) => t.natural_join(right, on("Key").add("R"))?.filter("V > R"),
                Other::Quotes(right, ..) => t.aj(right, on(["Sym", "Ts >= Ts"]).add("Bid")),
                Other::Still => t.view("V"),
            },
            "p4" => t.sort("W"),
            "p6" => t.last_by("Key")?.view(["G = Key % 100", "V"])?.sum_by("G"),
            _ => {
                let names = Vector::from(self.services.clone());
                let baseline = Vector::from(self.baseline.clone());
                let right = session.static_table("baseline", [("ServiceName", names), ("Baseline", baseline)])?;
                t.natural_join(&right, on("ServiceName").add("Baseline"))?
                    .update_view("Pct = Value * 100 / Baseline")?
                    .filter("abs(Pct - 100) > 5")
            }
        }
    }

    /// Hands a change to the sources.
    pub(crate) fn send(&self, change: Change) -> Result<()> {
        match (&self.door, change.own) {
            (Door::Feed(feed), Own::Arrivals(batch)) => feed.send(batch)?,
            (Door::Rows(rows), Own::Mixture(change)) => rows.apply(change)?,
            _ => unreachable!("each source makes the changes it takes"),
        }
        self.other.send(change.other)
    }

    /// Rows that come before the clock runs.
    pub(crate) fn arrivals(&mut self, rows: usize) -> Result<Change> {
        Ok(Change { own: self.own_arrivals(rows)?, other: self.other.base(&mut self.random, rows)? })
    }

    /// A change of so many rows. Where both tables grow, each gets half.
    pub(crate) fn change(&mut self, rows: usize) -> Result<Change> {
        let rows = if self.pipeline == "p7" { rows / 2 } else { rows };
        let other = self.other.change(&mut self.random, &mut self.right, rows)?;
        let own = match &self.door {
            Door::Feed(_) => self.own_arrivals(rows)?,
            Door::Rows(_) => self.mixture(rows)?,
        };
        Ok(Change { own, other })
    }

    fn own_arrivals(&mut self, rows: usize) -> Result<Own> {
        let first = self.rows as u64;
        let batch = self.batch(rows)?;
        Ok(match &self.door {
            Door::Feed(_) => Own::Arrivals(batch),
            Door::Rows(_) => Own::Mixture(self.nothing().add((first..self.rows as u64).collect(), batch)?),
        })
    }

    fn mixture(&mut self, rows: usize) -> Result<Own> {
        let mut taken = HashSet::new();
        let modified = self.pick(rows / 2, &mut taken);
        let removed = self.pick(rows / 4, &mut taken);
        let values: Vec<i64> = modified.iter().map(|_| self.random.below(1000) as i64).collect();
        let others: Vec<i64> = modified.iter().map(|_| self.random.below(1 << 30) as i64).collect();
        modified.iter().zip(&values).for_each(|(&id, &value)| self.kept[id as usize].1 = value);
        removed.iter().for_each(|&id| self.kept[id as usize].2 = false);
        let first = self.rows as u64;
        let batch = self.batch(rows / 4)?;
        let change = self.nothing().remove(removed).modify(modified, [("V", values.into()), ("W", others.into())])?;
        Ok(Own::Mixture(change.add((first..self.rows as u64).collect(), batch)?))
    }

    fn nothing(&self) -> RowChange {
        RowChange::new(self.table.definition())
    }

    /// Rows that are there and not taken yet, in order.
    fn pick(&mut self, count: usize, taken: &mut HashSet<u64>) -> Vec<u64> {
        let mut picked = Vec::with_capacity(count);
        while picked.len() < count {
            let id = self.random.below(self.rows as u64);
            if self.kept[id as usize].2 && taken.insert(id) {
                picked.push(id);
            }
        }
        picked.sort_unstable();
        picked
    }

    fn batch(&mut self, rows: usize) -> Result<Batch> {
        if self.pipeline == "p7" {
            self.expected += rows as u64;
            return ticks(self.table.definition(), &mut self.random, &mut self.rows, rows, 500);
        }
        let first = self.rows;
        self.rows += rows as i64;
        let definition = self.table.definition().clone();
        if self.pipeline == "p5" {
            let (mut names, mut values) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
            for _ in 0..rows {
                let service = self.random.below(SERVICES) as usize;
                let value = (self.baseline[service] as f64 * (1.0 + 0.05 * self.random.normal())) as i64;
                self.expected += u64::from((value as f64 * 100.0 / self.baseline[service] as f64 - 100.0).abs() > 5.0);
                names.push(self.services[service].as_str());
                values.push(value);
            }
            let times: Vec<Timestamp> = (0..rows as i64)
                .map(|i| Timestamp::from_nanos(1_780_000_000_000_000_000 + (first + i) * 1000))
                .collect();
            return Batch::new(&definition, vec![names.into(), times.into(), values.into()]);
        }
        let (mut keys, mut v, mut w) = (Vec::with_capacity(rows), Vec::with_capacity(rows), Vec::with_capacity(rows));
        for _ in 0..rows {
            let (key, value) = (self.random.below(self.keys) as i64, self.random.below(1000) as i64);
            match self.pipeline.as_str() {
                "p1" => self.expected += u64::from(value > 500),
                "p3a" => self.expected += u64::from(value > self.right[key as usize]),
                "p2a" | "p2b" | "p3b" | "p6" => self.kept.push((key, value, true)),
                _ => self.expected += 1,
            }
            keys.push(key);
            v.push(value);
            w.push(self.random.below(1 << 30) as i64);
        }
        Batch::new(&definition, vec![keys.into(), v.into(), w.into()])
    }

    /// Groups have the sums of the rows that are there, a join the rows that are kept; other results have the rows counted while they were made.
    pub(crate) fn check(&self, result: &Table) -> Result<()> {
        let snapshot = result.snapshot()?;
        let sums = |key: &str, sum: &str| -> Result<BTreeMap<i64, i64>> {
            let (keys, sums) = (snapshot.column(key)?, snapshot.column(sum)?);
            let numbers = |column: &Vector<'_>| column.native::<i64>().unwrap_or_default().to_vec();
            Ok(numbers(&keys).into_iter().zip(numbers(&sums)).collect())
        };
        let alive = self.kept.iter().filter(|row| row.2).map(|row| (row.0, row.1));
        let mut expected = BTreeMap::new();
        match self.pipeline.as_str() {
            "p2a" | "p2b" => {
                alive.for_each(|(key, value)| *expected.entry(key).or_insert(0) += value);
                assert_eq!(sums("Key", "S")?, expected, "{} gives wrong sums", self.pipeline);
            }
            "p6" => {
                let last: BTreeMap<i64, i64> = alive.collect();
                last.into_iter().for_each(|(key, value)| *expected.entry(key % 100).or_insert(0) += value);
                assert_eq!(sums("G", "V")?, expected, "{} gives wrong sums", self.pipeline);
            }
            "p3b" => {
                let kept = alive.filter(|&(key, value)| value > self.right[key as usize]).count();
                assert_eq!(snapshot.len(), kept as u64, "p3b gives the wrong rows");
            }
            _ => assert_eq!(snapshot.len(), self.expected, "{} gives the wrong rows", self.pipeline),
        }
        Ok(())
    }
}
