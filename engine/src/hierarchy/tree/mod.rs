//! [`Tree`]: rows that hang below each other by the id of a parent.

mod pinned;

use std::ops::Range;
use std::sync::Arc;

use self::pinned::Pinned;
use super::expanded::Expanded;
use super::outline::Outline;
use super::passing;
use super::walk::walk;
use crate::formula::col;
use crate::plan::{Definition, Flavour, Pair, SortColumn};
use crate::table::{SortColumns, Table, agg, on};
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

/// How many rows hang directly below a row; null for none.
const CHILDREN: &str = "__children__";
/// The id of the parent, if that is there.
const FOUND: &str = "__found__";
/// The id of a row, looked up in the table itself.
const ONLY: &str = "__only__";

/// Rows that hang below each other: each has an id, and the id of its parent, or null if it has none. Cheap to clone; it is
/// kept right as long as there is a handle.
///
/// ```
/// # use headwater_engine::{Expanded, Session, Type, Value, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let parents = [Value::Null, Value::I64(1), Value::I64(1), Value::I64(3)];
/// let staff = session.static_table("staff", [
///     ("Id", Vector::from(vec![1_i64, 2, 3, 4])),
///     ("Boss", Vector::from_values(Type::I64, parents).unwrap()),
///     ("Name", Vector::from(vec!["Ada", "Ben", "Cid", "Dot"])),
/// ])?;
/// let outline = staff.tree("Id", "Boss")?.snapshot(Expanded::new().expand([1_i64]), 0..100)?;
/// let names = outline.rows().rows::<(String,)>(["Name"])?;
/// assert_eq!(names, [("Ada".to_owned(),), ("Ben".to_owned(),), ("Cid".to_owned(),)]);
/// let expanded: Vec<_> = (0..3).map(|row| (outline.depth(row), outline.expanded(row))).collect();
/// assert_eq!(expanded, [(0, Some(true)), (1, None), (1, Some(false))]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Tree {
    /// The rows, and for each how many hang below it and whether its parent is there.
    rows: Table,
    /// In the order of their ids.
    by_id: Table,
    /// Those of one parent together, in the order in which they are shown.
    shown: Table,
    definition: Definition,
    id: Arc<str>,
    /// The column by which a row hangs below another.
    above: Arc<str>,
    sort: Vec<SortColumn>,
}

impl Table {
    /// The rows of this table below each other: `parent` has the id of the row above, null for a row that is below none.
    ///
    /// A row whose parent is not there is not shown until that comes ([`Tree::promote_orphans`] shows it), nor is one that hangs
    /// below itself; a row whose id is null has nothing below it. Rows of one parent stand as they do here, or as
    /// [`Tree::sort`] says. Cost of a cycle: rows added and removed, and those modified in one of both columns, each with the
    /// logarithm of the rows there are; some 120 bytes a row.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `Type` if the two columns are of different types, or lists; `DuplicateKey` if two rows
    /// have the same id, at the call or, on live tables, as the failure of the tree; `Unsupported` over a blink table.
    pub fn tree(&self, id: &str, parent: &str) -> Result<Tree> {
        let definition = self.definition();
        let column = |name: &str| Ok(&definition.columns()[definition.require(name)?]);
        let (of_id, of_parent) = (column(id)?, column(parent)?);
        if of_id.ty != of_parent.ty {
            let message =
                format!("{parent} has ids of rows and is of type {}, while {id} is of type {}", of_parent.ty, of_id.ty);
            return Err(Error::new(ErrorKind::Type, message)
                .with_column(parent)
                .with_operator("tree")
                .with_help("give both one type: update_view with a cast makes a column of it"));
        }
        if definition.flavour() == Flavour::Blink {
            let message = "the rows of a tree stay, and those of a blink table are gone after their cycle";
            return Err(passing("tree", message));
        }
        let (id, parent): (Arc<str>, Arc<str>) = (id.into(), parent.into());
        let pair = |output: &str, input: &Arc<str>| Pair { output: output.into(), input: input.clone() };
        let with_id = self.filter(!col(id.clone()).is_null())?;
        let ids = with_id.view(col(id.clone()).named(&id))?;
        let once = self.natural_join(&ids, on(Pair::same(id.clone())).add(pair(ONLY, &id)));
        let once = once.map_err(|error| twice(error, &id))?;
        let found = once.natural_join(&ids, on(pair(&parent, &id)).add(pair(FOUND, &id)))?;
        let counts = self.filter(!col(parent.clone()).is_null())?.agg_by(agg::count(CHILDREN), &*parent)?;
        let rows = found.natural_join(&counts, on(pair(&id, &parent)).add(Pair::same(CHILDREN)))?;
        let (by_id, definition) = (with_id.sort(&*id)?, definition.clone());
        Tree { shown: rows.clone(), rows, by_id, definition, id, above: parent, sort: Vec::new() }.arranged()
    }
}

impl Tree {
    /// The columns of [`Outline::rows`]: those of the table.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The same with rows whose parent is not there as if they had none. It shares all but the order of the rows.
    ///
    /// # Errors
    /// The error of a failed table; [`ErrorKind::InsideCycle`].
    pub fn promote_orphans(&self) -> Result<Tree> {
        Tree { above: FOUND.into(), ..self.clone() }.arranged()
    }

    /// The same with the rows of one parent in the order of some columns; of equal ones, as they stand in the table. It
    /// shares all but the order of the rows.
    ///
    /// # Errors
    /// As [`Table::sort`].
    pub fn sort(&self, by: impl SortColumns) -> Result<Tree> {
        let sort = by.into_sort_columns();
        sort.iter().try_for_each(|by| self.definition.require(&by.column).map(|_| ()))?;
        Tree { sort, ..self.clone() }.arranged()
    }

    /// With the rows in the order in which they are shown: those of one parent together.
    fn arranged(self) -> Result<Tree> {
        let above = SortColumn::ascending(self.above.clone());
        let by: Vec<SortColumn> = std::iter::once(above).chain(self.sort.iter().cloned()).collect();
        Ok(Tree { shown: self.rows.sort(by)?, ..self })
    }

    /// The rows at `window` (cut where they end) of all that are visible now, while these nodes are expanded. A node is named
    /// by its id alone, wherever it hangs; the rows that have no parent are always visible.
    ///
    /// All rows are of one moment. Cycles wait while it is pinned, a pointer for each column, and not while it is read.
    /// Cost: a few searches in the rows for each id named and those above it, and for each row of the window; where all below
    /// a node is expanded, what hangs there is counted, a search for each row that has rows below it.
    ///
    /// # Errors
    /// `Argument` for a key of other than one value, `Type` for a value of another type than the ids; the error of a failed
    /// table; [`ErrorKind::InsideCycle`].
    pub fn snapshot(&self, expanded: &Expanded, window: Range<u64>) -> Result<Outline> {
        let told = expanded.told().map(|(key, told)| Ok((self.key(key)?, told))).collect::<Result<Vec<_>>>()?;
        let pinned = Pinned::new(self)?;
        let told = told.iter().map(|(key, told)| (&key[..], *told));
        let seen = walk(&pinned, told, expanded.usual(), window.clone())?;
        pinned.outline(&seen, window.start)
    }

    /// A key as the ids are.
    fn key(&self, key: &[Value]) -> Result<[Value; 1]> {
        let [id] = key else {
            let message = format!("a key of {} values, where a row of a tree has one", key.len());
            return Err(Error::new(ErrorKind::Argument, message)
                .with_help(format!("name a row by its {} alone, not by those above it", self.id)));
        };
        let column = &self.definition.columns()[self.definition.require(&self.id)?];
        Ok([column.cell(id)?])
    }
}

/// The same error, told of one table.
fn twice(error: Error, id: &str) -> Error {
    if error.kind() != ErrorKind::DuplicateKey {
        return error;
    }
    let message = format!("several rows have the same {id}, and a row of a tree is found by it");
    let row = error.row();
    let told = Error::new(ErrorKind::DuplicateKey, message)
        .with_column(id)
        .with_operator("tree")
        .with_help("keep one row of each id, as last_by does");
    row.map_or(told.clone(), |row| told.with_row(row))
}
