//! natural_join: every left row looks for its match among all right rows, in each cycle anew.

use std::collections::HashMap;
use std::rc::Rc;

use headwater_engine::plan::{Definition, Match, Pair};
use headwater_engine::{Result as EngineResult, Type, Value};

use super::formula::cast;
use super::rows::{Cell, Fault, Key, Row, Rows, needed};

/// The columns of a join, by position.
pub(super) struct Join {
    /// Left key, right key, and the type both are compared as.
    keys: Vec<(usize, usize, Type)>,
    added: Vec<usize>,
    matching: Match,
}

impl Join {
    pub(super) fn new(
        on: &[Pair],
        add: &[Pair],
        matching: Match,
        left: &Definition,
        right: &Definition,
    ) -> EngineResult<Self> {
        let mut keys = Vec::new();
        for pair in on {
            let (l, r) = (left.require(&pair.output)?, right.require(&pair.input)?);
            keys.push((l, r, wider(left.columns()[l].ty, right.columns()[r].ty)));
        }
        let added = if add.is_empty() {
            (0..right.columns().len()).filter(|column| keys.iter().all(|(_, key, _)| key != column)).collect()
        } else {
            add.iter().map(|pair| right.require(&pair.input)).collect::<EngineResult<_>>()?
        };
        Ok(Join { keys, added, matching })
    }

    pub(super) fn apply(&self, left: &Rows, right: &Rows) -> Result<Rows, Fault> {
        let mut by_key: HashMap<Key, Vec<&Row>> = HashMap::new();
        for row in right {
            let key = self.key(row, |(_, right, ty)| (right, ty))?;
            by_key.entry(key).or_default().push(row);
        }
        left.iter()
            .map(|row| {
                let matches = by_key.get(&self.key(row, |(left, _, ty)| (left, ty))?).map_or(&[][..], Vec::as_slice);
                let found = self.choose(matches)?;
                let nothing: Cell = Ok(Value::Null);
                let added = self.added.iter().map(|&column| found.map_or(&nothing, |row| &row.cells[column]));
                let cells: Vec<Cell> = row.cells.iter().chain(added).cloned().collect();
                Ok(Row { identity: row.identity, cells: Rc::from(cells) })
            })
            .collect()
    }

    fn choose<'r>(&self, matches: &[&'r Row]) -> Result<Option<&'r Row>, Fault> {
        match self.matching {
            // Without keys all right rows match, so there may be no choice of one.
            _ if self.keys.is_empty() && matches.len() > 1 => Err(Fault("several rows and no key".to_owned())),
            Match::First => Ok(matches.first().copied()),
            Match::Last => Ok(matches.last().copied()),
            Match::ErrorOnDuplicate | Match::ExactlyOne if matches.len() > 1 => Err(Fault("two matches".to_owned())),
            Match::ExactlyOne if matches.is_empty() => Err(Fault("no match".to_owned())),
            _ => Ok(matches.first().copied()),
        }
    }

    fn key(&self, row: &Row, side: impl Fn((usize, usize, Type)) -> (usize, Type)) -> Result<Key, Fault> {
        let values = self.keys.iter().map(|&key| {
            let (column, ty) = side(key);
            let value = needed(&row.cells[column])?;
            if value.ty().is_none_or(|found| found == ty) { Ok(value) } else { cast(&value, ty) }
        });
        Ok(Key::of(&values.collect::<Result<Vec<Value>, Fault>>()?))
    }
}

/// The type two key columns meet in: the wider one.
fn wider(left: Type, right: Type) -> Type {
    const WIDTH: [Type; 4] = [Type::I8, Type::I16, Type::I32, Type::I64];
    let place = |ty| WIDTH.iter().position(|&one| one == ty);
    match (left, right) {
        (Type::F32 | Type::F64, Type::F32 | Type::F64) if left != right => Type::F64,
        _ if place(right) > place(left) => right,
        _ => left,
    }
}
