//! The operations on two tables that meet by key.

use super::ranges::Lists;
use super::{Aggregates, On, Pairs, Table};
use crate::plan::{Contribution, Keep, Match, Nearest, Operation, Term};
use crate::{Error, ErrorKind, Result};

impl Table {
    /// This table with columns of the one row of `right` that has the same key; null where there is none.
    ///
    /// Keys: null meets null, NaN meets NaN; integers of different width meet, as do the two floats. Cost of a
    /// cycle: left rows changed, right rows changed, and the left rows of keys whose match changed.
    ///
    /// # Errors
    /// `Unknown`, `Type` for keys that cannot meet, `NameClash`; `DuplicateKey` if a left row has several matches,
    /// at the call or, on live tables, as the failure of the result.
    pub fn natural_join(&self, right: &Table, on: impl Into<On>) -> Result<Table> {
        self.natural_join_with(right, on, Match::ErrorOnDuplicate)
    }

    /// As [`Table::natural_join`], with a choice of what to do about several matches, or none.
    ///
    /// # Errors
    /// As [`Table::natural_join`]; `NoMatch` under [`Match::ExactlyOne`].
    pub fn natural_join_with(&self, right: &Table, on: impl Into<On>, matching: Match) -> Result<Table> {
        let mut on = on.into();
        let operation = Operation::NaturalJoin { on: on.keys()?, add: on.add?, matching };
        self.session().build(operation, &[self, right])
    }

    /// This table with columns of the one row of `right` that has the same key, which every row must have.
    ///
    /// Keys and cost as for [`Table::natural_join`], of which it is the strictest form: no added cell is null unless
    /// the cell of the right table is.
    ///
    /// ```
    /// # use headwater_engine::{ErrorKind, Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let orders = session.static_table("orders", [("Item", Vector::from(vec![7_i32, 7, 9]))])?;
    /// let items = session.static_table("items", [
    ///     ("Id", Vector::from(vec![7_i32, 8])),
    ///     ("Price", Vector::from(vec![2.5, 4.0])),
    /// ])?;
    /// let error = orders.exact_join(&items, "Item = Id").unwrap_err();
    /// assert_eq!((error.kind(), error.row()), (ErrorKind::NoMatch, Some(2)));
    /// let known = orders.filter_in(&items, "Item = Id")?.exact_join(&items, "Item = Id")?;
    /// assert_eq!(known.snapshot()?.rows(0..9)?.rows::<(f64,)>(["Price"])?, [(2.5,), (2.5,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::natural_join`], and `NoMatch` if a left row has no match.
    pub fn exact_join(&self, right: &Table, on: impl Into<On>) -> Result<Table> {
        self.natural_join_with(right, on, Match::ExactlyOne)
    }

    /// Every pair of a row of this table and a row of `right` that have the same key; without keys, every pair.
    ///
    /// The pairs are in the order of this table, those of one row in the order of `right`. They have the columns of this
    /// table and those added of `right`: all but the keys, unless [`On::add`](super::On::add) says which. Values stay
    /// where they are.
    ///
    /// Keys meet as for [`Table::natural_join`]. Cost of a cycle: rows changed, and the pairs that come, go, move or have
    /// a row that changed, each with the logarithm of the pairs there are; 16 bytes a pair for its rows, and some 40
    /// more for its place unless pairs only come at the end, as where this table never changes or grows at its end and
    /// `right` never changes.
    ///
    /// ```
    /// # use headwater_engine::{Session, on, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let orders = session.static_table("orders", [
    ///     ("Buyer", Vector::from(vec!["ann", "bob", "ann"])),
    ///     ("Item", Vector::from(vec![1_i64, 2, 3])),
    /// ])?;
    /// let phones = session.static_table("phones", [
    ///     ("Name", Vector::from(vec!["ann", "ann", "cid"])),
    ///     ("Phone", Vector::from(vec![10_i64, 11, 12])),
    /// ])?;
    /// let rows = orders.join(&phones, "Buyer = Name")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(i64, i64)>(["Item", "Phone"])?, [(1, 10), (1, 11), (3, 10), (3, 11)]);
    /// let pairs = orders.join(&phones, on([""; 0]).add("Phone"))?;
    /// assert_eq!(pairs.snapshot()?.len(), 9);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, `Type` for keys that cannot meet, `NameClash`, `ForeignTable`; `Limit` if there are more pairs than
    /// memory.
    #[doc(alias = "inner_join", alias = "cross_join")]
    pub fn join(&self, right: &Table, on: impl Into<On>) -> Result<Table> {
        self.join_keeping(right, on, Keep::Matches)
    }

    /// As [`Table::join`], and each row of this table that meets none once more, with null for what `right` would add.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let orders = session.static_table("orders", [("Buyer", Vector::from(vec!["bob", "ann"]))])?;
    /// let phones = session.static_table("phones", [
    ///     ("Buyer", Vector::from(vec!["ann", "ann"])),
    ///     ("Phone", Vector::from(vec![10_i64, 11])),
    /// ])?;
    /// let rows = orders.left_outer_join(&phones, "Buyer")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(Option<i64>,)>(["Phone"])?, [(None,), (Some(10),), (Some(11),)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::join`].
    pub fn left_outer_join(&self, right: &Table, on: impl Into<On>) -> Result<Table> {
        self.join_keeping(right, on, Keep::Left)
    }

    /// As [`Table::left_outer_join`], and behind all others each row of `right` that meets none, in the order of `right`,
    /// with null for the columns of this table.
    ///
    /// A key that both tables name alike is one column, which shows the key of either row, as the type that both are
    /// compared as. Of keys with different names both are there: that of this table, null where only `right` has a row,
    /// and that of `right`, which is added as its other columns are.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let asked = session.static_table("asked", [
    ///     ("Id", Vector::from(vec![1_i32, 2])),
    ///     ("By", Vector::from(vec!["ann", "bob"])),
    /// ])?;
    /// let told = session.static_table("told", [
    ///     ("To", Vector::from(vec![2_i64, 3])),
    ///     ("Answer", Vector::from(vec!["yes", "no"])),
    /// ])?;
    /// let rows = asked.full_outer_join(&told, "Id = To")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(Option<i32>, Option<i64>)>(["Id", "To"])?, [
    ///     (Some(1), None),
    ///     (Some(2), Some(2)),
    ///     (None, Some(3)),
    /// ]);
    /// let rows = asked.full_outer_join(&told.rename_columns(["Id = To"])?, "Id")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(i64, Option<String>, Option<String>)>(["Id", "By", "Answer"])?, [
    ///     (1, Some("ann".into()), None),
    ///     (2, Some("bob".into()), Some("yes".into())),
    ///     (3, None, Some("no".into())),
    /// ]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::join`].
    pub fn full_outer_join(&self, right: &Table, on: impl Into<On>) -> Result<Table> {
        self.join_keeping(right, on, Keep::All)
    }

    fn join_keeping(&self, right: &Table, on: impl Into<On>, keep: Keep) -> Result<Table> {
        let mut on = on.into();
        self.session().build(Operation::Join { on: on.keys()?, add: on.add?, keep }, &[self, right])
    }

    /// This table with columns of the row of `right` that was the last one then: of the rows with the same key, that
    /// with the greatest stamp that is not greater than this row's; null where there is none.
    ///
    /// The last entry of `on` names the stamps, those before it the keys, if any. `"Time"` and `"Time >= QuoteTime"`
    /// take a row of the same stamp too, `"Time > QuoteTime"` does not. Of right rows of one stamp the last is taken, by
    /// the order of `right`, which need not be sorted. Stamps are of any type but lists; null comes before all others and
    /// NaN after, and texts are in the order of [`Table::sort`]. Without [`On::add`](super::On::add) all columns of `right`
    /// are added but the keys, and the stamp if both are named alike; with it those named, behind the stamp of `right` if
    /// that has a name of its own and is not among them.
    ///
    /// Cost of a cycle: left rows changed, right rows changed, and the left rows between those and the right rows next to
    /// them, each with the logarithm of the rows of its key. 16 to 24 bytes a right row, and where `right` may change,
    /// 16 a left row; 16 bytes more each for decimals and texts.
    ///
    /// ```
    /// # use headwater_engine::{Session, on, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let trades = session.static_table("trades", [
    ///     ("Sym", Vector::from(vec!["a", "b", "a"])),
    ///     ("Time", Vector::from(vec![5_i64, 6, 9])),
    /// ])?;
    /// let quotes = session.static_table("quotes", [
    ///     ("Sym", Vector::from(vec!["a", "a", "b"])),
    ///     ("QuoteTime", Vector::from(vec![5_i64, 7, 8])),
    ///     ("Bid", Vector::from(vec![1.0, 2.0, 3.0])),
    /// ])?;
    /// let seen = trades.aj(&quotes, on(["Sym", "Time >= QuoteTime"]).add("Bid"))?;
    /// let rows = seen.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(i64, Option<f64>)>(["Time", "Bid"])?, [(5, Some(1.0)), (6, None), (9, Some(2.0))]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, `Type` for keys or stamps that cannot meet, or lists as stamps, `NameClash`; `Argument` if nothing
    /// is compared, a comparison comes before the last entry, or it looks the other way.
    #[doc(alias = "as_of_join", alias = "asof_join")]
    pub fn aj(&self, right: &Table, on: impl Into<On>) -> Result<Table> {
        self.nearest(right, on.into(), Nearest::AtOrBefore)
    }

    /// This table with columns of the row of `right` that is the next one then: as [`Table::aj`], with time turned round.
    /// `"Time"` and `"Time <= QuoteTime"` take a row of the same stamp too, `"Time < QuoteTime"` does not; of right rows
    /// of one stamp the first is taken.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let asked = session.static_table("asked", [("Day", Vector::from(vec![1_i64, 5, 9]))])?;
    /// let open = session.static_table("open", [("Open", Vector::from(vec![3_i64, 5, 8]))])?;
    /// let rows = asked.raj(&open, "Day <= Open")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(i64, Option<i64>)>(["Day", "Open"])?, [(1, Some(3)), (5, Some(5)), (9, None)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::aj`].
    pub fn raj(&self, right: &Table, on: impl Into<On>) -> Result<Table> {
        self.nearest(right, on.into(), Nearest::AtOrAfter)
    }

    /// `usual` is what a stamp without a comparison means, and which way one may look.
    fn nearest(&self, right: &Table, mut on: On, usual: Nearest) -> Result<Table> {
        let mut terms = on.terms()?;
        let (stamp, nearest) = match terms.pop() {
            Some(Term::Equal(stamp)) => (stamp, usual),
            Some(Term::Nearest(stamp, nearest)) => (stamp, nearest),
            Some(other) => return Err(other.equal().map_or_else(|error| error, |_| nothing_to_compare())),
            None => return Err(nothing_to_compare()),
        };
        if nearest.is_backwards() != usual.is_backwards() {
            let message = format!("{} {nearest} {} looks the other way", stamp.output, stamp.input);
            return Err(Error::new(ErrorKind::Argument, message)
                .with_column(&*stamp.output)
                .with_help("aj takes >= and >, raj takes <= and <"));
        }
        let keys = terms.into_iter().map(Term::equal).collect::<Result<_>>()?;
        self.session().build(Operation::AsOf { on: keys, stamp, nearest, add: on.add? }, &[self, right])
    }

    /// This table with aggregations of the rows of `right` that have the same key and a value between two of this row's:
    /// [`agg::group`](super::agg::group) gives the list of their values, in the order of the value compared.
    ///
    /// The last entry of `on` is the range, `"Low <= Value <= High"` or with `<` for an end that is not in; those before
    /// it are keys. `"<- Low <= Value"` also takes the row before where none has the value `Low`, and `"Value <= High ->"`
    /// the row after. A null end is open. Lists are null where a range runs backwards or ends at NaN, and empty where no
    /// row lies in it; rows whose value is null or NaN lie in none. Right rows of one value are in the order of `right`,
    /// which need not be sorted.
    ///
    /// Cost of a cycle: left rows changed, and those in whose range a right row came, went or changed, each with the length
    /// of its lists and the logarithm of the rows of its key. 16 to 24 bytes a right row, 8 bytes for each row in a list,
    /// and where `right` may change, 32 a left row.
    ///
    /// ```
    /// # use headwater_engine::{Session, agg, on, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let visits = session.static_table("visits", [
    ///     ("From", Vector::from(vec![1_i64, 4, 9])),
    ///     ("To", Vector::from(vec![5_i64, 8, 7])),
    /// ])?;
    /// let events = session.static_table("events", [
    ///     ("At", Vector::from(vec![5_i64, 2, 5])),
    ///     ("Size", Vector::from(vec![10_i64, 20, 30])),
    /// ])?;
    /// let seen = visits.range_join(&events, "From <= At < To", [agg::group("Size"), agg::sum("Total = Size")])?;
    /// let rows = seen.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(Option<Vec<i64>>, Option<i64>)>(["Size", "Total"])?, [
    ///     (Some(vec![20]), Some(20)),
    ///     (Some(vec![10, 30]), Some(40)),
    ///     (None, None),
    /// ]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, `Type` for keys or values that cannot meet, or lists as values, `NameClash`; `Argument` if
    /// the last entry is no range; `Unsupported` for aggregations other than group, count, sum, avg, min, max, first and
    /// last: formulas compute any other of a list.
    pub fn range_join(&self, right: &Table, on: impl Into<On>, aggregates: impl Aggregates) -> Result<Table> {
        let mut terms = on.into().terms()?;
        let Some(Term::Within(within)) = terms.pop() else {
            return Err(Error::new(ErrorKind::Argument, "the last entry is not a range")
                .with_help("write \"Low <= Right <= High\""));
        };
        let on = terms.into_iter().map(Term::equal).collect::<Result<_>>()?;
        let Lists { lists, formulas, dropped } =
            Lists::of(aggregates.into_aggregates(), &within.value, self.definition())?;
        let listed = self.session().build(Operation::RangeJoin { on, within, lists }, &[self, right])?;
        if formulas.is_empty() { Ok(listed) } else { listed.update_view(formulas)?.drop_columns(dropped) }
    }

    /// One row for each key that any of some tables has, with columns of the one row that each table has for it; null
    /// where it has none.
    ///
    /// The keys, which all tables name alike (`"Key = Column"` where a column is not named so), come first, then the
    /// columns of each table: all but the keys, unless [`On::add`](super::On::add) says which. Rows come in the order in
    /// which their keys were met first, over the tables in turn; a key that all tables lost takes its old place when it
    /// returns. Keys meet as for [`Table::natural_join`].
    ///
    /// Cost of a cycle: rows changed. For each key, its values, some 60 bytes, and 16 bytes a table.
    ///
    /// ```
    /// # use headwater_engine::{Session, Table, on, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let load = session.static_table("load", [
    ///     ("Host", Vector::from(vec!["a", "b"])),
    ///     ("Load", Vector::from(vec![0.5, 0.9])),
    /// ])?;
    /// let disk = session.static_table("disk", [
    ///     ("Name", Vector::from(vec!["b", "c"])),
    ///     ("Free", Vector::from(vec![70_i64, 8])),
    /// ])?;
    /// let hosts = Table::multi_join([(&load, on("Host")), (&disk, on("Host = Name"))])?;
    /// let rows = hosts.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(String, Option<f64>, Option<i64>)>(["Host", "Load", "Free"])?, [
    ///     ("a".into(), Some(0.5), None),
    ///     ("b".into(), Some(0.9), Some(70)),
    ///     ("c".into(), None, Some(8)),
    /// ]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, `Type` for keys that cannot meet, `NameClash`, `ForeignTable`; `Argument` if the tables do not share
    /// the names of their keys; `DuplicateKey` if a table has a key twice, at the call or, on live tables, as the failure
    /// of the result.
    pub fn multi_join<'t, O: Into<On>>(inputs: impl IntoIterator<Item = (&'t Table, O)>) -> Result<Table> {
        let (mut tables, mut taken) = (Vec::new(), Vec::new());
        for (table, on) in inputs {
            let mut on = on.into();
            taken.push(Contribution { on: on.keys()?, add: on.add? });
            tables.push(table);
        }
        let Some(first) = tables.first() else { return Err(Error::new(ErrorKind::Argument, "no table to join")) };
        first.session().build(Operation::MultiJoin { inputs: taken }, &tables)
    }

    /// The rows whose key some row of `set` has. Columns are shared with this table, and nothing of `set` is shown.
    ///
    /// `on` names the columns that are compared, `"Column"` or `"Column = ColumnOfSet"`; keys meet as for
    /// [`Table::natural_join`]. Cost of a cycle: rows changed, rows of `set` changed, and the rows of keys that came
    /// into the set or went out of it; for each distinct key of either table, its values and some 20 bytes, and where
    /// the set may change, 8 bytes a row of this table.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let samples = session.static_table("samples", [
    ///     ("Service", Vector::from(vec!["api", "web", "api"])),
    ///     ("Value", Vector::from(vec![1_i64, 2, 3])),
    /// ])?;
    /// let watched = session.static_table("watched", [("Name", Vector::from(vec!["api", "db"]))])?;
    /// let rows = samples.filter_in(&watched, "Service = Name")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(i64,)>(["Value"])?, [(1,), (3,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, with the nearest name, `Type` for columns that cannot meet, `Argument` if none is named,
    /// `ForeignTable`.
    #[doc(alias = "where_in", alias = "semi_join")]
    pub fn filter_in(&self, set: &Table, on: impl Pairs) -> Result<Table> {
        self.filter_by(set, on, false)
    }

    /// The rows whose key no row of `set` has: those that [`Table::filter_in`] leaves out.
    ///
    /// # Errors
    /// As [`Table::filter_in`].
    #[doc(alias = "where_not_in", alias = "anti_join")]
    pub fn filter_not_in(&self, set: &Table, on: impl Pairs) -> Result<Table> {
        self.filter_by(set, on, true)
    }

    fn filter_by(&self, set: &Table, on: impl Pairs, negated: bool) -> Result<Table> {
        self.session().build(Operation::FilterIn { on: on.into_pairs()?, negated }, &[self, set])
    }
}

fn nothing_to_compare() -> Error {
    Error::new(ErrorKind::Argument, "nothing to compare")
        .with_help("the last column named is the one whose nearest value is looked for")
}
