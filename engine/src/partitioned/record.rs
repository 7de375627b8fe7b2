//! [`Recording`]: what a closure makes of tables without rows, as operations to be done on others.

use std::collections::HashMap;
use std::sync::Arc;

use super::lift::lift;
use crate::graph::{NodeHandle, NodeId};
use crate::plan::{Definition, Operation, PARTITION_NUMBER, Plan};
use crate::session::Session;
use crate::table::Table;
use crate::{Error, ErrorKind, Result};

/// The operations from some tables to one made of them, each after those it reads.
pub(super) struct Recording {
    steps: Vec<Step>,
    /// What was made.
    result: Source,
}

/// An operation, and what it is done on.
struct Step {
    operation: Operation,
    inputs: Vec<Source>,
}

#[derive(Clone)]
enum Source {
    /// A table that was given to the closure.
    Given(usize),
    /// What an earlier step makes.
    Step(usize),
    /// A table that is made of none of those.
    Other(Table),
}

/// An input of a lifted operation.
pub(super) enum Input {
    /// The rows of all constituents, with their numbers in front.
    Lifted(Table),
    /// A whole table.
    Whole(Table),
}

impl Recording {
    /// Calls a closure with a table without rows for each definition, and notes what it makes of them.
    pub(super) fn of(
        session: &Session,
        definitions: &[Definition],
        make: impl FnOnce(&[Table]) -> Result<Table>,
    ) -> Result<Self> {
        let given = definitions.iter().map(|definition| session.hollow("constituent", definition.clone()));
        let given = given.collect::<Result<Vec<Table>>>()?;
        let made = make(&given)?;
        session.own(&made)?;
        let given = given.iter().map(|table| Ok(table.node()?.id())).collect::<Result<Vec<NodeId>>>()?;
        let mut visit = Visit { session, given, known: HashMap::new(), steps: Vec::new() };
        let (plan, node) = (made.plan().clone(), made.node()?);
        let result = visit.source(&plan, &node)?;
        if let Source::Other(_) = result {
            return Err(Error::new(ErrorKind::Argument, "the table is not made of the constituent")
                .with_help("the closure gets a constituent, and gives a table that is made of it"));
        }
        Ok(Recording { steps: visit.steps, result })
    }

    /// Does what was recorded on the rows of all constituents at once.
    pub(super) fn replay(&self, given: &[&Table]) -> Result<Table> {
        let mut made: Vec<Table> = Vec::with_capacity(self.steps.len());
        let input = |source: &Source, made: &[Table]| match source {
            Source::Given(at) => Input::Lifted(given[*at].clone()),
            Source::Step(at) => Input::Lifted(made[*at].clone()),
            Source::Other(table) => Input::Whole(table.clone()),
        };
        for step in &self.steps {
            let inputs = step.inputs.iter().map(|source| input(source, &made)).collect();
            made.push(lift(&step.operation, inputs)?);
        }
        match input(&self.result, &made) {
            Input::Lifted(table) | Input::Whole(table) => Ok(table),
        }
    }
}

/// A walk up from the table that was made.
struct Visit<'s> {
    session: &'s Session,
    given: Vec<NodeId>,
    known: HashMap<NodeId, Source>,
    steps: Vec<Step>,
}

impl Visit<'_> {
    fn source(&mut self, plan: &Arc<Plan>, node: &Arc<NodeHandle>) -> Result<Source> {
        if let Some(known) = self.known.get(&node.id()) {
            return Ok(known.clone());
        }
        if let Some(at) = self.given.iter().position(|&given| given == node.id()) {
            return Ok(Source::Given(at));
        }
        let above: Vec<Arc<NodeHandle>> = self.session.gate()?.require(node.id())?.inputs.clone();
        let mut inputs = Vec::with_capacity(above.len());
        for (plan, node) in plan.inputs.iter().zip(&above) {
            inputs.push(self.source(plan, node)?);
        }
        let is_made = inputs.iter().any(|input| !matches!(input, Source::Other(_)));
        let source = if is_made {
            if plan.definition.position(PARTITION_NUMBER).is_some() {
                let message = format!("the column {PARTITION_NUMBER} numbers the constituents");
                return Err(Error::new(ErrorKind::NameClash, message).with_column(PARTITION_NUMBER).with_help(
                    "give the column another name; to cut constituents further, partition by more columns",
                ));
            }
            self.steps.push(Step { operation: plan.operation.clone(), inputs });
            Source::Step(self.steps.len() - 1)
        } else {
            Source::Other(Table::of_node(self.session.clone(), plan.clone(), node.clone(), None))
        };
        self.known.insert(node.id(), source.clone());
        Ok(source)
    }
}
