//! Running one case.

use std::panic::{AssertUnwindSafe, catch_unwind};

use headwater_engine::{Error, ErrorKind, Snapshot};

use super::args::Failure;
use super::case::{Case, Content};
use super::compare::{self, Difference};
use super::differences::Relax;
use super::world::World;

/// Runs a case; the first reason why it fails, if it does. A panic is such a reason.
pub(super) fn run(case: &Case, relax: Relax) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| play(case, relax))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Err(format!("panic: {}", text.unwrap_or("without text")))
    })
}

fn play(case: &Case, relax: Relax) -> Result<(), String> {
    let world = World::of(case)?;
    if let Some(what) = world.not_built(case) {
        return Err(format!("not built yet: {what}"));
    }
    for (moment, expect) in case.expect.iter().enumerate() {
        if let Some(cycle) = moment.checked_sub(1) {
            let changes = case.cycles.get(cycle).ok_or_else(|| format!("no cycle {moment}"))?;
            world.cycle(changes)?;
        }
        for (name, content) in expect.tables.iter().filter(|(_, content)| !content.internal) {
            check(&world, name, content, relax).map_err(|reason| match moment {
                0 => format!("{name}: {reason}"),
                _ => format!("{name} after cycle {moment}: {reason}"),
            })?;
        }
    }
    Ok(())
}

fn check(world: &World, name: &str, content: &Content, relax: Relax) -> Result<(), String> {
    match (read(world, name, content), &content.columns) {
        (Err(Difference::Unreadable(error)), _) if error.kind() == ErrorKind::Internal => Err(error.report()),
        (_, _) if relax == Relax::All => Ok(()),
        (Err(Difference::Unreadable(_)), None) => Ok(()),
        (Err(Difference::Unreadable(error)), Some(_)) => Err(format!("{:?}: {error}", error.kind())),
        (Ok(_), None) if relax == Relax::Errors => Ok(()),
        (Ok(rows), None) => Err(format!("{rows} rows, expected an error")),
        (Err(Difference::Cells(reason)), _) => Err(reason),
        (Ok(_), Some(_)) => Ok(()),
    }
}

/// Reads every column of a table and compares where contents are expected; the number of rows.
fn read(world: &World, name: &str, content: &Content) -> Result<u64, Difference> {
    let snapshot = snapshot(world, name).map_err(Difference::Unreadable)?;
    match &content.columns {
        Some(columns) => compare::contents(columns, &snapshot)?,
        None => {
            snapshot.rows(0..snapshot.len()).map_err(Difference::Unreadable)?;
        }
    }
    Ok(snapshot.len())
}

fn snapshot(world: &World, name: &str) -> Result<Snapshot, Error> {
    let table = world.table(name).map_err(|failure| match failure {
        Failure::Refused(error) => error,
        Failure::NotBuilt(what) => Error::new(ErrorKind::Internal, what),
    })?;
    match table.error() {
        Some(error) => Err(error),
        None => table.snapshot(),
    }
}
