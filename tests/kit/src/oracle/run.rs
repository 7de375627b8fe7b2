//! Playing a script on the engine and on the oracle.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use headwater_engine::plan::{Operation, Plan, check};
use headwater_engine::source::{Batch, Feed, InputTable, KeyedRows, Retain, RowChange};
use headwater_engine::vector::Vector;
use headwater_engine::{Error, ErrorKind, Result as EngineResult, Session, Snapshot, Table, Value};
use headwater_jit::Choice;

use super::compare::compare;
use super::formula::{registry, teach};
use super::listener::Watch;
use super::source::Fed;
use super::step::{Oracle, Status};
use crate::script::{Case, Cells, Change, KeyedChange, Random, Source, Supply};

/// Where engine and oracle part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The cycle; 0 is before the first.
    pub cycle: usize,
    /// The table, by place.
    pub table: usize,
    /// What differs.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cycle {}, table {}: {}", self.cycle, self.table, self.what)
    }
}

/// Plays a case on both; the first difference, or a panic, if there is one.
///
/// # Errors
/// The difference.
pub fn run(case: &Case) -> Result<(), Difference> {
    let mut cycle = 0;
    catch_unwind(AssertUnwindSafe(|| play(case, &mut cycle))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        Err(Difference { cycle, table: 0, what: format!("a panic: {text}") })
    })
}

/// The hand that feeds a source.
enum Hand {
    Nothing,
    Feed(Feed),
    Keyed(KeyedRows),
    Input(InputTable),
}

/// A table of the engine and its place in the oracle.
struct Made {
    table: Table,
    expected: usize,
    watch: Option<Watch>,
}

/// A snapshot, and how its cells read when it was taken.
struct Pinned {
    snapshot: Snapshot,
    read: u64,
    until: usize,
    table: usize,
}

struct Player<'c> {
    case: &'c Case,
    session: Session,
    oracle: Oracle,
    fed: HashMap<Arc<str>, Fed>,
    hands: Vec<Hand>,
    made: Vec<Option<Made>>,
    pins: Vec<Pinned>,
    random: Random,
    /// A listener has all old values logged, which hides operators that forgot to ask for them: some scripts do without.
    listens: bool,
}

fn play(case: &Case, cycle: &mut usize) -> Result<(), Difference> {
    let mut player = Player::new(case).map_err(|error| differs(0, 0, format!("it does not begin: {error:?}")))?;
    player.steps(0)?;
    player.compare(0)?;
    for (at, changes) in case.cycles.iter().enumerate() {
        *cycle = at + 1;
        player.feed(*cycle, changes)?;
        player.session.step().map_err(|error| differs(*cycle, 0, format!("the step failed: {error:?}")))?;
        player.oracle.step(&player.fed);
        player.compare(*cycle)?;
        player.steps(*cycle)?;
        player.pin_and_drop(*cycle)?;
    }
    Ok(())
}

fn differs(cycle: usize, table: usize, what: String) -> Difference {
    Difference { cycle, table, what }
}

impl<'c> Player<'c> {
    fn new(case: &'c Case) -> EngineResult<Self> {
        // Neighbouring seeds take different numbers of threads; pieces are as small as they may be.
        let threads = [1, 2, 8][(case.origin.seed / 2 % 3) as usize];
        let session = Session::builder().block_rows(case.block_rows)?.grain_rows(64)?.threads(threads);
        let session = session.check_deltas(case.check_deltas).backend(Choice::session_backend()).build();
        teach(&session)?;
        let mut random = Random::new(case.origin.seed ^ 0x05ac_1e00);
        let mut player = Player {
            case,
            session,
            oracle: Oracle::new(registry()?),
            fed: HashMap::new(),
            hands: Vec::new(),
            made: Vec::new(),
            pins: Vec::new(),
            listens: random.one_in(2),
            random,
        };
        for (source, initial) in case.sources.iter().zip(&case.initial) {
            player.source(source, initial)?;
        }
        Ok(player)
    }

    fn source(&mut self, source: &Source, initial: &[Cells]) -> EngineResult<()> {
        let defs = source.definitions();
        let (name, session) = (&source.name, &self.session);
        let column = |column: &usize| &*source.columns[*column].name;
        let (table, hand) = match &source.supply {
            Supply::Append => session.append_table(name, defs).map(|(t, feed)| (t, Hand::Feed(feed)))?,
            Supply::Blink => session.blink_table(name, defs).map(|(t, feed)| (t, Hand::Feed(feed)))?,
            Supply::Newest(rows) => {
                session.ring_table(name, defs, Retain::rows(*rows)).map(|(t, feed)| (t, Hand::Feed(feed)))?
            }
            Supply::Recent { column: stamp, nanos } => {
                let retain = Retain::default().age(Duration::from_nanos(*nanos as u64), column(stamp));
                session.ring_table(name, defs, retain).map(|(t, feed)| (t, Hand::Feed(feed)))?
            }
            Supply::Named => session.keyed_rows(name, defs).map(|(t, rows)| (t, Hand::Keyed(rows)))?,
            Supply::ByKey(keys) => {
                let keys: Vec<&str> = keys.iter().map(column).collect();
                session.input_table(name, defs, keys).map(|(t, input)| (t, Hand::Input(input)))?
            }
            Supply::Still => {
                let columns = (0..).zip(vectors(source, initial)?).map(|(at, values)| (column(&at), values));
                (session.static_table(name, columns)?, Hand::Nothing)
            }
        };
        self.fed.insert(source.name.as_str().into(), Fed::new(&source.supply, initial));
        self.hands.push(hand);
        let expected = self.oracle.attach(table.plan(), &self.fed)?;
        self.made.push(Some(Made { table, expected, watch: None }));
        Ok(())
    }

    fn feed(&mut self, cycle: usize, changes: &[(usize, Change)]) -> Result<(), Difference> {
        self.fed.values_mut().for_each(Fed::begin_cycle);
        for (place, change) in changes {
            self.change(*place, change).map_err(|error| differs(cycle, *place, format!("refused: {error:?}")))?;
        }
        Ok(())
    }

    fn change(&mut self, place: usize, change: &Change) -> EngineResult<()> {
        let (Some(source), Some(hand)) = (self.case.sources.get(place), self.hands.get(place)) else { return Ok(()) };
        let Some(fed) = self.fed.get_mut(source.name.as_str()) else { return Ok(()) };
        if fed.ended {
            return Ok(());
        }
        match (hand, change) {
            (Hand::Feed(feed), Change::Append(rows)) => {
                fed.append(rows);
                feed.send(Batch::new(feed.definition(), vectors(source, rows)?)?)
            }
            (Hand::Input(input), Change::Upsert(rows)) => {
                fed.upsert(rows);
                input.upsert(Batch::new(input.definition(), vectors(source, rows)?)?)
            }
            (Hand::Input(input), Change::Delete(keys)) => {
                fed.delete(keys);
                let columns = input.keys().columns().iter().enumerate();
                let columns = columns.map(|(at, column)| vector(column.ty, keys.iter().map(|key| key[at].clone())));
                input.delete(columns.collect::<EngineResult<Vec<_>>>()?)
            }
            (Hand::Feed(feed), Change::Fail) => {
                fed.ended = true;
                feed.fail(Error::new(ErrorKind::Io, "the script ends this source"));
                Ok(())
            }
            (Hand::Keyed(rows), Change::Keyed(change)) => {
                let change = change.settle(&mut fed.ids());
                fed.change(&change);
                rows.apply(keyed(source, change)?)
            }
            _ => Ok(()),
        }
    }

    /// Makes the tables whose time has come.
    fn steps(&mut self, cycle: usize) -> Result<(), Difference> {
        for (at, step) in self.case.steps.iter().enumerate() {
            let place = self.case.sources.len() + at;
            if step.after.min(self.case.cycles.len()) != cycle || place < self.made.len() && self.made[place].is_some()
            {
                continue;
            }
            while self.made.len() <= place {
                self.made.push(None);
            }
            let tables: Vec<Option<Table>> =
                self.made.iter().map(|made| made.as_ref().map(|made| made.table.clone())).collect();
            if step.inputs.iter().any(|&input| tables.get(input).is_none_or(Option::is_none)) {
                continue;
            }
            match step.apply(&tables) {
                Ok(table) => self.made(cycle, place, table)?,
                Err(error) => self.refused(place, &error).map_err(|what| differs(cycle, place, what))?,
            }
        }
        Ok(())
    }

    fn made(&mut self, cycle: usize, place: usize, table: Table) -> Result<(), Difference> {
        let fail = |error: Error| differs(cycle, place, format!("the oracle cannot make it: {error:?}"));
        let expected = self.oracle.attach(table.plan(), &self.fed).map_err(fail)?;
        compare(self.oracle.table(expected), &table).map_err(|what| differs(cycle, place, what))?;
        // A table that has ended already tells nobody.
        let listens = self.listens && !self.random.one_in(4) && table.error().is_none();
        let watch = if listens { Some(Watch::new(&table).map_err(fail)?) } else { None };
        self.made[place] = Some(Made { table, expected, watch });
        Ok(())
    }

    /// A table that the engine does not make must be one that fails at once.
    fn refused(&mut self, place: usize, error: &Error) -> Result<(), String> {
        let step = &self.case.steps[place - self.case.sources.len()];
        let inputs: Vec<&Made> = step.inputs.iter().filter_map(|&input| self.made[input].as_ref()).collect();
        let failed = |made: &&Made| matches!(self.oracle.table(made.expected).status, Status::Failed(_));
        if inputs.iter().any(failed) {
            return Ok(());
        }
        let unexpected = || format!("it is refused: {error:?}");
        let operation = step.call.operation().ok_or_else(unexpected)?;
        let functions = registry().map_err(|error| format!("{error:?}"))?;
        let plan = |operation: Operation, inputs: Vec<Arc<Plan>>| {
            let definitions: Vec<_> = inputs.iter().map(|input| &input.definition).collect();
            let (definition, _) = check(&operation, &definitions, &functions).map_err(|_| unexpected())?;
            Ok::<_, String>(Arc::new(Plan { operation, inputs, definition }))
        };
        let mut inputs: Vec<Arc<Plan>> = inputs.iter().map(|made| made.table.plan().clone()).collect();
        let standings = operation.standings(inputs[0].definition.columns());
        if !standings.is_empty() {
            inputs = vec![plan(Operation::Situate { standings }, inputs)?];
        }
        let plan = plan(operation, inputs)?;
        let expected = self.oracle.attach(&plan, &self.fed).map_err(|error| format!("{error:?}"))?;
        match self.oracle.table(expected).status {
            Status::Failed(_) => Ok(()),
            _ => Err(unexpected()),
        }
    }

    fn compare(&mut self, cycle: usize) -> Result<(), Difference> {
        self.session.validate().map_err(|error| differs(cycle, 0, format!("{error:?}")))?;
        for (place, made) in self.made.iter_mut().enumerate() {
            let Some(made) = made else { continue };
            let expected = self.oracle.table(made.expected);
            compare(expected, &made.table).map_err(|what| differs(cycle, place, what))?;
            if let Some(watch) = &mut made.watch {
                watch.check(expected).map_err(|what| differs(cycle, place, what))?;
            }
        }
        let (due, kept) = std::mem::take(&mut self.pins).into_iter().partition(|pin| pin.until <= cycle);
        self.pins = kept;
        let due: Vec<Pinned> = due;
        match due.into_iter().find(|pin| read(&pin.snapshot) != pin.read) {
            Some(pin) => Err(differs(cycle, pin.table, "a snapshot taken earlier reads otherwise now".to_owned())),
            None => Ok(()),
        }
    }

    /// Takes a snapshot now and then, to be read again later, and lets go of tables that nobody will ask for.
    fn pin_and_drop(&mut self, cycle: usize) -> Result<(), Difference> {
        let table = self.random.below(0..self.made.len());
        let until = cycle + self.random.below(1..6);
        let drops = self.random.one_in(25);
        let Some(Some(made)) = self.made.get(table) else { return Ok(()) };
        if cycle.is_multiple_of(3)
            && let Ok(snapshot) = made.table.snapshot()
        {
            let read = read(&snapshot);
            self.pins.push(Pinned { snapshot, read, until, table });
        }
        let wanted = self.case.steps.iter().any(|step| step.after > cycle && step.inputs.contains(&table));
        if drops && table >= self.case.sources.len() && !wanted {
            // The place stays taken, or the step would be made again.
            self.made[table] = None;
        }
        Ok(())
    }
}

/// The cells of a snapshot as one number, bit by bit.
fn read(snapshot: &Snapshot) -> u64 {
    let mut hasher = DefaultHasher::new();
    for column in snapshot.definition().columns() {
        match snapshot.column(&column.name) {
            Ok(values) => values.iter().for_each(|value| hash(&value, &mut hasher)),
            Err(error) => error.kind().hash(&mut hasher),
        }
    }
    hasher.finish()
}

fn hash(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::F64(v) => v.to_bits().hash(hasher),
        Value::F32(v) => v.to_bits().hash(hasher),
        Value::I64(v) => v.hash(hasher),
        Value::String(v) => v.hash(hasher),
        other => format!("{other:?}").hash(hasher),
    }
}

/// Rows, column by column.
fn vectors(source: &Source, rows: &[Cells]) -> EngineResult<Vec<Vector<'static>>> {
    let columns = source.columns.iter().enumerate();
    columns.map(|(at, column)| vector(column.ty, rows.iter().map(|row| row[at].clone()))).collect()
}

fn vector(ty: headwater_engine::Type, values: impl IntoIterator<Item = Value>) -> EngineResult<Vector<'static>> {
    let wrong = || Error::new(ErrorKind::Type, format!("the script has a cell that is no {ty}"));
    Vector::from_values(ty, values).ok_or_else(wrong)
}

fn keyed(source: &Source, change: KeyedChange) -> EngineResult<RowChange> {
    let definition = headwater_engine::Definition::new(source.definitions(), source.flavour())?;
    let mut out = RowChange::new(&definition).remove(change.remove);
    if !change.add.is_empty() {
        let (ids, rows): (Vec<u64>, Vec<Cells>) = change.add.into_iter().unzip();
        out = out.add(ids, Batch::new(&definition, vectors(source, &rows)?)?)?;
    }
    if !change.modify.is_empty() {
        let ids: Vec<u64> = change.modify.iter().map(|(id, _)| *id).collect();
        let columns = change.columns.iter().enumerate().map(|(at, &column)| {
            let column = &source.columns[column];
            let values = change.modify.iter().map(|(_, cells)| cells[at].clone());
            Ok((column.name.as_str(), vector(column.ty, values)?))
        });
        out = out.modify(ids, columns.collect::<EngineResult<Vec<_>>>()?)?;
    }
    Ok(out)
}
