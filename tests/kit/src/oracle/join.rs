//! natural_join and the filters by a set: every left row looks for its match among all right rows, in each cycle anew.

use std::collections::HashMap;
use std::rc::Rc;

use headwater_engine::plan::{Definition, Match, Pair};
use headwater_engine::{Result as EngineResult, Type, Value};

use super::formula::cast;
use super::rows::{Cell, Fault, Key, Row, Rows, needed};

/// The key columns of two tables: left key, right key, and the type both are compared as.
pub(super) struct KeyPairs(Vec<(usize, usize, Type)>);

/// A side of [`KeyPairs`].
#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Right,
}

impl KeyPairs {
    pub(super) fn new(on: &[Pair], left: &Definition, right: &Definition) -> EngineResult<Self> {
        let pairs = on.iter().map(|pair| {
            let (l, r) = (left.require(&pair.output)?, right.require(&pair.input)?);
            Ok((l, r, wider(left.columns()[l].ty, right.columns()[r].ty)))
        });
        Ok(KeyPairs(pairs.collect::<EngineResult<_>>()?))
    }

    /// One pair of columns, compared as this type.
    pub(super) fn of(left: usize, right: usize, ty: Type) -> Self {
        KeyPairs(vec![(left, right, ty)])
    }

    /// The key of a row of one side.
    pub(super) fn key(&self, row: &Row, side: Side) -> Result<Key, Fault> {
        let values = self.0.iter().map(|&(left, right, ty)| {
            let value = needed(&row.cells[if matches!(side, Side::Left) { left } else { right }])?;
            if value.ty().is_none_or(|found| found == ty) { Ok(value) } else { cast(&value, ty) }
        });
        Ok(Key::of(&values.collect::<Result<Vec<Value>, Fault>>()?))
    }

    /// The first key column of a row of one side, as the type both sides are compared as.
    pub(super) fn first(&self, row: &Row, side: Side) -> Result<Value, Fault> {
        let Some(&(left, right, ty)) = self.0.first() else { return Ok(Value::Null) };
        let value = needed(&row.cells[if matches!(side, Side::Left) { left } else { right }])?;
        if value.ty().is_none_or(|found| found == ty) { Ok(value) } else { cast(&value, ty) }
    }

    /// Those whose columns have one name on both sides.
    pub(super) fn named_alike(&self, left: &Definition, right: &Definition) -> Self {
        let is_alike = |&&(l, r, _): &&(usize, usize, Type)| left.columns()[l].name == right.columns()[r].name;
        KeyPairs(self.0.iter().filter(is_alike).copied().collect())
    }

    /// Puts the key of either row into the left key columns, as the type both sides are compared as.
    pub(super) fn fill(&self, cells: &mut [Cell], left: Option<&Row>, right: Option<&Row>) -> Result<(), Fault> {
        for &(l, r, ty) in &self.0 {
            let cell = left.map(|row| &row.cells[l]).or(right.map(|row| &row.cells[r]));
            let value = cell.map_or(Ok(Value::Null), needed)?;
            cells[l] = if value.ty().is_none_or(|found| found == ty) { Ok(value) } else { cast(&value, ty) };
        }
        Ok(())
    }

    /// The rows of the right side by key, in their order.
    pub(super) fn by_key<'r>(&self, right: &'r Rows) -> Result<HashMap<Key, Vec<&'r Row>>, Fault> {
        let mut by_key: HashMap<Key, Vec<&Row>> = HashMap::new();
        for row in right {
            by_key.entry(self.key(row, Side::Right)?).or_default().push(row);
        }
        Ok(by_key)
    }

    /// The right columns added: those named, or all but the keys.
    pub(super) fn added(&self, add: &[Pair], right: &Definition) -> EngineResult<Vec<usize>> {
        match add {
            [] => {
                Ok((0..right.columns().len()).filter(|column| self.0.iter().all(|(_, key, _)| key != column)).collect())
            }
            add => add.iter().map(|pair| right.require(&pair.input)).collect(),
        }
    }
}

/// The rows of `input` whose key `set` has, or has not.
pub(super) fn filter_in(keys: &KeyPairs, negated: bool, input: &Rows, set: &Rows) -> Result<Rows, Fault> {
    let set = keys.by_key(set)?;
    let mut kept = Rows::new();
    for row in input {
        if set.contains_key(&keys.key(row, Side::Left)?) != negated {
            kept.push(row.clone());
        }
    }
    Ok(kept)
}

/// The columns of a natural join, by position.
pub(super) struct Join {
    keys: KeyPairs,
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
        let keys = KeyPairs::new(on, left, right)?;
        let added = keys.added(add, right)?;
        Ok(Join { keys, added, matching })
    }

    pub(super) fn apply(&self, left: &Rows, right: &Rows) -> Result<Rows, Fault> {
        let by_key = self.keys.by_key(right)?;
        left.iter()
            .map(|row| {
                let matches = by_key.get(&self.keys.key(row, Side::Left)?).map_or(&[][..], Vec::as_slice);
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
            _ if self.keys.0.is_empty() && matches.len() > 1 => Err(Fault("several rows and no key".to_owned())),
            Match::First => Ok(matches.first().copied()),
            Match::Last => Ok(matches.last().copied()),
            Match::ErrorOnDuplicate | Match::ExactlyOne if matches.len() > 1 => Err(Fault("two matches".to_owned())),
            Match::ExactlyOne if matches.is_empty() => Err(Fault("no match".to_owned())),
            _ => Ok(matches.first().copied()),
        }
    }
}

/// The type two key columns meet in: the wider one.
pub(super) fn wider(left: Type, right: Type) -> Type {
    const WIDTH: [Type; 4] = [Type::I8, Type::I16, Type::I32, Type::I64];
    let place = |ty| WIDTH.iter().position(|&one| one == ty);
    match (left, right) {
        (Type::F32 | Type::F64, Type::F32 | Type::F64) if left != right => Type::F64,
        _ if place(right) > place(left) => right,
        _ => left,
    }
}
