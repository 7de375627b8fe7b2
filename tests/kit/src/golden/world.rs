//! The tables of a case while it runs: sources that take its changes, and the tables made of them.

use std::collections::BTreeMap;

use headwater_engine::source::{Batch, Feed, KeyedRows, RowChange};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Error, Session, Table};
use headwater_jit::Choice;
use serde_json::Value as Json;

use super::args::Failure;
use super::case::{Case, Cells, Changes, Kind, Source};
use super::step;
use super::value;

/// A session with the sources of a case and what its steps made of them.
pub(super) struct World {
    session: Session,
    tables: BTreeMap<String, Result<Table, Failure>>,
    writers: BTreeMap<String, Writer>,
}

/// The end of a live source where rows go in.
enum Writer {
    Keyed(KeyedRows),
    Fed(Feed),
}

impl World {
    /// Fills the sources with their first rows, then runs the steps.
    pub(super) fn of(case: &Case) -> Result<Self, String> {
        let session = Session::builder().backend(Choice::session_backend()).build();
        let mut world = World { session, tables: BTreeMap::new(), writers: BTreeMap::new() };
        for (name, source) in &case.tables {
            world.source(name, source)?;
        }
        world.step()?;
        for step in &case.pipeline {
            let inputs: Result<Vec<Table>, Failure> = step.inputs.iter().map(|input| world.table(input)).collect();
            let made = inputs.and_then(|inputs| step::run(step, &inputs));
            world.tables.insert(step.out.clone(), made);
        }
        Ok(world)
    }

    /// A table by its name in the case.
    pub(super) fn table(&self, name: &str) -> Result<Table, Failure> {
        self.tables.get(name).cloned().unwrap_or_else(|| Err(Failure::NotBuilt(format!("a table named {name}"))))
    }

    /// The first operation that does not exist yet.
    pub(super) fn not_built(&self, case: &Case) -> Option<String> {
        case.pipeline.iter().find_map(|step| match self.tables.get(&step.out) {
            Some(Err(Failure::NotBuilt(what))) => Some(what.clone()),
            _ => None,
        })
    }

    /// Applies the changes of a cycle and runs it.
    pub(super) fn cycle(&self, changes: &[Changes]) -> Result<(), String> {
        for change in changes {
            self.change(change).map_err(|reason| format!("source {}: {reason}", change.table))?;
        }
        self.step()
    }

    fn step(&self) -> Result<(), String> {
        self.session.step().map_err(say)?;
        self.session.validate().map_err(say)
    }

    fn source(&mut self, name: &str, source: &Source) -> Result<(), String> {
        let mut defs = Vec::new();
        let mut vectors = Vec::new();
        for column in &source.columns {
            let ty = value::type_named(&column.ty).ok_or_else(|| format!("source of type {}", column.ty))?;
            defs.push(ColumnDef::new(column.name.as_str(), ty));
            vectors.push(value::vector(ty, &column.values)?);
        }
        let rows = vectors.first().map_or(0, Vector::len) as u64;
        let table = match source.kind {
            Kind::Static => {
                let names = source.columns.iter().map(|column| column.name.as_str());
                self.session.static_table(name, names.zip(vectors)).map_err(say)?
            }
            Kind::Live => {
                let (table, writer) = self.session.keyed_rows(name, defs).map_err(say)?;
                let batch = Batch::new(table.definition(), vectors).map_err(say)?;
                let first = RowChange::new(table.definition()).add((0..rows).collect(), batch).map_err(say)?;
                writer.apply(first).map_err(say)?;
                self.writers.insert(name.to_owned(), Writer::Keyed(writer));
                table
            }
            Kind::AppendOnly | Kind::Blink => {
                let (table, feed) = match source.kind {
                    Kind::Blink => self.session.blink_table(name, defs),
                    _ => self.session.append_table(name, defs),
                }
                .map_err(say)?;
                feed.send(Batch::new(table.definition(), vectors).map_err(say)?).map_err(say)?;
                self.writers.insert(name.to_owned(), Writer::Fed(feed));
                table
            }
        };
        self.tables.insert(name.to_owned(), Ok(table));
        Ok(())
    }

    fn change(&self, change: &Changes) -> Result<(), String> {
        let (Ok(table), Some(writer)) = (self.table(&change.table), self.writers.get(&change.table)) else {
            return Err("no live table".to_owned());
        };
        match writer {
            Writer::Fed(feed) => {
                if !change.remove.is_empty() || change.modify.is_some() {
                    return Err("only additions are possible".to_owned());
                }
                match &change.add {
                    Some(cells) => feed.send(batch(&table, cells)?).map_err(say),
                    None => Ok(()),
                }
            }
            Writer::Keyed(writer) => {
                let mut what = RowChange::new(table.definition()).remove(change.remove.iter().copied());
                if let Some(cells) = &change.add {
                    what = what.add(cells.keys.clone(), batch(&table, cells)?).map_err(say)?;
                }
                if let Some(cells) = &change.modify {
                    let columns =
                        cells.columns.iter().map(|(name, values)| Ok((name.as_str(), named(&table, name, values)?)));
                    let columns: Vec<_> = columns.collect::<Result<_, String>>()?;
                    what = what.modify(cells.keys.clone(), columns).map_err(say)?;
                }
                writer.apply(what).map_err(say)
            }
        }
    }
}

/// New rows, in the column order of the table.
fn batch(table: &Table, cells: &Cells) -> Result<Batch, String> {
    let mut vectors = Vec::new();
    for def in table.definition().columns() {
        let values = cells.columns.get(&*def.name).ok_or_else(|| format!("no values for column {}", def.name))?;
        vectors.push(value::vector(def.ty, values)?);
    }
    Batch::new(table.definition(), vectors).map_err(say)
}

fn named(table: &Table, name: &str, values: &[Json]) -> Result<Vector<'static>, String> {
    let column = table.definition().require(name).map_err(say)?;
    value::vector(table.definition().columns()[column].ty, values)
}

fn say(error: Error) -> String {
    format!("{:?}: {error}", error.kind())
}
