//! head_by, tail_by, slices of constituents, and their numbers: the rows of every group, gathered anew in each cycle; only the places of groups have a history.

use std::collections::HashMap;

use headwater_engine::formula::FunctionRegistry;
use headwater_engine::plan::{Definition, Window};
use headwater_engine::{Result as EngineResult, Value};

use super::aggregate::Groups;
use super::order::window_of;
use super::rows::{Cell, Contents, Fault, Identity, Row, Rows};

/// Which rows of which groups, and the columns of the result.
pub(super) struct Part {
    window: Window,
    groups: Groups,
    columns: Vec<usize>,
}

impl Part {
    pub(super) fn new(
        window: Window,
        by: &[impl AsRef<str>],
        input: &Definition,
        functions: &FunctionRegistry,
    ) -> EngineResult<Self> {
        let groups = Groups::new(&[], by, input, functions)?;
        let mut columns = groups.keys().to_vec();
        columns.extend((0..input.columns().len()).filter(|column| !groups.keys().contains(column)));
        Ok(Part { window, groups, columns })
    }

    pub(super) fn apply(&mut self, input: &Contents) -> Result<Rows, Fault> {
        let mut rows = Rows::new();
        for members in self.groups.members(input)? {
            let cut = window_of(self.window, members.len());
            rows.extend(members[cut].iter().map(|row| self.row(row)));
        }
        Ok(rows)
    }

    fn row(&self, row: &Row) -> Row {
        let cells: Vec<Cell> = self.columns.iter().map(|&column| row.cells[column].clone()).collect();
        Row { identity: row.identity, cells: cells.into() }
    }
}

/// The place of the group of each row, in front of its cells.
pub(super) fn numbered(groups: &mut Groups, input: &Contents) -> Result<Rows, Fault> {
    let members = groups.members(input)?;
    let places: HashMap<Identity, i64> =
        (0..).zip(&members).flat_map(|(place, rows)| rows.iter().map(move |row| (row.identity, place))).collect();
    let number = |row: &Row| {
        let place: Cell = Ok(places.get(&row.identity).map_or(Value::Null, |&place| Value::I64(place)));
        Row { identity: row.identity, cells: std::iter::once(place).chain(row.cells.iter().cloned()).collect() }
    };
    Ok(input.now.iter().map(number).collect())
}
