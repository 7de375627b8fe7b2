//! [`Oracle`]: tables by plan, brought up to date one after the other.

use std::collections::HashMap;
use std::sync::Arc;

use headwater_engine::formula::{FunctionRegistry, Scope, check_condition};
use headwater_engine::plan::{Needs, Operation, Plan, Window};
use headwater_engine::{Error, ErrorKind, Flavour, Result as EngineResult};

use super::aggregate::Groups;
use super::as_of::AsOf;
use super::filter::filter;
use super::join::{Join, KeyPairs, filter_in};
use super::merge::Merge;
use super::multi_join::MultiJoin;
use super::order::{Situate, Sort, window_of};
use super::pairs::Pairs;
use super::part::{Part, numbered};
use super::project::Project;
use super::range::RangeJoin;
use super::rows::{Contents, Fault, Identity, Row, Rows};
use super::source::Fed;
use super::ungroup::Ungroup;

/// Whether a table is kept right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is.
    Ready,
    /// A source above it ended: nothing more comes of that one.
    Stopped,
    /// It failed, or what it is made of did.
    Failed(Fault),
}

/// What is remembered of a table besides its rows.
enum Work {
    Source(Arc<str>),
    Filter(Vec<headwater_engine::formula::Checked>, Needs),
    Project(Project),
    Groups(Groups),
    Part(Part),
    Numbered(Groups),
    Ungroup(Ungroup),
    Join(Join),
    FilterIn(KeyPairs, bool),
    RangeJoin(RangeJoin),
    MultiJoin(MultiJoin),
    AsOf(AsOf),
    Pairs(Pairs),
    Merge(Merge),
    Sort(Sort),
    Reverse,
    Situate(Situate),
    /// What the engine puts between two operations for itself.
    Same,
    Cut(Window),
    /// The rows that passed, of which those of a window are shown, if not all.
    Kept(Rows, Option<Window>),
}

/// A table of the oracle.
pub(crate) struct Table {
    plan: Arc<Plan>,
    inputs: Vec<usize>,
    work: Work,
    /// Its rows.
    pub(crate) contents: Contents,
    /// Whether it is kept right.
    pub(crate) status: Status,
}

/// The tables of a session, a second time.
pub(crate) struct Oracle {
    functions: FunctionRegistry,
    tables: Vec<Table>,
}

impl Oracle {
    /// An oracle without tables.
    pub(crate) fn new(functions: FunctionRegistry) -> Self {
        Oracle { functions, tables: Vec::new() }
    }

    /// The table at a place.
    pub(crate) fn table(&self, place: usize) -> &Table {
        &self.tables[place]
    }

    /// The place of a plan's table, made now, of the rows that are there, unless it is there already.
    ///
    /// # Errors
    /// If the plan does not check; a table that fails while it is made is one that has failed.
    pub(crate) fn attach(&mut self, plan: &Arc<Plan>, fed: &HashMap<Arc<str>, Fed>) -> EngineResult<usize> {
        if let Some(place) = self.tables.iter().position(|table| Arc::ptr_eq(&table.plan, plan)) {
            return Ok(place);
        }
        let inputs = plan.inputs.iter().map(|input| self.attach(input, fed)).collect::<EngineResult<Vec<_>>>()?;
        let work = self.work(plan)?;
        let mut table =
            Table { plan: plan.clone(), inputs, work, contents: Contents::default(), status: Status::Ready };
        // Made now, it sees the rows that are there as rows that came.
        let now = |place: &usize| Contents { before: Rows::new(), now: self.tables[*place].contents.now.clone() };
        let seen: Vec<Contents> = table.inputs.iter().map(now).collect();
        let statuses = table.inputs.iter().map(|&place| self.tables[place].status.clone()).collect::<Vec<_>>();
        table.update(&seen.iter().collect::<Vec<_>>(), &statuses, fed);
        table.settle(&statuses);
        table.contents.before = table.contents.now.clone();
        self.tables.push(table);
        Ok(self.tables.len() - 1)
    }

    fn work(&self, plan: &Plan) -> EngineResult<Work> {
        let input = |at: usize| {
            let missing = || Error::new(ErrorKind::Argument, "an operation without its inputs");
            plan.inputs.get(at).map(|input| &input.definition).ok_or_else(missing)
        };
        Ok(match &plan.operation {
            Operation::Source { name, .. } => Work::Source(name.clone()),
            Operation::Filter { conditions, needs } => {
                let scope = Scope { columns: input(0)?.columns(), functions: &self.functions };
                let checked =
                    conditions.iter().map(|text| check_condition(text, scope)).collect::<EngineResult<_>>()?;
                Work::Filter(checked, *needs)
            }
            Operation::AggBy { aggregates, by, preserve_empty } => {
                let groups = Groups::new(aggregates, by, input(0)?, &self.functions)?;
                let groups = if *preserve_empty { groups.preserving_empty() } else { groups };
                Work::Groups(match input(1) {
                    Ok(initial) => groups.beginning_with(input(0)?, initial)?,
                    Err(_) => groups,
                })
            }
            Operation::SelectDistinct { columns } => {
                Work::Groups(Groups::new(&[], columns, input(0)?, &self.functions)?)
            }
            &Operation::PartBy { window, ref by } => Work::Part(Part::new(window, by, input(0)?, &self.functions)?),
            Operation::Partition { by } => Work::Numbered(Groups::new(&[], by, input(0)?, &self.functions)?),
            Operation::Ungroup { columns, uneven } => Work::Ungroup(Ungroup::new(columns, *uneven, input(0)?)?),
            Operation::NaturalJoin { on, add, matching } => {
                Work::Join(Join::new(on, add, *matching, input(0)?, input(1)?)?)
            }
            Operation::Join { on, add, keep } => Work::Pairs(Pairs::new(on, add, *keep, input(0)?, input(1)?)?),
            Operation::AsOf { on, stamp, nearest, add } => {
                Work::AsOf(AsOf::new(on, stamp, *nearest, add, (input(0)?, input(1)?))?)
            }
            Operation::MultiJoin { inputs } => Work::MultiJoin(MultiJoin::new(inputs, &plan.definition, &plan.inputs)?),
            Operation::RangeJoin { on, within, lists } => {
                Work::RangeJoin(RangeJoin::new(on, within, lists, input(0)?, input(1)?)?)
            }
            Operation::FilterIn { on, negated } => Work::FilterIn(KeyPairs::new(on, input(0)?, input(1)?)?, *negated),
            Operation::BlinkToAppend => Work::Kept(Rows::new(), None),
            &Operation::Slice { window } if input(0)?.flavour() == Flavour::Blink => {
                Work::Kept(Rows::new(), Some(window))
            }
            &Operation::Slice { window } => Work::Cut(window),
            Operation::Sort { by } => Work::Sort(Sort::new(by, input(0)?)?),
            Operation::Reverse => Work::Reverse,
            Operation::Positions | Operation::InTurn | Operation::Flatten | Operation::RestrictSort { .. } => {
                Work::Same
            }
            Operation::Situate { standings } => Work::Situate(Situate::new(standings, input(0)?)?),
            Operation::Merge => Work::Merge(Merge::new(&plan.inputs)?),
            other => match Project::new(other, input(0)?, &self.functions)? {
                Some(project) => Work::Project(project),
                None => return Err(Error::new(ErrorKind::Unsupported, format!("no oracle for {}", other.name()))),
            },
        })
    }

    /// Runs one cycle.
    pub(crate) fn step(&mut self, fed: &HashMap<Arc<str>, Fed>) {
        for place in 0..self.tables.len() {
            let (above, rest) = self.tables.split_at_mut(place);
            let Some(table) = rest.first_mut() else { continue };
            let inputs: Vec<&Contents> = table.inputs.iter().map(|&input| &above[input].contents).collect();
            let statuses: Vec<Status> = table.inputs.iter().map(|&input| above[input].status.clone()).collect();
            table.contents.before = table.contents.now.clone();
            table.update(&inputs, &statuses, fed);
        }
        // What a source gave before it ended goes down in the same cycle; that it ended, afterwards.
        for place in 0..self.tables.len() {
            let (above, rest) = self.tables.split_at_mut(place);
            let Some(table) = rest.first_mut() else { continue };
            let statuses: Vec<Status> = table.inputs.iter().map(|&input| above[input].status.clone()).collect();
            table.settle(&statuses);
            if let Work::Source(name) = &table.work
                && fed.get(name).is_some_and(|source| source.ended)
            {
                table.status = Status::Stopped;
            }
        }
    }
}

impl Table {
    fn update(&mut self, inputs: &[&Contents], statuses: &[Status], fed: &HashMap<Arc<str>, Fed>) {
        if let Some(Status::Failed(fault)) = statuses.iter().find(|status| matches!(status, Status::Failed(_))) {
            self.fail(fault.clone());
        }
        let over = match self.status {
            Status::Ready => false,
            Status::Stopped => self.inputs.is_empty(),
            Status::Failed(_) => true,
        };
        if over {
            return;
        }
        match self.work.run(inputs, fed) {
            Ok(rows) => self.contents.now = rows,
            Err(fault) => self.fail(fault),
        }
    }

    fn fail(&mut self, fault: Fault) {
        if !matches!(self.status, Status::Failed(_)) {
            self.status = Status::Failed(fault);
        }
        self.contents = Contents::default();
    }

    fn settle(&mut self, inputs: &[Status]) {
        if self.status == Status::Ready && inputs.contains(&Status::Stopped) {
            self.status = Status::Stopped;
        }
    }
}

impl Work {
    fn run(&mut self, inputs: &[&Contents], fed: &HashMap<Arc<str>, Fed>) -> Result<Rows, Fault> {
        match self {
            Work::Source(name) => Ok(fed.get(name).map(|source| source.rows.clone()).unwrap_or_default()),
            Work::Filter(conditions, needs) => filter(conditions, *needs, &inputs[0].now),
            Work::Project(project) => project.apply(&inputs[0].now),
            Work::Groups(groups) => {
                inputs.get(1).map_or(Ok(()), |initial| groups.seed(initial))?;
                groups.update(inputs[0])
            }
            Work::Part(part) => part.apply(inputs[0]),
            Work::Numbered(groups) => numbered(groups, inputs[0]),
            Work::Ungroup(ungroup) => ungroup.apply(&inputs[0].now),
            Work::Join(join) => join.apply(&inputs[0].now, &inputs[1].now),
            Work::Pairs(pairs) => pairs.apply(&inputs[0].now, &inputs[1].now),
            Work::AsOf(as_of) => as_of.apply(&inputs[0].now, &inputs[1].now),
            Work::MultiJoin(join) => join.apply(inputs),
            Work::RangeJoin(join) => join.apply(&inputs[0].now, &inputs[1].now),
            Work::FilterIn(keys, negated) => filter_in(keys, *negated, &inputs[0].now, &inputs[1].now),
            Work::Merge(merge) => Ok(merge.apply(inputs)),
            Work::Sort(sort) => sort.apply(&inputs[0].now),
            Work::Situate(situate) => situate.apply(&inputs[0].now),
            Work::Same => Ok(inputs[0].now.clone()),
            Work::Reverse => Ok(inputs[0].now.iter().rev().cloned().collect()),
            Work::Cut(window) => Ok(cut(*window, &inputs[0].now)),
            Work::Kept(passed, shown) => {
                let came = inputs[0].added();
                let first = passed.len() as u64;
                passed.extend(came.into_iter().zip(first..).map(|(row, key)| {
                    let identity = Identity { key, generation: 0 };
                    Row { identity, cells: row.cells.clone() }
                }));
                let rows = shown.map_or_else(|| passed.clone(), |window| cut(window, passed));
                // Reading fails where a lazy cell of the input did when it was copied.
                match rows.iter().flat_map(|row| row.cells.iter()).find_map(|cell| cell.clone().err()) {
                    Some(fault) => Err(fault),
                    None => Ok(rows),
                }
            }
        }
    }
}

fn cut(window: Window, rows: &Rows) -> Rows {
    let range = window_of(window, rows.len());
    rows[range].to_vec()
}
